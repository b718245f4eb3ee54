// SPDX-License-Identifier: Apache-2.0
// The stated error bounds of elementwise operations over f32: a strided walk over all inputs of the
// unary ones (all 2^32 are bench/ulp's), random and directed pairs for the others.
#include "bench/hash.h"
#include "tests/conformance/conformance.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 16 };

static uint32_t stride(void)
{
    return full_run() ? 61 : 1021;
}

// An elementwise operation whose inputs are f32, whichever are there at the least, and its output
// f32 or bool.
static bool takes_floats(const w_op *op)
{
    bool takes = op->family == W_MAP && op->out[0].rule != W_SAME_OR;
    for (uint32_t i = 0; i < op->n_required; i++)
        takes &= op->in[i].kind == W_IN &&
                 (op->in[i].dtypes & W_LIKE(0) || op->in[i].dtypes >> WEIR_F32 & 1);
    return takes && (op->out[0].rule == W_SAME || op->out[0].dtype == WEIR_F32 ||
                     op->out[0].dtype == WEIR_BOOL);
}

typedef struct worst {
    double ulp;
    float x[W_MAX_IN], y;
    double value;
} worst;

static void defaults(const w_op *op, double *x, double *attr)
{
    size_t n = 0;
    for (uint32_t i = op->n_required; i < op->n_in; i++) {
        float f;
        memcpy(&f, &op->in[i].default_bits, sizeof f);
        x[i] = f;
    }
    for (uint32_t a = 0; a < op->n_attr; a++)
        if (op->attr[a].kind == W_FLOAT || op->attr[a].kind == W_FLAG)
            attr[n++] = op->attr[a].kind == W_FLOAT ? op->attr[a].f : op->attr[a].i;
}

// One call; truth values become 0 and 1.
static void run_floats(target *t, const w_op *op, float *const *in, float *out, int64_t n)
{
    bool truths = op->out[0].rule == W_FIXED && op->out[0].dtype == WEIR_BOOL;
    weir_call_options call = {.struct_size = sizeof call, .device = t->device};
    weir_array arrays[W_MAX_IN];
    weir_array y = weir_array_dense(out, truths ? WEIR_BOOL : WEIR_F32, 1, &n);
    for (uint32_t i = 0; i < op->n_required; i++)
        arrays[i] = weir_array_dense(in[i], WEIR_F32, 1, &n);
    if (weir_run(t->context, op->number, NULL, arrays, op->n_required, &y, 1, &call) != WEIR_OK)
        fail_msg("%s: %s", op->name, weir_message(NULL));
    if (truths)
        hash_truths(out, (size_t)n);
}

static void run_chunk(target *t, const w_op *op, float *const *in, float *out, int64_t n, worst *w)
{
    const reference *ref = reference_find(op);
    double x[W_MAX_IN] = {0}, attr[W_MAX_ATTR] = {0};
    defaults(op, x, attr);
    run_floats(t, op, in, out, n);
    for (int64_t k = 0; k < n; k++) {
        for (uint32_t i = 0; i < op->n_required; i++)
            x[i] = in[i][k];
        double value = ref->map(x, attr), ulp = ulp_error(out[k], value);
        if (ulp > w->ulp) {
            *w = (worst){.ulp = ulp, .y = out[k], .value = value};
            for (uint32_t i = 0; i < op->n_required; i++)
                w->x[i] = in[i][k];
        }
    }
}

// Every stride-th code, and eight on each side of every change of exponent.
static size_t unary_inputs(float *x, uint64_t *at, size_t capacity)
{
    size_t n = 0;
    uint64_t codes = (UINT64_C(1) << 32) / stride(), edges = 512 * 16;
    for (; n < capacity && *at < codes + edges; ++*at) {
        uint64_t e = *at - codes;
        uint32_t code = *at < codes ? (uint32_t)*at * stride()
                                    : (uint32_t)(e / 16 << 23) + (uint32_t)(e % 16) - 8;
        memcpy(&x[n++], &code, sizeof code);
    }
    return n;
}

static size_t pair_inputs(float *const *in, uint32_t n_in, uint64_t *at, size_t capacity,
                          random_state *r)
{
    uint64_t total = full_run() ? 1 << 24 : 1 << 19;
    size_t n = 0;
    for (; n < capacity && *at < total; ++*at, n++)
        for (uint32_t i = 0; i < n_in; i++)
            in[i][n] = random_float(r, *at % 3 == 0);
    return n;
}

static worst measure(target *t, const w_op *op)
{
    worst w = {.ulp = 0};
    uint64_t at = 0;
    random_state r = test_seed() + op->number;
    float *out = malloc(CHUNK * sizeof *out), *in[W_MAX_IN];
    for (uint32_t i = 0; i < op->n_required; i++)
        assert_non_null(in[i] = malloc(CHUNK * sizeof **in));
    assert_non_null(out);
    for (;;) {
        size_t n = op->n_required == 1 ? unary_inputs(in[0], &at, CHUNK)
                                       : pair_inputs(in, op->n_required, &at, CHUNK, &r);
        if (n == 0)
            break;
        run_chunk(t, op, in, out, (int64_t)n, &w);
    }
    for (uint32_t i = 0; i < op->n_required; i++)
        free(in[i]);
    free(out);
    return w;
}

