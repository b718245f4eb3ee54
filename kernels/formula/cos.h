// SPDX-License-Identifier: Apache-2.0
// The cosine of any number of radians (C99 cos); of an infinity it is NaN. As the sine, a quadrant on.
#include "lib/sine.h"

W_FN(w_f) w_op_cos(w_f x)
{
    w_f a = w_abs(x);
    w_angle angle = w_reduce_pi(a);
    w_m odd = w_ueq(angle.quadrant & W_U(1u), W_U(1u));
    w_f y = w_select(odd, w_sine_two(angle.r).hi, w_cosine_two(angle.r).hi);
    w_u sign = ((angle.quadrant + W_U(1u)) << 30u) & W_U(0x80000000u);
    y = w_from_bits(w_bits(y) ^ sign);
    return w_select(w_lt(a, W_F(0x7f800000u)), y, W_F(0x7fc00000u));
}
