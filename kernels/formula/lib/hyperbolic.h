// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_HYPERBOLIC_H
#define W_LIB_HYPERBOLIC_H

#include "lib/exp_two.h"

// (e^a + sign e^-a) / 2 for a >= 0, where sign is 1 or -1 and in the latter case a >= 1.
W_FN(w_f) w_half_exp_sum(w_f a, w_f sign)
{
    w_two x;
    x.hi = w_least(W_F(0x42c80000u), a); // 100: infinity
    x.lo = W_F(0u);
    w_exp_wide p = w_exp_two(x);
    w_two m = w_exp_mantissa(p);
    // e^-a in units of 2^n; beyond 2^-120 it does not count.
    w_f n = w_least(W_F(0x42700000u), p.n);
    w_f other = w_div(sign * w_power_of_two(w_neg(n + n)), m.hi);
    w_two sum = w_two_fast_sum(m.hi, other);
    return w_scale(sum.hi + (sum.lo + m.lo), p.n - W_F(0x3f800000u));
}

#endif
