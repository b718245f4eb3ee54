// SPDX-License-Identifier: Apache-2.0
// Products of stacks of matrices: each one's bits are those of the product alone, however the
// stacks broadcast, on every target.
#include "tests/conformance/conformance.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct stack_case {
    int32_t rank_a, rank_b, rank_y;
    int64_t a[WEIR_MAX_RANK], b[WEIR_MAX_RANK], y[WEIR_MAX_RANK];
} stack_case;

static const stack_case cases[] = {
    {3, 3, 3, {3, 5, 7}, {3, 7, 9}, {3, 5, 9}},
    {3, 2, 3, {4, 6, 33}, {33, 17}, {4, 6, 17}},
    {2, 3, 3, {19, 20}, {2, 20, 33}, {2, 19, 33}},
    {4, 4, 4, {2, 1, 5, 8}, {1, 3, 8, 4}, {2, 3, 5, 4}},
    {3, 1, 2, {3, 5, 70}, {70}, {3, 5}},
    {1, 4, 3, {9}, {2, 3, 9, 4}, {2, 3, 4}},
    {8, 8, 8, {2, 1, 2, 1, 2, 1, 3, 4}, {1, 2, 1, 2, 1, 2, 4, 5}, {2, 2, 2, 2, 2, 2, 3, 5}},
    {3, 3, 3, {0, 5, 7}, {1, 7, 9}, {0, 5, 9}},
};

// The matrix of a stack that belongs to one of the output's, counted from the back of the axes.
static weir_array matrix_of(const weir_array *a, const int64_t *index, int32_t batch)
{
    int64_t n = a->rank == 1 ? 1 : 2, strides[WEIR_MAX_RANK];
    weir_array m = *a;
    w_array_strides(a, strides);
    m.strided = true;
    m.rank = (int32_t)n;
    for (int32_t k = 0; k < m.rank; k++) {
        m.shape[k] = a->shape[a->rank - m.rank + k];
        m.strides[k] = strides[a->rank - m.rank + k];
    }
    for (int32_t k = 0; k < a->rank - m.rank; k++) {
        int64_t at = a->shape[k] == 1 ? 0 : index[k + batch - (a->rank - m.rank)];
        m.data = (char *)m.data + at * strides[k] * (int64_t)weir_dtype_size(a->dtype);
    }
    return m;
}

static weir_array make(weir_dtype dtype, int32_t rank, const int64_t *shape, random_state *r)
{
    weir_array a = weir_array_dense(NULL, dtype, rank, shape);
    size_t n = (size_t)w_array_count(&a), size = weir_dtype_size(dtype);
    a.data = malloc(n * size + 1);
    assert_non_null(a.data);
    for (size_t i = 0; i < n; i++) {
        float f = random_float(r, true);
        uint32_t bits = random_bits(r);
        memcpy((char *)a.data + i * size, dtype == WEIR_F32 ? (void *)&f : (void *)&bits, size);
    }
    return a;
}

static void check(target *t, weir_op op, weir_dtype in, weir_dtype out, const stack_case *c)
{
    random_state r = 7;
    weir_call_options call = {.struct_size = sizeof call, .device = t->device};
    weir_array x[2] = {make(in, c->rank_a, c->a, &r), make(in, c->rank_b, c->b, &r)};
    weir_array y = make(out, c->rank_y, c->y, &r), want = make(out, c->rank_y, c->y, &r);
    size_t bytes = (size_t)w_array_count(&y) * weir_dtype_size(out);
    weir_array shape;
    assert_int_equal(weir_infer(t->context, op, NULL, x, 2, &shape, 1), WEIR_OK);
    assert_int_equal(shape.rank, c->rank_y);
    assert_memory_equal(shape.shape, c->y, (size_t)c->rank_y * sizeof *c->y);
    if (weir_run(t->context, op, NULL, x, 2, &y, 1, &call) != WEIR_OK)
        fail_msg("%s: %s", t->name, weir_message(NULL));
    int32_t batch = W_MAX(W_MAX(c->rank_a, c->rank_b) - 2, 0);
    weir_array all = weir_array_dense(want.data, out, batch, c->y);
    int64_t index[WEIR_MAX_RANK] = {0};
    for (bool more = w_array_count(&all) > 0; more; more = next_index(&all, index)) {
        weir_array parts[2] = {matrix_of(&x[0], index, batch), matrix_of(&x[1], index, batch)};
        weir_array result = want;
        int64_t strides[WEIR_MAX_RANK];
        w_array_strides(&want, strides);
        result.strided = true;
        result.rank = c->rank_y - batch;
        for (int32_t k = 0; k < c->rank_y; k++) {
            if (k < batch)
                result.data =
                    (char *)result.data + index[k] * strides[k] * (int64_t)weir_dtype_size(out);
            else {
                result.shape[k - batch] = c->y[k];
                result.strides[k - batch] = strides[k];
            }
        }
        assert_int_equal(weir_run(targets[0].context, op, NULL, parts, 2, &result, 1, NULL),
                         WEIR_OK);
    }
    if (memcmp(y.data, want.data, bytes))
        fail_msg("%s: case %td differs", t->name, c - cases);
    free(x[0].data);
    free(x[1].data);
    free(y.data);
    free(want.data);
}

static void test_stacks(void **state)
{
    (void)state;
    for (size_t t = 0; t < target_count; t++)
        for (size_t c = 0; c < W_COUNT(cases); c++) {
            check(&targets[t], WEIR_OP_MATMUL, WEIR_F32, WEIR_F32, &cases[c]);
            check(&targets[t], WEIR_OP_MATMUL_INTEGER, WEIR_S8, WEIR_S32, &cases[c]);
        }
}

// c varies over the stack too.
static void test_c_broadcasts(void **state)
{
    const int64_t sa[] = {2, 3, 4}, sb[] = {4, 5}, sc[] = {2, 1, 5}, sy[] = {2, 3, 5};
    random_state r = 9;
    weir_array x[3] = {make(WEIR_F32, 3, sa, &r), make(WEIR_F32, 2, sb, &r),
                       make(WEIR_F32, 3, sc, &r)};
    weir_array y = make(WEIR_F32, 3, sy, &r), plain = make(WEIR_F32, 3, sy, &r);
    (void)state;
    for (size_t t = 0; t < target_count; t++) {
        weir_call_options call = {.struct_size = sizeof call, .device = targets[t].device};
        if (weir_run(targets[t].context, WEIR_OP_MATMUL, NULL, x, 3, &y, 1, &call) != WEIR_OK)
            fail_msg("%s: %s", targets[t].name, weir_message(NULL));
        assert_int_equal(weir_run(targets[0].context, WEIR_OP_MATMUL, NULL, x, 2, &plain, 1, NULL),
                         WEIR_OK);
        for (int64_t i = 0; i < 30; i++) {
            float c = ((float *)x[2].data)[i / 15 * 5 + i % 5], p = ((float *)plain.data)[i];
            float want = p + c;
            assert_memory_equal((float *)y.data + i, &want, sizeof want);
        }
    }
    for (int i = 0; i < 3; i++)
        free(x[i].data);
    free(y.data);
    free(plain.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stacks),
                                       cmocka_unit_test(test_c_broadcasts)};
    return cmocka_run_group_tests_name("batch", tests, targets_open, targets_close);
}
