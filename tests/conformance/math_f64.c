// SPDX-License-Identifier: Apache-2.0
// Every function that the C library computes in f64, against MPFR: directed and random arguments,
// within 2 ulp of the correctly rounded result, and the same result where there is no number.
#include "backends/cpu/math_f64.h"
#include "tests/conformance/conformance.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mpfr.h>

enum { COUNT = 20000, BITS = 160 };

// ---------------------------------------------------------------- the truth

static mpfr_t t;

// r = 1 / (1 + e^-x)
static void logistic(mpfr_t r, mpfr_t x)
{
    mpfr_neg(r, x, MPFR_RNDN);
    mpfr_exp(r, r, MPFR_RNDN);
    mpfr_add_ui(r, r, 1, MPFR_RNDN);
    mpfr_ui_div(r, 1, r, MPFR_RNDN);
}

// r = log(1 + e^x)
static void soft_plus(mpfr_t r, mpfr_t x)
{
    mpfr_exp(r, x, MPFR_RNDN);
    if (mpfr_inf_p(r))
        mpfr_set(r, x, MPFR_RNDN);
    else
        mpfr_log1p(r, r, MPFR_RNDN);
}

// r = x r, whose limit at minus infinity is -0.
static void gate(mpfr_t r, mpfr_t x)
{
    if (mpfr_inf_p(x) && mpfr_sgn(x) < 0)
        mpfr_set_zero(r, -1);
    else
        mpfr_mul(r, x, r, MPFR_RNDN);
}

static void gelu(mpfr_t r, mpfr_t x)
{
    mpfr_sqrt_ui(t, 2, MPFR_RNDN);
    mpfr_div(t, x, t, MPFR_RNDN);
    mpfr_neg(t, t, MPFR_RNDN);
    mpfr_erfc(r, t, MPFR_RNDN);
    mpfr_div_ui(r, r, 2, MPFR_RNDN);
    gate(r, x);
}

// x logistic(2 sqrt(2 / pi) (x + 0.044715 x^3))
static void gelu_tanh(mpfr_t r, mpfr_t x)
{
    mpfr_sqr(t, x, MPFR_RNDN);
    mpfr_mul(t, t, x, MPFR_RNDN);
    mpfr_mul_ui(t, t, 44715, MPFR_RNDN);
    mpfr_div_ui(t, t, 1000000, MPFR_RNDN);
    mpfr_add(t, t, x, MPFR_RNDN);
    mpfr_const_pi(r, MPFR_RNDN);
    mpfr_ui_div(r, 8, r, MPFR_RNDN);
    mpfr_sqrt(r, r, MPFR_RNDN);
    mpfr_mul(t, t, r, MPFR_RNDN);
    logistic(r, t);
    gate(r, x);
}

// scale * alpha * (e^(x / divisor) - 1) below 0, else scale * x
static void linear_unit(mpfr_t r, mpfr_t x, double scale, double alpha, double divisor)
{
    if (mpfr_sgn(x) < 0) {
        mpfr_div_d(r, x, divisor, MPFR_RNDN);
        mpfr_expm1(r, r, MPFR_RNDN);
        mpfr_mul_d(r, r, alpha, MPFR_RNDN);
    } else {
        mpfr_set(r, x, MPFR_RNDN);
    }
    mpfr_mul_d(r, r, scale, MPFR_RNDN);
}

// The sign of the divisor (NumPy).
static void modulo(mpfr_t r, mpfr_t a, mpfr_t b)
{
    mpfr_fmod(r, a, b, MPFR_RNDN);
    if (mpfr_zero_p(r))
        mpfr_setsign(r, r, mpfr_signbit(b), MPFR_RNDN);
    else if (!mpfr_nan_p(r) && !mpfr_signbit(r) != !mpfr_signbit(b))
        mpfr_add(r, r, b, MPFR_RNDN);
}

#define TRUTH(name, ...)                                  \
    static void true_##name(mpfr_t r, mpfr_t x, mpfr_t y) \
    {                                                     \
        (void)y;                                          \
        __VA_ARGS__;                                      \
    }
