// SPDX-License-Identifier: Apache-2.0
// What must not change an answer: the host's floating-point environment, the number of threads and
// whose they are, and how many rows come along.
#include "tests/conformance/conformance.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// ---------------------------------------------------------------- a host's environment

static uint64_t read_environment(void)
{
#if defined(__x86_64__)
    return _mm_getcsr();
#else
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return fpcr;
#endif
}

static void write_environment(uint64_t value)
{
#if defined(__x86_64__)
    _mm_setcsr((uint32_t)value);
#else
    __asm__ volatile("msr fpcr, %0" ::"r"(value));
#endif
}

#if defined(__x86_64__)
enum {
    HARSH = 0x1f80 | 0x8000 | 0x0040 | 0x4000, // flush to zero, denormals are zero, round up
    TRAPS = 0x4000 & ~0x1f80,                  // round up, every exception stops the program
};
#else
enum { HARSH = 1 << 24 | 1 << 22 | 1 << 25, TRAPS = 1 << 22 }; // FZ, round up, default NaN
#endif

typedef struct visit {
    target *t;
    problem *p;
    uint64_t environment, left;
    weir_status status;
} visit;

static void *run_harshly(void *arg)
{
    visit *v = arg;
    write_environment(v->environment);
    v->status = target_call(v->t, v->p); // no floating point of the test's own
    v->left = read_environment();
    return NULL;
}

// In a thread of its own, so that nothing of it stays in this one.
static void run_in(visit *v)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_harshly, v), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

// A thin slice leaves operations out.
static bool op_turn(const w_op *op)
{
    return (op->number + test_seed()) % test_thinning() == 0;
}

// Devices compute in threads of their drivers and compile each operation anew: in a slice they take
// an operation in ten.
static bool device_turn(const w_op *op)
{
    return full_run() || (op->number + test_seed()) % (10 * test_thinning()) == 0;
}

static size_t check_environment(target *t, problem *p, const uint64_t *pivot)
{
    static const struct {
        uint64_t bits;
        const char *name;
    } harsh[] = {{HARSH, "flush to zero, round up"}, {TRAPS, "exceptions unmasked, round up"}};
    size_t wrong = 0;
    for (size_t h = 0; h < W_COUNT(harsh); h++) {
        char text[128];
        visit v = {.t = t, .p = p, .environment = harsh[h].bits};
        run_in(&v);
        if (v.status == WEIR_UNAVAILABLE && !is_cpu(t))
            continue;
        if (v.status != WEIR_OK)
            wrong++, print_error("%s on %s: %s\n", p->label, t->name, weir_status_name(v.status));
        else if (different(p, pivot, text))
            wrong++, print_error("%s on %s with %s: %s\n", p->label, t->name, harsh[h].name, text);
        if (v.left != harsh[h].bits) {
            wrong++;
            print_error("%s on %s left the environment 0x%" PRIx64 ", it was 0x%" PRIx64 "\n",
                        p->label, t->name, v.left, harsh[h].bits);
        }
    }
    return wrong;
}

