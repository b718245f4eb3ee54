// SPDX-License-Identifier: Apache-2.0
//
// e^x and the natural logarithm for formulas of rows, in f32 and in f64.
#ifndef W_LIB_ROW_MATH_H
#define W_LIB_ROW_MATH_H

#if W_BITS == 32
#include "lib/exp.h"
#include "lib/log2.h"

// e^x for x <= 0, within 1 ulp; 0 below -87.7, near the least normal number. As in lib/exp.h, but the
// power of two is made of the bits of a sum that ends at n: those of 2^-127 are zero.
W_FN(w_f) w_row_exp(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_f shifter = W_F(0x4b40007fu); // 3 * 2^22 + 127
    w_f above = w_most(W_F(0xc2b00000u), x); // -88
    w_f sum = w_fma(above, W_F(0x3fb8aa3bu), shifter);
    w_f n = sum - shifter;
    w_f r = w_fma(n, W_F(0xbf317218u), above);
    r = w_fma(n, W_F(0x3102e308u), r);
    w_f y = w_fma(w_fma(w_exp_second(r), r, one), r, one);
    return y * w_from_bits(w_bits(sum) << 23u);
}

// ln 2 times the binary logarithm, below 1 ulp but near 1, where the error is 2^-34 of the distance
// from 1 to x. -infinity of a zero, NaN of what is below, infinity of infinity.
W_FN(w_f) w_row_log(w_f x)
{
    w_f infinity = W_F(0x7f800000u);
    w_m usual = w_and(w_gt(x, W_F(0u)), w_lt(x, infinity));
    w_two factor; // ln 2
    factor.hi = W_F(0x3f317218u);
    factor.lo = W_F(0xb102e308u);
    w_two log = w_two_mul(w_log2_two(w_select(usual, x, W_F(0x3f800000u))), factor);
    w_f special = w_select(w_eq(x, W_F(0u)), w_neg(infinity), W_F(0x7fc00000u));
    special = w_select(w_eq(x, infinity), infinity, special);
    return w_select(usual, log.hi + log.lo, special);
}

#else

// e^x for x <= 0, within 0.8 ulp. x = n ln 2 + r with |r| <= 0.347, the first product exact (ln 2 is
// cut to 32 bits); Taylor's series to the 13th power, 2^-57 of the sum; then scaled by 2^n in two
// steps, so that subnormal results are right.
W_FN(w_v) w_row_power(w_v n) // 2^n, |n| <= 1022 an integer
{
    w_v biased = w_add(n, W_C(0u, 0x43300000u, 0x000003ffu)); // + 2^52 + 1023: its last digits
    return w_from_bits(w_bits(biased) << 52u);
}

W_FN(w_v) w_row_exp(w_v x)
{
    w_v low = W_C(0u, 0xc0875000u, 0x00000000u); // -746, below which it is zero
    x = w_choose(w_less(x, low), low, x);
    w_v n = w_nearest(w_mul(x, W_C(0u, 0x3ff71547u, 0x652b82feu)));
    w_v first = w_sub(x, w_mul(n, W_C(0u, 0x3fe62e42u, 0xfef00000u)));
    w_v second = w_mul(n, W_C(0u, 0x3dd473deu, 0x6af278edu));
    w_v r = w_sub(first, second);
    w_v lost = w_sub(w_sub(first, r), second);

    w_v q = W_C(0u, 0x3de61246u, 0x13a86d09u); // 1/13!
    q = w_add(w_mul(q, r), W_C(0u, 0x3e21eed8u, 0xeff8d898u));
    q = w_add(w_mul(q, r), W_C(0u, 0x3e5ae645u, 0x67f544e4u));
    q = w_add(w_mul(q, r), W_C(0u, 0x3e927e4fu, 0xb7789f5cu));
    q = w_add(w_mul(q, r), W_C(0u, 0x3ec71de3u, 0xa556c734u));
    q = w_add(w_mul(q, r), W_C(0u, 0x3efa01a0u, 0x1a01a01au));
    q = w_add(w_mul(q, r), W_C(0u, 0x3f2a01a0u, 0x1a01a01au));
    q = w_add(w_mul(q, r), W_C(0u, 0x3f56c16cu, 0x16c16c17u));
    q = w_add(w_mul(q, r), W_C(0u, 0x3f811111u, 0x11111111u));
    q = w_add(w_mul(q, r), W_C(0u, 0x3fa55555u, 0x55555555u));
    q = w_add(w_mul(q, r), W_C(0u, 0x3fc55555u, 0x55555555u));
    q = w_add(w_mul(q, r), W_C(0u, 0x3fe00000u, 0x00000000u)); // 1/2!

    w_v sum = w_add(W_V(1), r);
    w_v rest = w_add(w_sub(r, w_sub(sum, W_V(1))), lost);
    w_v y = w_add(sum, w_add(w_mul(w_mul(r, r), q), rest));
    w_v half_n = w_nearest(w_mul(n, W_C(0u, 0x3fe00000u, 0x00000000u)));
    return w_mul(w_mul(y, w_row_power(half_n)), w_row_power(w_sub(n, half_n)));
}

