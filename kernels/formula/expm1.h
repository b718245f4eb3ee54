// SPDX-License-Identifier: Apache-2.0
// exp(x) - 1 (C99 expm1), by lib/exp_two.h; infinity from where it is more than an f32 holds.
#include "lib/exp_two.h"

W_FN(w_f) w_op_expm1(w_f x)
{
    // Above 88 by the exponential itself, of which 1 is no digit.
    w_two z;
    z.hi = w_select(w_gt(x, W_F(0x42c80000u)), W_F(0x42c80000u), x); // 100
    z.hi = w_select(w_lt(z.hi, W_F(0u)), W_F(0u), z.hi);
    z.lo = W_F(0u);
    w_exp_wide p = w_exp_two(z);
    w_two m = w_exp_mantissa(p);
    w_f large = w_scale(m.hi + m.lo, p.n);
    w_two y = w_expm1_two(x);
    return w_select(w_gt(x, W_F(0x42aa0000u)), large, y.hi + y.lo); // 85
}
