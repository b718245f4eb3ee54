// SPDX-License-Identifier: Apache-2.0
// Expressions: what they refuse and how they say it, streams, lifetimes. Their bits are
// conformance/expr.c's.
#include "tests/runtime/check.h"

#include <stdlib.h>

enum { N = 5000 };

static int setup(void **state)
{
    weir_context_options o = {.struct_size = sizeof o,
                              .flags = WEIR_CONTEXT_NO_ENVIRONMENT | WEIR_CONTEXT_NO_PROFILE |
                                       WEIR_CONTEXT_CPU_ONLY};
    return weir_context_create(&o, (weir_context **)state) == WEIR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    weir_context_destroy(*state);
    return 0;
}

static weir_expr *create(weir_context *c)
{
    weir_expr *e = NULL;
    check_ok(weir_expr_create(c, &e));
    return e;
}

static weir_node input(weir_expr *e)
{
    weir_node n = 0;
    check_ok(weir_expr_input(e, WEIR_F32, &n));
    return n;
}

static weir_node op(weir_expr *e, weir_op number, weir_node a, weir_node b)
{
    weir_node n = 0;
    check_ok(weir_expr_op(e, number, NULL, (weir_node[]){a, b}, b ? 2 : 1, &n));
    return n;
}

// |a - b|
static weir_expr *distance(weir_context *c)
{
    weir_expr *e = create(c);
    weir_node a = input(e), b = input(e);
    check_ok(weir_expr_output(e, op(e, WEIR_OP_ABS, op(e, WEIR_OP_SUB, a, b), 0)));
    return e;
}

static void what_it_refuses_to_build(void **state)
{
    weir_expr *e = create(*state);
    weir_node a = input(e), n = 0, nodes[2] = {a, 39};
    check_status(weir_expr_create(NULL, &e), WEIR_INVALID_ARGUMENT);
    check_status(weir_expr_create(*state, NULL), WEIR_INVALID_ARGUMENT);
    check_status(weir_expr_input(NULL, WEIR_F32, &n), WEIR_INVALID_ARGUMENT);
    check_status(weir_expr_input(e, (weir_dtype)11, &n), WEIR_INVALID_DTYPE);
    check_message("11");
    check_status(weir_expr_op(e, 100000, NULL, &a, 1, &n), WEIR_INVALID_ARGUMENT);
    check_message("100000");
    check_status(weir_expr_op(e, WEIR_OP_ADD, NULL, nodes, 2, &n), WEIR_INVALID_ARGUMENT);
    check_message("node 39");
    nodes[1] = UINT32_MAX;
    check_status(weir_expr_op(e, WEIR_OP_ADD, NULL, nodes, 2, &n), WEIR_INVALID_ARGUMENT);
    check_status(weir_expr_op(e, WEIR_OP_ADD, NULL, nodes, 1, &n), WEIR_INVALID_ARGUMENT);
    check_status(weir_expr_op(e, WEIR_OP_ADD, NULL, NULL, 2, &n), WEIR_INVALID_ARGUMENT);
    check_status(weir_expr_op(e, WEIR_OP_BITWISE_NOT, NULL, &a, 1, &n), WEIR_INVALID_DTYPE);
    check_message("f32");
    check_status(weir_expr_op(e, WEIR_OP_MATMUL, NULL, (weir_node[]){a, a}, 2, &n),
                 WEIR_UNSUPPORTED);
    check_message("contract");
    check_status(weir_expr_op(e, WEIR_OP_SOFTMAX, NULL, &a, 1, &n), WEIR_UNSUPPORTED);
    check_status(weir_expr_output(e, a), WEIR_INVALID_ARGUMENT);
    check_status(weir_expr_output(e, 0), WEIR_INVALID_ARGUMENT);
    weir_node sum = op(e, WEIR_OP_REDUCE_SUM, a, 0);
    check_status(weir_expr_op(e, WEIR_OP_ABS, NULL, &sum, 1, &n), WEIR_UNSUPPORTED);
    check_message("reduce_sum");
    weir_expr_release(e);
}

