// SPDX-License-Identifier: Apache-2.0
// Every operation against its reference: shapes as the documentation has them, values within the
// stated bound and, where the order of a sum is part of the definition, the very bits; nothing but
// the outputs' elements written; in place where it is allowed.
#include "tests/conformance/conformance.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void test_every_op_has_a_reference(void **state)
{
    size_t missing = 0;
    (void)state;
    for (size_t row = 0; row < w_op_count; row++)
        if (!reference_find(&w_ops[row])) {
            missing++;
            print_error(
                "operation %s has no reference: add a row to tests/conformance/reference.c\n",
                w_ops[row].name);
        }
    assert_int_equal(missing, 0);
}

// weir_infer() must say what the documentation says.
static size_t check_shapes(target *t, const problem *p)
{
    weir_array got[W_MAX_OUT], want[W_MAX_OUT];
    expected_shapes(p, want);
    if (weir_infer(t->context, p->op->number, p->options, p->in_views, p->n_in, got,
                   p->op->n_out) != WEIR_OK) {
        print_error("%s weir_infer: %s\n", p->label, weir_message(NULL));
        return 1;
    }
    for (uint32_t o = 0; o < p->op->n_out; o++) {
        bool same = got[o].dtype == want[o].dtype && got[o].rank == want[o].rank;
        for (int32_t k = 0; same && k < want[o].rank; k++)
            same = got[o].shape[k] == want[o].shape[k];
        if (!same) {
            char a[160], b[160];
            print_error("%s output %" PRIu32 " is %s, not %s\n", p->label, o,
                        w_array_text(&got[o], a, sizeof a), w_array_text(&want[o], b, sizeof b));
            return 1;
        }
    }
    return 0;
}

static size_t check_target(target *t, problem *p, const expected *e)
{
    size_t wrong = 0;
    weir_status status = target_run(t, p);
    if (status == WEIR_UNAVAILABLE && !is_cpu(t))
        return 0; // test_same_bits counts these
    if (status != WEIR_OK) {
        print_error("%s on %s: %s\n", p->label, t->name, weir_message(NULL));
        return 1;
    }
    wrong += compare_expected(p, e, t->name);
    for (uint32_t o = 0; o < p->op->n_out; o++) {
        size_t damage = held_damage(&p->out[o]);
        if (damage)
            print_error("%s on %s: %zu bytes beside the elements of %s were written\n", p->label,
                        t->name, damage, p->op->out[o].name);
        wrong += damage;
    }
    return wrong;
}

// No index among no elements: refused by its shape, nothing written.
static size_t check_refused(target *t, problem *p)
{
    weir_status status = target_run(t, p);
    if (status == WEIR_INVALID_SHAPE)
        return 0;
    print_error("%s on %s: %s, not refused\n", p->label, t->name, weir_status_name(status));
    return 1;
}

// The output is the very view of an input of its dtype and shape.
static size_t check_in_place(target *t, problem *p, const expected *e)
{
    size_t wrong = 0;
    if (p->op->family != W_MAP)
        return 0;
    for (uint32_t i = 0; i < p->op->n_in; i++) {
        const weir_array *a = &p->in[i].view;
        weir_array want = p->out[0].view;
        bool fits = p->in[i].memory && p->op->in[i].kind != W_PIXEL && a->dtype == want.dtype &&
                    a->rank == want.rank;
        for (int32_t k = 0; fits && k < a->rank; k++)
            fits =
                a->shape[k] == want.shape[k] && (a->shape[k] == 1 || !a->strided || a->strides[k]);
        if (!fits || w_array_count(a) == 0)
            continue;
        held copy = p->in[i], old = p->out[0];
        copy.memory = malloc(copy.bytes);
        assert_non_null(copy.memory);
        memcpy(copy.memory, p->in[i].memory, copy.bytes);
        p->out[0] = p->in[i];
        weir_call_options call = {.struct_size = sizeof call, .device = t->device};
        weir_status status = weir_run(t->context, p->op->number, p->options, p->in_views, p->n_in,
                                      &p->in_views[i], 1, &call);
        if (status == WEIR_OK)
            wrong += compare_expected(p, e, "the CPU, in place") + held_damage(&p->out[0]);
        else if (status != WEIR_UNAVAILABLE)
            wrong++, print_error("%s in place on %s: %s\n", p->label, t->name, weir_message(NULL));
        p->out[0] = old;
        memcpy(p->in[i].memory, copy.memory, copy.bytes);
        free(copy.memory);
    }
    return wrong;
}

