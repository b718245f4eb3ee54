// SPDX-License-Identifier: Apache-2.0
//
// x - n y for the integer n that is x / y truncated (C99 fmod), with the sign of x; NaN where x is
// infinite or y is zero. Exact for all finite operands: where x / y is small one division tells n,
// elsewhere a long division of the mantissas, up to 22 bits of quotient a round, 13 rounds at the
// most. No wrong bit in 2 * 10^8 random and directed pairs.
#ifndef W_LIB_FMOD_H
#define W_LIB_FMOD_H

#include "lib/scale.h"

// The mantissa and the exponent of a positive f32: size = mantissa * 2^(exponent - 150). A
// subnormal number keeps its leading zeros.
W_FN(w_u) w_fmod_mantissa(w_u size)
{
    w_u leading = w_selectu(w_ult(size, W_U(0x00800000u)), W_U(0u), W_U(0x00800000u));
    return (size & W_U(0x007fffffu)) | leading;
}

W_FN(w_i) w_fmod_exponent(w_u size)
{
    w_i field = w_signed(size >> 23u);
    return w_selecti(w_ieq(field, W_I(0)), W_I(1), field);
}

// rest * 2^shift modulo m, for rest < m, 2^23 <= m < 2^24, shift <= 22; inverse is 1 / m, rounded.
// The estimate of the quotient is off by one at the most, so that the difference of two products
// that are only known modulo 2^32 is known.
W_FN(w_u) w_fmod_step(w_u rest, w_i shift, w_u m, w_f inverse)
{
    w_f quotient = w_to_f(w_signed(rest)) * inverse * w_power_of_two(w_to_f(shift));
    w_u shifted = w_shl(rest, w_unsigned(shift));
    w_u next = shifted - w_unsigned(w_to_i(quotient)) * m;
    next = next + w_selectu(w_ilt(w_signed(next), W_I(0)), m, W_U(0u));
    return next - w_selectu(w_ult(next, m), W_U(0u), m);
}

W_FN(w_f) w_fmod_long(w_f x, w_f y)
{
    w_u size_x = w_bits(x) & W_U(0x7fffffffu);
    w_u size_y = w_bits(y) & W_U(0x7fffffffu);

    // y's mantissa is made 24 bits long; the shift comes from a conversion, which is exact.
    w_u short_y = w_fmod_mantissa(size_y);
    w_i length = w_signed(w_bits(w_to_f(w_signed(short_y))) >> 23u);
    w_i lift = w_selecti(w_ilt(length, W_I(127)), W_I(0), W_I(150) - length);
    w_u m = w_shl(short_y, w_unsigned(lift));
    w_i exponent_y = w_fmod_exponent(size_y) - lift;
    w_f inverse = w_div(W_F(0x3f800000u), w_to_f(w_signed(m)));

    w_u rest = w_fmod_mantissa(size_x);
    rest = rest - w_selectu(w_ult(rest, m), W_U(0u), m);
    w_i left = w_fmod_exponent(size_x) - exponent_y;
    W_LOOP(turn, 13)
    {
        if (!w_any(w_igt(left, W_I(0)))) {
            break;
        }
        w_i shift = w_selecti(w_igt(left, W_I(22)), W_I(22), left);
        shift = w_selecti(w_ilt(shift, W_I(0)), W_I(0), shift);
        rest = w_fmod_step(rest, shift, m, inverse);
        left = left - shift;
    }

    w_f r = w_scale(w_to_f(w_signed(rest)), w_to_f(exponent_y - W_I(150)));
    r = w_from_bits(w_bits(r) | (w_bits(x) & W_U(0x80000000u)));
    r = w_select(w_ult(size_x, size_y), x, r);
    w_m none = w_or(w_ueq(size_y, W_U(0u)), w_not(w_ult(size_x, W_U(0x7f800000u))));
    none = w_or(none, w_ult(W_U(0x7f800000u), size_y));
    return w_select(none, W_F(0x7fc00000u), r);
}

// A quotient that was rounded up to an integer makes n one too large: the rest is below zero then.
// Either rest is a multiple of y's last place, and of few bits, so that both steps are exact.
W_FN(w_f) w_fmod(w_f x, w_f y)
{
    w_f a = w_abs(x), b = w_abs(y);
    w_f quotient = w_div(a, b);
    w_f n = w_to_f(w_to_i(quotient));
    w_f r = w_fma(w_neg(n), b, a);
    r = w_select(w_lt(r, W_F(0u)), r + b, r);
    r = w_from_bits(w_bits(r) | (w_bits(x) & W_U(0x80000000u)));
    r = w_select(w_lt(a, b), x, r);
    w_m near = w_and(w_lt(quotient, W_F(0x4a800000u)), w_lt(b, W_F(0x71800000u))); // 2^22, 2^100
    w_m far = w_not(w_and(near, w_lt(W_F(0x0d800000u), b)));                       // 2^-100
    W_LOOP(once, 1)
    {
        if (!w_any(far)) {
            break;
        }
        r = w_select(far, w_fmod_long(x, y), r);
    }
    return r;
}

#endif
