// SPDX-License-Identifier: Apache-2.0
//
// Whether no element is zero (NumPy all): the smallest of 0 and 1. A NaN is not zero.
W_FN(w_v) w_term_all_1(w_v x, w_row row)
{
    W_UNUSED(row);
    return w_truth(w_negate(w_equals(x, W_V(0))));
}

W_FN(w_v) w_result_all_1(w_v a, w_row row)
{
    W_UNUSED(row);
    return w_truth(w_less(W_V(0), a));
}