static void limits_are_named(void **state)
{
    weir_expr *e = create(*state);
    weir_node first = input(e), n = first, unused;
    for (int i = 1; i < 8; i++)
        n = op(e, WEIR_OP_ADD, n, input(e));
    check_status(weir_expr_input(e, WEIR_F32, &unused), WEIR_UNSUPPORTED);
    check_message("8 inputs");
    for (int i = 7; i < 32; i++)
        n = op(e, WEIR_OP_ABS, n, 0);
    check_status(weir_expr_op(e, WEIR_OP_ABS, NULL, &n, 1, &unused), WEIR_UNSUPPORTED);
    check_message("32 operations");
    check_ok(weir_expr_output(e, n));
    float x = -1, y = 0;
    weir_array in[8], out = vector(&y, 1);
    for (int i = 0; i < 8; i++)
        in[i] = vector(&x, 1);
    check_ok(weir_expr_run(e, in, 8, &out, NULL));
    assert_true(y == 8);
    weir_expr_release(e);
}

static void everything_leads_to_the_result(void **state)
{
    weir_expr *e = create(*state);
    weir_node a = input(e), y = op(e, WEIR_OP_ABS, a, 0), z = op(e, WEIR_OP_NEG, a, 0), b;
    check_status(weir_expr_output(e, y), WEIR_INVALID_ARGUMENT);
    check_message("neg");
    y = op(e, WEIR_OP_ADD, y, z);
    b = input(e);
    check_status(weir_expr_output(e, y), WEIR_INVALID_ARGUMENT);
    check_message("input 1");
    y = op(e, WEIR_OP_ADD, y, b);
    check_ok(weir_expr_output(e, y));
    check_status(weir_expr_op(e, WEIR_OP_ABS, NULL, &y, 1, &y), WEIR_INVALID_ARGUMENT);
    check_status(weir_expr_input(e, WEIR_F32, &b), WEIR_INVALID_ARGUMENT);
    check_status(weir_expr_output(e, y), WEIR_INVALID_ARGUMENT);
    weir_expr_release(e);
    weir_expr_release(NULL);
}

static void what_it_refuses_to_run(void **state)
{
    weir_expr *e = create(*state);
    float x[6], y[6];
    weir_array in[2] = {vector(x, 6), vector(x, 4)}, out = vector(y, 6);
    fill(x, 6);
    check_status(weir_expr_run(e, in, 2, &out, NULL), WEIR_INVALID_ARGUMENT);
    weir_expr_release(e);
    e = distance(*state);
    check_status(weir_expr_run(NULL, in, 2, &out, NULL), WEIR_INVALID_ARGUMENT);
    check_status(weir_expr_run(e, in, 2, &out, NULL), WEIR_INVALID_SHAPE);
    check_status(weir_expr_run(e, in, 1, &out, NULL), WEIR_INVALID_ARGUMENT);
    check_message("2 inputs");
    in[1] = vector(x, 6);
    in[1].dtype = WEIR_F16;
    check_status(weir_expr_run(e, in, 2, &out, NULL), WEIR_INVALID_DTYPE);
    check_message("it takes f32");
    in[1] = vector(x, 6);
    out = vector(y, 5);
    check_status(weir_expr_run(e, in, 2, &out, NULL), WEIR_INVALID_SHAPE);
    out = vector(x + 1, 5);
    out.shape[0] = 6;
    check_status(weir_expr_run(e, in, 2, &out, NULL), WEIR_INVALID_ARGUMENT);
    check_message("overlaps");
    in[1].data = NULL;
    out = vector(y, 6);
    check_status(weir_expr_run(e, in, 2, &out, NULL), WEIR_INVALID_ARGUMENT);
    check_message("input 1");
    weir_expr_release(e);
}

// What an operation takes along an axis is one value here.
static void scales_are_single(void **state)
{
    weir_expr *e = create(*state);
    weir_node x = input(e), scale = input(e), n;
    float a[4] = {1, 2, 3, 4}, s[4] = {0.5f, 1, 2, 4};
    uint8_t y[4];
    weir_node result = op(e, WEIR_OP_ABS, scale, 0);
    check_status(weir_expr_op(e, WEIR_OP_QUANTIZE_LINEAR, NULL, (weir_node[]){x, result}, 2, &n),
                 WEIR_UNSUPPORTED);
    check_message("y_scale");
    weir_expr_release(e);
    e = create(*state);
    x = input(e), scale = input(e);
    n = op(e, WEIR_OP_QUANTIZE_LINEAR, op(e, WEIR_OP_ABS, x, 0), scale);
    check_ok(weir_expr_output(e, n));
    weir_array in[2] = {vector(a, 4), vector(s, 4)},
               out = weir_array_dense(y, WEIR_U8, 1, &(int64_t){4});
    check_status(weir_expr_run(e, in, 2, &out, NULL), WEIR_INVALID_SHAPE);
    check_message("4 values");
    in[1] = vector(s, 1);
    check_ok(weir_expr_run(e, in, 2, &out, NULL));
    assert_int_equal(y[3], 8);
    weir_expr_release(e);
}

