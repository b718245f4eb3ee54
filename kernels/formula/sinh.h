// SPDX-License-Identifier: Apache-2.0
// The hyperbolic sine (C99 sinh), odd: below 1 its Taylor series to the 11th power (relative error
// 2^-32), from there on (e^a - e^-a) / 2 (lib/hyperbolic.h).
#include "lib/hyperbolic.h"

W_FN(w_f) w_op_sinh(w_f x)
{
    w_f a = w_abs(x);
    w_f s = a * a;
    w_f p = W_F(0x32d7322bu);
    p = w_fma(p, s, W_F(0x3638ef1du));
    p = w_fma(p, s, W_F(0x39500d01u));
    p = w_fma(p, s, W_F(0x3c088889u));
    p = w_fma(p, s, W_F(0x3e2aaaabu));
    w_f near_zero = w_fma(a * s, p, a);
    w_m small = w_lt(a, W_F(0x3f800000u));
    w_f far = w_half_exp_sum(w_select(small, W_F(0x3f800000u), a), W_F(0xbf800000u));
    w_f y = w_select(small, near_zero, far);
    return w_from_bits(w_bits(y) | (w_bits(x) & W_U(0x80000000u)));
}
