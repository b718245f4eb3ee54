// SPDX-License-Identifier: Apache-2.0
// The error function (C99 erf), odd: a polynomial below 3/4, above it 1 - erfc(a), with erfc(a) as e^(-a^2)
// times a polynomial (lib/erf.h).
#include "lib/erf.h"

W_FN(w_f) w_op_erf(w_f x)
{
    w_f a = w_abs(x);
    w_m small = w_lt(a, W_F(0x3f400000u)); // 3/4
    w_two z;
    z.hi = w_select(small, a, W_F(0x3f000000u));
    z.lo = W_F(0u);
    w_two low = w_erf_two(z);
    z.hi = w_select(small, W_F(0x3f800000u), a);
    z.hi = w_least(W_F(0x40c00000u), z.hi); // 6: 1 already
    w_two square = w_two_product(z.hi, z.hi);
    square.hi = w_neg(square.hi);
    square.lo = w_neg(square.lo);
    w_exp_wide p = w_exp_two(square);
    w_two c = w_two_mul(w_exp_mantissa(p), w_erfcx_two(z));
    w_f power = w_power_of_two(p.n);
    w_two high = w_two_fast_sum(W_F(0x3f800000u), w_neg(c.hi * power));
    w_f y = w_select(small, low.hi + low.lo, high.hi + w_fma(w_neg(c.lo), power, high.lo));
    // Exact products of what is below 2^-60 would lose digits.
    y = w_select(w_lt(a, W_F(0x21800000u)), w_fma(a, W_F(0x3f906ebbu), a * W_F(0xb37bd649u)), y);
    y = w_select(w_isnan(x), x, y);
    return w_from_bits(w_bits(y) | (w_bits(x) & W_U(0x80000000u)));
}
