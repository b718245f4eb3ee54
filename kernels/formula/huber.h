// SPDX-License-Identifier: Apache-2.0
//
// The mean of d^2 / 2 where |d| <= delta, else of delta * (|d| - delta / 2), for d = a - b.
W_FN(w_v) w_term_huber_1(w_v a, w_v b, w_row row, w_v delta)
{
    W_UNUSED(row);
    w_v half_one = W_C(0x3f000000u, 0x3fe00000u, 0u);
    w_v d = w_size(w_sub(a, b));
    return w_choose(w_less(delta, d), w_mul(delta, w_sub(d, w_mul(half_one, delta))), w_mul(w_mul(half_one, d), d));
}

W_FN(w_v) w_result_huber_1(w_v a, w_row row, w_v delta)
{
    W_UNUSED(delta);
    return w_quotient(a, row.count);
}
