// SPDX-License-Identifier: Apache-2.0
// Reductions, rows and losses on ill-conditioned data, against long double and the bounds that
// ops.def states: sums that cancel, a mean far from zero, all magnitudes at once, scores of 1e4.
#include "tests/conformance/conformance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static float unit(random_state *r)
{
    return (float)(random_bits(r) >> 8) * 0x1p-24f;
}

// ---------------------------------------------------------------- data

// Element i of n. What an operation of two inputs gets besides is made of the same.
typedef float data_fn(random_state *r, size_t i, size_t n);

// Each number and its negative, of sizes from 2^-20 to 2^20, and one that remains.
static float cancelling(random_state *r, size_t i, size_t n)
{
    random_state own = test_seed() + W_MIN(i, n - 1 - i) * 77;
    float x = ldexpf(1 + unit(&own), (int)(random_bits(&own) % 41) - 20);
    (void)r;
    return i < n / 2 ? x : 2 * i + 1 == n ? 0x1p-20f : -x;
}

static float far_from_zero(random_state *r, size_t i, size_t n)
{
    (void)i;
    (void)n;
    return 1e4f + 0.01f * unit(r);
}

static float of_all_sizes(random_state *r, size_t i, size_t n)
{
    (void)i;
    (void)n;
    float x = ldexpf(1 + unit(r), (int)(random_bits(r) % 81) - 40);
    return random_bits(r) & 1 ? -x : x;
}

static float extreme_scores(random_state *r, size_t i, size_t n)
{
    (void)i;
    (void)n;
    return 1e4f * (float)((int)(random_bits(r) % 3) - 1);
}

static float close_scores(random_state *r, size_t i, size_t n)
{
    (void)i;
    (void)n;
    return 1e4f - 20 * unit(r);
}

// A large one before ones that a running sum in f32 would lose.
static float large_first(random_state *r, size_t i, size_t n)
{
    (void)r;
    (void)n;
    return i == 0 ? 0x1p25f : 1;
}

static float tiny(random_state *r, size_t i, size_t n)
{
    (void)i;
    (void)n;
    return ldexpf(unit(r), -120);
}

static float near_one(random_state *r, size_t i, size_t n)
{
    (void)i;
    (void)n;
    return 1 + 0.02f * (unit(r) - 0.5f);
}

static const struct {
    const char *name;
    data_fn *make;
} sets[] = {
    {"cancelling", cancelling},
    {"far from zero", far_from_zero},
    {"of all sizes", of_all_sizes},
    {"scores of 1e4", extreme_scores},
    {"close scores", close_scores},
    {"a large one first", large_first},
    {"tiny", tiny},
    {"near one", near_one},
};

static void fill(const w_op *op, size_t set, size_t n, float *x, float *y)
{
    random_state r = test_seed() + set;
    for (size_t i = 0; i < n; i++) {
        x[i] = sets[set].make(&r, i, n);
        if (!strcmp(op->name, "reduce_log_sum"))
            x[i] = fabsf(x[i]);
        // Losses: near the first; products: that cancel as well as the sum does, or of any signs.
        float other = x[i] * (1 + 0x1p-12f * (unit(&r) - 0.5f));
        y[i] = strcmp(op->name, "dot") ? other
               : set == 0              ? 1 / (1 + fabsf(x[i]))
               : random_bits(&r) & 1   ? -other
                                       : other;
    }
}

// ---------------------------------------------------------------- one call

// How much of its bound the worst element took; INFINITY: more than all of it, or not finite where
// it should be.
static double used(const w_op *op, const double *const in[2], const int64_t *label, size_t n,
                   const double *out, size_t n_out, weir_dtype dtype)
{
    const reference *ref = reference_find(op);
    row_case c = {.n = n, .u = dtype == WEIR_F64 ? 0x1p-53 : 0x1p-24};
    double label_wide = (double)*label, most = 0;
    for (uint32_t k = 0; k < 2 && k < op->n_required && op->in[k].kind == W_IN; k++)
        c.in[k] = in[k];
    if (op->n_in > 1 && op->in[1].kind == W_LABELS)
        c.in[1] = &label_wide;
    for (uint32_t a = 0, m = 0; a < op->n_attr; a++)
        if (op->attr[a].kind == W_FLOAT || op->attr[a].kind == W_FLAG)
            c.attr[m++] = op->attr[a].kind == W_FLOAT ? (double)op->attr[a].f : op->attr[a].i;
    for (size_t i = 0; i < n_out; i += n_out / 5 + 1) {
        long double bound = 0, value = (ref->row ? ref->row : reference_sum())(&c, i, &bound);
        if (!(bound < INFINITY) || fabsl(value) > 3e38L) // nothing is stated
            continue;
        long double error = fabsl(out[i] - value), part = error == 0 ? 0 : error / bound;
        most = isfinite(out[i]) && part <= 1 ? fmax(most, (double)part) : INFINITY;
        if (most == INFINITY) {
            print_error("%s of %s, element %zu of %zu: %a, not %a, is off by %g where %g is "
                        "stated\n",
                        op->name, weir_dtype_name(dtype), i, n, out[i], (double)value,
                        (double)error, (double)bound);
            break;
        }
    }
    return most;
}

