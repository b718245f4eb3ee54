// SPDX-License-Identifier: Apache-2.0
// Whether exactly one is not zero; a NaN is not zero (NumPy).
W_FN(w_v) w_op_logical_xor(w_v a, w_v b)
{
    w_v first = w_truth(w_equals(a, W_V(0)));
    w_v second = w_truth(w_equals(b, W_V(0)));
    return w_truth(w_negate(w_equals(first, second)));
}
