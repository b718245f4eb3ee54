// SPDX-License-Identifier: Apache-2.0
// The tangent of any number of radians (C99 tan), odd; of an infinity it is NaN. The quotient of sine
// and cosine in two floats.
#include "lib/sine.h"

W_FN(w_f) w_op_tan(w_f x)
{
    w_f a = w_abs(x);
    w_angle angle = w_reduce_pi(a);
    w_m odd = w_ueq(angle.quadrant & W_U(1u), W_U(1u));
    w_two sine = w_sine_two(angle.r);
    w_two cosine = w_cosine_two(angle.r);
    w_two top;
    w_two below;
    top.hi = w_select(odd, cosine.hi, sine.hi);
    top.lo = w_select(odd, cosine.lo, sine.lo);
    below.hi = w_select(odd, w_neg(sine.hi), cosine.hi);
    below.lo = w_select(odd, w_neg(sine.lo), cosine.lo);
    w_two t = w_two_div(top, below);
    w_f y = t.hi + t.lo;
    y = w_select(w_lt(a, W_F(0x39000000u)), a, y); // below 2^-13 tan(a) rounds to a
    y = w_from_bits(w_bits(y) ^ (w_bits(x) & W_U(0x80000000u)));
    return w_select(w_lt(a, W_F(0x7f800000u)), y, W_F(0x7fc00000u));
}
