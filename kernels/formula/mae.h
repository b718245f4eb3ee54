// SPDX-License-Identifier: Apache-2.0
//
// The mean of |a - b|: the difference is rounded, then the mean.
W_FN(w_v) w_term_mae_1(w_v a, w_v b, w_row row)
{
    W_UNUSED(row);
    return w_size(w_sub(a, b));
}

W_FN(w_v) w_result_mae_1(w_v a, w_row row)
{
    return w_quotient(a, row.count);
}
