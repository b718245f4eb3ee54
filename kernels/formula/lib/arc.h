// SPDX-License-Identifier: Apache-2.0
//
// Inverse trigonometric functions.
#ifndef W_LIB_ARC_H
#define W_LIB_ARC_H

#include "lib/two_float.h"

// atan(t) for 0 <= t <= 1: t + t^3 times a minimax polynomial in t^2 (relative error 2^-28.5).
W_FN(w_f) w_atan_unit(w_f t)
{
    w_f s = t * t;
    w_f p = W_F(0xbae9aca9u);
    p = w_fma(p, s, W_F(0x3c321250u));
    p = w_fma(p, s, W_F(0xbcfebf02u));
    p = w_fma(p, s, W_F(0x3d6d1506u));
    p = w_fma(p, s, W_F(0xbdac048eu));
    p = w_fma(p, s, W_F(0x3de04627u));
    p = w_fma(p, s, W_F(0xbe121043u));
    p = w_fma(p, s, W_F(0x3e4cc8f2u));
    p = w_fma(p, s, W_F(0xbeaaaa9fu));
    return w_fma(t * s, p, t);
}

// asin(x) / x - 1 for s = x^2 <= 1/4: a minimax polynomial (relative error of asin 2^-31).
W_FN(w_f) w_asin_rest(w_f s)
{
    w_f p = W_F(0x3cfedefau);
    p = w_fma(p, s, W_F(0x3c2ba86cu));
    p = w_fma(p, s, W_F(0x3cc1a1e8u));
    p = w_fma(p, s, W_F(0x3cf7f135u));
    p = w_fma(p, s, W_F(0x3d36e096u));
    p = w_fma(p, s, W_F(0x3d99998fu));
    p = w_fma(p, s, W_F(0x3e2aaaabu));
    return p * s;
}

// acos(a) for 1/2 <= a <= 1: 2 asin(sqrt((1 - a) / 2)).
W_FN(w_f) w_acos_upper(w_f a)
{
    w_f z = (W_F(0x3f800000u) - a) * W_F(0x3f000000u);
    w_f root = w_sqrt(z);
    w_f y = w_fma(root, w_asin_rest(z), root);
    return y + y;
}

// A constant in two parts, pi / 2 or pi, less an angle up to pi / 2.
W_FN(w_f) w_less_angle(w_f hi, w_f lo, w_f angle)
{
    w_two sum = w_two_fast_sum(hi, w_neg(angle));
    return sum.hi + (sum.lo + lo);
}

// A constant, pi / 2 or pi, less y.
W_FN(w_f) w_less_two(w_f hi, w_f lo, w_two y)
{
    w_two sum = w_two_sum(hi, w_neg(y.hi));
    return sum.hi + (sum.lo + (lo - y.lo));
}

#endif
