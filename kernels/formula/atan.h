// SPDX-License-Identifier: Apache-2.0
// The angle whose tangent is x (C99 atan), odd: above 1 pi/2 - atan(1 / a) (lib/arc.h).
#include "lib/arc.h"

W_FN(w_f) w_op_atan(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_f a = w_abs(x);
    w_m above = w_gt(a, one);
    w_two top;
    w_two below;
    w_f b = w_least(W_F(0x5d800000u), a); // 2^60: pi/2 already
    top.hi = w_select(above, one, b);
    top.lo = W_F(0u);
    below.hi = w_select(above, b, one);
    below.lo = W_F(0u);
    w_two t = w_atan_two(w_two_div(top, below));
    w_f y = w_select(above, w_less_two(W_F(0x3fc90fdbu), W_F(0xb33bbd2eu), t), t.hi + t.lo);
    y = w_select(w_lt(a, W_F(0x39000000u)), a, y); // below 2^-13 atan(a) rounds to a
    y = w_select(w_isnan(x), x, y);
    return w_from_bits(w_bits(y) | (w_bits(x) & W_U(0x80000000u)));
}