static size_t check_problem(const w_op *op, size_t combination, size_t shape, uint32_t seed)
{
    problem p;
    size_t wrong = 0;
    problem_make(&p, op, combination, shape, seed);
    if (p.refused) {
        for (size_t t = 0; t < target_count; t++)
            wrong += check_refused(&targets[t], &p);
    } else {
        expected *e = expect(&p);
        assert_non_null(e);
        wrong += check_shapes(&targets[0], &p);
        for (size_t t = 0; t < target_count; t++)
            if (is_cpu(&targets[t]) || device_in_slice(op, combination))
                wrong += check_target(&targets[t], &p, e) + check_in_place(&targets[t], &p, e);
        free(e);
    }
    problem_free(&p);
    return wrong;
}

static void test_family(w_family family)
{
    // Another seed than test_same_bits has, so that together they see more.
    uint32_t seed = test_seed() + 1000;
    size_t failures = 0, ran = 0, left_out = 0;
    for (size_t row = 0; row < w_op_count; row++) {
        const w_op *op = &w_ops[row];
        if (op->family != family || !reference_find(op) || !test_takes(op))
            continue;
        for (size_t c = 0; c < combination_count(op); c++)
            for (size_t s = 0; s < shape_count(op) && failures < 20; s++) {
                bool take = full_run() || shape_in_slice(op, c, s, seed);
                left_out += !take;
                ran += take;
                if (take)
                    failures += check_problem(op, c, s, seed) != 0;
            }
    }
    print_message("%s: %zu problems on %zu targets; %zu left out\n", w_family_names[family], ran,
                  target_count, left_out);
    assert_int_equal(failures, 0);
}

static void test_map(void **state)
{
    (void)state;
    test_family(W_MAP);
}

// Factors that overflow or vanish together: every float attribute with every value of the others.
static size_t check_attributes(const w_op *op, size_t combination)
{
    static const shape_row row = {"attributes", DENSE, MAP_SAME, 1, {1009}};
    size_t wrong = 0, number = 0;
    for (bool more = true; more && wrong < 20; number++) {
        problem p;
        problem_make_row(&p, op, combination, &row, test_seed() + number);
        more = problem_attributes(&p, number);
        expected *e = more ? expect(&p) : NULL;
        for (size_t t = 0; e && t < target_count; t++)
            if (is_cpu(&targets[t]) || device_in_slice(op, combination))
                wrong += check_target(&targets[t], &p, e);
        free(e);
        problem_free(&p);
    }
    return wrong;
}

static void test_attributes(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t row = 0; row < w_op_count; row++) {
        const w_op *op = &w_ops[row];
        bool has = false;
        for (uint32_t i = 0; i < op->n_attr; i++)
            has |= op->attr[i].kind == W_FLOAT;
        if (op->family == W_MAP && has && reference_find(op) && test_takes(op))
            for (size_t c = 0; c < combination_count(op); c++)
                wrong += check_attributes(op, c);
    }
    assert_int_equal(wrong, 0);
}

static void test_reduce(void **state)
{
    (void)state;
    test_family(W_REDUCE);
}

static void test_contract(void **state)
{
    (void)state;
    test_family(W_CONTRACT);
}

static void test_row(void **state)
{
    (void)state;
    test_family(W_ROW);
}

static void test_sample(void **state)
{
    (void)state;
    test_family(W_SAMPLE);
}

static void test_scan(void **state)
{
    (void)state;
    test_family(W_SCAN);
}

static void test_gather(void **state)
{
    (void)state;
    test_family(W_GATHER);
}

static void test_histogram(void **state)
{
    (void)state;
    test_family(W_HISTOGRAM);
}

static void test_move(void **state)
{
    (void)state;
    test_family(W_MOVE);
}

