// SPDX-License-Identifier: Apache-2.0
//
// What the rows of truth.def are written with, for double and, with an l, for long double.
#ifndef BENCH_TRUTH_H
#define BENCH_TRUTH_H

#include <math.h>

// number: a constant, so that double is not computed in long double.
// logistic: 1 / (1 + e^-x), also where e^-x overflows.
// mish_gate: tanh(log(1 + e^x)) = n / (n + 2) with n = e^x (e^x + 2).
// gated: x times a gate whose limit at minus infinity is 0.
#define TRUTH_FUNCTIONS(type, suffix)                           \
    static inline type number##suffix(long double x)            \
    {                                                           \
        return (type)x;                                         \
    }                                                           \
    static inline type logistic##suffix(type x)                 \
    {                                                           \
        type e = exp##suffix(-fabs##suffix(x));                 \
        return x < 0 ? e / (1 + e) : 1 / (1 + e);               \
    }                                                           \
    static inline type mish_gate##suffix(type x)                \
    {                                                           \
        type e = exp##suffix(x < 60 ? x : 60), n = e * (e + 2); \
        return n / (n + 2);                                     \
    }                                                           \
    static inline type gated##suffix(type x, type gate)         \
    {                                                           \
        return gate == 0 ? copysign##suffix(0, x) : x * gate;   \
    }
TRUTH_FUNCTIONS(double, )
TRUTH_FUNCTIONS(long double, l)

static inline double clipped(double x)
{
    return isnan(x) ? x : x <= 0 ? 0 : x > 1 ? 1 : x;
}

// NumPy's mod: the sign of the divisor, of a zero too.
static inline double modulo(double a, double b)
{
    double r = fmod(a, b);
    if (r == 0)
        return copysign(0, b);
    return (r < 0) != (b < 0) ? r + b : r;
}

#endif