static const shape_row *rows_of(w_family family, bool large, size_t *out_count)
{
    static const shape_row small[W_FAMILIES][2] = {
        [W_MAP] = {{"small", DENSE, MAP_SAME, 2, {37, 29}}, {"mixed", MIXED, MAP_SAME, 2, {9, 21}}},
        [W_REDUCE] = {{"small", DENSE, REDUCE_LAST, 2, {7, 300}},
                      {"blocks", DENSE, REDUCE_ALL, 1, {9000}}},
        [W_CONTRACT] = {{"small", DENSE, CONTRACT_MATRIX, 3, {19, 23, 300}},
                        {"row", DENSE, CONTRACT_MATRIX, 3, {1, 33, 65}}},
        [W_MOVE] = {{"small", DENSE, MOVE_DEFAULT, 2, {33, 35}},
                    {"mixed", MIXED, MOVE_RANDOM, 3, {5, 7, 9}}},
        [W_SAMPLE] = {{"small", DENSE, 0, 2, {31, 37}}, {"mixed", MIXED, 0, 3, {5, 7, 3}}},
        [W_ROW] = {{"small", DENSE, REDUCE_LAST, 2, {7, 300}},
                   {"blocks", DENSE, REDUCE_ALL, 1, {9000}}},
        [W_SCAN] = {{"small", DENSE, REDUCE_LAST, 2, {7, 300}},
                    {"blocks", DENSE, REDUCE_ALL, 1, {9000}}},
        [W_GATHER] = {{"small", DENSE, MOVE_DEFAULT, 2, {33, 35}},
                      {"mixed", MIXED, MOVE_DEFAULT, 3, {5, 7, 9}}},
        [W_HISTOGRAM] = {{"small", DENSE, REDUCE_LAST, 2, {7, 300}},
                         {"parts", DENSE, REDUCE_ALL, 1, {40000}}},
    };
    static const shape_row big[W_FAMILIES][3] = {
        [W_MAP] = {{"large", DENSE, MAP_SAME, 2, {300, 1001}},
                   {"large gaps", GAPS, MAP_SAME, 2, {301, 500}},
                   {"large ones", DENSE, MAP_ONES, 2, {500, 501}}},
        [W_REDUCE] = {{"rows", DENSE, REDUCE_LAST, 2, {600, 1001}},
                      {"columns", DENSE, REDUCE_FIRST, 2, {1001, 300}},
                      {"all", DENSE, REDUCE_ALL, 1, {600001}}},
        [W_CONTRACT] = {{"large", DENSE, CONTRACT_MATRIX, 3, {190, 231, 300}},
                        {"row", DENSE, CONTRACT_MATRIX, 3, {1, 1021, 513}},
                        {"transposed", TRANSPOSED, CONTRACT_MATRIX, 3, {131, 130, 257}}},
        [W_MOVE] = {{"large", DENSE, MOVE_DEFAULT, 2, {511, 513}},
                    {"four", DENSE, MOVE_RANDOM, 4, {17, 19, 33, 21}},
                    {"gaps", GAPS, MOVE_RANDOM, 3, {63, 65, 31}}},
        [W_SAMPLE] = {{"large", DENSE, 0, 2, {300, 301}},
                      {"channels", DENSE, 0, 3, {201, 200, 3}},
                      {"gaps", GAPS, 0, 3, {3, 201, 190}}},
        [W_ROW] = {{"rows", DENSE, REDUCE_LAST, 2, {600, 1001}},
                   {"columns", DENSE, REDUCE_FIRST, 2, {1001, 300}},
                   {"all", DENSE, REDUCE_ALL, 1, {600001}}},
        [W_SCAN] = {{"rows", DENSE, REDUCE_LAST, 2, {600, 1001}},
                    {"columns", DENSE, REDUCE_FIRST, 2, {1001, 300}},
                    {"all", DENSE, REDUCE_ALL, 1, {600001}}},
        [W_GATHER] = {{"large", DENSE, MOVE_DEFAULT, 2, {511, 513}},
                      {"rows", DENSE, MOVE_DEFAULT, 3, {17, 300, 200}},
                      {"gaps", GAPS, MOVE_DEFAULT, 3, {63, 65, 31}}},
        [W_HISTOGRAM] = {{"rows", DENSE, REDUCE_LAST, 2, {600, 1001}},
                         {"columns", DENSE, REDUCE_FIRST, 2, {1001, 300}},
                         {"all", DENSE, REDUCE_ALL, 1, {600001}}},
    };
    *out_count = large ? 3 : 2;
    return large ? big[family] : small[family];
}

static void test_floating_point_environment(void **state)
{
    size_t wrong = 0, ran = 0;
    (void)state;
    for (size_t i = 0; i < w_op_count; i++) {
        size_t n_rows;
        const shape_row *rows = rows_of(w_ops[i].family, false, &n_rows);
        size_t step = full_run() ? 1 : W_MAX((size_t)1, combination_count(&w_ops[i]) / 3);
        bool devices = device_turn(&w_ops[i]);
        if (!op_turn(&w_ops[i]))
            continue;
        for (size_t c = 0; c < combination_count(&w_ops[i]); c += step)
            for (size_t k = 0; k < n_rows; k++) {
                problem p;
                problem_make_row(&p, &w_ops[i], c, &rows[k], test_seed() + c);
                assert_int_equal(target_run(&targets[0], &p), WEIR_OK);
                uint64_t *pivot = take_bits(&p);
                for (size_t t = 0; t < target_count; t++) {
                    if (!is_cpu(&targets[t]) && !devices)
                        continue;
                    wrong += check_environment(&targets[t], &p, pivot);
                    ran++;
                }
                free(pivot);
                problem_free(&p);
            }
    }
    print_message("%zu runs\n", 2 * ran);
    assert_int_equal(wrong, 0);
}

