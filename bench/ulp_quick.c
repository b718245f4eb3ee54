// SPDX-License-Identifier: Apache-2.0
//
// The truth of whole blocks, in double and by vectors where the C library has vector functions
// (libmvec of glibc: within 4 ulp of a double, which is 2^-27 ulp of a float). Only what comes near
// the largest error found so far is looked at again, by ulp_truth.c.
#include "bench/truth.h"
#include "bench/ulp.h"

#ifdef ULP_LIBMVEC
#define VECTORS   __attribute__((__simd__("notinbranch")))
#define ONE(name) VECTORS double name(double)
ONE(exp);
ONE(exp2);
ONE(expm1);
ONE(log);
ONE(log2);
ONE(log10);
ONE(log1p);
ONE(sin);
ONE(cos);
ONE(tan);
ONE(asin);
ONE(acos);
ONE(atan);
ONE(sinh);
ONE(cosh);
ONE(tanh);
ONE(asinh);
ONE(acosh);
ONE(atanh);
ONE(erf);
ONE(erfc);
ONE(cbrt);
VECTORS double pow(double, double);
VECTORS double atan2(double, double);
VECTORS double hypot(double, double);
#undef ONE
#endif

// Vector functions take lanes out of a function's domain, or where it overflows, one by one. So
// functions of anything are taken of what is near, where the float nearest to them is the same, and
// those with a domain within it, times a NaN elsewhere. (A choice between the outcome and a
// constant would have the compiler take the function of anything again.)
static inline double within(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}
static inline double unless_below_0(double x)
{
    return 1 + 0 * sqrt(x > 1 ? 1 : x);
}
#define QUICK(name, ...)                        \
    static inline double quick_##name(double x) \
    {                                           \
        return __VA_ARGS__;                     \
    }
static const double below_1 = 0x1.fffffffp-1; // but above the float below 1
QUICK(exp, exp(within(x, -700, 700)))
QUICK(exp2, exp2(within(x, -1000, 1000)))
QUICK(expm1, expm1(within(x, -60, 700)))
QUICK(log, log(fabs(x)) * unless_below_0(x))
QUICK(log2, log2(fabs(x)) * unless_below_0(x))
QUICK(log10, log10(fabs(x)) * unless_below_0(x))
QUICK(log1p, x == -1 ? -HUGE_VAL : log1p(within(x, -below_1, HUGE_VAL)) * unless_below_0(1 + x))
QUICK(asin, asin(within(x, -1, 1)) * unless_below_0(1 - fabs(x)))
QUICK(acos, acos(within(x, -1, 1)) * unless_below_0(1 - fabs(x)))
QUICK(acosh, acosh(within(x, 1, HUGE_VAL)) * unless_below_0(x - 1))
QUICK(atanh, fabs(x) == 1 ? x * HUGE_VAL
                          : atanh(within(x, -below_1, below_1)) * unless_below_0(1 - fabs(x)))
QUICK(sinh, sinh(within(x, -700, 700)))
QUICK(cosh, cosh(within(x, -700, 700)))
QUICK(tanh, tanh(within(x, -25, 25)))
QUICK(erf, erf(within(x, -7, 7)))
QUICK(erfc, erfc(within(x, -7, 26)))
QUICK(sin, sin(x))
QUICK(cos, cos(x))
QUICK(tan, tan(x))
QUICK(atan, atan(x))
QUICK(asinh, asinh(x))
QUICK(cbrt, cbrt(x))
QUICK(sqrt, sqrt(x))

static inline double quick_logistic(double x)
{
    double e = quick_exp(-fabs(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

#define quick_mish_gate mish_gate
#define quick_gated     gated
#define quick_number    number
#define quick_pow       pow
#define quick_atan2     atan2
#define quick_hypot     hypot

#define A(i, standard) (standard)
#define L(name)        quick_##name
#define TRUTH(name, value)                                                                       \
    ULP_VECTORS static void block_##name(const float *const *in, double *restrict out, size_t n) \
    {                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                         \
            double X = in[0][i], Y = in[1][i];                                                   \
            (void)Y;                                                                             \
            out[i] = value;                                                                      \
        }                                                                                        \
    }
#define EXACT(name, value)                                                                       \
    ULP_VECTORS static void block_##name(const float *const *in, double *restrict out, size_t n) \
    {                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                         \
            double x = in[0][i], y = in[1][i], z = in[2][i];                                     \
            (void)y;                                                                             \
            (void)z;                                                                             \
            out[i] = (double)(value);                                                            \
        }                                                                                        \
    }
#include "bench/quick.def"
#include "bench/truth.def"
#undef TRUTH
#undef EXACT

#define TRUTH(name, value) {#name, block_##name},
#define EXACT(name, value) {#name, block_##name},
static const struct {
    const char *name;
    ulp_block *block;
} blocks[] = {
#include "bench/quick.def"
#include "bench/truth.def"
};

ulp_block *ulp_block_find(const char *name)
{
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (!strcmp(blocks[i].name, name))
            return blocks[i].block;
    return NULL;
}
