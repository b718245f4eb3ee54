// SPDX-License-Identifier: Apache-2.0
//
// Sine and cosine of an angle within pi/4 in two floats, by minimax polynomials (relative error 2^-28
// and 2^-33); hi is within an ulp.
#ifndef W_LIB_SINE_H
#define W_LIB_SINE_H

#include "lib/reduce_pi.h"

W_FN(w_two) w_sine_two(w_two r)
{
    w_f t = r.hi * r.hi;
    w_f p = W_F(0xb94ca5a0u);
    p = w_fma(p, t, W_F(0x3c0883abu));
    p = w_fma(p, t, W_F(0xbe2aaaa3u));
    w_f slope = w_fma(t, W_F(0xbf000000u), W_F(0x3f800000u));
    return w_two_fast_sum(r.hi, w_fma(r.hi * t, p, r.lo * slope));
}

W_FN(w_two) w_cosine_two(w_two r)
{
    w_two t = w_two_product(r.hi, r.hi);
    w_f p = W_F(0x37ccffa0u);
    p = w_fma(p, t.hi, W_F(0xbab60641u));
    p = w_fma(p, t.hi, W_F(0x3d2aaaa5u));
    w_f rest = w_fma(t.lo, W_F(0xbf000000u), w_neg(r.hi * r.lo));
    w_two y = w_two_fast_sum(W_F(0x3f800000u), t.hi * W_F(0xbf000000u));
    return w_two_fast_sum(y.hi, y.lo + w_fma(t.hi * t.hi, p, rest));
}

#endif
