// SPDX-License-Identifier: Apache-2.0
//
// x to the power y, every special case as in C99 (annex F.9.4.4). |x|^y = 2^(y log2|x|): the
// logarithm and its product with y as two floats (lib/log2.h), then 2^n * 2^r, |r| <= 1/2, by a
// minimax polynomial (relative error 2^-28.9), scaled in two steps.
//
// Error: less than 1.2 ulp. In ulp of a result just below 1, the worst place: half for the last
// addition; 0.12 for the rounding of r to 2^-26; at most 0.37 for the last two roundings inside the
// polynomial; 0.04 for its own error; 0.05 for the logarithm (2^-35 relative, times |z| <= 150). A
// subnormal result is rounded a second time, by half an ulp that is twice as large at the least.
// Measured over 10^9 random and directed pairs: 1.064 ulp.
#ifdef W_INTEGERS
// Of integers: by squaring, modulo the width. A negative exponent gives 0, but 1 and -1 have
// integers for every power.
W_FN(w_v) w_op_pow(w_v x, w_v y)
{
    w_v one = W_V(1);
    w_v r = one;
    w_v base = x;
    w_v left = y;
    W_LOOP(bit, W_BITS - 1)
    {
        r = w_choose(w_equals(left & one, one), w_mul(r, base), r);
        base = w_mul(base, base);
        left = w_shift_right(left, one);
    }
    w_m unit = w_either(w_equals(x, one), w_equals(x, W_V(-1)));
    w_v inverse = w_choose(w_equals(y & one, one), x, one);
    return w_choose(w_less(y, W_V(0)), w_choose(unit, inverse, W_V(0)), r);
}
#else
#include "lib/exp2.h"
#include "lib/log2.h"

// a^y for a >= 0. Zero and infinity count as powers of two too large to be numbers.
W_FN(w_f) w_power(w_f a, w_f y)
{
    w_two log_a = w_log2_two(a);
    w_f inf = W_F(0x7f800000u);
    log_a.hi = w_select(w_eq(a, W_F(0u)), w_neg(inf), log_a.hi);
    log_a.hi = w_select(w_eq(a, inf), inf, log_a.hi);
    w_two z = w_two_product(y, log_a.hi);
    z.lo = w_fma(y, log_a.lo, z.lo);
    // Out there the result is infinity or zero.
    w_f most = W_F(0x437a0000u); // 250
    w_m beyond = w_gt(w_abs(z.hi), most);
    w_f end = w_from_bits(w_bits(most) | (w_bits(z.hi) & W_U(0x80000000u)));
    z.hi = w_select(beyond, end, z.hi);
    z.lo = w_select(beyond, W_F(0u), z.lo);
    return w_exp2_two(z);
}

W_FN(w_f) w_op_pow(w_f x, w_f y)
{
    w_f one = W_F(0x3f800000u);
    w_f a = w_abs(x);
    w_f size = w_abs(y);
    w_f r = w_power(a, y);
    r = w_select(w_and(w_eq(a, one), w_eq(size, W_F(0x7f800000u))), one, r);

    // A negative x: even and odd integers and others. From 2^24 on every number is even.
    w_m below = w_lt(size, W_F(0x4b800000u));
    w_m whole = w_eq(w_rint(y), y);
    w_i last = w_to_i(w_select(below, y, W_F(0u))) & W_I(1);
    w_m odd = w_and(whole, w_ieq(last, W_I(1)));
    w_u sign = w_selectu(odd, w_bits(x) & W_U(0x80000000u), W_U(0u));
    r = w_from_bits(w_bits(r) ^ sign);
    w_m negative = w_and(w_lt(x, W_F(0u)), w_lt(a, W_F(0x7f800000u)));
    w_m none = w_or(w_and(negative, w_not(whole)), w_or(w_isnan(x), w_isnan(y)));
    r = w_select(none, W_F(0x7fc00000u), r);

    return w_select(w_or(w_eq(x, one), w_eq(y, W_F(0u))), one, r);
}
#endif
