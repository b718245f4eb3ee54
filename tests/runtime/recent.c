// SPDX-License-Identifier: Apache-2.0
// Calls that were made before (runtime/recent.h): known ones give what new ones give, are checked
// as strictly, follow the router, and need no memory.
#include "tests/runtime/check.h"

#include "runtime/recent.h"
#include "tests/scripted/device.h"

#include <stdlib.h>

enum { N = 100, SIZES = 700, THREADS = 4 };

static float x[N + 8], y[N + 8];

static weir_context *cpu_context(void)
{
    weir_context_options options = {.struct_size = sizeof options,
                                    .flags = WEIR_CONTEXT_CPU_ONLY | WEIR_CONTEXT_NO_PROFILE,
                                    .threads = 1};
    weir_context *context;
    check_ok(weir_context_create(&options, &context));
    return context;
}

static void check_negated(const float *from, const float *to, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        assert_true(to[i] == -from[i]);
}

static void test_data_are_looked_at_each_time(void **state)
{
    (void)state;
    weir_context *c = cpu_context();
    weir_array in = vector(x, N), out = vector(y, N);
    fill(x, N + 8);
    for (int i = 0; i < 3; i++)
        check_ok(weir_neg(c, &in, &out));
    assert_true(w_recent_launches(c) == 2);
    check_negated(x, y, N);
    out.data = NULL;
    check_status(weir_neg(c, &in, &out), WEIR_INVALID_ARGUMENT);
    check_message("NULL");
    out.data = (char *)y + 1;
    check_status(weir_neg(c, &in, &out), WEIR_INVALID_ARGUMENT);
    check_message("multiple");
    out.data = x + 1;
    check_status(weir_neg(c, &in, &out), WEIR_INVALID_ARGUMENT);
    check_message("overlaps");
    in.data = out.data = y; // the very same view may
    memcpy(y, x, sizeof y);
    check_ok(weir_neg(c, &in, &out));
    check_negated(x, y, N);
    assert_true(w_recent_launches(c) == 3);
    weir_context_destroy(c);
}

static void test_calls_are_told_apart(void **state)
{
    (void)state;
    weir_context *c = cpu_context();
    int64_t shape[2] = {4, 4}, ten[2] = {10, 10};
    weir_array in = weir_array_dense(x, WEIR_F32, 2, shape),
               out = weir_array_dense(y, WEIR_F32, 2, shape);
    weir_leaky_relu_options one = {.struct_size = sizeof one, .alpha = 0.5f}, two = one;
    two.alpha = 0.25f;
    x[0] = -8;
    for (int round = 0; round < 3; round++) {
        check_ok(weir_leaky_relu(c, &one, &in, &out));
        assert_true(y[0] == -4);
        check_ok(weir_leaky_relu(c, &two, &in, &out));
        assert_true(y[0] == -2);
        check_ok(weir_neg(c, &in, &out));
        assert_true(y[0] == 8);
    }
    in.strided = true; // transposed
    in.strides[0] = 1;
    in.strides[1] = 4;
    fill(x, 16);
    for (int round = 0; round < 3; round++) {
        check_ok(weir_neg(c, &in, &out));
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++)
                assert_true(y[4 * i + j] == -x[4 * j + i]);
    }
    // The stride along an axis of one element says nothing.
    int64_t line[2] = {1, 16};
    in = weir_array_dense(x, WEIR_F32, 2, line);
    out = weir_array_dense(y, WEIR_F32, 2, line);
    in.strided = true;
    in.strides[1] = 1;
    uint64_t before = w_recent_launches(c);
    for (int round = 0; round < 8; round++) {
        in.strides[0] = 16 * (round / 4);
        check_ok(weir_neg(c, &in, &out));
        check_negated(x, y, 16);
    }
    assert_true(w_recent_launches(c) == before + 7);
    in = weir_array_dense(x, WEIR_F32, 2, shape);
    out = weir_array_dense(y, WEIR_F32, 2, ten);
    for (int round = 0; round < 3; round++) {
        check_status(weir_neg(c, &in, &out), WEIR_INVALID_SHAPE);
        check_message("[10,10]");
    }
    two.struct_size = 4;
    check_status(weir_leaky_relu(c, &two, &in, &in), WEIR_INVALID_ARGUMENT);
    weir_context_destroy(c);
}

