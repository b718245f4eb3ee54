// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_REDUCE_PI_H
#define W_LIB_REDUCE_PI_H

#include "lib/two_float.h"
#include "lib/two_over_pi.h"

// An angle: quadrant * pi/2 + r, |r| at most a little more than pi/4; the quadrant counts modulo 4.
W_STRUCT w_angle
{
    w_two r;
    w_u quadrant;
}
W_STRUCT_END(w_angle)

// 0 <= a <= 2^16: pi/2 in three parts (Cody and Waite). The first step is exact, as a and the
// product are near and are multiples of the same power of two; the second one keeps its error.
W_FN(w_angle) w_reduce_small(w_f a)
{
    w_f n = w_rint(a * W_F(0x3f22f983u));
    w_f first = w_fma(n, W_F(0xbfc90fdbu), a);
    w_two second = w_two_product(n, W_F(0x333bbd2eu));
    w_two sum = w_two_sum(first, second.hi);
    w_f rest = w_fma(n, W_F(0x26f72cedu), sum.lo + second.lo);
    w_angle angle;
    angle.r = w_two_fast_sum(sum.hi, rest);
    angle.quadrant = w_unsigned(w_to_i(n));
    return angle;
}

// Any finite a >= 1 (Payne and Hanek, "Radian reduction for trigonometric functions", 1983). Of the
// exact product of a's 32-bit mantissa and 2/pi the bits above 4 are left out, and those below
// 2^-62; no f32 comes nearer to a multiple of pi/2 than 2^-33 or so.
W_FN(w_angle) w_reduce_large(w_f a)
{
    w_u field = w_bits(a) >> 23u;
    field = w_selectu(w_ult(field, W_U(127u)), W_U(127u), field);
    field = w_selectu(w_ult(W_U(254u), field), W_U(254u), field);
    w_u mantissa = (w_bits(a) << 8u) | W_U(0x80000000u);

    // 96 bits of 2/pi, from the first that matters.
    w_u start = field - W_U(96u);
    w_u word = start >> 5u;
    w_u left = start & W_U(31u);
    w_u right = W_U(31u) - left;
    w_u p0 = w_table(w_two_over_pi, word);
    w_u p1 = w_table(w_two_over_pi, word + W_U(1u));
    w_u p2 = w_table(w_two_over_pi, word + W_U(2u));
    w_u p3 = w_table(w_two_over_pi, word + W_U(3u));
    p0 = w_shl(p0, left) | w_shr(p1 >> 1u, right);
    p1 = w_shl(p1, left) | w_shr(p2 >> 1u, right);
    p2 = w_shl(p2, left) | w_shr(p3 >> 1u, right);

    // high has 2 bits of quadrant and 30 of fraction, low 32 more of fraction.
    w_u low = mantissa * p1 + w_mulhi(mantissa, p2);
    w_u carry = w_selectu(w_ult(low, mantissa * p1), W_U(1u), W_U(0u));
    w_u high = mantissa * p0 + w_mulhi(mantissa, p1) + carry;
    w_u quadrant = (high + W_U(0x20000000u)) >> 30u;
    high = high - (quadrant << 30u);

    // The size of the signed fraction, at most 1/2, as two floats.
    w_u sign = high & W_U(0x80000000u);
    w_m negative = w_not(w_ueq(sign, W_U(0u)));
    w_u borrow = w_selectu(w_ueq(low, W_U(0u)), W_U(0u), W_U(1u));
    high = w_selectu(negative, W_U(0u) - high - borrow, high);
    low = w_selectu(negative, W_U(0u) - low, low);
    w_f f0 = w_to_f(w_signed(high >> 6u)) * W_F(0x33800000u);
    w_f f1 = w_to_f(w_signed((high & W_U(63u)) << 18u | low >> 14u)) * W_F(0x27800000u);
    w_f f2 = w_to_f(w_signed(low & W_U(0x3fffu))) * W_F(0x20800000u);
    w_two fraction = w_two_fast_sum(f0, f1);
    fraction = w_two_fast_sum(fraction.hi, fraction.lo + f2);

    w_two quarter_turn;
    quarter_turn.hi = W_F(0x3fc90fdbu);
    quarter_turn.lo = W_F(0xb33bbd2eu);
    w_two r = w_two_mul(fraction, quarter_turn);
    w_angle angle;
    angle.r.hi = w_from_bits(w_bits(r.hi) ^ sign);
    angle.r.lo = w_from_bits(w_bits(r.lo) ^ sign);
    angle.quadrant = quadrant;
    return angle;
}

// Any finite a >= 0; for an infinity or a NaN the result means nothing.
W_FN(w_angle) w_reduce_pi(w_f a)
{
    w_angle angle = w_reduce_small(a);
    w_m large = w_gt(a, W_F(0x47800000u)); // 2^16
    W_LOOP(once, 1)
    {
        if (!w_any(large)) {
            break;
        }
        w_angle other = w_reduce_large(a);
        angle.r.hi = w_select(large, other.r.hi, angle.r.hi);
        angle.r.lo = w_select(large, other.r.lo, angle.r.lo);
        angle.quadrant = w_selectu(large, other.quadrant, angle.quadrant);
    }
    return angle;
}

#endif
