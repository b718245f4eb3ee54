// SPDX-License-Identifier: Apache-2.0
//
// The error function near zero and its complement away from it.
#ifndef W_LIB_ERF_H
#define W_LIB_ERF_H

#include "lib/exp_two.h"

// erf(z) for |z.hi| <= 1: 2 / sqrt(pi) * z, and z^3 times a minimax polynomial (error 2^-33).
W_FN(w_two) w_erf_two(w_two z)
{
    w_f s = z.hi * z.hi;
    w_f p = W_F(0x35addafau);
    p = w_fma(p, s, W_F(0xb777b1d0u));
    p = w_fma(p, s, W_F(0x38fd5161u));
    p = w_fma(p, s, W_F(0xba602c2bu));
    p = w_fma(p, s, W_F(0x3bab2f1eu));
    p = w_fma(p, s, W_F(0xbcdc1681u));
    p = w_fma(p, s, W_F(0x3de71791u));
    p = w_fma(p, s, W_F(0xbec093a3u));
    w_two slope;
    slope.hi = W_F(0x3f906ebbu);
    slope.lo = W_F(0xb37bd649u);
    w_two y = w_two_mul(z, slope);
    return w_two_fast_sum(y.hi, w_fma(z.hi * s, p, y.lo));
}

// e^(z^2) erfc(z) for 1/2 <= z.hi <= 10: a minimax polynomial in (z - 2) / (z + 2) (error 2^-31), over
// 1 + 2 z.
W_FN(w_two) w_erfcx_two(w_two z)
{
    w_f two = W_F(0x40000000u);
    w_f w = w_div((z.hi - two) + z.lo, (z.hi + two) + z.lo);
    w_f p = W_F(0x378f8998u);
    p = w_fma(p, w, W_F(0x38f1652au));
    p = w_fma(p, w, W_F(0x392fae10u));
    p = w_fma(p, w, W_F(0xb9e8a8adu));
    p = w_fma(p, w, W_F(0xbabbf6e7u));
    p = w_fma(p, w, W_F(0x3aa6adf5u));
    p = w_fma(p, w, W_F(0x3c0ed05cu));
    p = w_fma(p, w, W_F(0xbc03a384u));
    p = w_fma(p, w, W_F(0xbd5e1509u));
    p = w_fma(p, w, W_F(0x3e27fd14u));
    p = w_fma(p, w, W_F(0xbe2a03e2u));
    p = w_fma(p, w, W_F(0xbdbdfaf6u));
    w_two top = w_two_fast_sum(W_F(0x3fa37407u), w_fma(p, w, W_F(0x320e2d0au)));
    w_two below = w_two_sum(W_F(0x3f800000u), z.hi + z.hi);
    below = w_two_fast_sum(below.hi, below.lo + (z.lo + z.lo));
    return w_two_div(top, below);
}

#endif