// ---------------------------------------------------------------- threads

// A host's pool: new threads each time, the tasks from the last to the first, in an environment
// that is not the default one.
typedef struct hired {
    void (*task)(void *arg, uint32_t i);
    void *arg;
    _Atomic uint32_t left;
} hired;

static void *work(void *arg)
{
    hired *h = arg;
    write_environment(HARSH);
    for (;;) {
        uint32_t i = atomic_load(&h->left);
        while (i && !atomic_compare_exchange_weak(&h->left, &i, i - 1))
            ;
        if (i == 0)
            return NULL;
        h->task(h->arg, i - 1);
    }
}

static _Atomic uint32_t host_pool_runs;

static void host_run(void *user, void (*task)(void *arg, uint32_t i), void *arg, uint32_t count)
{
    pthread_t threads[3];
    hired h = {.task = task, .arg = arg};
    (void)user;
    atomic_store(&h.left, count);
    atomic_fetch_add(&host_pool_runs, 1);
    for (size_t i = 0; i < W_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &h), 0);
    for (size_t i = 0; i < W_COUNT(threads); i++)
        pthread_join(threads[i], NULL);
}

typedef struct way { // one way to thread
    const char *name;
    weir_context *context;
    uint32_t max_threads;
} way;

static size_t check_ways(const way *ways, size_t n_ways, problem *p, const uint64_t *pivot)
{
    size_t wrong = 0;
    for (size_t w = 0; w < n_ways; w++) {
        char text[128];
        weir_call_options call = {.struct_size = sizeof call, .max_threads = ways[w].max_threads};
        for (uint32_t o = 0; o < p->op->n_out; o++)
            held_reset(&p->out[o]);
        weir_status status = weir_run(ways[w].context, p->op->number, p->options, p->in_views,
                                      p->n_in, p->out_views, p->op->n_out, &call);
        if (status != WEIR_OK)
            wrong++, print_error("%s with %s: %s\n", p->label, ways[w].name, weir_message(NULL));
        else if (different(p, pivot, text))
            wrong++, print_error("%s with %s: %s\n", p->label, ways[w].name, text);
    }
    return wrong;
}

static weir_context *open_cpu(uint32_t threads, const weir_pool *pool)
{
    weir_context *context;
    weir_context_options o = base_options();
    o.flags |= WEIR_CONTEXT_CPU_ONLY;
    o.threads = threads;
    o.pool = pool;
    assert_int_equal(weir_context_create(&o, &context), WEIR_OK);
    return context;
}

static void test_threads(void **state)
{
    static const weir_pool pool = {host_run, 3, NULL};
    weir_context *own[] = {open_cpu(1, NULL), open_cpu(2, NULL), open_cpu(3, NULL),
                           open_cpu(8, NULL), open_cpu(0, &pool)};
    const way ways[] = {{"1 thread", own[0], 0},       {"2 threads", own[1], 0},
                        {"3 threads", own[2], 0},      {"8 threads", own[3], 0},
                        {"max_threads 1", own[3], 1},  {"max_threads 2", own[3], 2},
                        {"max_threads 3", own[3], 3},  {"max_threads 1000", own[3], 1000},
                        {"the host's pool", own[4], 0}};
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < w_op_count; i++) {
        size_t n_rows;
        const shape_row *rows = rows_of(w_ops[i].family, true, &n_rows);
        size_t step = full_run() ? 1 : W_MAX((size_t)1, combination_count(&w_ops[i]) / 2);
        if (!op_turn(&w_ops[i]))
            continue;
        for (size_t c = 0; c < combination_count(&w_ops[i]); c += step)
            for (size_t k = 0; k < n_rows; k++) {
                problem p;
                problem_make_row(&p, &w_ops[i], c, &rows[k], test_seed() * 3 + c);
                assert_int_equal(target_run(&targets[0], &p), WEIR_OK);
                uint64_t *pivot = take_bits(&p);
                wrong += check_ways(ways, W_COUNT(ways), &p, pivot);
                free(pivot);
                problem_free(&p);
            }
    }
    print_message("the host's pool ran %u times\n", atomic_load(&host_pool_runs));
    for (size_t i = 0; i < W_COUNT(own); i++)
        weir_context_destroy(own[i]);
    assert_int_equal(wrong, 0);
    assert_true(atomic_load(&host_pool_runs) > 0);
}

