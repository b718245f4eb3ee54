// SPDX-License-Identifier: Apache-2.0
// References of MAP operations in other classes than f32: of integers, exactly; in f64 where that
// is a written sequence of roundings; and of those that take several inputs.
#include "tests/conformance/conformance.h"

#include <math.h>
#include <string.h>

// ---------------------------------------------------------------- integers, before they wrap

typedef struct whole_row {
    const char *name;
    whole_fn *fn;
} whole_row;

#define WHOLE(name, value)                                            \
    static int64_t whole_##name(const int64_t *x, size_t n, int bits) \
    {                                                                 \
        (void)x;                                                      \
        (void)n;                                                      \
        (void)bits;                                                   \
        return (int64_t)(value);                                      \
    }

static bool whole_divides(const int64_t *x)
{
    return x[1] != 0 && x[1] != -1;
}

static int64_t wrapped(uint64_t a)
{
    return (int64_t)a;
}

static int64_t quotient(const int64_t *x)
{
    return x[1] == 0 ? 0 : x[1] == -1 ? wrapped(-(uint64_t)x[0]) : x[0] / x[1];
}

static int64_t power(const int64_t *x, int bits)
{
    uint64_t r = 1, base = (uint64_t)x[0];
    int64_t one = 1;
    (void)bits;
    if (x[1] < 0)
        return x[0] == one ? 1 : x[0] == -one ? (x[1] & 1 ? -1 : 1) : 0;
    for (uint64_t left = (uint64_t)x[1]; left; left >>= 1, base *= base)
        r *= left & 1 ? base : 1;
    return wrapped(r);
}

static int64_t modulo(const int64_t *x)
{
    if (!whole_divides(x))
        return 0;
    int64_t r = x[0] % x[1];
    return r != 0 && (r < 0) != (x[1] < 0) ? r + x[1] : r;
}

static int64_t fold(const int64_t *x, size_t n, bool most)
{
    int64_t y = x[0];
    for (size_t i = 1; i < n; i++)
        y = (most ? x[i] > y : x[i] < y) ? x[i] : y;
    return y;
}

static int64_t clamped(const int64_t *x)
{
    int64_t y = x[0] > x[1] ? x[0] : x[1];
    return y < x[2] ? y : x[2];
}

WHOLE(add, (uint64_t)x[0] + (uint64_t)x[1])
WHOLE(sub, (uint64_t)x[0] - (uint64_t)x[1])
WHOLE(mul, (uint64_t)x[0] * (uint64_t)x[1])
WHOLE(square, (uint64_t)x[0] * (uint64_t)x[0])
WHOLE(div, quotient(x))
WHOLE(neg, -(uint64_t)x[0])
WHOLE(abs, x[0] < 0 ? -(uint64_t)x[0] : (uint64_t)x[0])
WHOLE(sign, (x[0] > 0) - (x[0] < 0))
WHOLE(min, fold(x, n, false))
WHOLE(max, fold(x, n, true))
WHOLE(relu, x[0] > 0 ? x[0] : 0)
WHOLE(prelu, x[0] < 0 ? (uint64_t)x[0] * (uint64_t)x[1] : (uint64_t)x[0])
WHOLE(clamp, clamped(x))
WHOLE(pow, power(x, bits))
WHOLE(fmod, whole_divides(x) ? x[0] % x[1] : 0)
WHOLE(mod, modulo(x))
WHOLE(equal, x[0] == x[1])
WHOLE(not_equal, x[0] != x[1])
WHOLE(less, x[0] < x[1])
WHOLE(less_equal, x[0] <= x[1])
WHOLE(greater, x[0] > x[1])
WHOLE(greater_equal, x[0] >= x[1])
WHOLE(logical_and, x[0] && x[1])
WHOLE(logical_or, x[0] || x[1])
WHOLE(logical_xor, !x[0] != !x[1])
WHOLE(logical_not, !x[0])
WHOLE(bitwise_and, x[0] & x[1])
WHOLE(bitwise_or, x[0] | x[1])
WHOLE(bitwise_xor, x[0] ^ x[1])
WHOLE(bitwise_not, ~x[0])
WHOLE(left_shift, x[1] < 0 || x[1] >= bits ? 0 : (uint64_t)x[0] << x[1])
WHOLE(right_shift, x[1] < 0 || x[1] >= bits ? -(int64_t)(x[0] < 0) : x[0] >> x[1])
WHOLE(where, x[0] ? x[1] : x[2])
WHOLE(cast, x[0])

