// SPDX-License-Identifier: Apache-2.0
// The inverse hyperbolic cosine (C99 acosh): with t = x - 1 log(1 + t + sqrt(2 t + t^2)) in two
// floats (lib/log.h); from 2^30 on log(2 x). NaN below 1.
#include "lib/log.h"

W_FN(w_f) w_op_acosh(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_m inside = w_and(w_lt(one, x), w_lt(x, W_F(0x4e800000u)));
    w_two t = w_two_sum(w_select(inside, x, W_F(0x40000000u)), W_F(0xbf800000u));
    w_two square = w_two_mul(t, t);
    w_two sum = w_two_sum(square.hi, t.hi + t.hi);
    sum = w_two_fast_sum(sum.hi, sum.lo + (square.lo + (t.lo + t.lo)));
    w_two root = w_two_root(sum);
    w_two u = w_two_sum(t.hi, root.hi);
    u = w_two_fast_sum(u.hi, u.lo + (t.lo + root.lo));
    w_two y = w_log1p_two(u);

    w_f r = y.hi + y.lo;
    W_LOOP(once, 1)
    {
        if (!w_any(w_not(inside))) {
            break;
        }
        w_two far = w_log_two(x);
        w_two ln2 = w_two_sum(far.hi, W_F(0x3f317218u));
        w_f end = w_select(w_lt(x, W_F(0x7f800000u)), ln2.hi + (ln2.lo + far.lo), x);
        end = w_select(w_lt(x, one), W_F(0x7fc00000u), end);
        end = w_select(w_eq(x, one), W_F(0u), end);
        r = w_select(inside, r, end);
    }
    return r;
}
