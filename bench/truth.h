// SPDX-License-Identifier: Apache-2.0
//
// What the rows of truth.def are written with.
#ifndef BENCH_TRUTH_H
#define BENCH_TRUTH_H

#include <math.h>

// 1 / (1 + e^-x), also where e^-x overflows.
static inline long double logistic(long double x)
{
    long double e = expl(-fabsl(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

// tanh(log(1 + e^x)) = n / (n + 2) with n = e^x (e^x + 2).
static inline long double mish_gate(long double x)
{
    long double e = expl(x < 60 ? x : 60), n = e * (e + 2);
    return n / (n + 2);
}

// The limit at minus infinity is -0.
static inline long double gated(long double x, long double gate)
{
    return gate == 0 ? copysignl(0, x) : x * gate;
}

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