#define SAME(name)        TRUTH(name, mpfr_##name(r, x, MPFR_RNDN))
#define SAME_OF_TWO(name) TRUTH(name, mpfr_##name(r, x, y, MPFR_RNDN))
SAME(exp)
SAME(exp2)
SAME(expm1)
SAME(log)
SAME(log2)
SAME(log10)
SAME(log1p)
SAME(sin)
SAME(cos)
SAME(tan)
SAME(asin)
SAME(acos)
SAME(atan)
SAME(sinh)
SAME(cosh)
SAME(tanh)
SAME(asinh)
SAME(acosh)
SAME(atanh)
SAME(erf)
SAME(cbrt)
TRUTH(rsqrt, mpfr_sqrt(r, x, MPFR_RNDN); mpfr_ui_div(r, 1, r, MPFR_RNDN))
TRUTH(sigmoid, logistic(r, x))
TRUTH(silu, logistic(r, x); gate(r, x))
TRUTH(gelu, gelu(r, x))
TRUTH(gelu_tanh, gelu_tanh(r, x))
TRUTH(softplus, soft_plus(r, x))
TRUTH(mish, soft_plus(r, x); mpfr_tanh(r, r, MPFR_RNDN); gate(r, x))
TRUTH(elu, linear_unit(r, x, 1, 1, 1))
TRUTH(celu, linear_unit(r, x, 1, 1, 1))
TRUTH(selu, linear_unit(r, x, 1.05070102214813232421875, 1.67326319217681884765625, 1))
SAME_OF_TWO(pow)
SAME_OF_TWO(fmod)
SAME_OF_TWO(atan2)
SAME_OF_TWO(hypot)
TRUTH(mod, modulo(r, x, y))

// `ulp` is the bound; 0: exact.
#define ROW(name, ulp)          \
    {                           \
#name, true_##name, ulp \
    }
static const struct row {
    const char *name;
    void (*value)(mpfr_t r, mpfr_t x, mpfr_t y);
    double ulp;
} rows[] = {
    ROW(exp, 2),   ROW(exp2, 2),      ROW(expm1, 2),    ROW(log, 2),   ROW(log2, 2),
    ROW(log10, 2), ROW(log1p, 2),     ROW(sin, 2),      ROW(cos, 2),   ROW(tan, 2),
    ROW(asin, 2),  ROW(acos, 2),      ROW(atan, 2),     ROW(sinh, 2),  ROW(cosh, 2),
    ROW(tanh, 2),  ROW(asinh, 2),     ROW(acosh, 2),    ROW(atanh, 2), ROW(erf, 2),
    ROW(cbrt, 2),  ROW(rsqrt, 2),     ROW(sigmoid, 2),  ROW(silu, 2),  ROW(gelu, 2),
    ROW(mish, 2),  ROW(gelu_tanh, 2), ROW(softplus, 2), ROW(elu, 2),   ROW(celu, 2),
    ROW(selu, 2),  ROW(pow, 2),       ROW(fmod, 0),     ROW(mod, 0.5), ROW(atan2, 2),
    ROW(hypot, 2),
};

// The distance of y from the truth, in ulp of the correctly rounded result; INFINITY for a NaN, an
// infinity or a sign in the wrong place.
static double error_of(double y, mpfr_t truth)
{
    if (mpfr_nan_p(truth) || isnan(y))
        return mpfr_nan_p(truth) && isnan(y) ? 0 : INFINITY;
    double rounded = mpfr_get_d(truth, MPFR_RNDN);
    if (!mpfr_regular_p(truth) || y == rounded)
        return y == rounded && !signbit(y) == !signbit(rounded) &&
                       (isinf(y) || !mpfr_regular_p(truth))
                   ? 0
               : !signbit(y) != !signbit(rounded) || y != rounded ? INFINITY
                                                                  : 0.5;
    int exponent = DBL_MAX_EXP;
    if (isfinite(rounded))
        frexp(rounded, &exponent);
    if (rounded == 0 || exponent < DBL_MIN_EXP)
        exponent = DBL_MIN_EXP;
    if (isinf(y)) // an infinity counts as 2^1024
        mpfr_set_d(t, copysign(0x1p1023, y), MPFR_RNDN), mpfr_mul_2ui(t, t, 1, MPFR_RNDN);
    else
        mpfr_set_d(t, y, MPFR_RNDN);
    mpfr_sub(t, t, truth, MPFR_RNDN);
    mpfr_mul_2si(t, t, DBL_MANT_DIG - exponent, MPFR_RNDN);
    return fabs(mpfr_get_d(t, MPFR_RNDN));
}

