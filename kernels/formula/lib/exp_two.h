// SPDX-License-Identifier: Apache-2.0
//
// Exponentials with more digits than an f32 has.
#ifndef W_LIB_EXP_TWO_H
#define W_LIB_EXP_TWO_H

#include "lib/exp.h"
#include "lib/scale.h"
#include "lib/two_float.h"

// exp(x) = 2^n * (1 + t), |t| <= 0.42.
W_STRUCT w_exp_wide
{
    w_f n;
    w_two t;
}
W_STRUCT_END(w_exp_wide)

// For |x.hi| <= 170; the error of t is about 2^-29. x = n ln 2 + r with r as two floats, then the
// polynomial of lib/exp.h.
W_FN(w_exp_wide) w_exp_two(w_two x)
{
    w_f n = w_rint(x.hi * W_F(0x3fb8aa3bu));
    w_f first = w_fma(n, W_F(0xbf317218u), x.hi);
    w_two r = w_two_sum(first, w_fma(n, W_F(0x3102e308u), x.lo));

    w_f q = w_exp_second(r.hi);

    w_exp_wide p;
    p.n = n;
    p.t = w_two_fast_sum(r.hi, w_fma(r.hi * r.hi, q, w_fma(r.hi, r.lo, r.lo)));
    return p;
}

// 1 + t.
W_FN(w_two) w_exp_mantissa(w_exp_wide p)
{
    w_two m = w_two_fast_sum(W_F(0x3f800000u), p.t.hi);
    m.lo = m.lo + p.t.lo;
    return m;
}

// exp(x) - 1 for any x up to 88; for a larger one what it is at 88. Of x = n ln 2 + r it is
// 2^n - 1 + 2^n (r + ...); lo may be larger than half an ulp of hi.
W_FN(w_two) w_expm1_two(w_f x)
{
    w_f y = w_least(W_F(0x42b00000u), x); // 88
    y = w_most(W_F(0xc1a00000u), y);      // -20
    w_f n = w_rint(y * W_F(0x3fb8aa3bu));
    w_f first = w_fma(n, W_F(0xbf317218u), y);
    w_f second = n * W_F(0x3102e308u);
    w_f r = first + second;
    w_f q = w_exp_second(r);
    w_f power = w_power_of_two(n);
    w_two e = w_two_sum(power - W_F(0x3f800000u), power * first);
    e.lo = w_fma(power, w_fma(r * r, q, second), e.lo);
    // Near zero the digits of x count, and those of a subnormal number.
    w_m tiny = w_lt(w_abs(x), W_F(0x33000000u)); // 2^-25
    e.hi = w_select(tiny, x, e.hi);
    e.lo = w_select(tiny, W_F(0x80000000u), e.lo); // which changes nothing, the sign of a zero neither
    return e;
}

#endif
