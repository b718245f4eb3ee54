// SPDX-License-Identifier: Apache-2.0
//
// Natural logarithms as two floats.
#ifndef W_LIB_LOG_H
#define W_LIB_LOG_H

#include "lib/log2.h"

// Of a finite a > 0, relative error about 2^-35.
W_FN(w_two) w_log_two(w_f a)
{
    w_two ln2;
    ln2.hi = W_F(0x3f317218u);
    ln2.lo = W_F(0xb102e308u);
    return w_two_mul(w_log2_two(a), ln2);
}

// log(1 + u) for u > -1 and |u.hi| < 2^100, relative error about 2^-34. Near zero the series to the
// third power; else the logarithm of the sum as rounded, and what it lost divided by it.
W_FN(w_two) w_log1p_two(w_two u)
{
    w_two sum = w_two_sum(W_F(0x3f800000u), u.hi);
    w_two rounded = w_two_fast_sum(sum.hi, sum.lo + u.lo);
    w_two far = w_log_two(rounded.hi);
    far = w_two_fast_sum(far.hi, far.lo + w_div(rounded.lo, rounded.hi));
    w_f square = u.hi * u.hi;
    w_two near_zero;
    near_zero.hi = u.hi;
    near_zero.lo = w_fma(square, w_fma(u.hi, W_F(0x3eaaaaabu), W_F(0xbf000000u)), u.lo);
    w_m small = w_lt(w_abs(u.hi), W_F(0x39800000u)); // 2^-12
    w_two y;
    y.hi = w_select(small, near_zero.hi, far.hi);
    y.lo = w_select(small, near_zero.lo, far.lo);
    return y;
}

// A logarithm's result where x is no finite positive number: -infinity for a zero, NaN for a negative
// number, else x itself. An instruction set may have its own.
#ifndef W_OWN_LOG_ENDS
W_FN(w_f) w_log_ends(w_f x, w_f y)
{
    y = w_select(w_lt(x, W_F(0x7f800000u)), y, x);
    y = w_select(w_lt(x, W_F(0u)), W_F(0x7fc00000u), y);
    return w_select(w_eq(x, W_F(0u)), W_F(0xff800000u), y);
}
#endif

#endif