// In f64 the numbers get more digits, those that cancel the same ones.
static void widen(const float *x, size_t n, double *out)
{
    for (size_t i = 0; i < n; i++) {
        random_state own = test_seed() + W_MIN(i, n - 1 - i);
        out[i] = x[i] * (1 + 0x1p-25 * (double)unit(&own));
    }
}

static double run(target *t, const w_op *op, size_t set, size_t n, weir_dtype dtype)
{
    const int64_t shape[2] = {1, (int64_t)n}, label = (int64_t)n / 2;
    float *x = malloc(3 * n * sizeof *x), *y = x + n, *z = y + n;
    double *wide = malloc(3 * n * sizeof *wide), *wide_y = wide + n, *wide_z = wide_y + n;
    bool f64 = dtype == WEIR_F64;
    assert_true(x && wide);
    fill(op, set, n, x, y);
    for (size_t i = 0; i < n && !f64; i++) {
        wide[i] = x[i];
        wide_y[i] = y[i];
    }
    if (f64) {
        widen(x, n, wide);
        widen(y, n, wide_y);
    }
    weir_array in[2] = {weir_array_dense(f64 ? (void *)wide : x, dtype, 2, shape),
                        weir_array_dense(f64 ? (void *)wide_y : y, dtype, 2, shape)},
               out;
    if (op->n_in > 1 && op->in[1].kind == W_LABELS)
        in[1] = weir_array_dense((void *)&label, WEIR_S64, 1, shape);
    weir_call_options call = {.struct_size = sizeof call, .device = t->device};
    if (weir_infer(t->context, op->number, NULL, in, op->n_required, &out, 1) != WEIR_OK)
        fail_msg("%s: %s", op->name, weir_message(NULL));
    out = weir_array_dense(f64 ? (void *)wide_z : z, dtype, out.rank, out.shape);
    if (weir_run(t->context, op->number, NULL, in, op->n_required, &out, 1, &call) != WEIR_OK)
        fail_msg("%s: %s", op->name, weir_message(NULL));
    size_t n_out = (size_t)w_array_count(&out);
    for (size_t i = 0; i < n_out && !f64; i++)
        wide_z[i] = z[i];
    double most = used(op, (const double *const[]){wide, wide_y}, &label, n, wide_z, n_out, dtype);
    if (most == INFINITY)
        print_error("  on %s, data %s\n", t->name, sets[set].name);
    free(wide);
    free(x);
    return most;
}

// ---------------------------------------------------------------- all

// A sum, or what contains one, of floats of one or two inputs.
static bool has_bound(const w_op *op)
{
    bool takes =
        (op->family == W_REDUCE || op->family == W_ROW) && op->ulp < 0 && op->n_required <= 2;
    for (uint32_t i = 0; i < op->n_required; i++)
        takes &= op->in[i].kind == W_LABELS ||
                 (op->in[i].kind == W_IN && (op->in[i].dtypes & (1u << WEIR_F32 | W_LIKE(0))));
    return takes && op->out[0].rule == W_SAME;
}

static void test_dtype(weir_dtype dtype)
{
    static const size_t sizes[] = {1, 2, 63, 64, 65, 1000, 4096, 4097, 70001, 1000003};
    size_t wrong = 0, small = 4097, large = full_run() ? SIZE_MAX : 70001;
    for (size_t i = test_seed() % test_thinning(); i < w_op_count; i += test_thinning()) {
        const w_op *op = &w_ops[i];
        double most = 0;
        if (!has_bound(op) || !test_takes(op) || !(op->in[0].dtypes >> dtype & 1))
            continue;
        for (size_t k = 0; k < target_count; k++) {
            bool cpu = !strcmp(targets[k].info.backend, "cpu"),
                 last = k + 1 == target_count || strcmp(targets[k + 1].info.backend, "cpu") != 0;
            // Devices compile a program for each; test_same_bits compares them with the CPU.
            if (!cpu && !full_run())
                continue;
            for (size_t s = 0; s < W_COUNT(sizes); s++)
                for (size_t set = 0;
                     set < W_COUNT(sets) && sizes[s] <= (cpu && last ? large : small); set++) {
                    double part = run(&targets[k], op, set, sizes[s], dtype);
                    wrong += part == INFINITY;
                    most = fmax(most, part);
                }
        }
        print_message("  %-20s %s within %.3f of its bound\n", op->name, weir_dtype_name(dtype),
                      most);
    }
    assert_int_equal(wrong, 0);
}

static void test_f32(void **state)
{
    (void)state;
    test_dtype(WEIR_F32);
}

static void test_f64(void **state)
{
    (void)state;
    test_dtype(WEIR_F64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_f32), cmocka_unit_test(test_f64)};
    return cmocka_run_group_tests_name("conditioned", tests, targets_open, targets_close);
}
