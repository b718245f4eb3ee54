// SPDX-License-Identifier: Apache-2.0
//
// (x - mean) / std over the axes (SciPy zscore), with mean and std as reduce_std has them.
W_FN(w_v) w_term_z_score_1(w_v x, w_row row, w_v ddof)
{
    W_UNUSED(row);
    W_UNUSED(ddof);
    return x;
}

W_FN(w_v) w_result_z_score_1(w_v a, w_row row, w_v ddof)
{
    W_UNUSED(ddof);
    return w_quotient(a, row.count);
}

W_FN(w_v) w_term_z_score_2(w_v x, w_row row, w_v ddof)
{
    W_UNUSED(ddof);
    w_v d = w_sub(x, row.r1);
    return w_mul(d, d);
}

W_FN(w_v) w_result_z_score_2(w_v a, w_row row, w_v ddof)
{
    w_v n = w_sub(row.count, ddof);
    n = w_choose(w_less(n, W_V(0)), W_V(0), n);
    return w_root(w_quotient(a, n));
}

W_FN(w_v) w_op_z_score(w_v x, w_row row, w_v ddof)
{
    W_UNUSED(ddof);
    return w_quotient(w_sub(x, row.r1), row.r2);
}
