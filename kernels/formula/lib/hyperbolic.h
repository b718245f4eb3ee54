// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_HYPERBOLIC_H
#define W_LIB_HYPERBOLIC_H

#include "lib/scale.h"
#include "lib/two_float.h"

// What cosh and sinh of a >= 0 are made of: a = n ln 2 + r, and with A = (2^n + 2^-n) / 8,
// B = (2^n - 2^-n) / 8 cosh a / 4 = A cosh r + B sinh r and sinh a / 4 = B cosh r + A sinh r.
// A quarter, so that 2^n is a number as long as the results are.
W_STRUCT w_hyperbolic
{
    w_two sum;  // A
    w_f less;   // B
    w_f cosh_1; // cosh r - 1
    w_two sinh; // sinh r
}
W_STRUCT_END(w_hyperbolic)

// Beyond 90, where both are infinite, as at 90. Taylor series of r, |r| <= 0.35 (2^-28).
W_FN(w_hyperbolic) w_hyperbolic_split(w_f a)
{
    a = w_least(W_F(0x42b40000u), a);
    w_f n = w_rint(a * W_F(0x3fb8aa3bu));
    w_two r = w_two_fast_sum(w_fma(n, W_F(0xbf317218u), a), n * W_F(0x3102e308u));
    w_f s = r.hi * r.hi;
    w_f p = w_fma(s, W_F(0x3638ef1du), W_F(0x39500d01u));
    p = w_fma(s, p, W_F(0x3c088889u));
    p = w_fma(s, p, W_F(0x3e2aaaabu));
    w_f q = w_fma(s, W_F(0x37d00d01u), W_F(0x3ab60b61u));
    q = w_fma(s, q, W_F(0x3d2aaaabu));
    q = w_fma(s, q, W_F(0x3f000000u));
    w_f up = w_power_of_two(n - W_F(0x40400000u));
    w_f down = w_power_of_two(w_most(W_F(0xc2f00000u), w_neg(n + W_F(0x40400000u)))); // -120
    w_hyperbolic h;
    h.sum = w_two_fast_sum(up, down);
    h.less = up - down;
    h.cosh_1 = s * q;
    h.sinh.hi = r.hi;
    h.sinh.lo = w_fma(r.hi * s, p, r.lo);
    return h;
}

#endif