#define ROW(name)           \
    {                       \
#name, whole_##name \
    }
static const whole_row whole_rows[] = {
    ROW(add),         ROW(sub),           ROW(mul),         ROW(square),      ROW(div),
    ROW(neg),         ROW(abs),           ROW(sign),        ROW(min),         ROW(max),
    ROW(relu),        ROW(prelu),         ROW(clamp),       ROW(pow),         ROW(fmod),
    ROW(mod),         ROW(equal),         ROW(not_equal),   ROW(less),        ROW(less_equal),
    ROW(greater),     ROW(greater_equal), ROW(logical_and), ROW(logical_or),  ROW(logical_xor),
    ROW(logical_not), ROW(bitwise_and),   ROW(bitwise_or),  ROW(bitwise_xor), ROW(bitwise_not),
    ROW(left_shift),  ROW(right_shift),   ROW(where),       ROW(cast),
};

whole_fn *reference_whole(const w_op *op)
{
    for (size_t i = 0; i < W_COUNT(whole_rows); i++)
        if (!strcmp(whole_rows[i].name, op->name))
            return whole_rows[i].fn;
    fail_msg("%s takes integers and has no reference for them", op->name);
    return NULL;
}

// ---------------------------------------------------------------- f64, as written

static double clip(double x, double low, double high)
{
    return isnan(x) ? x : fmin(fmax(x, low), high);
}

static double wide_hard_sigmoid(const double *x, const double *attr)
{
    return clip(fma(x[0], attr[0], attr[1]), 0, 1);
}

static double wide_hard_swish(const double *x, const double *attr)
{
    (void)attr;
    return x[0] * clip(fma(x[0], 1.0 / 6.0, 0.5), 0, 1);
}

static double wide_softsign(const double *x, const double *attr)
{
    (void)attr;
    return x[0] / (1 + fabs(x[0]));
}

static double wide_lerp(const double *x, const double *attr)
{
    (void)attr;
    return fma(x[2], x[1] - x[0], x[0]);
}

static double wide_fma(const double *x, const double *attr)
{
    (void)attr;
    return fma(x[0], x[1], x[2]);
}

static double wide_scale_shift(const double *x, const double *attr)
{
    return fma(x[0], attr[0], attr[1]);
}

static double wide_leaky_relu(const double *x, const double *attr)
{
    return x[0] < 0 ? x[0] * attr[0] : x[0];
}

static double wide_batch_norm(const double *x, const double *attr)
{
    return fma((x[0] - x[3]) / sqrt(x[4] + attr[0]), x[1], x[2]);
}

static double wide_same(const double *x, const double *attr)
{
    (void)attr;
    return x[0];
}

static const struct {
    const char *name;
    wide_fn *fn;
} wide_rows[] = {
    {"hard_sigmoid", wide_hard_sigmoid},
    {"hard_swish", wide_hard_swish},
    {"softsign", wide_softsign},
    {"lerp", wide_lerp},
    {"fma", wide_fma},
    {"scale_shift", wide_scale_shift},
    {"leaky_relu", wide_leaky_relu},
    {"batch_norm", wide_batch_norm},

    {"cast", wide_same},
};

wide_fn *reference_wide(const w_op *op)
{
    for (size_t i = 0; i < W_COUNT(wide_rows); i++)
        if (!strcmp(wide_rows[i].name, op->name))
            return wide_rows[i].fn;
    return NULL;
}

// ---------------------------------------------------------------- several inputs

double reference_variadic(const w_op *op, const double *x, size_t n, bool wide)
{
    bool least = !strcmp(op->name, "min"), most = !strcmp(op->name, "max");
    double y = x[0];
    for (size_t i = 1; i < n; i++) {
        bool nan = isnan(y) || isnan(x[i]);
        double low = y < x[i] || (y == x[i] && signbit(y)) ? y : x[i];
        double high = y > x[i] || (y == x[i] && !signbit(y)) ? y : x[i];
        if (least || most)
            y = nan ? NAN : least ? low : high;
        else
            y = wide ? y + x[i] : (float)(y + x[i]);
    }
    return strcmp(op->name, "mean") ? y : y / (double)n;
}
