// SPDX-License-Identifier: Apache-2.0
// Whether both are not zero; a NaN is not zero (NumPy).
W_FN(w_v) w_op_logical_and(w_v a, w_v b)
{
    w_m first = w_negate(w_equals(a, W_V(0)));
    w_m second = w_negate(w_equals(b, W_V(0)));
    return w_truth(w_both(first, second));
}
