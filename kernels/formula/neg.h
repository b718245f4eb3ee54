// SPDX-License-Identifier: Apache-2.0
// x with its sign flipped, NaN and zero included (IEEE 754 negate).
W_FN(w_f) w_op_neg(w_f x)
{
    return w_neg(x);
}
