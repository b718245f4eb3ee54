// SPDX-License-Identifier: Apache-2.0
// The inverse hyperbolic sine (C99 asinh), odd: log(1 + a + a^2 / (1 + sqrt(1 + a^2))) (lib/log.h); from
// 2^30 on log(2 a), as log(a / 4) + log(8).
#include "lib/log.h"

W_FN(w_f) w_op_asinh(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_f size = w_abs(x);
    w_m large = w_not(w_lt(size, W_F(0x4e800000u)));
    w_f a = w_select(large, size * W_F(0x3e800000u), size);
    w_f more = w_div(a * a, one + w_sqrt(w_fma(a, a, one)));
    w_two u = w_two_fast_sum(a, w_select(large, W_F(0u), more));
    w_f r = w_log1p_sum(u);
    r = w_select(large, r + W_F(0x40051592u), r);
    r = w_select(w_lt(size, W_F(0x39000000u)), size, r); // 2^-13
    r = w_select(w_lt(size, W_F(0x7f800000u)), r, size);
    return w_from_bits(w_bits(r) | (w_bits(x) & W_U(0x80000000u)));
}
