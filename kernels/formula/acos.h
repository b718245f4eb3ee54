// SPDX-License-Identifier: Apache-2.0
// The angle whose cosine is x (C99 acos): pi/2 - asin within 1/2, beyond it 2 asin(sqrt((1 - a) / 2)), from
// pi where x is negative (lib/arc.h). NaN beyond 1.
#include "lib/arc.h"

W_FN(w_f) w_op_acos(w_f x)
{
    w_f a = w_abs(x);
    w_m upper = w_gt(a, W_F(0x3f000000u));
    w_two s = w_two_fast_sum(x, x * w_asin_rest(a * a));
    w_f low = w_less_two(W_F(0x3fc90fdbu), W_F(0xb33bbd2eu), s);
    w_f t = w_acos_upper(w_select(w_and(upper, w_le(a, W_F(0x3f800000u))), a, W_F(0x3f800000u)));
    w_f turned = w_less_angle(W_F(0x40490fdbu), W_F(0xb3bbbd2eu), t);
    w_f high = w_select(w_lt(x, W_F(0u)), turned, t);
    w_f y = w_select(upper, high, low);
    return w_select(w_le(a, W_F(0x3f800000u)), y, W_F(0x7fc00000u));
}
