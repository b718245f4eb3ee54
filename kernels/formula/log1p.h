// SPDX-License-Identifier: Apache-2.0
// log(1 + x) (C99 log1p), by lib/log.h: -infinity at -1, NaN below; a zero keeps its sign.
#include "lib/log.h"

W_FN(w_f) w_op_log1p(w_f x)
{
    w_m large = w_not(w_lt(x, W_F(0x4e800000u))); // from 2^30 on log(x), as log(x / 4) + log(4)
    w_two u;
    u.hi = w_select(large, x * W_F(0x3e800000u), x);
    u.lo = W_F(0u);
    w_f y = w_log1p_sum(u);
    y = w_select(large, y + W_F(0x3fb17218u), y);
    y = w_select(w_lt(x, W_F(0x7f800000u)), y, x);
    y = w_select(w_lt(x, W_F(0xbf800000u)), W_F(0x7fc00000u), y);
    y = w_select(w_eq(x, W_F(0xbf800000u)), W_F(0xff800000u), y);
    // Below 2^-25 the result is x, of which the sum would lose the sign of a zero.
    return w_select(w_lt(w_abs(x), W_F(0x33000000u)), x, y);
}
