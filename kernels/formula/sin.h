// SPDX-License-Identifier: Apache-2.0
//
// The sine of any number of radians (C99 sin); of an infinity it is NaN. The angle is reduced to
// within pi/4 and kept as two floats (lib/reduce_pi.h), then minimax polynomials of sine (relative
// error 2^-28) and cosine (2^-33). Error: at most 0.783 ulp,
// over all inputs.
#include "lib/sine.h"

W_FN(w_f) w_op_sin(w_f x)
{
    w_f a = w_abs(x);
    w_angle angle = w_reduce_pi(a);
    w_m odd = w_ueq(angle.quadrant & W_U(1u), W_U(1u));
    w_f y = w_select(odd, w_cosine_two(angle.r).hi, w_sine_two(angle.r).hi);
    y = w_select(w_lt(a, W_F(0x39800000u)), a, y); // below 2^-12 sin(a) rounds to a
    w_u sign = ((angle.quadrant << 30u) ^ w_bits(x)) & W_U(0x80000000u);
    y = w_from_bits(w_bits(y) ^ sign);
    return w_select(w_lt(a, W_F(0x7f800000u)), y, W_F(0x7fc00000u));
}
