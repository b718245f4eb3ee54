// SPDX-License-Identifier: Apache-2.0
//
// The words that formulas of every class share (LANGUAGE.md), for f32 in terms of its own.
#ifndef W_LIB_CLASS_F32_H
#define W_LIB_CLASS_F32_H

#define w_v                  w_f
#define w_n                  w_u
#define W_BITS               32
#define W_V(i)               W_SMALL(i)
#define W_C(f32, high, low)  W_F(f32)
#define W_INFINITY           W_F(0x7f800000u)
#define w_add(a, b)          ((a) + (b))
#define w_sub(a, b)          ((a) - (b))
#define w_mul(a, b)          ((a) * (b))
#define w_quotient(a, b)     w_div(a, b)
#define w_root(a)            w_sqrt(a)
#define w_fused(a, b, c)     w_fma(a, b, c)
#define w_nearest(a)         w_rint(a)
#define w_minus(a)           w_neg(a)
#define w_size(a)            w_abs(a)
#define w_with_sign(a, b)    w_from_bits(w_bits(a) | (w_bits(b) & W_U(0x80000000u))) // a not below 0
#define w_less(a, b)         w_lt(a, b)
#define w_equals(a, b)       w_eq(a, b)
#define w_not_number(a)      w_isnan(a)
#define w_both(m, n)         w_and(m, n)
#define w_either(m, n)       w_or(m, n)
#define w_negate(m)          w_not(m)
#define w_choose(m, a, b)    w_select(m, a, b)
#define W_N(u)               W_U(u)
#define w_choosen(m, a, b)   w_selectu(m, a, b)
#define w_nless(a, b)        w_ult(a, b)
#define w_nequal(a, b)       w_ueq(a, b)
#define w_truth(m)           w_select(m, W_F(0x3f800000u), W_F(0x00000000u))

#endif
