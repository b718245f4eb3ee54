/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures the formulas against the truth, in ulp of the correctly rounded result:
 *
 *     ulp NAME [--stride N] [--pairs N] [--hash]
 *
 * A unary formula is tried on all 2^32 inputs, or on every N-th; one of two or three operands on N
 * random and directed tuples. The truth is double arithmetic, and MPFR wherever it decides the
 * maximum. --hash prints a hash of all results instead, so that two instruction sets can be
 * compared. The exit status is 1 when a bound is broken.
 *
 * Build: cc -O2 -std=gnu11 -ffp-contract=off -fno-math-errno -I. -Ikernels/formula bench/ulp.c
 *        -lmpfr -lgmp -lm, with -DULP_AVX2 -mavx2 -mfma, or -DULP_AVX512 and its -m flags, or
 *        -DULP_NEON for another dialect than the scalar one. Without mpfr.h: double alone.
 */
#if defined ULP_AVX512
#include "backends/cpu/avx512/vec.h"
#elif defined ULP_AVX2
#include "backends/cpu/avx2/vec.h"
#elif defined ULP_NEON
#include "backends/cpu/neon/vec.h"
#else
#include "backends/cpu/scalar/vec.h"
#endif

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<mpfr.h>) && !defined ULP_NO_MPFR
#include <mpfr.h>
#define ULP_MPFR 1
#else
#define ULP_MPFR 0
#endif

/*
 * The exact division and square root are given estimates that are up to 7 ulp wrong, on top of
 * their own half.
 */
static inline w_f disturb(w_f estimate)
{
    w_u noise = w_mulhi(w_bits(estimate) * W_U(2654435769u), W_U(15u)); /* 0 to 14 */
    return w_from_bits(w_bits(estimate) + noise - W_U(7u));
}
static inline w_f w_div_native(w_f a, w_f b)
{
    return disturb(w_div(a, b));
}
static inline w_f w_sqrt_native(w_f a)
{
    return disturb(w_sqrt(a));
}
#define W_EXACT_DIV
#include "lib/exact.h"

#include "exp.h"
#include "fmod.h"
#include "pow.h"
#include "sigmoid.h"
#include "sin.h"
#include "tanh.h"

#define BLOCK     4096
#define MAX_ARITY 3

typedef struct {
    float in[MAX_ARITY][BLOCK];
    float out[BLOCK];
} block;

#define RUN_LOOP(name, ...)                           \
    static void run_##name(block *t)                  \
    {                                                 \
        for (size_t i = 0; i < BLOCK; i += W_WIDTH) { \
            w_storef(t->out + i, __VA_ARGS__);        \
        }                                             \
    }
#define ARGUMENT(k)      w_loadf(t->in[k] + i)
#define RUN1(name, call) RUN_LOOP(name, call(ARGUMENT(0)))
#define RUN2(name, call) RUN_LOOP(name, call(ARGUMENT(0), ARGUMENT(1)))
#define RUN3(name, call) RUN_LOOP(name, call(ARGUMENT(0), ARGUMENT(1), ARGUMENT(2)))

RUN1(exp, w_op_exp)
RUN1(sin, w_op_sin)
RUN1(tanh, w_op_tanh)
RUN1(sigmoid, w_op_sigmoid)
RUN1(sqrt, w_sqrt)
RUN1(rint, w_rint)
RUN1(sqrt_exact, w_sqrt_exact)
RUN2(pow, w_op_pow)
RUN2(fmod, w_op_fmod)
RUN2(div, w_div)
RUN2(div_exact, w_div_exact)
RUN3(fma, w_fma)

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
static double true_fma(const float *x)
{
    return fmaf(x[0], x[1], x[2]);
}
static double true_sigmoid(const float *x)
{
    double e = exp(-fabs((double)x[0]));
    return x[0] < 0 ? e / (1 + e) : 1 / (1 + e);
}