// log x, within 0.83 ulp. x = 2^k (1 + f), 1 + f in [sqrt(1/2), sqrt 2); with
// s = f / (2 + f), log(1 + f) = f - f^2/2 + s (f^2/2 + 2/3 s^2 + 2/5 s^4 + ...) (as in FreeBSD's e_log.c),
// the series to s^22. -infinity of a zero, NaN of what is below, infinity of infinity.
W_FN(w_v) w_row_log(w_v x)
{
    w_v zero = W_V(0);
    w_m usual = w_both(w_less(zero, x), w_less(x, W_INFINITY));
    w_v a = w_choose(usual, x, W_V(1));
    w_m tiny = w_less(a, W_C(0u, 0x00100000u, 0x00000000u));
    a = w_choose(tiny, w_mul(a, W_C(0u, 0x43500000u, 0x00000000u)), a); // 2^54
    w_n root = w_bits(W_C(0u, 0x3fe6a09eu, 0x00000000u)); // the high half of sqrt(1/2)
    w_n raised = w_bits(a) + w_bits(W_C(0u, 0x00095f62u, 0x00000000u)); // to 1 from there
    w_n two52 = w_bits(W_C(0u, 0x43300000u, 0x00000000u));
    w_v k = w_sub(w_from_bits((raised >> 52u) | two52), W_C(0u, 0x43300000u, 0x000003ffu));
    k = w_choose(tiny, w_sub(k, W_V(54)), k);
    w_n digits = raised & w_bits(W_C(0u, 0x000fffffu, 0xffffffffu));
    w_v f = w_sub(w_from_bits(digits + root), W_V(1));

    w_v s = w_quotient(f, w_add(f, W_V(2)));
    w_v z = w_mul(s, s);
    w_v q = W_C(0u, 0x3fb642c8u, 0x590b2164u); // 2/23
    q = w_add(w_mul(q, z), W_C(0u, 0x3fb86186u, 0x18618618u));
    q = w_add(w_mul(q, z), W_C(0u, 0x3fbaf286u, 0xbca1af28u));
    q = w_add(w_mul(q, z), W_C(0u, 0x3fbe1e1eu, 0x1e1e1e1eu));
    q = w_add(w_mul(q, z), W_C(0u, 0x3fc11111u, 0x11111111u));
    q = w_add(w_mul(q, z), W_C(0u, 0x3fc3b13bu, 0x13b13b14u));
    q = w_add(w_mul(q, z), W_C(0u, 0x3fc745d1u, 0x745d1746u));
    q = w_add(w_mul(q, z), W_C(0u, 0x3fcc71c7u, 0x1c71c71cu));
    q = w_add(w_mul(q, z), W_C(0u, 0x3fd24924u, 0x92492492u));
    q = w_add(w_mul(q, z), W_C(0u, 0x3fd99999u, 0x9999999au));
    q = w_add(w_mul(q, z), W_C(0u, 0x3fe55555u, 0x55555555u)); // 2/3
    w_v half_square = w_mul(w_mul(f, f), W_C(0u, 0x3fe00000u, 0x00000000u));
    w_v series = w_mul(s, w_add(half_square, w_mul(q, z)));
    w_v rest = w_add(series, w_mul(k, W_C(0u, 0x3dd473deu, 0x6af278edu)));
    w_v inner = w_sub(w_sub(half_square, rest), f);
    w_v y = w_sub(w_mul(k, W_C(0u, 0x3fe62e42u, 0xfef00000u)), inner);

    w_v special = w_choose(w_equals(x, zero), w_minus(W_INFINITY), W_C(0u, 0x7ff80000u, 0x00000000u));
    special = w_choose(w_equals(x, W_INFINITY), W_INFINITY, special);
    return w_choose(usual, y, special);
}

#endif

// x - most, at most 0; from an infinite maximum no difference can be taken, but from 0 instead.
W_FN(w_v) w_row_below(w_v x, w_v most)
{
    w_v base = w_choose(w_less(w_size(most), W_INFINITY), most, W_V(0));
    w_v d = w_sub(x, base);
    return w_choose(w_less(W_V(0), d), W_V(0), d);
}

#endif
