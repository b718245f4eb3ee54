// SPDX-License-Identifier: Apache-2.0
// References of REDUCE and ROW operations, written from their definitions, with the error bounds
// that ops.def states. Bounds are in units of a half ulp of 1 (r->u), 0 for what is exact.
#include "tests/conformance/conformance.h"

#include <math.h>
#include <string.h>

typedef const row_case rc;

// The roundings of a canonical sum: its own, and the block's.
static double sum_steps(rc *r)
{
    return 126 + (double)r->n / 4096;
}

// From the first on: of zeros alone it is -0 where all of them are.
static long double sum_of(rc *r, const double *x)
{
    long double sum = r->n ? x[0] : 0;
    for (size_t i = 1; i < r->n; i++)
        sum += x[i];
    return sum;
}

static long double size_of(rc *r, const double *x)
{
    long double sum = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += fabs(x[i]);
    return sum;
}

static long double squares_of(rc *r, const double *x, long double mean)
{
    long double sum = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    return sum;
}

static long double most_of(rc *r, const double *x)
{
    double most = -INFINITY;
    for (size_t i = 0; i < r->n; i++)
        most = isnan(x[i]) || isnan(most) ? NAN : fmax(most, x[i]);
    return most;
}

static long double ref_sum(rc *r, size_t i, long double *bound)
{
    (void)i;
    *bound = sum_steps(r) * r->u * size_of(r, r->in[0]);
    return sum_of(r, r->in[0]);
}

static long double ref_mean(rc *r, size_t i, long double *bound)
{
    (void)i;
    *bound = (sum_steps(r) + 2) * r->u * size_of(r, r->in[0]) / r->n;
    return sum_of(r, r->in[0]) / r->n;
}

static long double ref_prod(rc *r, size_t i, long double *bound)
{
    (void)i;
    long double whole_product = 1, least = 1, most = 1, size = 0;
    for (size_t k = 0; k < r->n; k++) {
        whole_product *= r->in[0][k];
        size += fabsl(log2l(fabsl((long double)r->in[0][k])));
        least = fminl(least, fabsl(whole_product));
        most = fmaxl(most, fabsl(whole_product));
    }
    // Whatever the order, no product on the way is beyond these: else anything.
    *bound = size > 120 ? INFINITY : ((double)r->n + 1) * r->u * fabsl(whole_product) * 1.001L;
    return whole_product;
}

static long double ref_least(rc *r, size_t i, long double *bound)
{
    (void)i;
    *bound = 0;
    double least = INFINITY;
    for (size_t k = 0; k < r->n; k++) {
        double x = r->in[0][k];
        bool zero = x == 0 && least == 0;
        least = isnan(x) || isnan(least) ? NAN : zero ? (signbit(x) ? x : least) : fmin(least, x);
    }
    return least;
}

static long double ref_var(rc *r, size_t i, long double *bound)
{
    (void)i;
    long double n = r->n - (long double)r->attr[0], mean = sum_of(r, r->in[0]) / r->n;
    long double var = squares_of(r, r->in[0], mean) / n, k = (sum_steps(r) + 10) * r->u;
    long double shift = k * size_of(r, r->in[0]) / r->n;
    *bound = n < 1 ? INFINITY : k * var + shift * shift * r->n / n + 0x1p-149L;
    return var;
}

static long double ref_std(rc *r, size_t i, long double *bound)
{
    long double ignored, var = ref_var(r, i, &ignored);
    long double k = (sum_steps(r) / 2 + 7) * r->u, n = r->n - (long double)r->attr[0];
    long double shift = (sum_steps(r) + 10) * r->u * size_of(r, r->in[0]) / r->n;
    *bound = n < 1 ? INFINITY : k * sqrtl(var) + shift * sqrtl(r->n / n) + 0x1p-74L;
    return sqrtl(var);
}

static long double ref_l1(rc *r, size_t i, long double *bound)
{
    (void)i;
    *bound = sum_steps(r) * r->u * size_of(r, r->in[0]);
    return size_of(r, r->in[0]);
}

