// SPDX-License-Identifier: Apache-2.0
// Outputs so large that the CPU writes them past its caches: each element is there, and nothing
// beside them, wherever the output begins. Columns so large that it reads whole rows of them: the
// bits of the same numbers as rows. A matrix that comes from memory, times a vector and a few rows
// times it: the bits of its rows and columns a few at a time. The norm of rows so long that their
// squares are summed before the largest element is known: the bits of the sum of scaled squares.
#include "tests/conformance/conformance.h"

#include "backends/cpu/contract.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = (32 << 20) / sizeof(float) + 4099, MARGIN = 32 };

static void test_streamed(void **state)
{
    const float untouched = -1;
    const int64_t n = COUNT;
    float *x = malloc(COUNT * sizeof *x), *y = malloc((COUNT + 2 * MARGIN) * sizeof *y);
    (void)state;
    assert_non_null(x);
    assert_non_null(y);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(i % 4093);
    for (size_t t = 0; t < target_count; t++)
        for (int64_t first = MARGIN; is_cpu(&targets[t]) && first < MARGIN + 2; first++) {
            for (int64_t i = 0; i < n + 2 * MARGIN; i++)
                y[i] = untouched;
            weir_array in = weir_array_dense(x, WEIR_F32, 1, &n),
                       out = weir_array_dense(y + first, WEIR_F32, 1, &n);
            assert_int_equal(
                weir_run(targets[t].context, WEIR_OP_SQUARE, NULL, &in, 1, &out, 1, NULL), WEIR_OK);
            int64_t wrong = 0;
            for (int64_t i = 0; i < n + 2 * MARGIN; i++) {
                bool inside = i >= first && i < first + n;
                wrong += y[i] != (inside ? x[i - first] * x[i - first] : untouched);
            }
            if (wrong)
                fail_msg("%s: %lld of %lld are wrong", targets[t].name, (long long)wrong,
                         (long long)n);
        }
    free(x);
    free(y);
}

// ---------------------------------------------------------------- columns

enum { ROWS = 4700, COLUMNS = 451 }; // more than one block, and 8 MiB
_Static_assert(ROWS *COLUMNS * sizeof(float) > W_FAR_BYTES, "a matrix that comes from memory");

typedef struct columns {
    float *by_row, *by_column; // the same numbers
    float *soft_by_row, *soft_by_column;
    float want[COLUMNS], got[COLUMNS];
    int64_t want_index[COLUMNS], got_index[COLUMNS];
} columns;

static void reduce(const target *t, weir_op op, float *x, int64_t rows, int64_t n, int axis,
                   weir_dtype dtype, void *y)
{
    const int64_t shape[] = {rows, n}, kept = axis ? rows : n;
    weir_array in = weir_array_dense(x, WEIR_F32, 2, shape);
    weir_array out = weir_array_dense(y, dtype, 1, &kept);
    weir_reduce_mean_options mean = {.struct_size = sizeof mean, .n_axes = 1, .axes = {axis}};
    weir_argmax_options arg = {.struct_size = sizeof arg, .axis = axis};
    mean.given = WEIR_REDUCE_MEAN_KEEPDIMS;
    arg.given = WEIR_ARGMAX_KEEPDIMS;
    const void *options = op == WEIR_OP_ARGMAX ? (void *)&arg : &mean;
    if (weir_run(t->context, op, options, &in, 1, &out, 1, NULL) != WEIR_OK)
        fail_msg("%s: %s", t->name, weir_message(NULL));
}

static void softmax(const target *t, float *x, int64_t rows, int64_t n, int axis, float *y)
{
    const int64_t shape[] = {rows, n};
    weir_array in = weir_array_dense(x, WEIR_F32, 2, shape);
    weir_array out = weir_array_dense(y, WEIR_F32, 2, shape);
    weir_softmax_options options = {
        .struct_size = sizeof options, .given = WEIR_SOFTMAX_AXIS, .axis = axis};
    if (weir_run(t->context, WEIR_OP_SOFTMAX, &options, &in, 1, &out, 1, NULL) != WEIR_OK)
        fail_msg("%s: %s", t->name, weir_message(NULL));
}

static void check_softmax(const target *t, columns *c)
{
    softmax(t, c->by_column, COLUMNS, ROWS, 1, c->soft_by_column);
    softmax(t, c->by_row, ROWS, COLUMNS, 0, c->soft_by_row);
    for (int64_t i = 0; i < ROWS; i++)
        for (int64_t k = 0; k < COLUMNS; k++)
            if (memcmp(&c->soft_by_row[i * COLUMNS + k], &c->soft_by_column[k * ROWS + i],
                       sizeof(float)))
                fail_msg("%s: softmax of column %d has other bits than of the row", t->name,
                         (int)k);
}

