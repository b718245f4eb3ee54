// SPDX-License-Identifier: Apache-2.0
// THE table of references: for each operation a plain function of doubles, written from its
// definition and not from its formula. An operation without a row fails the tests.
#include "tests/conformance/conformance.h"

#include <float.h>
#include <math.h>
#include <string.h>

// ---------------------------------------------------------------- MAP

// A sum, product, quotient or root of two f32 in double, rounded again to f32, is rounded as if
// once: a double has more than twice the digits and two more.
static double ref_add(const double *x, const double *attr)
{
    (void)attr;
    return x[0] + x[1];
}

static double ref_sub(const double *x, const double *attr)
{
    (void)attr;
    return x[0] - x[1];
}

static double ref_mul(const double *x, const double *attr)
{
    (void)attr;
    return x[0] * x[1];
}

static double ref_div(const double *x, const double *attr)
{
    (void)attr;
    return x[0] / x[1];
}

static double ref_neg(const double *x, const double *attr)
{
    (void)attr;
    return -x[0];
}

static double ref_abs(const double *x, const double *attr)
{
    (void)attr;
    return fabs(x[0]);
}

// IEEE 754-2019 minimum and maximum.
static double smaller(double a, double b)
{
    if (isnan(a) || isnan(b))
        return NAN;
    if (a == b)
        return signbit(a) ? a : b;
    return a < b ? a : b;
}

static double larger(double a, double b)
{
    return -smaller(-a, -b);
}

static double ref_min(const double *x, const double *attr)
{
    (void)attr;
    return smaller(x[0], x[1]);
}

static double ref_max(const double *x, const double *attr)
{
    (void)attr;
    return larger(x[0], x[1]);
}

static double ref_relu(const double *x, const double *attr)
{
    (void)attr;
    return larger(x[0], 0.0);
}

static double ref_exp(const double *x, const double *attr)
{
    (void)attr;
    return exp(x[0]);
}

static double ref_pow(const double *x, const double *attr)
{
    (void)attr;
    return pow(x[0], x[1]);
}

static double ref_sin(const double *x, const double *attr)
{
    (void)attr;
    return sin(x[0]);
}

static double ref_fmod(const double *x, const double *attr)
{
    (void)attr;
    return fmod(x[0], x[1]);
}

static double ref_tanh(const double *x, const double *attr)
{
    (void)attr;
    return tanh(x[0]);
}

static double ref_sigmoid(const double *x, const double *attr)
{
    (void)attr;
    double e = exp(-fabs(x[0]));
    return x[0] < 0 ? e / (1.0 + e) : 1.0 / (1.0 + e);
}

static double ref_sqrt(const double *x, const double *attr)
{
    (void)attr;
    return sqrt(x[0]);
}

static double ref_scale_shift(const double *x, const double *attr)
{
    return fmaf((float)x[0], (float)attr[0], (float)attr[1]);
}

static double ref_clamp(const double *x, const double *attr)
{
    (void)attr;
    return smaller(larger(x[0], x[1]), x[2]);
}

// ONNX divides in f32 before it rounds. The result saturates when it is stored.
static double ref_quantize_linear(const double *x, const double *attr)
{
    (void)attr;
    return nearbyint((float)(x[0] / x[1])) + x[2];
}

static double ref_dequantize_linear(const double *x, const double *attr)
{
    (void)attr;
    return (x[0] - x[2]) * x[1];
}

// The luma in f32, in the order that its document states.
static double ref_rgba_to_gray(const double *x, const double *attr)
{
    (void)attr;
    float luma = fmaf((float)x[1], 0.587f, (float)x[0] * 0.299f);
    return nearbyintf(fmaf((float)x[2], 0.114f, luma));
}

static double ref_threshold(const double *x, const double *attr)
{
    return isnan(x[0]) ? x[0] : x[0] > attr[0] ? attr[1] : 0.0;
}

static double ref_normalize(const double *x, const double *attr)
{
    float scaled = (float)(x[0] * attr[0]);
    float centred = (float)((double)scaled - x[1]);
    return (double)centred / x[2];
}

// ---------------------------------------------------------------- REDUCE

static double ref_sum(const double *x, size_t n, double attr)
{
    (void)attr;
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return (double)sum;
}

// ops.def: within 126 + n / 4096 half ulps of the sum of |x|.
static double sum_bound(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(x[i]);
    return (126.0 + (double)n / 4096) * sum * (FLT_EPSILON / 2);
}

static double ref_reduce_max(const double *x, size_t n, double attr)
{
    (void)attr;
    double most = -INFINITY;
    for (size_t i = 0; i < n; i++)
        most = larger(most, x[i]);
    return most;
}

