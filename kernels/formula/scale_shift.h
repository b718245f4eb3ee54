// SPDX-License-Identifier: Apache-2.0
// x * scale + shift, rounded once: a fused multiply-add.
W_FN(w_f) w_op_scale_shift(w_f x, w_f scale, w_f shift)
{
    return w_fma(x, scale, shift);
}
