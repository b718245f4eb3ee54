// SPDX-License-Identifier: Apache-2.0
//
// The sum of the products a * b, each rounded before it is added.
W_FN(w_v) w_term_dot_1(w_v a, w_v b, w_row row)
{
    W_UNUSED(row);
    return w_mul(a, b);
}

W_FN(w_v) w_result_dot_1(w_v a, w_row row)
{
    W_UNUSED(row);
    return a;
}
