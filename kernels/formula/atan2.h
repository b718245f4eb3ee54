// SPDX-License-Identifier: Apache-2.0
// The angle of the point (x, y) in radians (C99 atan2, annex F.9.1.4): the arc tangent of the smaller
// over the larger coordinate in two floats (lib/arc.h), turned into the quadrant of the signs. Error:
// less than 1 ulp: half for the result's rounding, 0.1 for the rest.
#include "lib/arc.h"

W_FN(w_f) w_op_atan2(w_f y, w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_f inf = W_F(0x7f800000u);
    w_f a = w_abs(y);
    w_f b = w_abs(x);
    w_m steep = w_gt(a, b);
    w_f most = w_select(steep, a, b);
    w_f least = w_select(steep, b, a);
    // Equal infinities are equal numbers; beside one infinity a number is nothing, as beside zero.
    w_m ends = w_and(w_eq(a, inf), w_eq(b, inf));
    w_m nothing = w_or(w_eq(least, W_F(0u)), w_eq(most, inf));
    least = w_select(nothing, W_F(0u), least);
    least = w_select(ends, one, least);
    most = w_select(w_or(nothing, ends), one, most);
    // Sizes near 1, whose inverse is a normal number.
    w_f factor = w_select(w_gt(most, W_F(0x5d800000u)), W_F(0x1f800000u), one); // 2^60: 2^-64
    factor = w_select(w_lt(most, W_F(0x21800000u)), W_F(0x5f800000u), factor); // 2^-60: 2^64
    w_f twice = w_select(w_lt(most, W_F(0x01800000u)), W_F(0x5f800000u), one); // 2^-124
    w_two top;
    w_two below;
    top.hi = least * factor * twice;
    top.lo = W_F(0u);
    below.hi = most * factor * twice;
    below.lo = W_F(0u);
    w_two t = w_atan_two(w_two_div(top, below));
    w_two right;
    right.hi = W_F(0x3fc90fdbu);
    right.lo = W_F(0xb33bbd2eu);
    w_two turned = w_two_sum(right.hi, w_neg(t.hi));
    turned = w_two_fast_sum(turned.hi, turned.lo + (right.lo - t.lo));
    t.hi = w_select(steep, turned.hi, t.hi);
    t.lo = w_select(steep, turned.lo, t.lo);
    w_m left = w_not(w_ueq(w_bits(x) & W_U(0x80000000u), W_U(0u)));
    w_f r = w_select(left, w_less_two(W_F(0x40490fdbu), W_F(0xb3bbbd2eu), t), t.hi + t.lo);
    // A small angle is the quotient, rounded once where that is subnormal.
    w_f quotient = w_div(a, w_select(w_eq(b, W_F(0u)), one, b));
    w_m forward = w_and(w_not(left), w_not(steep));
    w_m small = w_and(forward, w_lt(quotient, W_F(0x39000000u))); // 2^-13
    r = w_select(w_and(small, w_not(nothing)), quotient, r);
    r = w_from_bits(w_bits(r) | (w_bits(y) & W_U(0x80000000u)));
    return w_select(w_or(w_isnan(x), w_isnan(y)), W_F(0x7fc00000u), r);
}