static long double ref_l2(rc *r, size_t i, long double *bound)
{
    (void)i;
    long double norm = sqrtl(squares_of(r, r->in[0], 0));
    *bound = (sum_steps(r) / 2 + 7) * r->u * norm + 0x1p-149L;
    return norm;
}

static long double ref_linf(rc *r, size_t i, long double *bound)
{
    (void)i;
    *bound = 0;
    double most = 0;
    for (size_t k = 0; k < r->n; k++)
        most = isnan(r->in[0][k]) || isnan(most) ? NAN : fmax(most, fabs(r->in[0][k]));
    return most;
}

static long double ref_sum_square(rc *r, size_t i, long double *bound)
{
    (void)i;
    *bound = (sum_steps(r) + 2) * r->u * squares_of(r, r->in[0], 0) + (long double)r->n * 0x1p-149L;
    return squares_of(r, r->in[0], 0);
}

static long double ref_log_sum(rc *r, size_t i, long double *bound)
{
    (void)i;
    long double sum = sum_of(r, r->in[0]), y = logl(sum);
    long double error = sum_steps(r) * r->u * size_of(r, r->in[0]) / sum; // of the sum, relative
    *bound = !(error < 0.25L) ? INFINITY : 1.2L * error + 2 * r->u + 3 * r->u * fabsl(y);
    return y;
}

static long double exps_of(rc *r, const double *x, long double base)
{
    long double sum = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += expl(x[i] - base);
    return sum;
}

static long double ref_log_sum_exp(rc *r, size_t i, long double *bound)
{
    (void)i;
    long double most = most_of(r, r->in[0]);
    if (isinf(most) || isnan(most)) {
        *bound = 0;
        return most;
    }
    long double y = most + logl(exps_of(r, r->in[0], most));
    *bound = (sum_steps(r) + 6 + 2 * fabsl(most)) * r->u + 3 * r->u * fabsl(y);
    return y;
}

static long double ref_any(rc *r, size_t i, long double *bound)
{
    (void)i;
    *bound = 0;
    bool any = false;
    for (size_t k = 0; k < r->n; k++)
        any |= r->in[0][k] != 0;
    return any;
}

static long double ref_all(rc *r, size_t i, long double *bound)
{
    (void)i;
    *bound = 0;
    bool all = true;
    for (size_t k = 0; k < r->n; k++)
        all &= r->in[0][k] != 0;
    return all;
}

static long double ref_dot(rc *r, size_t i, long double *bound)
{
    (void)i;
    long double sum = 0, size = 0;
    for (size_t k = 0; k < r->n; k++) {
        sum += (long double)r->in[0][k] * r->in[1][k];
        size += fabsl((long double)r->in[0][k] * r->in[1][k]);
    }
    *bound = (sum_steps(r) + 2) * r->u * size + (long double)r->n * 0x1p-149L;
    return sum;
}

// ---------------------------------------------------------------- rows

static long double ref_softmax(rc *r, size_t i, long double *bound)
{
    long double most = most_of(r, r->in[0]), below = most - r->in[0][i];
    long double y = expl(-below) / exps_of(r, r->in[0], most);
    long double least = r->u < 0x1p-50 ? 0x1p-1073L : 0x1p-126L; // what is below may be 0
    *bound = (sum_steps(r) + 8 + 2 * below) * r->u * y + least;
    return y;
}

static long double log_bound(rc *r, long double below)
{
    return (sum_steps(r) + 8 + 4 * below + 4 * logl(r->n + 1.0L)) * r->u;
}

static long double ref_log_softmax(rc *r, size_t i, long double *bound)
{
    long double most = most_of(r, r->in[0]), below = most - r->in[0][i];
    *bound = log_bound(r, below);
    return -below - logl(exps_of(r, r->in[0], most));
}

