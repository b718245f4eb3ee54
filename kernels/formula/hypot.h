// SPDX-License-Identifier: Apache-2.0
// sqrt(a^2 + b^2) (C99 hypot), in two floats; sizes far from 1 are scaled first. Infinity wins over NaN.
// Error: at most 1 ulp, or 1.5 where the result is subnormal.
#include "lib/two_float.h"

W_FN(w_f) w_op_hypot(w_f a, w_f b)
{
    w_f inf = W_F(0x7f800000u);
    w_f x = w_abs(a);
    w_f y = w_abs(b);
    w_m less = w_gt(x, y);
    w_f most = w_select(less, x, y);
    w_f least = w_select(less, y, x);
    w_m large = w_gt(most, W_F(0x5d800000u)); // 2^60
    w_m tiny = w_lt(most, W_F(0x21800000u));  // 2^-60
    // Zeros, infinities and NaNs too; and some of the sizes at the ends of the others.
    w_m rare = w_not(w_and(w_lt(W_F(0x22000000u), x + y), w_lt(x + y, W_F(0x5d800000u))));
    w_m none = w_eq(most, W_F(0u));
    W_LOOP(before, 1)
    {
        if (!w_any(rare)) {
            break;
        }
        w_f factor = w_select(large, W_F(0x1a800000u), W_F(0x3f800000u)); // 2^-74
        factor = w_select(tiny, W_F(0x71800000u), factor);                // 2^100
        most = most * factor;
        least = least * factor;
    }
    w_two p = w_two_product(most, most);
    w_two q = w_two_product(least, least);
    w_two sum = w_two_fast_sum(p.hi, q.hi);
    sum = w_two_fast_sum(sum.hi, sum.lo + (p.lo + q.lo));
    W_LOOP(nothing, 1)
    {
        if (!w_any(rare)) {
            break;
        }
        sum.hi = w_select(none, W_F(0x3f800000u), sum.hi);
    }
    w_two root = w_two_root(sum);
    w_f r = root.hi + root.lo;
    W_LOOP(after, 1)
    {
        if (!w_any(rare)) {
            break;
        }
        w_f back = w_select(large, W_F(0x64800000u), W_F(0x3f800000u));
        back = w_select(tiny, W_F(0x0d800000u), back); // 2^-100
        r = w_select(none, W_F(0u), r * back);
        r = w_select(w_or(w_isnan(a), w_isnan(b)), W_F(0x7fc00000u), r);
        r = w_select(w_or(w_eq(x, inf), w_eq(y, inf)), inf, r);
    }
    return r;
}