// Calls that differ in nothing but an input behind the first: its shape, its strides, whether it is
// there at all.
static void test_later_inputs_tell_calls_apart(void **state)
{
    (void)state;
    weir_context *c = cpu_context();
    float b[16], low = 2, high = 5;
    int64_t square[2] = {4, 4}, row[2] = {1, 4}, column[2] = {4, 1};
    weir_array in = weir_array_dense(x, WEIR_F32, 2, square), out = in, none = {0};
    weir_array whole = weir_array_dense(b, WEIR_F32, 2, square), turned = whole;
    weir_array across = weir_array_dense(b, WEIR_F32, 2, row);
    weir_array down = weir_array_dense(b, WEIR_F32, 2, column);
    weir_array least = weir_array_dense(&low, WEIR_F32, 0, NULL),
               most = weir_array_dense(&high, WEIR_F32, 0, NULL);
    const struct {
        const weir_array *b;
        int i, j; // steps of its elements
    } cases[] = {{&whole, 4, 1}, {&across, 0, 1}, {&down, 1, 0}, {&turned, 1, 4}};
    turned.strided = true;
    turned.strides[0] = 1;
    turned.strides[1] = 4;
    out.data = y;
    fill(x, 16);
    fill(b, 16);
    for (int round = 0; round < 12; round++) {
        for (int k = 0; k < 4; k++) {
            check_ok(weir_add(c, &in, cases[k].b, &out));
            for (int i = 0; i < 4; i++)
                for (int j = 0; j < 4; j++)
                    assert_true(y[4 * i + j] == x[4 * i + j] + b[cases[k].i * i + cases[k].j * j]);
        }
        x[0] = 1, x[1] = 7;
        check_ok(weir_clamp(c, &in, &least, &none, &out));
        assert_true(y[0] == 2 && y[1] == 7);
        check_ok(weir_clamp(c, &in, &none, &most, &out));
        assert_true(y[0] == 1 && y[1] == 5);
        check_ok(weir_clamp(c, &in, &least, &most, &out));
        assert_true(y[0] == 2 && y[1] == 5);
    }
    assert_true(w_recent_launches(c) > 0);
    weir_context_destroy(c);
}

// Axes that are an input: calls whose arrays look alike are others; without that input they are
// kept.
static void test_values_that_describe(void **state)
{
    (void)state;
    weir_context *c = cpu_context();
    int64_t shape[2] = {2, 2}, one = 1, axis = 0, rows[2] = {1, 2}, columns[2] = {2, 1};
    weir_array in[2] = {weir_array_dense(x, WEIR_F32, 2, shape),
                        weir_array_dense(&axis, WEIR_S64, 1, &one)};
    weir_array down = weir_array_dense(y, WEIR_F32, 2, rows),
               across = weir_array_dense(y, WEIR_F32, 2, columns),
               whole = weir_array_dense(y, WEIR_F32, 1, &one);
    fill(x, 4);
    whole.rank = 2;
    whole.shape[0] = whole.shape[1] = 1;
    for (int round = 0; round < 3; round++) {
        axis = 0;
        check_ok(weir_run(c, WEIR_OP_REDUCE_SUM, NULL, in, 2, &down, 1, NULL));
        assert_true(y[0] == x[0] + x[2] && y[1] == x[1] + x[3]);
        check_status(weir_run(c, WEIR_OP_REDUCE_SUM, NULL, in, 2, &across, 1, NULL),
                     WEIR_INVALID_SHAPE);
        axis = 1;
        check_ok(weir_run(c, WEIR_OP_REDUCE_SUM, NULL, in, 2, &across, 1, NULL));
        assert_true(y[0] == x[0] + x[1] && y[1] == x[2] + x[3]);
        check_status(weir_run(c, WEIR_OP_REDUCE_SUM, NULL, in, 2, &down, 1, NULL),
                     WEIR_INVALID_SHAPE);
        check_ok(weir_run(c, WEIR_OP_REDUCE_SUM, NULL, in, 1, &whole, 1, NULL));
        assert_true(y[0] == x[0] + x[1] + x[2] + x[3]);
    }
    weir_context_destroy(c);
}

// More calls than there are entries, twice.
static void test_many_calls_share_the_entries(void **state)
{
    (void)state;
    static float from[SIZES], to[SIZES];
    weir_context *c = cpu_context();
    fill(from, SIZES);
    for (int round = 0; round < 2; round++)
        for (int64_t n = 1; n < SIZES; n++) {
            weir_array in = vector(from, n), out = vector(to, n);
            memset(to, 0, sizeof to);
            check_ok(weir_neg(c, &in, &out));
            check_negated(from, to, n);
        }
    assert_true(w_recent_launches(c) > 0);
    weir_stats stats;
    weir_stats_get(c, &stats);
    assert_true(stats.launches == 2 * (SIZES - 1));
    weir_context_destroy(c);
}

static void *call_often(void *context)
{
    float from[N], to[N];
    fill(from, N);
    for (int i = 0; i < 2000; i++) {
        int64_t n = 1 + i % 7;
        weir_array in = vector(from, n), out = vector(to, n);
        if (weir_neg(context, &in, &out) != WEIR_OK)
            return context;
        for (int64_t k = 0; k < n; k++)
            if (to[k] != -from[k])
                return context;
    }
    return NULL;
}

static void test_threads_share_a_context(void **state)
{
    (void)state;
    weir_context *c = cpu_context();
    pthread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, call_often, c), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(thread[i], &failed);
        assert_null(failed);
    }
    weir_context_destroy(c);
}

static size_t allocations;

