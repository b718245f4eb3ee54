// SPDX-License-Identifier: Apache-2.0
//
// Whether an element is not zero (NumPy any): the largest of 0 and 1. A NaN is not zero.
W_FN(w_v) w_term_any_1(w_v x, w_row row)
{
    W_UNUSED(row);
    return w_truth(w_negate(w_equals(x, W_V(0))));
}

W_FN(w_v) w_result_any_1(w_v a, w_row row)
{
    W_UNUSED(row);
    return w_truth(w_less(W_V(0), a));
}
