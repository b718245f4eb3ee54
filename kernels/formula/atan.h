// SPDX-License-Identifier: Apache-2.0
// The angle whose tangent is x (C99 atan), odd: above 1 pi/2 - atan(1 / a) (lib/arc.h).
#include "lib/arc.h"

W_FN(w_f) w_op_atan(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_f a = w_abs(x);
    w_m above = w_gt(a, one);
    w_f t = w_atan_unit(w_select(above, w_div(one, a), a));
    w_f y = w_select(above, w_less_angle(W_F(0x3fc90fdbu), W_F(0xb33bbd2eu), t), t);
    return w_from_bits(w_bits(y) | (w_bits(x) & W_U(0x80000000u)));
}
