// SPDX-License-Identifier: Apache-2.0
// The angle whose sine is x (C99 asin), odd: a polynomial up to 1/2, above it pi/2 - acos (lib/arc.h).
// NaN beyond 1.
#include "lib/arc.h"

W_FN(w_f) w_op_asin(w_f x)
{
    w_f a = w_abs(x);
    w_m upper = w_gt(a, W_F(0x3f000000u));
    w_f low = w_fma(a, w_asin_rest(a * a), a);
    w_f b = w_select(w_and(upper, w_le(a, W_F(0x3f800000u))), a, W_F(0x3f800000u));
    w_f high = w_less_angle(W_F(0x3fc90fdbu), W_F(0xb33bbd2eu), w_acos_upper(b));
    w_f y = w_select(upper, high, low);
    y = w_select(w_le(a, W_F(0x3f800000u)), y, W_F(0x7fc00000u));
    return w_from_bits(w_bits(y) | (w_bits(x) & W_U(0x80000000u)));
}
