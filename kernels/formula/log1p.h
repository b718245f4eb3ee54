// SPDX-License-Identifier: Apache-2.0
// log(1 + x) (C99 log1p), by lib/log.h: -infinity at -1, NaN below; a zero keeps its sign.
#include "lib/log.h"

W_FN(w_f) w_op_log1p(w_f x)
{
    w_m inside = w_and(w_lt(W_F(0xbf800000u), x), w_lt(x, W_F(0x7f000000u)));
    w_two u;
    u.hi = w_select(inside, x, W_F(0x3f800000u));
    u.lo = W_F(0u);
    w_two y = w_log1p_two(u);
    w_f r = y.hi + y.lo;
    W_LOOP(once, 1)
    {
        if (!w_any(w_not(inside))) {
            break;
        }
        w_two large = w_log_two(x);
        w_f end = w_select(w_lt(x, W_F(0x7f800000u)), large.hi + large.lo, x);
        end = w_select(w_lt(x, W_F(0xbf800000u)), W_F(0x7fc00000u), end);
        end = w_select(w_eq(x, W_F(0xbf800000u)), W_F(0xff800000u), end);
        r = w_select(inside, r, end);
    }
    // Below 2^-25 the result is x, of which products would lose digits.
    return w_select(w_lt(w_abs(x), W_F(0x33000000u)), x, r);
}
