// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_SINE_H
#define W_LIB_SINE_H

#include "lib/reduce_pi.h"

// The sine of an angle, |r| <= pi/2 + 0.01: 3/4 r + r (1/4 - r^2/8 + r^4 p), p a minimax polynomial, so that
// near pi/2, where r and its cube are large and of different signs, what is rounded is small; for r.lo the
// cosine as a line over r^2 will do.
W_FN(w_f) w_sine(w_angle angle)
{
    w_f r = angle.r.hi;
    w_f t = r * r;
    w_f p = W_F(0x362e493au);
    p = w_fma(p, t, W_F(0xb94fab6fu));
    p = w_fma(p, t, W_F(0x3c088712u));
    p = w_fma(p, t, W_F(0xbd2aaa8bu));
    w_f slope = w_fma(t, W_F(0xbed9999au), W_F(0x3f800000u));
    w_f rest = w_fma(t, p, w_fma(t, W_F(0xbe000000u), W_F(0x3e800000u)));
    w_f y = w_fma(r, W_F(0x3f400000u), w_fma(r, rest, angle.r.lo * slope));
    return w_from_bits(w_bits(y) ^ angle.flip);
}

#endif
