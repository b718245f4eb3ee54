// SPDX-License-Identifier: Apache-2.0
//
// Logarithms: a number taken apart, the series of what is left, and the sum of both parts, of which the
// large one keeps what its rounding lost.
#ifndef W_LIB_LOG_H
#define W_LIB_LOG_H

#include "lib/two_float.h"

// 2^e * (1 + f), with 1 + f within a factor of sqrt(2) from 1.
W_STRUCT w_log_parts
{
    w_f e;
    w_f f;
}
W_STRUCT_END(w_log_parts)

// Of a finite a > 0; of anything else it makes any number. An instruction set that takes numbers apart says
// so: w_exponent(a) is e of a = 2^e * m, 1 <= m < 2, and w_mantissa(a) is m.
W_FN(w_log_parts) w_log_split(w_f a)
{
    w_f one = W_F(0x3f800000u);
    w_log_parts p;
#ifdef W_OWN_EXPONENT
    w_f m = w_mantissa(a);
    w_m upper = w_ge(m, W_F(0x3fb504f3u));
    m = w_select(upper, m * W_F(0x3f000000u), m);
    w_f e = w_exponent(a);
    p.e = w_select(upper, e + one, e);
#else
    w_m subnormal = w_lt(a, W_F(0x00800000u));
    w_u bits = w_bits(w_select(subnormal, a * W_F(0x4b800000u), a));
    w_i field = w_signed(bits - W_U(0x3f3504f3u)) >> 23u;
    w_f m = w_from_bits(bits - (w_unsigned(field) << 23u));
    p.e = w_to_f(field - w_selecti(subnormal, W_I(24), W_I(0)));
#endif
    p.f = m - one;
    return p;
}

// q of log(1 + f) = f + f^2 q, for f of w_log_split(); a minimax polynomial, within 2^-27 of the result.
W_FN(w_f) w_log_series(w_f f)
{
    w_f s = f * f;
    w_f even = w_fma(s, W_F(0xbd9c64efu), W_F(0xbe06c121u));
    w_f odd = w_fma(s, W_F(0x3e02af63u), W_F(0x3e116c97u));
    even = w_fma(s, even, W_F(0xbe2a3945u));
    odd = w_fma(s, odd, W_F(0x3e4cd00eu));
    even = w_fma(s, even, W_F(0xbe800113u));
    odd = w_fma(s, odd, W_F(0x3eaaaaaau));
    even = w_fma(s, even, W_F(0xbf000000u));
    return w_fma(f, odd, even);
}

// log(1 + u) for u > -1, with u.hi below 2^127: u is scaled like the sum's mantissa, so that nothing of it
// is lost.
W_FN(w_f) w_log1p_sum(w_two u)
{
    w_f one = W_F(0x3f800000u);
    w_u exponent = w_unsigned(w_signed(w_bits(u.hi + one) - W_U(0x3f3504f3u)) >> 23u) << 23u;
    w_f scale = w_from_bits(W_U(0x3f800000u) - exponent);
    w_f e = w_to_f(w_signed(exponent) >> 23u);
    w_two f = w_two_sum(scale - one, w_from_bits(w_bits(u.hi) - exponent));
    w_f rest = w_fma(u.lo, scale, f.lo);
    w_f small = w_fma(f.hi * f.hi, w_log_series(f.hi), e * W_F(0x35bfbe8eu));
    w_two y = w_two_fast_sum(e * W_F(0x3f317200u), f.hi);
    return y.hi + (y.lo + (small + w_fma(rest, w_neg(f.hi), rest)));
}

// A logarithm's result where x is no finite positive number: -infinity for a zero, NaN for a negative
// number, else x itself. An instruction set may have its own.
#ifndef W_OWN_LOG_ENDS
W_FN(w_f) w_log_ends(w_f x, w_f y)
{
    y = w_select(w_lt(x, W_F(0x7f800000u)), y, x);
    y = w_select(w_lt(x, W_F(0u)), W_F(0x7fc00000u), y);
    return w_select(w_eq(x, W_F(0u)), W_F(0xff800000u), y);
}
#endif

#endif
