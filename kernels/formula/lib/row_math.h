// SPDX-License-Identifier: Apache-2.0
//
// e^x and the natural logarithm for formulas of rows, in f32.
#ifndef W_LIB_ROW_MATH_H
#define W_LIB_ROW_MATH_H

#include "lib/exp.h"
#include "lib/log2.h"
#include "lib/scale.h"

// As exp.h: at most 0.802 ulp, over all inputs.
W_FN(w_f) w_row_exp(w_f x)
{
    x = w_select(w_gt(x, W_F(0x42b20000u)), W_F(0x42b20000u), x);
    x = w_select(w_lt(x, W_F(0xc2d00000u)), W_F(0xc2d00000u), x);
    w_exp_parts p = w_exp_split(x);
    w_two sum = w_two_fast_sum(W_F(0x3f800000u), p.r);
    return w_scale(sum.hi + w_fma(p.r * p.r, p.q, sum.lo), p.n);
}

// ln 2 times the binary logarithm, below 1 ulp but near 1, where the error is 2^-34 of the distance
// from 1 to x. -infinity of a zero, NaN of what is below, infinity of infinity.
W_FN(w_f) w_row_log(w_f x)
{
    w_f infinity = W_F(0x7f800000u);
    w_m usual = w_and(w_gt(x, W_F(0u)), w_lt(x, infinity));
    w_two factor; // ln 2
    factor.hi = W_F(0x3f317218u);
    factor.lo = W_F(0xb102e308u);
    w_two log = w_two_mul(w_log2_two(w_select(usual, x, W_F(0x3f800000u))), factor);
    w_f special = w_select(w_eq(x, W_F(0u)), w_neg(infinity), W_F(0x7fc00000u));
    special = w_select(w_eq(x, infinity), infinity, special);
    return w_select(usual, log.hi + log.lo, special);
}

// 0 in place of an infinite maximum, from which no difference can be taken.
W_FN(w_f) w_row_base(w_f most)
{
    return w_select(w_lt(w_abs(most), W_F(0x7f800000u)), most, W_F(0u));
}

#endif
