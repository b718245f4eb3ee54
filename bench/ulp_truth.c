// SPDX-License-Identifier: Apache-2.0
//
// The truth that results are measured against: the rows of truth.def, and those that MPFR decides.
// A new elementwise operation over f32 needs a row in truth.def.
#include "bench/truth.h"
#include "bench/ulp.h"

#include <math.h>

static double true_exp(const float *x)
{
    return exp(x[0]);
}
static double true_sin(const float *x)
{
    return sin(x[0]);
}
static double true_tanh(const float *x)
{
    return tanh(x[0]);
}
static double true_sqrt(const float *x)
{
    return sqrt(x[0]);
}
static double true_rint(const float *x)
{
    return rint(x[0]);
}
static double true_pow(const float *x)
{
    return pow(x[0], x[1]);
}
static double true_fmod(const float *x)
{
    return fmod(x[0], x[1]);
}
static double true_div(const float *x)
{
    return (double)x[0] / x[1];
}
static double true_sigmoid(const float *x)
{
    double e = exp(-fabs((double)x[0]));
    return x[0] < 0 ? e / (1 + e) : 1 / (1 + e);
}

static double true_add(const float *x)
{
    return (double)x[0] + x[1];
}
static double true_sub(const float *x)
{
    return (double)x[0] - x[1];
}
static double true_mul(const float *x)
{
    return (double)x[0] * x[1];
}
static double true_neg(const float *x)
{
    return -x[0];
}
static double true_abs(const float *x)
{
    return fabsf(x[0]);
}
// -0 is below +0, and a NaN comes out, unlike in C.
static double true_min(const float *x)
{
    if (isnan(x[0]) || isnan(x[1]))
        return NAN;
    return x[0] < x[1] || (x[0] == x[1] && signbit(x[0])) ? x[0] : x[1];
}
static double true_max(const float *x)
{
    if (isnan(x[0]) || isnan(x[1]))
        return NAN;
    return x[0] > x[1] || (x[0] == x[1] && !signbit(x[0])) ? x[0] : x[1];
}
static double true_relu(const float *x)
{
    return true_max((const float[]){x[0], 0});
}
// With their attributes' defaults.
static double true_scale_shift(const float *x)
{
    return fmaf(x[0], 1, 0);
}
static double true_clamp(const float *x)
{
    return x[0];
}
static double true_threshold(const float *x)
{
    return isnan(x[0]) ? NAN : x[0] > 127 ? 255 : 0;
}

static void precise_exp(mpfr_t r, mpfr_t *x)
{
    mpfr_exp(r, x[0], MPFR_RNDN);
}
static void precise_sin(mpfr_t r, mpfr_t *x)
{
    mpfr_sin(r, x[0], MPFR_RNDN);
}
static void precise_tanh(mpfr_t r, mpfr_t *x)
{
    mpfr_tanh(r, x[0], MPFR_RNDN);
}
static void precise_pow(mpfr_t r, mpfr_t *x)
{
    mpfr_pow(r, x[0], x[1], MPFR_RNDN);
}
static void precise_sigmoid(mpfr_t r, mpfr_t *x)
{
    mpfr_neg(r, x[0], MPFR_RNDN);
    mpfr_exp(r, r, MPFR_RNDN);
    mpfr_add_ui(r, r, 1, MPFR_RNDN);
    mpfr_ui_div(r, 1, r, MPFR_RNDN);
}

#define A(i, standard) (standard)
#define TRUTH(name, value)                       \
    static double listed_##name(const float *in) \
    {                                            \
        long double X = in[0], Y = in[1];        \
        (void)Y;                                 \
        return (double)(value);                  \
    }
#define L(name) name##l
#define EXACT(name, value)                       \
    static double listed_##name(const float *in) \
    {                                            \
        double x = in[0], y = in[1], z = in[2];  \
        (void)y;                                 \
        (void)z;                                 \
        return (double)(value);                  \
    }
#include "bench/truth.def"
#undef TRUTH
#undef EXACT
#undef L

// The same in double, to look first.
#define TRUTH(name, value)                      \
    static double quick_##name(const float *in) \
    {                                           \
        double X = in[0], Y = in[1];            \
        (void)Y;                                \
        return (value);                         \
    }