// More blocks than a block has elements: three levels of the canonical tree, indices beyond 2^24.
static void test_three_levels(void **state)
{
    const int64_t n = INT64_C(4096) * 4096 + 4097;
    float *x = malloc((size_t)n * sizeof *x);
    double *wide = malloc((size_t)n * sizeof *wide);
    random_state r = test_seed();
    size_t wrong = 0;
    (void)state;
    assert_true(x && wide);
    for (int64_t i = 0; i < n; i++)
        wide[i] = x[i] = random_float(&r, true);
    wide[n - 70] = x[n - 70] = 4096; // the largest, where an index is odd and has 25 bits
    for (size_t i = 0; i < w_op_count; i++) {
        const reference *ref = reference_find(&w_ops[i]);
        if (w_ops[i].family != W_REDUCE || !ref || !ref->reduce || !test_takes(&w_ops[i]))
            continue;
        weir_array in = weir_array_dense(x, WEIR_F32, 1, &n), out;
        uint64_t got = 0, want = ref->canonical_reduce
                                     ? float_bits(ref->canonical_reduce(x, (size_t)n))
                                     : UINT64_MAX;
        double value = ref->reduce(wide, (size_t)n, 0);
        for (size_t t = 0; t < target_count; t++) {
            weir_call_options call = {.struct_size = sizeof call, .device = targets[t].device};
            weir_context *c = targets[t].context;
            assert_int_equal(weir_infer(c, w_ops[i].number, NULL, &in, 1, &out, 1), WEIR_OK);
            out.data = &got;
            weir_status status = weir_run(c, w_ops[i].number, NULL, &in, 1, &out, 1, &call);
            if (status == WEIR_UNAVAILABLE && t && !is_cpu(&targets[t]))
                continue;
            double bound = ref->reduce_bound ? ref->reduce_bound(wide, (size_t)n) : 0;
            if (status == WEIR_OK && (want == UINT64_MAX || got == want) &&
                fabs(load(&got, out.dtype) - value) <= bound)
                continue;
            wrong++;
            print_error("%s of %" PRId64 " elements on %s: %s, %.17g, not %.17g\n", w_ops[i].name,
                        n, targets[t].name, weir_status_name(status), load(&got, out.dtype), value);
        }
    }
    free(x);
    free(wide);
    assert_int_equal(wrong, 0);
}

// Three levels of a scan, of numbers that cancel: large ones of either sign, and what is left of
// them.
static void test_long_scan(void **state)
{
    const int64_t n = 256 * 256 + 3 * 256 + 77;
    float *x = malloc((size_t)n * sizeof *x), *want = malloc((size_t)n * sizeof *want);
    float *got = malloc((size_t)n * sizeof *got);
    random_state r = test_seed();
    long double sum = 0, size = 0;
    size_t wrong = 0;
    (void)state;
    assert_true(x && want && got);
    for (int64_t i = 0; i < n; i++)
        want[i] = x[i] = i % 2 ? -x[i - 1] + random_float(&r, true) : 1e6f * random_float(&r, true);
    canonical_scan(want, (size_t)n);
    for (int64_t i = 0; i < n; i++) {
        sum += x[i];
        size += fabsf(x[i]);
        wrong += fabsl(want[i] - sum) > 3 * 256 * 0x1p-24L * size;
    }
    // All of them; and whole blocks, whose last result falls behind the row where it is exclusive.
    const int64_t lengths[] = {n, 16 * 256, 257, 2 * 256};
    for (size_t t = 0; t < target_count; t++)
        for (size_t k = 0; k < W_COUNT(lengths); k++) {
            weir_cumsum_options options = {.struct_size = sizeof options, .exclusive = k > 0};
            weir_call_options call = {.struct_size = sizeof call, .device = targets[t].device};
            weir_array in = weir_array_dense(x, WEIR_F32, 1, &lengths[k]), out = in;
            out.data = got;
            weir_status status =
                weir_run(targets[t].context, WEIR_OP_CUMSUM, &options, &in, 1, &out, 1, &call);
            size_t late = k > 0, count = (size_t)lengths[k] - late;
            if (status == WEIR_OK && !memcmp(got + late, want, count * sizeof *got) &&
                (!late || got[0] == 0))
                continue;
            wrong++;
            print_error("cumsum of %" PRId64 " elements on %s: %s\n", lengths[k], targets[t].name,
                        weir_status_name(status));
        }
    free(x);
    free(want);
    free(got);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_op_has_a_reference),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_reduce),
        cmocka_unit_test(test_contract),
        cmocka_unit_test(test_move),
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_scan),
        cmocka_unit_test(test_gather),
        cmocka_unit_test(test_histogram),
        cmocka_unit_test(test_three_levels),
        cmocka_unit_test(test_long_scan),
    };
    return cmocka_run_group_tests_name("conformance", tests, targets_open, targets_close);
}
