// SPDX-License-Identifier: Apache-2.0
//
// x times a logistic function, for the activations that are gated by one.
#ifndef W_LIB_GATE_H
#define W_LIB_GATE_H

#include "lib/exp_two.h"

// x / (1 + e^-v), for v of the sign of x. With e = e^-|v| the gate is 1 / (1 + e), or e / (1 + e) where
// v is negative; the power of two in e is multiplied on at the end, so that subnormal results are
// right. Where |v| is beyond 120 the gate is 1 or 0.
W_FN(w_f) w_gated(w_f x, w_two v)
{
    w_f one = W_F(0x3f800000u);
    w_m negative = w_lt(v.hi, W_F(0u));
    w_two a;
    a.hi = w_select(negative, v.hi, w_neg(v.hi));
    a.lo = w_select(negative, v.lo, w_neg(v.lo));
    w_m beyond = w_lt(a.hi, W_F(0xc2f00000u)); // -120
    a.hi = w_select(beyond, W_F(0xc2f00000u), a.hi);
    a.lo = w_select(beyond, W_F(0u), a.lo);
    w_exp_wide p = w_exp_two(a);
    w_two e = w_exp_mantissa(p);

    // 1 + e; below 2^-60 e does not count, and its products would become subnormal.
    w_f power = w_power_of_two(w_most(W_F(0xc2700000u), p.n));
    w_two sum = w_two_fast_sum(one, e.hi * power);
    sum.lo = w_fma(e.lo, power, sum.lo);

    w_two top;
    top.hi = w_select(negative, e.hi, one);
    top.lo = w_select(negative, e.lo, W_F(0u));
    w_two gate = w_two_div(top, sum);
    w_two y = w_two_product(x, gate.hi);
    w_f r = w_scale(y.hi + w_fma(x, gate.lo, y.lo), w_select(negative, p.n, W_F(0u)));
    r = w_select(beyond, w_select(negative, W_F(0u), x), r);
    return w_from_bits(w_bits(w_abs(r)) | (w_bits(x) & W_U(0x80000000u))); // of a zero too
}

#endif