// ---------------------------------------------------------------- arguments

static uint64_t next_bits(uint64_t *state)
{
    uint64_t n = *state += 0x9e3779b97f4a7c15u;
    n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9u;
    n = (n ^ n >> 27) * 0x94d049bb133111ebu;
    return n ^ n >> 31;
}

static double from_bits(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

static double neighbour(double x, int64_t steps)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return from_bits(bits + (uint64_t)steps);
}

// Where functions are zero, have a pole, overflow, underflow, or change their way of computing.
static const double marks[] = {
    0,
    0x1p-1074,
    0x1.8p-1073,
    0x1p-1023,
    0x1p-1022,
    0x1p-538,
    0x1p-512,
    0x1p-100,
    0x1p-54,
    0x1p-53,
    0x1p-28,
    0x1p-27,
    0x1p-10,
    0.25,
    0.35,
    0.5,
    0.84375,
    1,
    1.25,
    2,
    2.857,
    3,
    4,
    5.9,
    6,
    8.5,
    13,
    18.7,
    19.0625,
    22,
    26.5,
    27.2,
    27.5,
    28,
    37.5,
    38.4,
    38.6,
    39,
    44,
    60,
    100,
    512,
    708.396,
    709.7,
    709.78271289338,
    710.4758600739439,
    744.4,
    745.1332,
    746,
    1022,
    1023.9,
    1024,
    1074,
    1075,
    1e4,
    1e5,
    0x1p26,
    0x1p27,
    0x1p53,
    0x1p63,
    0x1p64,
    1e22,
    0x1p512,
    0x1p1000,
    0x1p1023,
    0x1.fffffffffffffp1023,
    0x1.6ac5b262ca1ffp+849,
    0x1.921fb54442d18p0,
    0x1.921fb54442d18p1,
    0x1.2d97c7f3321d2p2,
    HUGE_VAL,
};

static double argument(uint64_t *state, uint32_t n)
{
    uint64_t r = next_bits(state), s = next_bits(state);
    double sign = s & 1 ? -1 : 1, unit = (double)(r >> 11) * 0x1p-53;
    if (n < 8 * W_COUNT(marks)) { // each mark and its neighbours, on both sides
        double x = marks[n / 8];
        int64_t step = isinf(x) ? 0 : (int64_t)(n % 8 / 2) - (x == 0 ? 0 : 1);
        return n & 1 ? -neighbour(x, step) : neighbour(x, step);
    }
    switch (n % 8) {
    case 0:
        return from_bits(r);
    case 1:
        return sign * unit * 40;
    case 2:
        return sign * ldexp(1 + unit, (int)(s >> 8 & 63) - 54); // near 0
    case 3:
        return sign * (1 + (unit - 0.5) * ldexp(1, -(int)(s >> 8 & 31))); // near 1
    case 4: // near a zero of sin or cos
        return neighbour(sign * floor(ldexp(unit, (int)(s >> 8 & 31))) * 0x1.921fb54442d18p0,
                         (int64_t)(s >> 16 & 3) - 1);
    case 5:
        return sign * unit * 760; // where exponentials end
    case 6:
        return neighbour(sign * marks[s % W_COUNT(marks)],
                         isinf(marks[s % W_COUNT(marks)]) ? 0 : (int64_t)(s >> 40 & 1023));
    default:
        return sign * ldexp(unit, (int)(s >> 8 & 2047) - 1074); // any size, subnormals as well
    }
}