// ---------------------------------------------------------------- one row or many

static weir_array slice(const weir_array *a, int32_t axis, int64_t index)
{
    weir_array s = *a;
    int64_t at[WEIR_MAX_RANK] = {0};
    at[axis] = index;
    s.data = element(a, at);
    w_array_strides(a, s.strides);
    s.strided = true;
    s.shape[axis] = 1;
    return s;
}

static size_t check_row(target *t, problem *p, int64_t row)
{
    bool is_product = p->op->family == W_CONTRACT;
    const attribute *trans = attribute_get(p, "trans_a");
    weir_call_options call = {.struct_size = sizeof call, .device = t->device};
    weir_array in[W_MAX_IN], many = p->out_views[0], one = many;
    memcpy(in, p->in_views, sizeof in);
    int64_t rows = in[0].shape[0];
    in[0] = slice(&in[0], trans && trans->i, row);
    for (size_t i = 1; i < p->n_in && !is_product;
         i++) // what has a value for each row goes with it
        if (in[i].dtype != WEIR_DTYPE_NONE && in[i].rank > 0 && in[i].shape[0] == rows)
            in[i] = slice(&in[i], false, row);
    int64_t n = is_product ? many.shape[1] : 1, size = (int64_t)weir_dtype_size(many.dtype);
    one.shape[0] = 1;
    one.data = malloc((size_t)(n * size));
    assert_non_null(one.data);
    weir_status status =
        weir_run(t->context, p->op->number, p->options, in, p->n_in, &one, 1, &call);
    size_t wrong = status != WEIR_OK;
    if (wrong)
        print_error("%s row on %s: %s\n", p->label, t->name, weir_message(NULL));
    for (int64_t i = 0; i < n && !wrong; i++)
        wrong +=
            !same_bits(load_bits((char *)one.data + i * size, one.dtype),
                       load_bits((char *)many.data + (row * n + i) * size, one.dtype), one.dtype);
    if (wrong)
        print_error("%s on %s: row %" PRId64 " alone has other bits\n", p->label, t->name, row);
    free(one.data);
    return wrong;
}

static bool optional_absent(const w_op *op, size_t combination)
{
    weir_dtype dtypes[W_MAX_IN] = {0};
    char text[64];
    combination_get(op, combination, dtypes, text);
    for (uint32_t i = op->n_required; i < op->n_in; i++)
        if (dtypes[i] != WEIR_DTYPE_NONE)
            return false;
    return true;
}

static void test_one_row_or_many(void **state)
{
    static const shape_row shapes[] = {{"rows", DENSE, CONTRACT_MATRIX, 3, {37, 41, 300}},
                                       {"long rows", DENSE, REDUCE_LAST, 2, {37, 5000}}};
    static const int64_t chosen[] = {0, 1, 7, 8, 15, 31, 32, 36};
    size_t wrong = 0, ran = 0;
    (void)state;
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        if ((op->family != W_REDUCE && op->family != W_CONTRACT) || !op_turn(op))
            continue;
        for (size_t c = 0; c < combination_count(op); c++) {
            problem p;
            // In a slice a few of many dtypes: each is a program for a driver to compile.
            if (!optional_absent(op, c) || (!full_run() && combination_count(op) > 4 &&
                                            !test_turn(test_seed() + 2, op->number, c, 0, 5)))
                continue;
            problem_make_row(&p, op, c, &shapes[op->family == W_REDUCE], test_seed() * 7 + c);
            for (size_t t = 0; t < target_count; t++) {
                if (!is_cpu(&targets[t]) && !device_turn(op) && op->family != W_CONTRACT)
                    continue;
                if (target_run(&targets[t], &p) == WEIR_UNAVAILABLE)
                    continue;
                for (size_t r = 0; r < W_COUNT(chosen); r++, ran++)
                    wrong += check_row(&targets[t], &p, chosen[r]);
            }
            problem_free(&p);
        }
    }
    print_message("%zu rows alone\n", ran);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_row_or_many),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_floating_point_environment),
    };
    return cmocka_run_group_tests_name("environment", tests, targets_open, targets_close);
}