static long double ref_cross_entropy(rc *r, size_t i, long double *bound)
{
    (void)i;
    double label = r->in[1][0];
    if (!(label >= 0 && label < (double)r->n)) {
        long double most = most_of(r, r->in[0]);
        *bound = r->n && fabsl(most) < INFINITY ? 0 : INFINITY; // else a NaN on the way
        return INFINITY;
    }
    return -ref_log_softmax(r, (size_t)label, bound);
}

// (x - mean) / deviation * scale + bias; the deviation is the root of var.
static long double standard(rc *r, size_t i, long double var, long double scale, long double bias,
                            long double *bound)
{
    const double *x = r->in[0];
    long double mean = sum_of(r, x) / r->n, s = sqrtl(var), k = (sum_steps(r) + 14) * r->u;
    long double y = (x[i] - mean) / s, size = size_of(r, x) / r->n;
    // What the mean's error does to s counts where the data lie close together far from zero.
    long double shift = k * size / s;
    *bound = !(shift < 0.25L) || !(s > 0x1p-60L)
                 ? INFINITY
                 : (k * (fabsl(x[i]) + size) / s + (k + shift * shift) * fabsl(y)) * fabsl(scale) +
                       r->u * (fabsl(y * scale) + fabsl(bias)) + 0x1p-148L;
    return y * scale + bias;
}

static long double ref_layer_norm(rc *r, size_t i, long double *bound)
{
    long double mean = sum_of(r, r->in[0]) / r->n;
    long double var = squares_of(r, r->in[0], mean) / r->n + r->attr[0];
    return standard(r, i, var, r->in[1] ? r->in[1][i] : 1, r->in[2] ? r->in[2][i] : 0, bound);
}

static long double ref_z_score(rc *r, size_t i, long double *bound)
{
    long double ignored;
    return standard(r, i, ref_var(r, i, &ignored), 1, 0, bound);
}

static long double ref_rms_norm(rc *r, size_t i, long double *bound)
{
    long double mean = squares_of(r, r->in[0], 0) / r->n + r->attr[0];
    long double y = r->in[0][i] / sqrtl(mean) * (r->in[1] ? r->in[1][i] : 1);
    *bound = r->attr[0] < 0 ? INFINITY : (sum_steps(r) / 2 + 9) * r->u * fabsl(y) + 0x1p-148L;
    return y;
}

static long double ref_l2_normalize(rc *r, size_t i, long double *bound)
{
    long double norm = fmaxl(sqrtl(squares_of(r, r->in[0], 0)), r->attr[0]);
    long double y = r->in[0][i] / norm;
    *bound = !(norm > 0) ? INFINITY : (sum_steps(r) / 2 + 9) * r->u * fabsl(y) + 0x1p-148L;
    return y;
}

// ---------------------------------------------------------------- losses

static long double mean_loss(rc *r, double (*loss)(double d, double attr), double steps,
                             long double *bound)
{
    long double sum = 0;
    for (size_t i = 0; i < r->n; i++)
        sum += loss(fabs(r->in[0][i] - r->in[1][i]), r->attr[0]);
    *bound = (sum_steps(r) + steps) * r->u * sum / r->n + 0x1p-148L;
    return sum / r->n;
}

static double square_loss(double d, double attr)
{
    (void)attr;
    return d * d;
}

static double size_loss(double d, double attr)
{
    (void)attr;
    return d;
}

static double huber_loss(double d, double delta)
{
    return d <= delta ? d * d / 2 : delta * (d - delta / 2);
}

static long double ref_mse(rc *r, size_t i, long double *bound)
{
    (void)i;
    return mean_loss(r, square_loss, 6, bound);
}

static long double ref_mae(rc *r, size_t i, long double *bound)
{
    (void)i;
    return mean_loss(r, size_loss, 4, bound);
}

static long double ref_huber(rc *r, size_t i, long double *bound)
{
    (void)i;
    return mean_loss(r, huber_loss, 8, bound);
}

// ---------------------------------------------------------------- integers