// For a pair: another of any kind, one of the same size, or an exponent that leads to the edge.
static double second(uint64_t *state, uint32_t n, double x)
{
    uint64_t s = next_bits(state);
    switch (n % 5) {
    case 0:
        return x * ((double)(s >> 40) * 0x1p-22 + 0x1p-3);
    case 1:
        return (double)((int)(s % 41) - 20) / 2;
    case 2:
        return (s & 1 ? 1024.0 : -1074.0) / log2(fabs(x)) * (1 + (double)(s >> 40) * 0x1p-40);
    default:
        return argument(state, (uint32_t)(s >> 8) % COUNT);
    }
}

// ---------------------------------------------------------------- the test

static int count_wrong(weir_context *context, const w_op *op, const struct row *row)
{
    const int64_t n = COUNT;
    double *x = malloc(3 * COUNT * sizeof *x), *y = x + COUNT, *z = y + COUNT, worst = 0;
    uint64_t state = op->number;
    assert_non_null(x);
    for (uint32_t i = 0; i < COUNT; i++) {
        x[i] = argument(&state, i);
        y[i] = second(&state, i, x[i]);
    }
    const weir_array in[] = {weir_array_dense(x, WEIR_F64, 1, &n),
                             weir_array_dense(y, WEIR_F64, 1, &n)};
    weir_array out = weir_array_dense(z, WEIR_F64, 1, &n);
    if (weir_run(context, op->number, NULL, in, op->n_required, &out, 1, NULL) != WEIR_OK)
        fail_msg("%s: %s", op->name, weir_message(NULL));
    mpfr_t r, a, b;
    mpfr_inits2(BITS, r, a, b, (mpfr_ptr)NULL);
    uint32_t at = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        mpfr_set_d(a, x[i], MPFR_RNDN);
        mpfr_set_d(b, y[i], MPFR_RNDN);
        row->value(r, a, b);
        double error = error_of(z[i], r);
        if (error > worst) {
            worst = error;
            at = i;
        }
    }
    // Where results are exact, correctly rounded ones are.
    bool right = worst <= row->ulp || (row->ulp == 0 && worst <= 0.5);
    if (!right) {
        mpfr_set_d(a, x[at], MPFR_RNDN);
        mpfr_set_d(b, y[at], MPFR_RNDN);
        row->value(r, a, b);
        print_error("%s(%a, %a) is %a, not %a: %g ulp, stated %g\n", op->name, x[at], y[at], z[at],
                    mpfr_get_d(r, MPFR_RNDN), worst, row->ulp);
    }
    print_message("  %-10s %.4f ulp at %a %a\n", op->name, worst, x[at],
                  op->n_required > 1 ? y[at] : 0);
    mpfr_clears(r, a, b, (mpfr_ptr)NULL);
    free(x);
    return right ? 0 : 1;
}

static void test_math_f64(void **state)
{
    int wrong = 0;
    weir_context *context;
    const weir_context_options options = {.struct_size = sizeof options,
                                          .flags = WEIR_CONTEXT_NO_ENVIRONMENT |
                                                   WEIR_CONTEXT_NO_PROFILE | WEIR_CONTEXT_CPU_ONLY};
    (void)state;
    assert_int_equal(weir_context_create(&options, &context), WEIR_OK);
    mpfr_init2(t, BITS);
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        size_t k = 0;
        if (!w_math_f64_find(op->name))
            continue;
        while (k < W_COUNT(rows) && strcmp(rows[k].name, op->name) != 0)
            k++;
        if (k == W_COUNT(rows))
            fail_msg("%s has no truth in tests/conformance/math_f64.c", op->name);
        wrong += count_wrong(context, op, &rows[k]);
    }
    mpfr_clear(t);
    mpfr_free_cache();
    weir_context_destroy(context);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_math_f64)};
    return cmocka_run_group_tests_name("math_f64", tests, NULL, NULL);
}
