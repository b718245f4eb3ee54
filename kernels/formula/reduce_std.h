// SPDX-License-Identifier: Apache-2.0
//
// The standard deviation (NumPy std): the root of the variance as reduce_var has it.
W_FN(w_v) w_term_reduce_std_1(w_v x, w_row row, w_v ddof)
{
    W_UNUSED(row);
    W_UNUSED(ddof);
    return x;
}

W_FN(w_v) w_result_reduce_std_1(w_v a, w_row row, w_v ddof)
{
    W_UNUSED(ddof);
    return w_quotient(a, row.count);
}

W_FN(w_v) w_term_reduce_std_2(w_v x, w_row row, w_v ddof)
{
    W_UNUSED(ddof);
    w_v d = w_sub(x, row.r1);
    return w_mul(d, d);
}

W_FN(w_v) w_result_reduce_std_2(w_v a, w_row row, w_v ddof)
{
    w_v n = w_sub(row.count, ddof);
    n = w_choose(w_less(n, W_V(0)), W_V(0), n);
    return w_root(w_quotient(a, n));
}