static int64_t wrapped(uint64_t value, int bits)
{
    return bits == 32 ? (int32_t)(uint32_t)value : (int64_t)value;
}

static int64_t whole_best(const int64_t *x, size_t n, int sign, bool index, bool last)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        bool better = sign > 0 ? x[i] > x[best] : x[i] < x[best];
        if (better || (last && x[i] == x[best]))
            best = i;
    }
    return index ? (int64_t)best : x[best];
}

int64_t reference_whole_row(const w_op *op, const int64_t *a, const int64_t *b, size_t n, int bits,
                            bool last)
{
    const char *name = op->name;
    uint64_t sum = 0, whole_product = 1, squares = 0, sizes = 0, products = 0;
    int64_t most = 0;
    bool any = false, all = true;
    for (size_t i = 0; i < n; i++) {
        uint64_t x = (uint64_t)a[i], size = a[i] < 0 ? 0 - x : x;
        sum += x;
        whole_product *= x;
        squares += x * x;
        sizes += size;
        products += b ? x * (uint64_t)b[i] : 0;
        most = W_MAX(most, wrapped(size, bits));
        any |= x != 0;
        all &= x != 0;
    }
    int64_t limit = bits == 32 ? INT32_MIN : INT64_MIN;
    if (!strcmp(name, "reduce_max"))
        return n ? whole_best(a, n, 1, false, false) : limit;
    if (!strcmp(name, "reduce_min"))
        return n ? whole_best(a, n, -1, false, false) : -(limit + 1);
    if (!strncmp(name, "arg", 3))
        return whole_best(a, n, strcmp(name, "argmax") ? -1 : 1, true, last);
    if (!strcmp(name, "reduce_mean"))
        return n ? wrapped(sum, bits) / (int64_t)n : 0;
    if (!strcmp(name, "any") || !strcmp(name, "all"))
        return strcmp(name, "any") ? all : any;
    if (!strcmp(name, "reduce_linf"))
        return most;
    const struct {
        const char *name;
        uint64_t value;
    } sums[] = {{"reduce_sum", sum},
                {"reduce_prod", whole_product},
                {"reduce_sum_square", squares},
                {"reduce_l1", sizes},
                {"dot", products}};
    for (size_t i = 0; i < W_COUNT(sums); i++)
        if (!strcmp(name, sums[i].name))
            return wrapped(sums[i].value, bits);
    fail_msg("%s of integers has no reference: add it to reference_whole_row()", name);
    return 0;
}

static const reference rows[] = {
    {"reduce_mean", .row = ref_mean},
    {"reduce_prod", .row = ref_prod},
    {"reduce_min", .row = ref_least},
    {"reduce_var", .row = ref_var},
    {"reduce_std", .row = ref_std},
    {"reduce_l1", .row = ref_l1},
    {"reduce_l2", .row = ref_l2},
    {"reduce_linf", .row = ref_linf},
    {"reduce_sum_square", .row = ref_sum_square},
    {"reduce_log_sum", .row = ref_log_sum},
    {"reduce_log_sum_exp", .row = ref_log_sum_exp},
    {"any", .row = ref_any},
    {"all", .row = ref_all},
    {"dot", .row = ref_dot},
    {"softmax", .row = ref_softmax},
    {"log_softmax", .row = ref_log_softmax},
    {"layer_norm", .row = ref_layer_norm},
    {"rms_norm", .row = ref_rms_norm},
    {"l2_normalize", .row = ref_l2_normalize},
    {"z_score", .row = ref_z_score},
    {"mse", .row = ref_mse},
    {"mae", .row = ref_mae},
    {"huber", .row = ref_huber},
    {"cross_entropy", .row = ref_cross_entropy},
};

const reference *reference_reduce(const w_op *op)
{
    for (size_t i = 0; i < W_COUNT(rows); i++)
        if (!strcmp(rows[i].name, op->name))
            return &rows[i];
    return NULL;
}

row_fn *reference_sum(void)
{
    return ref_sum;
}
