// SPDX-License-Identifier: Apache-2.0
//
// Inverse trigonometric functions.
#ifndef W_LIB_ARC_H
#define W_LIB_ARC_H

#include "lib/two_float.h"

// atan(t) for 0 <= t.hi <= 1. Above tan(pi/8) as pi/4 + atan((t - 1) / (t + 1)); then a minimax
// polynomial (relative error 2^-31).
W_FN(w_two) w_atan_two(w_two t)
{
    w_f one = W_F(0x3f800000u);
    w_m upper = w_gt(t.hi, W_F(0x3ed413cdu));
    w_two above = w_two_sum(t.hi, w_neg(one));
    above = w_two_fast_sum(above.hi, above.lo + t.lo);
    w_two below = w_two_sum(one, t.hi);
    below = w_two_fast_sum(below.hi, below.lo + t.lo);
    w_two turned = w_two_div(above, below);
    w_two u;
    u.hi = w_select(upper, turned.hi, t.hi);
    u.lo = w_select(upper, turned.lo, t.lo);

    w_f s = u.hi * u.hi;
    w_f p = W_F(0x3d4f4145u);
    p = w_fma(p, s, W_F(0xbdb0bd50u));
    p = w_fma(p, s, W_F(0x3de2c209u));
    p = w_fma(p, s, W_F(0xbe12452eu));
    p = w_fma(p, s, W_F(0x3e4cccbeu));
    p = w_fma(p, s, W_F(0xbeaaaaabu));
    w_f rest = w_fma(u.hi * s, p, u.lo);
    w_two y = w_two_fast_sum(w_select(upper, W_F(0x3f490fdbu), W_F(0u)), u.hi);
    w_f base = w_select(upper, W_F(0xb2bbbd2eu), W_F(0u));
    return w_two_fast_sum(y.hi, y.lo + (base + rest));
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
W_FN(w_two) w_acos_upper(w_f a)
{
    w_two z;
    z.hi = (W_F(0x3f800000u) - a) * W_F(0x3f000000u);
    z.lo = W_F(0u);
    w_m none = w_eq(z.hi, W_F(0u));
    z.hi = w_select(none, W_F(0x3f000000u), z.hi);
    w_two root = w_two_root(z);
    w_f rest = w_fma(root.hi, w_asin_rest(z.hi), root.lo);
    w_two y = w_two_fast_sum(root.hi + root.hi, rest + rest);
    y.hi = w_select(none, W_F(0u), y.hi);
    y.lo = w_select(none, W_F(0u), y.lo);
    return y;
}

// A constant, pi / 2 or pi, less y.
W_FN(w_f) w_less_two(w_f hi, w_f lo, w_two y)
{
    w_two sum = w_two_sum(hi, w_neg(y.hi));
    return sum.hi + (sum.lo + (lo - y.lo));
}

#endif