static double index_of(const double *x, size_t n, bool last, double sign)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        bool nan = isnan(x[i]), best_nan = isnan(x[best]);
        bool better = nan ? !best_nan : !best_nan && sign * x[i] > sign * x[best];
        bool equal = nan ? best_nan : x[i] == x[best];
        if (better || (equal && last))
            best = i;
    }
    return (double)best;
}

static double ref_argmax(const double *x, size_t n, double last)
{
    return index_of(x, n, last != 0, 1);
}

static double ref_argmin(const double *x, size_t n, double last)
{
    return index_of(x, n, last != 0, -1);
}

static double ref_batch_norm(const double *x, const double *attr)
{
    float spread = sqrtf((float)(x[4] + attr[0]));
    float quotient = (float)(x[0] - x[3]) / spread;
    return fmaf(quotient, (float)x[1], (float)x[2]);
}

// ---------------------------------------------------------------- CONTRACT

static double ref_matmul(const product *p)
{
    long double sum = 0;
    for (size_t i = 0; i < p->k; i++)
        sum += (long double)p->a[i] * p->b[i];
    return (double)(p->alpha * sum + (p->has[0] ? p->beta * (long double)p->extra[0] : 0));
}

// ops.def: within min(k, 256) + k / 256 + 2 half ulps of the sum of the sizes; and what is lost
// below the normal numbers.
static double matmul_bound(const product *p)
{
    double sum = 0, k = (double)p->k;
    for (size_t i = 0; i < p->k; i++)
        sum += fabs(p->a[i] * p->b[i]);
    double size = fabs(p->alpha) * sum + (p->has[0] ? fabs(p->beta * p->extra[0]) : 0);
    return (fmin(k, 256) + k / 256 + 2) * size * p->u + FLT_MIN;
}

static double ref_matmul_integer(const product *p)
{
    uint32_t sum = 0; // modulo 2^32
    for (size_t i = 0; i < p->k; i++) {
        int32_t a = (int32_t)p->a[i] - (int32_t)p->extra[0];
        sum += (uint32_t)(a * ((int32_t)p->b[i] - (int32_t)p->extra[1]));
    }
    return (int32_t)sum;
}

// ---------------------------------------------------------------- MOVE

static void ref_transpose(const problem *p, const int64_t *to, int64_t *from)
{
    const attribute *perm = attribute_get(p, "perm");
    int32_t rank = p->in_views[0].rank;
    for (int32_t i = 0; i < rank; i++)
        from[perm->n ? perm->ints[i] : rank - 1 - i] = to[i];
}

static const reference table[] = {
    {"add", .map = ref_add},
    {"sub", .map = ref_sub},
    {"mul", .map = ref_mul},
    {"div", .map = ref_div},
    {"neg", .map = ref_neg},
    {"abs", .map = ref_abs},
    {"min", .map = ref_min},
    {"max", .map = ref_max},
    {"relu", .map = ref_relu},
    {"exp", .map = ref_exp},
    {"pow", .map = ref_pow},
    {"sin", .map = ref_sin},
    {"fmod", .map = ref_fmod},
    {"tanh", .map = ref_tanh},
    {"sigmoid", .map = ref_sigmoid},
    {"sqrt", .map = ref_sqrt},
    {"scale_shift", .map = ref_scale_shift},
    {"clamp", .map = ref_clamp},
    {"reduce_sum", .reduce = ref_sum, .reduce_bound = sum_bound, .canonical_reduce = canonical_sum},
    {"reduce_max", .reduce = ref_reduce_max},
    {"argmax", .reduce = ref_argmax},
    {"argmin", .reduce = ref_argmin},
    {"matmul", .contract = ref_matmul, .contract_bound = matmul_bound,
     .canonical_contract = canonical_product},
    {"gemm", .contract = ref_matmul, .contract_bound = matmul_bound,
     .canonical_contract = canonical_product},
    {"linear", .contract = ref_matmul, .contract_bound = matmul_bound,
     .canonical_contract = canonical_product},
    {"quantize_linear", .map = ref_quantize_linear},
    {"dequantize_linear", .map = ref_dequantize_linear},
    {"matmul_integer", .contract = ref_matmul_integer},
    {"transpose", .move = ref_transpose},
    {"rgba_to_gray", .map = ref_rgba_to_gray},
    {"rgb_to_gray", .map = ref_rgba_to_gray},
    {"threshold", .map = ref_threshold},
    {"normalize", .map = ref_normalize},
    {"batch_norm", .map = ref_batch_norm},
};

const reference *reference_find(const w_op *op)
{
    for (size_t i = 0; i < W_COUNT(table); i++)
        if (!strcmp(table[i].name, op->name))
            return &table[i];
    const reference *ref = reference_math(op);
    if (!ref)
        ref = reference_reduce(op);
    if (!ref)
        ref = reference_whole_op(op);
    return ref ? ref : reference_move(op);
}
