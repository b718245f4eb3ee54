// SPDX-License-Identifier: Apache-2.0
// The inverse hyperbolic tangent (C99 atanh), odd: log(1 + 2 a / (1 - a)) / 2, the quotient with what its
// rounding lost (lib/log.h). Infinity at 1, NaN beyond.
#include "lib/log.h"

W_FN(w_f) w_op_atanh(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_f size = w_abs(x);
    w_f a = w_select(w_lt(size, one), size, W_F(0x3f000000u));
    w_f below = one - a;
    w_f below_lo = (one - below) - a;
    w_f inverse = w_div(one, below);
    w_two u;
    u.hi = (a + a) * inverse;
    u.lo = w_fma(w_neg(u.hi), below_lo, w_fma(w_neg(u.hi), below, a + a)) * inverse;
    w_f r = w_log1p_sum(u) * W_F(0x3f000000u);
    r = w_select(w_lt(size, W_F(0x39000000u)), size, r); // 2^-13
    r = w_select(w_lt(size, one), r, W_F(0x7fc00000u));
    r = w_select(w_eq(size, one), W_F(0x7f800000u), r);
    return w_from_bits(w_bits(r) | (w_bits(x) & W_U(0x80000000u)));
}