#if ULP_MPFR
typedef void precise(mpfr_t r, mpfr_t *x);
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
#else
typedef void precise(void);
#define precise_exp     NULL
#define precise_sin     NULL
#define precise_tanh    NULL
#define precise_pow     NULL
#define precise_sigmoid NULL
#endif

/* bound 0: every bit must be right; the double result, rounded to float, is the truth then. */
typedef struct {
    const char *name;
    int arity;
    double bound;
    void (*run)(block *);
    double (*truth)(const float *);
    precise *mpfr;
} operation;

static const operation operations[] = {
    {"exp", 1, 1.5, run_exp, true_exp, precise_exp},
    {"sin", 1, 1.5, run_sin, true_sin, precise_sin},
    {"tanh", 1, 1.5, run_tanh, true_tanh, precise_tanh},
    {"sigmoid", 1, 1.5, run_sigmoid, true_sigmoid, precise_sigmoid},
    {"sqrt", 1, 0, run_sqrt, true_sqrt, NULL},
    {"rint", 1, 0, run_rint, true_rint, NULL},
    {"sqrt_exact", 1, 0, run_sqrt_exact, true_sqrt, NULL},
    {"pow", 2, 2, run_pow, true_pow, precise_pow},
    {"fmod", 2, 0, run_fmod, true_fmod, NULL},
    {"div", 2, 0, run_div, true_div, NULL},
    {"div_exact", 2, 0, run_div_exact, true_div, NULL},
    {"fma", 3, 0, run_fma, true_fma, NULL},
};

static uint32_t bits_of(float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}

