// SPDX-License-Identifier: Apache-2.0
// The inverse hyperbolic cosine (C99 acosh): with t = x - 1 log(1 + t + sqrt(x^2 - 1)) (lib/log.h); from
// 2^30 on log(2 x), as log(x / 4) + log(8). NaN below 1.
#include "lib/log.h"

W_FN(w_f) w_op_acosh(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_f minus = W_F(0xbf800000u);
    w_m large = w_not(w_lt(x, W_F(0x4e800000u)));
    w_two t = w_two_fast_sum(x, minus);
    w_two u = w_two_sum(t.hi, w_sqrt(w_fma(x, x, minus)));
    u.hi = w_select(large, x * W_F(0x3e800000u), u.hi);
    u.lo = w_select(large, W_F(0u), u.lo + t.lo);
    w_f r = w_log1p_sum(u);
    r = w_select(large, r + W_F(0x40051592u), r);
    r = w_select(w_lt(x, W_F(0x7f800000u)), r, x);
    return w_select(w_lt(x, one), W_F(0x7fc00000u), r);
}
