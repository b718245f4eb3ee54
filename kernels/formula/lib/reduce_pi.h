// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_REDUCE_PI_H
#define W_LIB_REDUCE_PI_H

#include "lib/two_float.h"
#include "lib/two_over_pi.h"

// a - m pi, for 0 <= a <= 2^15 and m the multiple of 1/2 next to a / pi, or next but one: pi in three parts
// (Cody and Waite). The first step is exact, as a and the product are near and are multiples of the same
// power of two; only of a below 0.571 with m = 1/2 a rounded bit is lost. The second part of pi has 10 bits:
// its product with m is exact, and so is the error of the second step.
W_FN(w_two) w_reduce_small(w_f a, w_f m)
{
    w_f first = w_fma(m, W_F(0xc0490fdbu), a);
    w_two r;
    r.hi = w_fma(m, W_F(0x33bbc000u), first);
    r.lo = w_fma(m, W_F(0x33bbc000u), first - r.hi);
    r.lo = w_fma(m, W_F(0xacb4611au), r.lo);
    return r;
}

// An angle: r and a multiple of pi or of pi/2, an odd one where flip is the sign bit, else zero.
W_STRUCT w_angle
{
    w_two r;
    w_u flip;
}
W_STRUCT_END(w_angle)

// a + quarters * pi/2 less the nearest multiple of pi, or of pi/2 where halved is 1 (else 0), for any finite
// a >= 1 (Payne and Hanek, "Radian reduction for trigonometric functions", 1983). Of the exact product of a's
// 32-bit mantissa and 2/pi the bits above 4 are left out, and those below 2^-62; no f32 comes nearer to a
// multiple of pi/2 than 2^-33 or so.
W_FN(w_angle) w_reduce_large(w_f a, w_u halved, w_u quarters)
{
    w_u field = w_bits(a) >> 23u;
    field = w_selectu(w_ult(field, W_U(127u)), W_U(127u), field);
    field = w_selectu(w_ult(W_U(254u), field), W_U(254u), field);
    w_u mantissa = (w_bits(a) << 8u) | W_U(0x80000000u);

    // 96 bits of 2/pi, from the first that matters.
    w_u start = field - W_U(96u) + halved;
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

    // In high a bit of what is odd or even, then 31 of its fraction; low has 32 more.
    w_u low = mantissa * p1 + w_mulhi(mantissa, p2);
    w_u carry = w_selectu(w_ult(low, mantissa * p1), W_U(1u), W_U(0u));
    w_u high = mantissa * p0 + w_mulhi(mantissa, p1) + carry + (quarters << 30u);
    w_angle angle;
    angle.flip = (high + W_U(0x40000000u)) & W_U(0x80000000u);
    w_i fraction = w_signed(high - angle.flip);

    // The fraction, from -1/2 to 1/2, in three floats without error, then in two.
    w_f f0 = w_to_f(fraction >> 6u) * W_F(0x33000000u);
    w_f f1 = w_to_f(w_signed((high & W_U(63u)) << 18u | low >> 14u)) * W_F(0x27000000u);
    w_f f2 = w_to_f(w_signed(low & W_U(0x3fffu))) * W_F(0x20000000u);
    w_two turn = w_two_fast_sum(f0, f1);
    turn = w_two_fast_sum(turn.hi, turn.lo + f2);
    w_two unit; // pi or pi/2
    unit.hi = w_from_bits(W_U(0x40490fdbu) - (halved << 23u));
    unit.lo = w_from_bits(W_U(0xb3bbbd2eu) - (halved << 23u));
    angle.r = w_two_mul(turn, unit);
    return angle;
}

// The same for any a >= 0, where angle is what w_reduce_small leaves. Of an infinity or a NaN r is a NaN.
W_FN(w_angle) w_reduce_pi(w_f a, w_angle angle, w_u halved, w_u quarters)
{
    w_m large = w_gt(a, W_F(0x47000000u)); // 2^15
    W_LOOP(once, 1)
    {
        if (!w_any(large)) {
            break;
        }
        w_angle other = w_reduce_large(a, halved, quarters);
        w_f hi = w_select(w_lt(a, W_F(0x7f800000u)), other.r.hi, W_F(0x7fc00000u));
        angle.r.hi = w_select(large, hi, angle.r.hi);
        angle.r.lo = w_select(large, other.r.lo, angle.r.lo);
        angle.flip = w_selectu(large, other.flip, angle.flip);
    }
    return angle;
}

#endif