static float float_of(uint32_t u)
{
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

/* The unit by which a result is judged: that of the correctly rounded result. */
static double unit_of(float rounded)
{
    int exponent = 0;
    if (isinf(rounded)) {
        return 0x1p104;
    }
    frexpf(rounded, &exponent);
    return ldexp(1, exponent - 24 < -149 || rounded == 0 ? -149 : exponent - 24);
}

/* An infinity that a finite truth is rounded to counts as 2^128. */
static double finite_or_2_128(double d)
{
    return isinf(d) ? copysign(0x1p128, d) : d;
}

static double error_of(float y, double truth)
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

#if ULP_MPFR
/* The same against MPFR; the difference is taken before it is rounded to a double. */
static double precise_error_of(const operation *op, const float *x, float y, double error)
{
    if (!op->mpfr || !isfinite(error) || error == 0) {
        return error;
    }
    mpfr_t in[MAX_ARITY], r;
    mpfr_init2(r, 300);
    for (int k = 0; k < op->arity; k++) {
        mpfr_init2(in[k], 24);
        mpfr_set_flt(in[k], x[k], MPFR_RNDN);
    }
    op->mpfr(r, in);
    double truth = mpfr_get_d(r, MPFR_RNDN);
    float rounded = mpfr_get_flt(r, MPFR_RNDN);
    if (truth != 0 && isfinite(rounded)) {
        mpfr_sub_d(r, r, finite_or_2_128(y), MPFR_RNDN);
        error = fabs(mpfr_get_d(r, MPFR_RNDN)) / unit_of(rounded);
    }
    for (int k = 0; k < op->arity; k++) {
        mpfr_clear(in[k]);
    }
    mpfr_clear(r);
    return error;
}
#else
static double precise_error_of(const operation *op, const float *x, float y, double error)
{
    (void)op, (void)x, (void)y;
    return error;
}
#endif

/* The n-th random number (splitmix64). */
static uint64_t random_of(uint64_t n)
{
    n = (n + 1) * 0x9e3779b97f4a7c15u;
    n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9u;
    n = (n ^ n >> 27) * 0x94d049bb133111ebu;
    return n ^ n >> 31;
}

static float special(uint32_t n)
{
    static const uint32_t sizes[] = {
        0x00000000u, 0x00000001u, 0x00000002u, 0x00000003u, 0x003fffffu, 0x00400000u, 0x007fffffu,
        0x00800000u, 0x00800001u, 0x00ffffffu, 0x01000000u, 0x33800000u, 0x34000000u, 0x3effffffu,
        0x3f000000u, 0x3f000001u, 0x3f7ffffeu, 0x3f7fffffu, 0x3f800000u, 0x3f800001u, 0x3fc00000u,
        0x3fffffffu, 0x40000000u, 0x40400000u, 0x40a00000u, 0x42fe0000u, 0x43000000u, 0x43150000u,
        0x4affffffu, 0x4b000000u, 0x4b000001u, 0x4b7fffffu, 0x4b800000u, 0x4b800001u, 0x4f000000u,
        0x5f800000u, 0x7e800000u, 0x7f000000u, 0x7f7ffffeu, 0x7f7fffffu, 0x7f800000u, 0x7fc00000u,
    };
    const uint32_t count = sizeof sizes / sizeof *sizes;
    return float_of(sizes[n / 2 % count] | (n & 1) << 31);
}

/* Any mantissa and sign, an exponent within spread of 2^middle. */
static float around(uint32_t bits, uint32_t more, int middle, int spread)
{
    int exponent = 127 + middle - spread + (int)(more % (2u * (uint32_t)spread + 1));
    return float_of((bits & 0x807fffffu) | (uint32_t)exponent << 23);
}

/* For a base, an exponent whose power is near the largest or the smallest numbers. */
static float edge_exponent(float x, uint32_t random)
{
    int e;
    double m = frexp(fabs(x), &e) * 2; /* log2 m is about m - 1 */
    double logarithm = fabs(x - 1) < 0.01 ? (fabs(x) - 1) * 1.4426950408889634 : e - 1 + (m - 1);
    double target = (random & 1 ? 128 : -149) + (int)(random >> 8 & 0xffff) / 65536.0 * 4 - 2;
    return (float)(target / logarithm);
}

/* The operands of the n-th tuple. */
static void tuple(uint64_t n, float *x)
{
    uint64_t r = random_of(2 * n), s = random_of(2 * n + 1);
    uint32_t a = (uint32_t)r, b = (uint32_t)(r >> 32), c = (uint32_t)s, d = (uint32_t)(s >> 32);
    x[0] = float_of(a);
    x[1] = float_of(b);
    x[2] = float_of(c);
    switch (n % 10) {
    case 0: /* any bits */
        break;
    case 1: /* what every formula trips over, all pairs in turn */
        x[0] = special((uint32_t)(n / 10 % 84));
        x[1] = special((uint32_t)(n / 840 % 84));
        x[2] = special(c);
        break;
    case 2: /* one of these */
        x[d & 1] = special(c);
        break;
    case 3: /* numbers of everyday size */
        x[0] = around(a, d, 0, 7);
        x[1] = around(b, d >> 8, 0, 7);
        x[2] = around(c, d >> 16, 0, 30);
        break;
    case 4: /* small integers and halves */
        x[0] = (float)((int)(a % 401) - 200) / 2;
        x[1] = (float)((int)(b % 401) - 200) / 2;
        x[2] = (float)((int)(c % 401) - 200) / 2;
        break;
    case 5: /* a base near one, or any, and an exponent that leads to the edge */
        x[0] = d & 1 ? float_of(0x3f800000u + (a & 0xffff) - 0x8000u) : around(a, d >> 8, 0, 20);
        x[1] = edge_exponent(x[0], b);
        break;
    case 6: /* a base near one and a large exponent */
        x[0] = float_of(0x3f800000u + (a & 0xfffff) - 0x80000u);
        x[1] = around(b, d, 12, 12);
        break;
    case 7: /* subnormal quotients, sums that cancel */
        x[0] = around(a, d, -60, 40);
        x[1] = around(b, d >> 8, 60, 40);
        x[2] = -(x[0] * x[1]);
        break;
    case 8: /* near each other */
        x[1] = float_of(a + (b & 15) - 8 + ((d & 7) << 23));
        x[2] = around(c, d, 0, 126);
        break;
    default: /* subnormal operands */
        x[0] = float_of(a & (d & 1 ? 0x807fffffu : 0xffffffffu));
        x[1] = float_of(b & 0x807fffffu >> (d >> 1 & 15));
        x[2] = float_of(c & 0x807fffffu);
        break;
    }
}

typedef struct {
    uint64_t tried, wrong, hash;
    double worst;
    float at[MAX_ARITY], result;
} findings;

static void judge(const operation *op, const float *x, float y, findings *f)
{
    double truth = op->truth(x);
    if (y == (float)truth && y != 0 && f->worst > 0.5) {
        return; /* correctly rounded: at most 0.5 */
    }
    double error = error_of(y, truth);
    if (op->bound == 0) {
        float rounded = (float)truth;
        bool right = bits_of(y) == bits_of(rounded) || (isnan(y) && isnan(rounded));
        f->wrong += !right;
        error = right ? 0 : fmax(error, 1);
    }
    if (error > f->worst - 1e-6) {
        error = error > 0.5 ? precise_error_of(op, x, y, error) : error;
        if (error > f->worst) {
            f->worst = error;
            memcpy(f->at, x, sizeof f->at);
            f->result = y;
        }
    }
}

static void take_hash(float y, findings *f)
{
    f->hash = (f->hash ^ (isnan(y) ? 0x7fc00000u : bits_of(y))) * 0x100000001b3u;
}

static void measure(const operation *op, uint64_t count, uint64_t stride, bool hash, findings *f)
{
    static block t;
    memset(f, 0, sizeof *f);
    f->hash = 0xcbf29ce484222325u;
    for (uint64_t first = 0; first < count; first += BLOCK) {
        for (uint64_t i = 0; i < BLOCK; i++) {
            float x[MAX_ARITY] = {float_of((uint32_t)((first + i) * stride))};
            if (op->arity > 1) {
                tuple(first + i, x);
            }
            for (int k = 0; k < op->arity; k++) {
                t.in[k][i] = x[k];
            }
        }
        op->run(&t);
        for (uint64_t i = 0; i < BLOCK && first + i < count; i++) {
            f->tried++;
            if (hash) {
                take_hash(t.out[i], f);
            } else {
                float x[MAX_ARITY] = {t.in[0][i], t.in[1][i], t.in[2][i]};
                judge(op, x, t.out[i], f);
            }
        }
    }
}

static int report(const operation *op, bool hash, const findings *f)
{
    if (hash) {
        printf("%-10s %" PRIu64 " results, hash %016" PRIx64 "\n", op->name, f->tried, f->hash);
        return 0;
    }
    printf("%-10s %" PRIu64 " results, worst %.4f ulp", op->name, f->tried, f->worst);
    if (op->bound == 0) {
        printf(", %" PRIu64 " wrong of which none may be", f->wrong);
    }
    if (f->worst > 0) {
        printf(", at");
        for (int k = 0; k < op->arity; k++) {
            printf(" %a (%08" PRIx32 ")", f->at[k], bits_of(f->at[k]));
        }
        printf(" -> %a", f->result);
    }
    printf("\n");
    return f->worst > op->bound;
}

int main(int argc, char **argv)
{
    uint64_t stride = 1, pairs = 1000000;
    bool hash = false;
    const char *name = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--hash")) {
            hash = true;
        } else if (!strcmp(argv[i], "--stride") && i + 1 < argc) {
            stride = strtoull(argv[++i], NULL, 0);
        } else if (!strcmp(argv[i], "--pairs") && i + 1 < argc) {
            pairs = strtoull(argv[++i], NULL, 0);
        } else {
            name = argv[i];
        }
    }
    int failed = 0, found = 0;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        const operation *op = &operations[i];
        if (!name || !strcmp(name, op->name) || !strcmp(name, "all")) {
            uint64_t step = stride ? stride : 1;
            uint64_t count = op->arity > 1 ? pairs : (0x100000000u + step - 1) / step;
            findings f;
            measure(op, count, step, hash, &f);
            failed |= report(op, hash, &f);
            fflush(stdout);
            found++;
        }
    }
    if (!found) {
        fprintf(stderr, "ulp: no formula '%s'\n", name);
        return 2;
    }
    return failed;
}
