// SPDX-License-Identifier: Apache-2.0
//
// Where glibc states at most 1 ulp for a double function it is called as it is (exp, log, pow and
// what is exact); elsewhere long double leaves digits to spare on x86-64 and on aarch64.
#include "backends/cpu/math_f64.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define FN(name, value)                                           \
    static double f64_##name(const double *x, const double *attr) \
    {                                                             \
        (void)attr;                                               \
        return (double)(value);                                   \
    }
#define X ((long double)x[0])

// 1 / (1 + e^-x), also where e^-x overflows.
static long double logistic(long double x)
{
    long double e = expl(-fabsl(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

// log(1 + e^x).
static long double soft_plus(long double x)
{
    return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x));
}

// tanh(softplus(x)) = n / (n + 2) with n = e^x (e^x + 2).
static long double mish_gate(long double x)
{
    long double e = expl(x < 60 ? x : 60), n = e * (e + 2);
    return n / (n + 2);
}

// (1 + erf(x / sqrt 2)) / 2, without cancellation.
static long double normal_below(long double x)
{
    return erfcl(-x * 0.707106781186547524400844362104849039L) / 2;
}

// (1 + tanh(t)) / 2 is the logistic of 2 t.
static long double gate_tanh(long double x)
{
    return logistic(2 * 0.797884560802865355879892119868763737L * (x + 0.044715L * x * x * x));
}

// 0 * inf is no number, where the limit is 0.
static long double gated(long double x, long double gate)
{
    return gate == 0 ? copysignl(0, x) : x * gate;
}

// glibc's sin and cos lose digits where a huge argument is next to a zero:
// cos(0x1.6ac5b262ca1ffp+849) has 8 wrong ulp.
static long double sine(double x)
{
    return fabs(x) < 0x1p26 ? sin(x) : sinl(x);
}
static long double cosine(double x)
{
    return fabs(x) < 0x1p26 ? cos(x) : cosl(x);
}

// The remainder with the sign of the divisor (NumPy).
static double modulo(double a, double b)
{
    double r = fmod(a, b);
    if (r == 0)
        return copysign(0, b);
    return (r < 0) != (b < 0) ? r + b : r;
}

FN(exp, exp(x[0]))
FN(exp2, exp2(x[0]))
FN(expm1, expm1l(X))
FN(log, log(x[0]))
FN(log2, log2l(X))
FN(log10, log10l(X))
FN(log1p, log1pl(X))
FN(sin, sine(x[0]))
FN(cos, cosine(x[0]))
FN(tan, tanl(X))
FN(asin, asinl(X))
FN(acos, acosl(X))
FN(atan, atanl(X))
FN(sinh, sinhl(X))
FN(cosh, coshl(X))
FN(tanh, tanhl(X))
FN(asinh, asinhl(X))
FN(acosh, acoshl(X))
FN(atanh, atanhl(X))
FN(erf, erfl(X))
FN(rsqrt, 1 / sqrtl(X))
FN(cbrt, cbrtl(X))
FN(sigmoid, logistic(X))
FN(silu, gated(X, logistic(X)))
FN(gelu, gated(X, normal_below(X)))
FN(gelu_tanh, gated(X, gate_tanh(X)))
FN(softplus, soft_plus(X))
FN(mish, gated(X, mish_gate(X)))
FN(elu, x[0] < 0 ? (long double)attr[0] * expm1l(X) : X)
FN(celu, x[0] < 0 ? (long double)attr[0] * expm1l(X / attr[0]) : X)
FN(selu, x[0] > 0 ? (long double)attr[1] * X : (long double)attr[1] * attr[0] * expm1l(X))
FN(pow, pow(x[0], x[1]))
FN(fmod, fmod(x[0], x[1]))
FN(mod, modulo(x[0], x[1]))
FN(atan2, atan2l(X, (long double)x[1]))
FN(hypot, hypotl(X, (long double)x[1]))

#define ROW(name)         \
    {                     \
#name, f64_##name \
    }
static const struct {
    const char *name;
    w_math_f64_fn *fn;
} rows[] = {
    ROW(exp),   ROW(exp2),      ROW(expm1),    ROW(log),  ROW(log2),    ROW(log10),
    ROW(log1p), ROW(sin),       ROW(cos),      ROW(tan),  ROW(asin),    ROW(acos),
    ROW(atan),  ROW(sinh),      ROW(cosh),     ROW(tanh), ROW(asinh),   ROW(acosh),
    ROW(atanh), ROW(erf),       ROW(rsqrt),    ROW(cbrt), ROW(sigmoid), ROW(silu),
    ROW(gelu),  ROW(gelu_tanh), ROW(softplus), ROW(mish), ROW(elu),     ROW(celu),
    ROW(selu),  ROW(pow),       ROW(fmod),     ROW(mod),  ROW(atan2),   ROW(hypot),
};

w_math_f64_fn *w_math_f64_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].fn;
    return NULL;
}
