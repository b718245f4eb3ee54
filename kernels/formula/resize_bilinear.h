// SPDX-License-Identifier: Apache-2.0
// The value between four neighbours, a and b in one row, c and d in the next: first along the rows by
// the weight x, then across them by y. a + w (b - a) keeps an even surface as it is; where b - a is
// not finite, w b + (1 - w) a overflows only where the result does. A weight of 0 is a itself,
// whatever lies beside it.
W_FN(w_f) w_between(w_f a, w_f b, w_f w)
{
    w_f apart = b - a;
    w_f usual = w_fma(w, apart, a);
    w_f large = w_fma(w, b, (W_F(0x3f800000u) - w) * a);
    w_f value = w_select(w_lt(w_abs(apart), W_F(0x7f800000u)), usual, large);
    return w_select(w_eq(w, W_F(0u)), a, value);
}

W_FN(w_f) w_op_resize_bilinear(w_f a, w_f b, w_f c, w_f d, w_f y, w_f x)
{
    return w_between(w_between(a, b, x), w_between(c, d, x), y);
}