static void check_columns(const target *t, columns *c)
{
    static const weir_op floats[] = {WEIR_OP_REDUCE_MEAN, WEIR_OP_REDUCE_PROD, WEIR_OP_REDUCE_L2};
    for (size_t i = 0; i < W_COUNT(floats); i++) {
        reduce(t, floats[i], c->by_column, COLUMNS, ROWS, 1, WEIR_F32, c->want);
        reduce(t, floats[i], c->by_row, ROWS, COLUMNS, 0, WEIR_F32, c->got);
        if (memcmp(c->want, c->got, sizeof c->want))
            fail_msg("%s: operation %d of columns has other bits than of rows", t->name,
                     (int)floats[i]);
    }
    reduce(t, WEIR_OP_ARGMAX, c->by_column, COLUMNS, ROWS, 1, WEIR_S64, c->want_index);
    reduce(t, WEIR_OP_ARGMAX, c->by_row, ROWS, COLUMNS, 0, WEIR_S64, c->got_index);
    if (memcmp(c->want_index, c->got_index, sizeof c->want_index))
        fail_msg("%s: argmax of columns is another than of rows", t->name);
    check_softmax(t, c);
}

// The same numbers as fewer rows of more columns: one block.
static void check_wide_columns(const target *t, columns *c)
{
    enum { HEIGHT = 2170, WIDTH = 976 };
    static const weir_op floats[] = {WEIR_OP_REDUCE_MAX, WEIR_OP_REDUCE_PROD};
    static float want[WIDTH], got[WIDTH];
    static int64_t want_index[WIDTH], got_index[WIDTH];
    _Static_assert(HEIGHT * WIDTH <= ROWS * COLUMNS &&
                       HEIGHT * WIDTH * sizeof(float) > W_FAR_BYTES && HEIGHT <= W_BLOCK,
                   "as many numbers, from memory, in one block");
    for (int64_t i = 0; i < HEIGHT; i++)
        for (int64_t k = 0; k < WIDTH; k++)
            c->soft_by_column[k * HEIGHT + i] = c->by_row[i * WIDTH + k];
    for (size_t i = 0; i < W_COUNT(floats); i++) {
        reduce(t, floats[i], c->soft_by_column, WIDTH, HEIGHT, 1, WEIR_F32, want);
        reduce(t, floats[i], c->by_row, HEIGHT, WIDTH, 0, WEIR_F32, got);
        if (memcmp(want, got, sizeof want))
            fail_msg("%s: operation %d of wide columns has other bits than of rows", t->name,
                     (int)floats[i]);
    }
    reduce(t, WEIR_OP_ARGMAX, c->soft_by_column, WIDTH, HEIGHT, 1, WEIR_S64, want_index);
    reduce(t, WEIR_OP_ARGMAX, c->by_row, HEIGHT, WIDTH, 0, WEIR_S64, got_index);
    if (memcmp(want_index, got_index, sizeof want_index))
        fail_msg("%s: argmax of wide columns is another than of rows", t->name);
}

static void times_vector(const target *t, float *matrix, int64_t rows, int64_t n, int64_t stride,
                         float *vector, float *y)
{
    const int64_t m[] = {rows, n}, v[] = {n, 1}, o[] = {rows, 1};
    weir_array in[] = {weir_array_dense(matrix, WEIR_F32, 2, m),
                       weir_array_dense(vector, WEIR_F32, 2, v)};
    weir_array out = weir_array_dense(y, WEIR_F32, 2, o);
    in[0].strided = true;
    in[0].strides[0] = stride;
    in[0].strides[1] = 1;
    if (weir_run(t->context, WEIR_OP_MATMUL, NULL, in, 2, &out, 1, NULL) != WEIR_OK)
        fail_msg("%s: %s", t->name, weir_message(NULL));
}

static void check_vector(const target *t, columns *c)
{
    enum { FEW = 41 }; // no whole number of the rows that are read at once
    times_vector(t, c->by_column, COLUMNS, ROWS, ROWS, c->by_row, c->got);
    for (int64_t i = 0; i < COLUMNS; i += FEW)
        times_vector(t, c->by_column + i * ROWS, W_MIN(FEW, COLUMNS - i), ROWS, ROWS, c->by_row,
                     c->want + i);
    if (memcmp(c->want, c->got, sizeof c->want))
        fail_msg("%s: the matrix times a vector has other bits than its rows", t->name);
}

// The columns from `first` on of some rows times the matrix, `step` apart in y.
static void times_columns(const target *t, columns *c, int64_t m, int64_t first, int64_t n,
                          int64_t step, float *y)
{
    const int64_t rows[] = {m, ROWS}, b[] = {ROWS, n}, o[] = {m, n};
    weir_array in[] = {weir_array_dense(c->by_column, WEIR_F32, 2, rows),
                       weir_array_dense(c->by_row + first, WEIR_F32, 2, b)};
    weir_array out = weir_array_dense(y + first * step, WEIR_F32, 2, o);
    in[1].strided = out.strided = true;
    in[1].strides[0] = COLUMNS;
    in[1].strides[1] = 1;
    out.strides[0] = COLUMNS * step;
    out.strides[1] = step;
    if (weir_run(t->context, WEIR_OP_MATMUL, NULL, in, 2, &out, 1, NULL) != WEIR_OK)
        fail_msg("%s: %s", t->name, weir_message(NULL));
}

