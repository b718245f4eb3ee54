// SPDX-License-Identifier: Apache-2.0
// The angle of the point (x, y) in radians (C99 atan2, annex F.9.1.4): the arc tangent of the smaller
// over the larger coordinate (lib/arc.h), turned into the quadrant of the signs.
#include "lib/arc.h"

W_FN(w_f) w_op_atan2(w_f y, w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_f a = w_abs(y);
    w_f b = w_abs(x);
    w_m steep = w_gt(a, b);
    w_f most = w_select(steep, a, b);
    w_f least = w_select(steep, b, a);
    // Equal sizes make 1, infinities too, but zeros make nothing.
    w_f quotient = w_div(least, w_select(w_eq(most, W_F(0u)), one, most));
    quotient = w_select(w_eq(least, W_F(0x7f800000u)), one, quotient);
    w_f t = w_atan_unit(quotient);
    t = w_select(steep, w_less_angle(W_F(0x3fc90fdbu), W_F(0xb33bbd2eu), t), t);
    w_m left = w_not(w_ueq(w_bits(x) & W_U(0x80000000u), W_U(0u)));
    w_f r = w_select(left, w_less_angle(W_F(0x40490fdbu), W_F(0xb3bbbd2eu), t), t);
    r = w_from_bits(w_bits(r) | (w_bits(y) & W_U(0x80000000u)));
    return w_select(w_or(w_isnan(x), w_isnan(y)), W_F(0x7fc00000u), r);
}