static void *count_allocate(void *user, size_t bytes)
{
    (void)user;
    allocations++;
    return aligned_alloc(64, (bytes + 63) / 64 * 64);
}

static void count_release(void *user, void *memory, size_t bytes)
{
    (void)user;
    (void)bytes;
    free(memory);
}

static void test_a_known_call_allocates_nothing(void **state)
{
    (void)state;
    const weir_allocator allocator = {count_allocate, count_release, NULL};
    weir_context_options options = {.struct_size = sizeof options,
                                    .flags = WEIR_CONTEXT_CPU_ONLY | WEIR_CONTEXT_NO_PROFILE,
                                    .threads = 1,
                                    .allocator = &allocator};
    weir_context *c;
    check_ok(weir_context_create(&options, &c));
    static int8_t a[32 * 32], b[32 * 32];
    static int32_t product[32 * 32];
    int64_t square[2] = {32, 32};
    weir_array integers[] = {weir_array_dense(a, WEIR_S8, 2, square),
                             weir_array_dense(b, WEIR_S8, 2, square)};
    weir_array sums = weir_array_dense(product, WEIR_S32, 2, square);
    weir_array in = vector(x, N), out = vector(y, N), sum = vector(y, 1);
    for (int i = 0; i < 5; i++) {
        check_ok(weir_run(c, WEIR_OP_MATMUL_INTEGER, NULL, integers, 2, &sums, 1, NULL));
        check_ok(weir_softmax(c, NULL, &in, &out));
        check_ok(weir_run(c, WEIR_OP_REDUCE_SUM, NULL, &in, 1, &sum, 1, NULL));
        check_ok(weir_neg(c, &in, &out));
        if (i == 1)
            allocations = 0;
    }
    assert_int_equal(allocations, 0);
    weir_context_destroy(c);
}

// A known call goes to the device once the router would choose it, and back.
static void test_known_calls_follow_the_router(void **state)
{
    (void)state;
    weir_context *c = scripted_context(NULL);
    weir_array in = vector(x, N), out = vector(y, N);
    uint32_t before;
    fill(x, N);
    check_ok(weir_devices_wait(c, WEIR_FOREVER));
    scripted_set_speed(c, false);
    for (int i = 0; i < 3; i++)
        check_ok(weir_exp(c, &in, &out));
    before = script.launches;
    scripted_set_speed(c, true);
    weir_call_options there = {.struct_size = sizeof there, .device = "scripted:0"};
    check_ok(weir_run(c, WEIR_OP_EXP, NULL, &in, 1, &out, 1, &there)); // which proves it
    assert_true(script.launches > before);
    before = script.launches;
    check_ok(weir_exp(c, &in, &out));
    assert_true(script.launches > before);
    weir_context_destroy(c);
}

// A host's thread that waits in its pool may run another of the host's jobs, which calls Weir.
typedef struct nest {
    weir_context *context;
    int depth;
} nest;

static nest nested;

static void run_nested(void *user, void (*task)(void *arg, uint32_t i), void *arg, uint32_t count)
{
    (void)user;
    for (uint32_t i = 0; i < count; i++)
        task(arg, i);
    if (nested.depth++ == 0) {
        static float from[1 << 16], to[1 << 16];
        weir_array in = vector(from, 1 << 16), out = vector(to, 1 << 16);
        fill(from, 1 << 16);
        check_ok(weir_exp(nested.context, &in, &out));
        weir_exp(nested.context, &in, &out);
    }
    nested.depth--;
}

static void test_a_call_within_the_same_call(void **state)
{
    (void)state;
    static float from[1 << 16], to[1 << 16], want[1 << 16];
    const weir_pool pool = {run_nested, 2, NULL};
    weir_context_options options = {.struct_size = sizeof options,
                                    .flags = WEIR_CONTEXT_CPU_ONLY | WEIR_CONTEXT_NO_PROFILE,
                                    .pool = &pool};
    check_ok(weir_context_create(&options, &nested.context));
    weir_array in = vector(from, 1 << 16), out = vector(to, 1 << 16);
    fill(from, 1 << 16);
    nested.depth = 1; // none yet
    check_ok(weir_exp(nested.context, &in, &out));
    memcpy(want, to, sizeof want);
    for (int i = 0; i < 3; i++) {
        nested.depth = 0;
        memset(to, 0, sizeof to);
        check_ok(weir_exp(nested.context, &in, &out));
        assert_memory_equal(to, want, sizeof want);
    }
    weir_context_destroy(nested.context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_are_looked_at_each_time),
        cmocka_unit_test(test_calls_are_told_apart),
        cmocka_unit_test(test_later_inputs_tell_calls_apart),
        cmocka_unit_test(test_values_that_describe),
        cmocka_unit_test(test_many_calls_share_the_entries),
        cmocka_unit_test(test_threads_share_a_context),
        cmocka_unit_test(test_a_known_call_allocates_nothing),
        cmocka_unit_test(test_known_calls_follow_the_router),
        cmocka_unit_test(test_a_call_within_the_same_call),
    };
    return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