#define EXACT(name, value)
#define L(name) name
#include "bench/truth.def"
#undef TRUTH
#undef EXACT

#define TRUTH(name, value) {#name, listed_##name, NULL, quick_##name},
#define EXACT(name, value) {#name, listed_##name, NULL, NULL},
static const ulp_truth truths[] = {
    {"add", true_add, NULL, NULL},
    {"sub", true_sub, NULL, NULL},
    {"mul", true_mul, NULL, NULL},
    {"div", true_div, NULL, NULL},
    {"neg", true_neg, NULL, NULL},
    {"abs", true_abs, NULL, NULL},
    {"min", true_min, NULL, NULL},
    {"max", true_max, NULL, NULL},
    {"relu", true_relu, NULL, NULL},
    {"exp", true_exp, precise_exp, NULL},
    {"pow", true_pow, precise_pow, NULL},
    {"sin", true_sin, precise_sin, NULL},
    {"fmod", true_fmod, NULL, NULL},
    {"tanh", true_tanh, precise_tanh, NULL},
    {"sigmoid", true_sigmoid, precise_sigmoid, NULL},
    {"sqrt", true_sqrt, NULL, NULL},
    {"scale_shift", true_scale_shift, NULL, NULL},
    {"clamp", true_clamp, NULL, NULL},
    {"threshold", true_threshold, NULL, NULL},
    {"rint", true_rint, NULL, NULL},
#include "bench/truth.def"
};

const ulp_truth *ulp_truth_find(const char *name)
{
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
        if (!strcmp(truths[i].name, name))
            return &truths[i];
    return NULL;
}

// The unit by which a result is judged: that of the correctly rounded result.
static double unit_of(float rounded)
{
    int exponent = 0;
    if (isinf(rounded)) {
        return 0x1p104;
    }
    frexpf(rounded, &exponent);
    return ldexp(1, exponent - 24 < -149 || rounded == 0 ? -149 : exponent - 24);
}

// An infinity that a finite truth is rounded to counts as 2^128.
static double finite_or_2_128(double d)
{
    return isinf(d) ? copysign(0x1p128, d) : d;
}

double ulp_error(float y, double truth)
{
    if (isnan(truth) || isnan(y)) {
        return isnan(truth) && isnan(y) ? 0 : INFINITY;
    }
    if (isinf(truth) || truth == 0) {
        return truth == y && !signbit(truth) == !signbit(y) ? 0 : INFINITY;
    }
    float rounded = (float)truth;
    if (rounded == y) {
        if (!signbit(rounded) != !signbit(y)) {
            return INFINITY;
        }
        if (isinf(y)) {
            return 0;
        }
    }
    double distance = isinf(rounded) ? fabs(finite_or_2_128(y) - copysign(0x1p128, truth))
                                     : fabs(finite_or_2_128(y) - truth);
    return distance / unit_of(rounded);
}

double ulp_distance(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b) ? 0 : INFINITY;
    if (a == b || (isinf((float)a) && isinf((float)b) && (a > 0) == (b > 0)))
        return 0;
    return fabs(a - b) / unit_of((float)b);
}

// The difference is taken before it is rounded to a double.
double ulp_precise_error(const ulp_truth *truth, uint32_t arity, const float *x, float y,
                         double error)
{
    if (!truth->precise || !isfinite(error) || error == 0)
        return error;
    mpfr_t in[ULP_ARITY], r;
    mpfr_init2(r, 300);
    for (uint32_t k = 0; k < arity; k++) {
        mpfr_init2(in[k], 24);
        mpfr_set_flt(in[k], x[k], MPFR_RNDN);
    }
    truth->precise(r, in);
    double value = mpfr_get_d(r, MPFR_RNDN);
    float rounded = mpfr_get_flt(r, MPFR_RNDN);
    if (value != 0 && isfinite(rounded)) {
        mpfr_sub_d(r, r, finite_or_2_128(y), MPFR_RNDN);
        error = fabs(mpfr_get_d(r, MPFR_RNDN)) / unit_of(rounded);
    }
    for (uint32_t k = 0; k < arity; k++)
        mpfr_clear(in[k]);
    mpfr_clear(r);
    return error;
}