static void it_writes_over_an_input(void **state)
{
    weir_expr *e = distance(*state);
    static float x[N], y[N];
    fill(x, N);
    memset(y, 0, sizeof y);
    weir_array in[2] = {vector(x, N), vector(y, N)};
    check_ok(weir_expr_run(e, in, 2, &in[0], NULL));
    for (int i = 0; i < N; i++)
        assert_true(x[i] >= 0);
    weir_expr_release(e);
}

// The expression is released while its work may not have begun.
static void streams_keep_it(void **state)
{
    weir_context *c = *state;
    weir_stream *s, *other;
    weir_context *strange;
    static float x[20 * N], y[20 * N];
    fill(x, 20 * N);
    weir_array a = vector(x, 20 * N), b = vector(y, 20 * N);
    weir_tensor *t[2], *out;
    check_ok(weir_stream_create(c, &s));
    check_ok(weir_tensor_wrap(c, &a, &t[0]));
    check_ok(weir_tensor_create(c, &a, &t[1]));
    check_ok(weir_tensor_wrap(c, &b, &out));
    check_ok(weir_submit(s, WEIR_OP_NEG, NULL, &t[0], 1, &t[1], 1, NULL));
    weir_expr *e = distance(c);
    for (int i = 0; i < 3; i++)
        check_ok(weir_expr_submit(s, e, t, 2, out, NULL));
    check_status(weir_expr_submit(s, e, t, 2, t[0], NULL), WEIR_OK); // writes over its input
    check_status(weir_expr_submit(s, e, t, 1, out, NULL), WEIR_INVALID_ARGUMENT);
    check_status(weir_expr_submit(NULL, e, t, 2, out, NULL), WEIR_INVALID_ARGUMENT);
    assert_int_equal(setup((void **)&strange), 0);
    check_ok(weir_stream_create(strange, &other));
    check_status(weir_expr_submit(other, e, t, 2, out, NULL), WEIR_INVALID_ARGUMENT);
    check_message("another context");
    weir_stream_release(other);
    weir_context_destroy(strange);
    weir_expr_release(e);
    for (int i = 0; i < 2; i++)
        weir_tensor_release(t[i]);
    check_ok(weir_stream_wait(s, WEIR_FOREVER));
    check_ok(weir_tensor_sync(out));
    for (int i = 0; i < 20 * N; i++) {
        float before = (float)((int)((size_t)i * 37 % 101) - 50) * 0.125f;
        assert_true(y[i] == 2 * (before < 0 ? -before : before));
    }
    weir_tensor_release(out);
    weir_stream_release(s);
}

static void an_attribute_is_copied(void **state)
{
    weir_expr *e = create(*state);
    weir_node x = input(e), n;
    weir_scale_shift_options o = {.struct_size = sizeof o, .scale = 3, .shift = 1};
    check_ok(weir_expr_op(e, WEIR_OP_SCALE_SHIFT, &o, &x, 1, &n));
    o.scale = 100;
    weir_reduce_sum_options sum = {.struct_size = sizeof sum, .n_axes = 1, .axes = {-1}};
    check_ok(weir_expr_op(e, WEIR_OP_REDUCE_SUM, &sum, &n, 1, &n));
    sum.axes[0] = 0;
    check_ok(weir_expr_output(e, n));
    float a[6] = {0, 1, 2, 3, 4, 5}, y[2];
    weir_array in = weir_array_dense(a, WEIR_F32, 2, (int64_t[]){2, 3}), out;
    check_ok(weir_expr_infer(e, &in, 1, &out));
    assert_int_equal(out.rank, 2);
    assert_int_equal(out.shape[0], 2);
    assert_int_equal(out.shape[1], 1);
    out.data = y;
    check_ok(weir_expr_run(e, &in, 1, &out, NULL));
    assert_true(y[0] == 12 && y[1] == 39);
    in.rank = 0; // it has no axis -1
    check_status(weir_expr_infer(e, &in, 1, &out), WEIR_INVALID_ARGUMENT);
    weir_expr_release(e);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_it_refuses_to_build),
        TEST(limits_are_named),
        TEST(everything_leads_to_the_result),
        TEST(what_it_refuses_to_run),
        TEST(scales_are_single),
        TEST(it_writes_over_an_input),
        TEST(streams_keep_it),
        TEST(an_attribute_is_copied),
    };
    return cmocka_run_group_tests_name("expressions", tests, NULL, NULL);
}
