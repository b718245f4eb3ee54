// SPDX-License-Identifier: Apache-2.0
// |a| with the sign of b (IEEE 754 copySign). Exact.
W_FN(w_v) w_op_copysign(w_v a, w_v b)
{
    return w_with_sign(w_size(a), b);
}
