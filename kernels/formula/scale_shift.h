// SPDX-License-Identifier: Apache-2.0
// x * scale + shift, rounded once.
W_FN(w_v) w_op_scale_shift(w_v x, w_v scale, w_v shift)
{
    return w_fused(x, scale, shift);
}
