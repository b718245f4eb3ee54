// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_LOG2_H
#define W_LIB_LOG2_H

#include "lib/two_float.h"

// The binary logarithm of a finite a > 0, relative error about 2^-35. a = 2^e * m with m within a
// factor of sqrt(2) from 1; with s = (m - 1) / (m + 1), log2(m) = 2 / ln 2 * atanh(s), and
// atanh(s) = s * (1 + s^2 / 3 + s^4 * (minimax polynomial)), all but the last term as two floats. An
// instruction set that takes numbers apart says so: w_exponent(a) is e of a = 2^e * m, 1 <= m < 2, and
// w_mantissa(a) is m. Of what is no finite a > 0 it makes any number.
W_FN(w_two) w_log2_two(w_f a)
{
    w_f one = W_F(0x3f800000u);
#ifdef W_OWN_EXPONENT
    w_f m = w_mantissa(a);
    w_m upper = w_ge(m, W_F(0x3fb504f3u));
    m = w_select(upper, m * W_F(0x3f000000u), m);
    w_f e = w_exponent(a);
    e = w_select(upper, e + one, e);
#else
    w_m subnormal = w_lt(a, W_F(0x00800000u));
    w_u bits = w_bits(w_select(subnormal, a * W_F(0x4b800000u), a));
    w_i field = w_signed(bits - W_U(0x3f3504f3u)) >> 23u;
    w_f m = w_from_bits(bits - (w_unsigned(field) << 23u));
    w_f e = w_to_f(field - w_selecti(subnormal, W_I(24), W_I(0)));
#endif

    // s, by one division and its remainder
    w_f above = m - one;
    w_f below = m + one;
    w_f below_lo = m - (below - one);
    w_f inverse = w_div(one, below);
    w_two s;
    s.hi = above * inverse;
    s.lo = w_fma(w_neg(s.hi), below_lo, w_fma(w_neg(s.hi), below, above)) * inverse;

    w_two square = w_two_mul(s, s);
    w_f p = W_F(0x3defd339u);
    p = w_fma(p, square.hi, W_F(0x3e122934u));
    p = w_fma(p, square.hi, W_F(0x3e4ccd00u));
    w_two third;
    third.hi = W_F(0x3eaaaaabu);
    third.lo = W_F(0xb22aaaabu);
    w_two series = w_two_mul(square, third);
    w_f tail = w_fma(square.hi * square.hi, p, series.lo);
    series = w_two_fast_sum(one, series.hi);
    series.lo = series.lo + tail;

    w_two factor; // 2 / ln 2
    factor.hi = W_F(0x4038aa3bu);
    factor.lo = W_F(0x33257060u);
    w_two log_m = w_two_mul(w_two_mul(s, factor), series);
    w_two y = w_two_fast_sum(e, log_m.hi);
    return w_two_fast_sum(y.hi, y.lo + log_m.lo);
}

#endif
