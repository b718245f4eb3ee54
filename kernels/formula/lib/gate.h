// SPDX-License-Identifier: Apache-2.0
//
// The logistic function, and x times one, for the activations that are gated by it.
#ifndef W_LIB_GATE_H
#define W_LIB_GATE_H

#include "lib/exp_two.h"

// 1 + e^-v for v >= -80; for a v above 80 it is 1.
W_FN(w_two) w_logistic_below(w_two v)
{
    w_f one = W_F(0x3f800000u);
    w_f a = w_most(W_F(0xc2a00000u), w_least(W_F(0x42a00000u), w_neg(v.hi)));
    w_f n = w_rint(a * W_F(0x3fb8aa3bu));
    w_f first = w_fma(n, W_F(0xbf317218u), a);
    w_f second = w_fma(n, W_F(0x3102e308u), w_neg(v.lo));
    w_f r = first + second;
    w_f q = w_exp_second(r);
    w_f power = w_power_of_two(n);
    w_f whole = power + one;
    w_f lost = one - (whole - power); // where the power is large
    w_two sum = w_two_fast_sum(whole, power * first);
    return w_two_fast_sum(sum.hi, w_fma(power, w_fma(r * r, q, second), sum.lo + lost));
}

// x e^v for v <= -80, where 1 does not count beside e^-v; the power of two is multiplied on at the end, so
// that subnormal results are right. -0 or 0 below -120.
W_FN(w_f) w_gate_end(w_f x, w_two v)
{
    w_two a;
    w_m beyond = w_lt(v.hi, W_F(0xc2f00000u)); // -120
    a.hi = w_select(beyond, W_F(0xc2f00000u), v.hi);
    a.lo = w_select(beyond, W_F(0u), v.lo);
    w_exp_wide p = w_exp_two(a);
    w_two m = w_exp_mantissa(p);
    w_two y = w_two_product(w_select(beyond, W_F(0u), x), m.hi);
    return w_scale(y.hi + w_fma(w_select(beyond, W_F(0u), x), m.lo, y.lo), p.n);
}

// x / (1 + e^-v), for v of the sign of x: a division refined by its remainder.
W_FN(w_f) w_gated(w_f x, w_two v)
{
    w_two below = w_logistic_below(v);
    w_f inverse = w_div(W_F(0x3f800000u), below.hi);
    w_f y = x * inverse;
    w_f rest = w_fma(w_neg(y), below.lo, w_fma(w_neg(y), below.hi, x));
    y = w_fma(rest, inverse, y);
    y = w_select(w_gt(v.hi, W_F(0x42a00000u)), x, y);
    W_LOOP(once, 1)
    {
        w_m low = w_lt(v.hi, W_F(0xc2a00000u));
        if (!w_any(low)) {
            break;
        }
        y = w_select(low, w_gate_end(x, v), y);
    }
    return w_from_bits(w_bits(w_abs(y)) | (w_bits(x) & W_U(0x80000000u))); // of a zero too
}

#endif
