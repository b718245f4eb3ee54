// SPDX-License-Identifier: Apache-2.0
// The hyperbolic sine (C99 sinh), odd, by lib/hyperbolic.h: with what the sum of its large parts loses, as
// one may be nearly the other's size; below 2^-13 it is its argument.
#include "lib/hyperbolic.h"

W_FN(w_f) w_op_sinh(w_f x)
{
    w_f a = w_abs(x);
    w_hyperbolic h = w_hyperbolic_split(a);
    w_two odd = w_two_product(h.sum.hi, h.sinh.hi);
    w_two y = w_two_sum(h.less, odd.hi);
    w_f rest = w_fma(h.less, h.cosh_1, w_fma(h.sum.hi, h.sinh.lo, y.lo + odd.lo));
    w_f r = (y.hi + rest) * W_F(0x40800000u);
    r = w_select(w_lt(a, W_F(0x39000000u)), a, r);
    return w_from_bits(w_bits(r) | (w_bits(x) & W_U(0x80000000u)));
}
