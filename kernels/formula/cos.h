// SPDX-License-Identifier: Apache-2.0
//
// The cosine of any number of radians (C99 cos); of an infinity it is NaN. As the sine, with the nearest zero
// of the cosine taken off. Error: at most 1.35 ulp, over all inputs.
#include "lib/sine.h"

W_FN(w_f) w_op_cos(w_f x)
{
    w_f a = w_abs(x);
    // The multiple of pi below, from the bits above 2^-8 of 1.5 * 2^15 and more, and 1/2.
    w_u bits = w_bits(w_fma(a, W_F(0x3ea2f983u), W_F(0x47400000u)));
    w_f m = w_from_bits((bits & W_U(0xffffff00u)) | W_U(0x80u));
    w_angle angle;
    angle.r = w_reduce_small(a, m - W_F(0x47400000u));
    angle.flip = ~(bits << 23u) & W_U(0x80000000u);
    angle = w_reduce_pi(a, angle, W_U(0u), W_U(1u));
    return w_sine(angle);
}
