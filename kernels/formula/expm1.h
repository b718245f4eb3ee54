// SPDX-License-Identifier: Apache-2.0
// exp(x) - 1 (C99 expm1), by lib/exp_two.h; infinity from where it is more than an f32 holds.
#include "lib/exp_two.h"

W_FN(w_f) w_op_expm1(w_f x)
{
    w_two y = w_expm1_two(x);
    w_f r = y.hi + y.lo;
    // Above 85 by the exponential itself, of which 1 is no digit.
    w_m large = w_gt(x, W_F(0x42aa0000u));
    W_LOOP(once, 1)
    {
        if (!w_any(large)) {
            break;
        }
        w_two z;
        z.hi = w_least(W_F(0x42c80000u), w_select(large, x, W_F(0u))); // 100
        z.lo = W_F(0u);
        w_exp_wide p = w_exp_two(z);
        w_two m = w_exp_mantissa(p);
        r = w_select(large, w_scale(m.hi + m.lo, p.n), r);
    }
    return r;
}
