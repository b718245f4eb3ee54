// SPDX-License-Identifier: Apache-2.0
//
// The largest |x|; a NaN gives a NaN. Of no elements 0.
W_FN(w_v) w_term_reduce_linf_1(w_v x, w_row row)
{
    W_UNUSED(row);
    return w_size(x);
}

W_FN(w_v) w_result_reduce_linf_1(w_v a, w_row row)
{
    return w_choose(w_equals(row.count, W_V(0)), W_V(0), a);
}
