// SPDX-License-Identifier: Apache-2.0
// The inverse hyperbolic sine (C99 asinh), odd: log(1 + a + a^2 / (1 + sqrt(1 + a^2))) in two floats
// (lib/log.h); from 2^30 on log(2 a).
#include "lib/log.h"

W_FN(w_f) w_op_asinh(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_f size = w_abs(x);
    w_m large = w_not(w_lt(size, W_F(0x4e800000u)));
    w_f a = w_select(large, one, size);
    w_two square = w_two_product(a, a);
    w_two sum = w_two_sum(one, square.hi);
    sum = w_two_fast_sum(sum.hi, sum.lo + square.lo);
    w_two root = w_two_root(sum);
    w_two below = w_two_sum(one, root.hi);
    below = w_two_fast_sum(below.hi, below.lo + root.lo);
    w_two part = w_two_div(square, below);
    w_two u = w_two_sum(a, part.hi);
    u = w_two_fast_sum(u.hi, u.lo + part.lo);
    w_two y = w_log1p_two(u);

    w_f r = w_select(w_lt(size, W_F(0x39000000u)), size, y.hi + y.lo); // 2^-13
    W_LOOP(once, 1)
    {
        if (!w_any(large)) {
            break;
        }
        w_two far = w_log_two(size);
        w_two ln2 = w_two_sum(far.hi, W_F(0x3f317218u));
        w_f end = w_select(w_lt(size, W_F(0x7f800000u)), ln2.hi + (ln2.lo + far.lo), size);
        r = w_select(large, end, r);
    }
    return w_from_bits(w_bits(r) | (w_bits(x) & W_U(0x80000000u)));
}