// The last instruction set is the best there is; test_same_bits says that the others give the same.
static target *best_cpu(void)
{
    target *t = &targets[0];
    for (size_t i = 0; i < target_count; i++)
        if (is_cpu(&targets[i]))
            t = &targets[i];
    return t;
}

static void test_bounds(void **state)
{
    size_t wrong = 0;
    (void)state;
    target *t = best_cpu();
    print_message("on %s: unary over every %" PRIu32 "th of all inputs\n", t->name, stride());
    for (size_t i = test_seed() % test_thinning(); i < w_op_count; i += test_thinning()) {
        const w_op *op = &w_ops[i];
        if (!takes_floats(op) || !reference_find(op) || !test_takes(op))
            continue;
        worst w = measure(t, op);
        // Correctly rounded and exact results are the reference's bits; ulp < 0: the reference
        // states the very bits.
        bool exact = op->ulp <= 0.5, right = exact ? w.ulp == 0 : w.ulp <= op->ulp;
        if (exact)
            print_message("  %-18s %s\n", op->name, right ? "exact" : "WRONG");
        else
            print_message("  %-18s %.4f ulp, stated %g, at %a %a\n", op->name, w.ulp, op->ulp,
                          (double)w.x[0], (double)w.x[1]);
        if (right)
            continue;
        wrong++;
        print_error("%s(%a, %a) is %a, not %a: %g ulp, stated %g\n", op->name, (double)w.x[0],
                    (double)w.x[1], (double)w.y, w.value, w.ulp, op->ulp);
    }
    assert_int_equal(wrong, 0);
}

// ---------------------------------------------------------------- what bench/ulp has proved

// What bench/results/accuracy says of an operation. False if it says nothing.
typedef struct proof {
    uint64_t inputs, hash_part;
    double bound, worst;
} proof;

static bool read_proof(const w_op *op, proof *out)
{
    char path[1024], line[512];
    *out = (proof){.inputs = 0};
    snprintf(path, sizeof path, "%s/%s.json", WEIR_TEST_PROOFS, op->name);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, " \"inputs\": %" SCNu64, &out->inputs) != 1 &&
            sscanf(line, " \"bound\": %lf", &out->bound) != 1 &&
            sscanf(line, " \"max_ulp\": %lf", &out->worst) != 1)
            sscanf(line, " \"hash_997\": \"%" SCNx64, &out->hash_part);
    fclose(file);
    return out->inputs > 0;
}

static uint64_t hash_again(target *t, const w_op *op, uint64_t inputs, float *const *in, float *out)
{
    uint64_t sum = 0;
    for (uint64_t first = 0; first < inputs; first += (uint64_t)CHUNK * HASH_STRIDE) {
        int64_t n = 0;
        for (uint64_t at = first; n < CHUNK && at < inputs; at += HASH_STRIDE, n++) {
            float x[HASH_ARITY] = {hash_float((uint32_t)at)};
            if (op->n_required > 1)
                hash_tuple(at, x);
            for (uint32_t i = 0; i < op->n_required; i++)
                in[i][n] = x[i];
        }
        run_floats(t, op, in, out, n);
        for (int64_t k = 0; k < n; k++)
            sum += hash_term((uint32_t)(first + (uint64_t)k * HASH_STRIDE), out[k]);
    }
    return sum;
}

// Whether today's formula and bound are those of the proof.
static bool as_proved(target *t, const w_op *op, const proof *p, float *const *in, float *out)
{
    uint64_t hash = hash_again(t, op, p->inputs, in, out);
    bool bounded = op->ulp == p->bound && p->worst <= (op->ulp < 0 ? 0.5 : op->ulp);
    if (!bounded)
        print_error(
            "%s: %g ulp is stated, %g was measured, against a bound of %g: bench/prove.sh %s\n",
            op->name, op->ulp, p->worst, p->bound, op->name);
    if (hash != p->hash_part)
        print_error("%s on %s: the hash is %016" PRIx64 ", was %016" PRIx64
                    " when its error was measured: bench/prove.sh %s\n",
                    op->name, t->name, hash, p->hash_part, op->name);
    return bounded && hash == p->hash_part;
}

// Every 997th of the results that were judged, on the best instruction set; in a full run on each
// target.
static void test_proofs(void **state)
{
    size_t wrong = 0, proved = 0;
    float *out = malloc(CHUNK * sizeof *out), *in[HASH_ARITY];
    (void)state;
    assert_non_null(out);
    for (uint32_t i = 0; i < HASH_ARITY; i++)
        assert_non_null(in[i] = malloc(CHUNK * sizeof **in));
    for (size_t i = test_seed() % test_thinning(); i < w_op_count; i += test_thinning()) {
        const w_op *op = &w_ops[i];
        proof p;
        if (op->n_required > HASH_ARITY || !takes_floats(op) || !test_takes(op) ||
            !read_proof(op, &p))
            continue;
        proved++;
        for (size_t t = 0; t < target_count; t++)
            if (full_run() || &targets[t] == best_cpu())
                wrong += !as_proved(&targets[t], op, &p, in, out);
    }
    print_message("%zu operations as proved, every %dth result\n", proved, HASH_STRIDE);
    for (uint32_t i = 0; i < HASH_ARITY; i++)
        free(in[i]);
    free(out);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bounds),
                                       cmocka_unit_test(test_proofs)};
    return cmocka_run_group_tests_name("accuracy", tests, targets_open, targets_close);
}