// In a thinner slice one of the cases, by the seed.
static void check_rows(const target *t, columns *c)
{
    enum { FEW = 97 };
    static const int64_t rows[] = {2, 13, 32};
    const size_t cases = 2 * W_COUNT(rows), one = test_seed() % cases;
    for (size_t i = 0; i < cases; i++) {
        int64_t m = rows[i / 2], step = 1 + (int64_t)i % 2;
        if (test_thinning() > 1 && i != one)
            continue;
        size_t bytes = (size_t)(m * COLUMNS * step) * sizeof(float);
        memset(c->soft_by_row, 0, bytes);
        memset(c->soft_by_column, 0, bytes);
        times_columns(t, c, m, 0, COLUMNS, step, c->soft_by_row);
        for (int64_t first = 0; first < COLUMNS; first += FEW)
            times_columns(t, c, m, first, W_MIN(FEW, COLUMNS - first), step, c->soft_by_column);
        if (memcmp(c->soft_by_row, c->soft_by_column, bytes))
            fail_msg("%s: %d rows times the matrix have other bits than times its columns", t->name,
                     (int)m);
    }
}

static void test_columns(void **state)
{
    columns *c = calloc(1, sizeof *c);
    random_state r = 11;
    (void)state;
    assert_non_null(c);
    float **all[] = {&c->by_row, &c->by_column, &c->soft_by_row, &c->soft_by_column};
    for (size_t i = 0; i < W_COUNT(all); i++) {
        *all[i] = malloc(ROWS * COLUMNS * sizeof **all[i]);
        assert_non_null(*all[i]);
    }
    for (int64_t i = 0; i < ROWS; i++)
        for (int64_t k = 0; k < COLUMNS; k++)
            c->by_column[k * ROWS + i] = c->by_row[i * COLUMNS + k] =
                1 + random_float(&r, true) / 64;
    for (size_t t = 0; t < target_count; t++)
        if (is_cpu(&targets[t])) {
            check_columns(&targets[t], c);
            check_wide_columns(&targets[t], c);
            check_vector(&targets[t], c);
            check_rows(&targets[t], c);
        }
    for (size_t i = 0; i < W_COUNT(all); i++)
        free(*all[i]);
    free(c);
}

// ---------------------------------------------------------------- norms

enum { NORM_ROWS = 3, NORM_LONG = 1100003, NORM_SHORT = 600001 };

// One number for each row.
static void reduce_rows(const target *t, weir_op op, float *x, int64_t n, float *y)
{
    const int64_t shape[] = {NORM_ROWS, n}, rows = NORM_ROWS;
    weir_array in = weir_array_dense(x, WEIR_F32, 2, shape);
    weir_array out = weir_array_dense(y, WEIR_F32, 1, &rows);
    weir_reduce_l2_options options = {.struct_size = sizeof options, .n_axes = 1, .axes = {1}};
    options.given = WEIR_REDUCE_L2_KEEPDIMS;
    if (weir_run(t->context, op, &options, &in, 1, &out, 1, NULL) != WEIR_OK)
        fail_msg("%s: %s", t->name, weir_message(NULL));
}

// The largest element of a row, near 2^power, is the last but some, in the middle, or the first.
static void check_norms(const target *t, float *x, float *scaled, int64_t n, int power)
{
    float got[NORM_ROWS], want[NORM_ROWS];
    const int64_t place[NORM_ROWS] = {n - 5, n / 2, 0};
    random_state r = 17;
    for (int64_t i = 0; i < NORM_ROWS * n; i++)
        x[i] = random_float(&r, true) / 16;
    for (int64_t row = 0; row < NORM_ROWS; row++)
        x[row * n + place[row]] = ldexpf(1.25f, power);
    for (int64_t i = 0; i < NORM_ROWS * n; i++)
        scaled[i] = ldexpf(x[i], -power);
    reduce_rows(t, WEIR_OP_REDUCE_L2, x, n, got);
    reduce_rows(t, WEIR_OP_REDUCE_SUM_SQUARE, scaled, n, want);
    for (int64_t row = 0; row < NORM_ROWS; row++) {
        want[row] = ldexpf(sqrtf(want[row]), power);
        if (memcmp(&got[row], &want[row], sizeof *got))
            fail_msg("%s: the norm of row %d of %d is %a, not %a", t->name, (int)row, (int)n,
                     (double)got[row], (double)want[row]);
    }
}

static void test_norms(void **state)
{
    float *x = malloc(NORM_ROWS * NORM_LONG * sizeof *x);
    float *scaled = malloc(NORM_ROWS * NORM_LONG * sizeof *scaled);
    (void)state;
    assert_non_null(x);
    assert_non_null(scaled);
    for (size_t t = 0; t < target_count; t++)
        if (is_cpu(&targets[t])) {
            check_norms(&targets[t], x, scaled, NORM_SHORT, 7);
            check_norms(&targets[t], x, scaled, NORM_LONG, 70);
        }
    free(x);
    free(scaled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_streamed),
                                       cmocka_unit_test(test_columns),
                                       cmocka_unit_test(test_norms)};
    return cmocka_run_group_tests_name("large", tests, targets_open, targets_close);
}
