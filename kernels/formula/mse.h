// SPDX-License-Identifier: Apache-2.0
//
// The mean of (a - b)^2: the difference is rounded, then its square, then the mean.
W_FN(w_v) w_term_mse_1(w_v a, w_v b, w_row row)
{
    W_UNUSED(row);
    w_v d = w_sub(a, b);
    return w_mul(d, d);
}

W_FN(w_v) w_result_mse_1(w_v a, w_row row)
{
    return w_quotient(a, row.count);
}
