// SPDX-License-Identifier: Apache-2.0
// Products of many terms that nearly cancel, on every target: the canonical bits, within the bound
// that ops.def states, and integers that wrap. One row, whatever is left at its ends. Products of
// several blocks. And what follows a product: the bits of the separate operations.
#include "runtime/ops/canon.h"
#include "tests/conformance/conformance.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct arrays {
    weir_array a, b, y, want;
} arrays;

static weir_array room(weir_dtype dtype, int64_t rows, int64_t columns)
{
    const int64_t shape[] = {rows, columns};
    weir_array a = weir_array_dense(NULL, dtype, 2, shape);
    a.data = calloc((size_t)(rows * columns) + 1, weir_dtype_size(dtype));
    assert_non_null(a.data);
    return a;
}

static void put(const weir_array *a, int64_t i, double value)
{
    size_t size = weir_dtype_size(a->dtype);
    uint64_t bits = is_float(a->dtype) ? encode_float(value, a->dtype) : (uint64_t)(int64_t)value;
    memcpy((char *)a->data + (size_t)i * size, &bits, size);
}

static double get(const weir_array *a, int64_t i)
{
    return load((const char *)a->data + (size_t)i * weir_dtype_size(a->dtype), a->dtype);
}

static uint64_t bits_at(const weir_array *a, int64_t i)
{
    return load_bits((const char *)a->data + (size_t)i * weir_dtype_size(a->dtype), a->dtype);
}

// ---------------------------------------------------------------- many terms

// In each pair of terms the second takes back the first but for a small rest; of integers all terms
// are large, so that their sum wraps.
static void fill(arrays *x, int64_t m, int64_t n, int64_t k)
{
    random_state r = 11;
    bool floats = is_float(x->a.dtype);
    for (int64_t row = 0; row < m; row++)
        for (int64_t i = 0; i < k; i += 2) {
            double value = floats ? random_float(&r, true) / 16 : 100 + random_below(&r, 28);
            put(&x->a, row * k + i, value);
            if (i + 1 < k)
                put(&x->a, row * k + i + 1, floats ? -value : value);
        }
    for (int64_t column = 0; column < n; column++)
        for (int64_t i = 0; i < k; i += 2) {
            double value = floats ? random_float(&r, true) / 16 : 120 + random_below(&r, 8);
            put(&x->b, column * k + i, value);
            if (i + 1 < k)
                put(&x->b, column * k + i + 1, floats ? value * (1 + 0x1p-8) : value);
        }
}

// The canonical bits of an element; false where its terms do not nearly cancel or the bound is
// broken.
static bool float_element(const arrays *x, int64_t m, int64_t n, int64_t k, double *terms,
                          uint64_t *out_bits)
{
    product p = {.k = (size_t)k, .a = terms, .b = terms + k, .alpha = 1, .beta = 1};
    bool wide = x->a.dtype == WEIR_F64;
    long double sum = 0, size = 0;
    for (int64_t i = 0; i < k; i++) {
        terms[i] = get(&x->a, m * k + i);
        terms[k + i] = get(&x->b, n * k + i);
        sum += (long double)terms[i] * terms[k + i];
        size += fabsl((long double)terms[i] * terms[k + i]);
    }
    double value = canonical_product(&p, wide), u = wide ? 0x1p-53 : 0x1p-24;
    double bound = (fmin((double)k, 256) + (double)k / 256 + 2) * (double)size * u;
    *out_bits = encode_float(value, x->y.dtype);
    return fabsl(sum) < size / 100 && fabsl(value - sum) <= bound;
}

static uint64_t integer_element(const arrays *x, int64_t m, int64_t n, int64_t k)
{
    uint32_t sum = 0;
    for (int64_t i = 0; i < k; i++)
        sum += (uint32_t)(int32_t)(get(&x->a, m * k + i) * get(&x->b, n * k + i));
    return sum;
}

static void check_long(weir_dtype dtype, int64_t m, int64_t n, int64_t k)
{
    bool floats = is_float(dtype);
    arrays x = {.a = room(dtype, m, k), .b = room(dtype, n, k)};
    x.y = room(floats ? dtype : WEIR_S32, m, n);
    double *terms = malloc((size_t)(2 * k) * sizeof *terms);
    uint64_t *want = malloc((size_t)(m * n) * sizeof *want);
    assert_true(terms && want);
    fill(&x, m, n, k);
    for (int64_t i = 0; i < m * n; i++) {
        if (!floats)
            want[i] = integer_element(&x, i / n, i % n, k);
        else if (!float_element(&x, i / n, i % n, k, terms, &want[i]))
            fail_msg("element %d of %s, k %d: beyond the bound, or no cancellation", (int)i,
                     weir_dtype_name(dtype), (int)k);
    }
    // b is stored [n, k], and read as its transpose.
    weir_array in[2] = {x.a, x.b};
    in[1] = weir_array_dense(x.b.data, dtype, 2, (const int64_t[]){k, n});
    in[1].strided = true;
    in[1].strides[0] = 1;
    in[1].strides[1] = k;
    for (size_t t = 0; t < target_count; t++) {
        weir_call_options call = {.struct_size = sizeof call, .device = targets[t].device};
        if (weir_run(targets[t].context, floats ? WEIR_OP_MATMUL : WEIR_OP_MATMUL_INTEGER, NULL, in,
                     2, &x.y, 1, &call) != WEIR_OK)
            fail_msg("%s: %s", targets[t].name, weir_message(NULL));
        for (int64_t i = 0; i < m * n; i++)
            if (bits_at(&x.y, i) != want[i])
                fail_msg("%s of %s, k %d: element %d is 0x%llx, not 0x%llx", targets[t].name,
                         weir_dtype_name(dtype), (int)k, (int)i,
                         (unsigned long long)bits_at(&x.y, i), (unsigned long long)want[i]);
    }
    free(x.a.data);
    free(x.b.data);
    free(x.y.data);
    free(terms);
    free(want);
}

static void test_many_terms(void **state)
{
    (void)state;
    check_long(WEIR_F32, 3, 2, 70000);
    check_long(WEIR_F16, 1, 5, 70000);
    check_long(WEIR_BF16, 5, 2, 70000);
    check_long(WEIR_F64, 2, 3, 70000);
    check_long(WEIR_S8, 3, 5, 70000);
    check_long(WEIR_F32, 1, 3, 1000000);
    check_long(WEIR_S8, 2, 1, 1000000);
}

// The rows of b are dense, as some kernels want them.
static void test_many_terms_in_rows(void **state)
{
    const int64_t m = 2, n = 17, k = 70001;
    arrays x = {.a = room(WEIR_F32, m, k), .b = room(WEIR_F32, k, n), .y = room(WEIR_F32, m, n)};
    weir_array in[2] = {x.a, x.b};
    (void)state;
    fill(&x, m, n, k);
    x.want = room(WEIR_F32, m, n);
    for (size_t t = 0; t < target_count; t++) {
        weir_call_options call = {.struct_size = sizeof call, .device = targets[t].device};
        weir_array *y = t ? &x.y : &x.want;
        if (weir_run(targets[t].context, WEIR_OP_MATMUL, NULL, in, 2, y, 1, &call) != WEIR_OK)
            fail_msg("%s: %s", targets[t].name, weir_message(NULL));
        if (memcmp(y->data, x.want.data, (size_t)(m * n) * sizeof(float)))
            fail_msg("%s: other bits", targets[t].name);
    }
    free(x.a.data);
    free(x.b.data);
    free(x.y.data);
    free(x.want.data);
}

// ---------------------------------------------------------------- one row

// An element in the canonical order, with the rows of b `columns` apart.
static float one_element(const float *a, const float *b, int64_t columns, int64_t k)
{
    float total = 0;
    for (int64_t begin = 0; begin < k; begin += W_SEGMENT) {
        float sum = 0;
        for (int64_t i = begin; i < k && i < begin + W_SEGMENT; i++)
            sum = fmaf(a[i], b[i * columns], sum);
        total = begin ? total + sum : sum;
    }
    return total;
}

enum { MOST_TERMS = 521, TURN_A = 1, TURN_B = 2 };

static void compare_few(const target *t, const weir_array in[3], const weir_array *y,
                        const weir_array *apart)
{
    int64_t m = y->shape[0], n = y->shape[1], k = in[0].shape[1];
    int64_t column = in[1].strided ? k : 1, row = in[1].strided ? 1 : n;
    float line[MOST_TERMS];
    for (int64_t e = 0; e < m * n; e++) {
        const float *a = in[0].data, *b = in[1].data, *c = in[2].data;
        for (int64_t i = 0; e % n == 0 && i < k; i++)
            line[i] = in[0].strided ? a[i * m + e / n] : a[e / n * k + i];
        float want = one_element(line, b + e % n * column, row, k);
        float scaled = fmaf(-3, c[e], 0.75f * want);
        if (memcmp((float *)y->data + e, &want, sizeof want) ||
            memcmp((float *)apart->data + 2 * e, &scaled, sizeof scaled))
            fail_msg("%s: element %d of %d x %d, k %d%s%s: other bits", t->name, (int)e, (int)m,
                     (int)n, (int)k, in[0].strided ? ", a transposed" : "",
                     in[1].strided ? ", b transposed" : "");
    }
}

// Few rows or columns, of a b that is transposed or not, plain, and of elements that are apart with
// a c.
static void check_few(int64_t m, int64_t n, int64_t k, bool turned)
{
    weir_array in[3] = {room(WEIR_F32, m, k), room(WEIR_F32, k, n), room(WEIR_F32, m, n)};
    weir_array y = room(WEIR_F32, m, n), apart = room(WEIR_F32, m, 2 * n);
    random_state r = 7;
    weir_matmul_options options = {.struct_size = sizeof options, .alpha = 0.75f, .beta = -3};
    apart.shape[1] = n;
    apart.strided = true;
    apart.strides[0] = 2 * n;
    apart.strides[1] = 2;
    in[0].strided = turned & TURN_A;
    in[0].strides[0] = in[1].strides[0] = 1;
    in[0].strides[1] = m;
    in[1].strided = turned & TURN_B;
    in[1].strides[1] = k;
    for (int i = 0; i < 3; i++)
        for (int64_t e = 0; e < w_array_count(&in[i]); e++)
            put(&in[i], e, random_float(&r, true));
    for (size_t t = 0; t < target_count; t++) {
        weir_call_options call = {.struct_size = sizeof call, .device = targets[t].device};
        weir_context *context = targets[t].context;
        assert_int_equal(weir_run(context, WEIR_OP_MATMUL, NULL, in, 2, &y, 1, &call), WEIR_OK);
        assert_int_equal(weir_run(context, WEIR_OP_MATMUL, &options, in, 3, &apart, 1, &call),
                         WEIR_OK);
        compare_few(&targets[t], in, &y, &apart);
    }
    for (int i = 0; i < 3; i++)
        free(in[i].data);
    free(y.data);
    free(apart.data);
}

static void test_one_row(void **state)
{
    static const int64_t columns[] = {1, 129, 1000, 1024, 1057, 2500};
    static const int64_t terms[] = {1, 7, 8, 250, 256, 257, 521};
    (void)state;
    for (size_t n = 0; n < W_COUNT(columns); n++)
        for (size_t k = 0; k < W_COUNT(terms); k++)
            check_few(1, columns[n], terms[k], 0);
}

// A matrix, transposed or not, times few vectors, and the other way round.
static void test_vectors(void **state)
{
    static const int64_t rows[] = {15, 16, 17, 31, 48, 131};
    static const int64_t terms[] = {3, 16, 20, 255, 300, 521};
    (void)state;
    for (int64_t few = 1; few <= 7; few++)
        for (size_t i = 0; i < W_COUNT(rows); i++) {
            int64_t k = terms[(i + (size_t)few) % W_COUNT(terms)];
            check_few(few, rows[i], k, TURN_B | (i & TURN_A));
            check_few(rows[i], few, k, i & 1 ? TURN_B : 0);
            check_few(rows[i], few, k, TURN_A | (i & 1 ? TURN_B : 0));
        }
}

// ---------------------------------------------------------------- f16 and bf16

static void run_product(const target *t, weir_array *in, weir_array *y, bool with_c)
{
    weir_matmul_options options = {.struct_size = sizeof options, .alpha = 0.75f, .beta = -3};
    weir_call_options call = {.struct_size = sizeof call, .device = t->device};
    assert_int_equal(weir_run(t->context, WEIR_OP_MATMUL, with_c ? &options : NULL, in,
                              with_c ? 3 : 2, y, 1, &call),
                     WEIR_OK);
}

// Few rows times rows, or columns, of elements that are made words: the f32 product of these,
// rounded once.
static void check_narrow(weir_dtype dtype, int64_t m, int64_t n, int64_t k, bool turned,
                         bool with_c)
{
    const int64_t shape[3][2] = {{m, k}, {k, n}, {m, n}};
    weir_array in[3], wide[3], y = room(dtype, m, n), want = room(WEIR_F32, m, n);
    random_state r = 9;
    for (int i = 0; i < 3; i++) {
        in[i] = room(dtype, shape[i][0], shape[i][1]);
        wide[i] = room(WEIR_F32, shape[i][0], shape[i][1]);
        for (int64_t e = 0; e < w_array_count(&in[i]); e++) {
            put(&in[i], e, random_float(&r, true) / 256);
            put(&wide[i], e, get(&in[i], e));
        }
    }
    in[1].strided = wide[1].strided = turned;
    in[1].strides[0] = wide[1].strides[0] = 1;
    in[1].strides[1] = wide[1].strides[1] = k;
    run_product(&targets[0], wide, &want, with_c);
    for (size_t t = 0; t < target_count; t++) {
        if (!is_cpu(&targets[t]))
            continue;
        run_product(&targets[t], in, &y, with_c);
        for (int64_t e = 0; e < m * n; e++)
            if (bits_at(&y, e) != encode_float(get(&want, e), dtype))
                fail_msg("%s: element %d of %d x %d, k %d of %s: other bits", targets[t].name,
                         (int)e, (int)m, (int)n, (int)k, weir_dtype_name(dtype));
    }
    for (int i = 0; i < 3; i++) {
        free(in[i].data);
        free(wide[i].data);
    }
    free(y.data);
    free(want.data);
}

static void test_narrow(void **state)
{
    static const int64_t rows[] = {1, 2, 5, 8, 9}, columns[] = {129, 300, 513, 1100};
    static const int64_t terms[] = {1, 7, 9, 256, 300};
    (void)state;
    for (size_t m = 0; m < W_COUNT(rows); m++)
        for (size_t n = 0; n < W_COUNT(columns); n++)
            for (int turned = 0; turned < 2; turned++)
                check_narrow((m + n) % 2 ? WEIR_F16 : WEIR_BF16, rows[m], columns[n],
                             terms[(m + n) % W_COUNT(terms)], turned, (m + n) % 3 == 0);
}

// ---------------------------------------------------------------- several blocks

enum { BY_ROWS, BY_COLUMNS, PACKED_BEFORE, WAYS };

static void run_blocks(const target *t, int way, const weir_array *a, const weir_array *b,
                       const weir_array *y)
{
    weir_matmul_options options = {.struct_size = sizeof options, .trans_b = way == BY_COLUMNS};
    const weir_array *all[] = {a, b, y};
    weir_tensor *x[3];
    weir_stream *stream;
    assert_int_equal(weir_stream_create(t->context, &stream), WEIR_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(weir_tensor_wrap(t->context, all[i], &x[i]), WEIR_OK);
    if (way == PACKED_BEFORE)
        assert_int_equal(weir_tensor_pack(x[1], WEIR_OP_MATMUL, &options), WEIR_OK);
    assert_int_equal(weir_submit(stream, WEIR_OP_MATMUL, &options, x, 2, &x[2], 1, NULL), WEIR_OK);
    assert_int_equal(weir_stream_wait(stream, WEIR_FOREVER), WEIR_OK);
    for (int i = 0; i < 3; i++)
        weir_tensor_release(x[i]);
    weir_stream_release(stream);
}

// Every SAMPLE-th element.
static void check_blocks(int64_t m, int64_t n, int64_t k)
{
    enum { SAMPLE = 37 };
    weir_array a = room(WEIR_F32, m, k), b = room(WEIR_F32, k, n), y = room(WEIR_F32, m, n);
    weir_array turned = room(WEIR_F32, n, k), want = room(WEIR_F32, m * n / SAMPLE + 1, 1);
    float *as = a.data, *bs = b.data, *ys = y.data, *wants = want.data;
    random_state r = 23;
    for (int64_t e = 0; e < m * k; e++)
        as[e] = random_float(&r, true);
    for (int64_t e = 0; e < n * k; e++)
        ((float *)turned.data)[e % n * k + e / n] = bs[e] = random_float(&r, true);
    for (int64_t e = 0; e < m * n; e += SAMPLE)
        wants[e / SAMPLE] = one_element(as + e / n * k, bs + e % n, n, k);
    for (size_t t = 0; t < target_count; t++)
        for (int way = 0; is_cpu(&targets[t]) && way < WAYS; way++) {
            if (way != BY_ROWS && !strcmp(targets[t].name, "scalar"))
                continue; // the same blocks, but each product takes seconds
            memset(ys, 0, (size_t)(m * n) * sizeof *ys);
            run_blocks(&targets[t], way, &a, way == BY_COLUMNS ? &turned : &b, &y);
            for (int64_t e = 0; e < m * n; e += SAMPLE)
                if (memcmp(&ys[e], &wants[e / SAMPLE], sizeof *ys))
                    fail_msg("%s: row %d, column %d of %d x %d x %d, way %d: other bits",
                             targets[t].name, (int)(e / n), (int)(e % n), (int)m, (int)n, (int)k,
                             way);
        }
    free(a.data);
    free(b.data);
    free(y.data);
    free(turned.data);
    free(want.data);
}

// More rows, columns and terms than are packed at a time, in products that threads pack for
// themselves and in larger ones; little to multiply and much to write. Of these the thinnest slices
// take one.
static void test_blocks(void **state)
{
    static const int64_t shapes[][3] = {{1031, 67, 260}, {33, 2060, 257}, {40, 600, 520},
                                        {140, 270, 520}, {1031, 300, 3},  {1031, 2060, 67},
                                        {270, 900, 600}};
    (void)state;
    for (size_t i = 0; i < W_COUNT(shapes); i++)
        if (test_thinning() <= 5 || i == test_seed() % W_COUNT(shapes))
            check_blocks(shapes[i][0], shapes[i][1], shapes[i][2]);
}

// ---------------------------------------------------------------- what follows a product

typedef struct following {
    weir_op op; // 0: none
    weir_dtype dtype;
    float alpha;     // 0: the operation's own
    bool on_devices; // each is a program for a driver to compile
} following;

static const following all[] = {
    {0, WEIR_F32, 0, true},
    {WEIR_OP_RELU, WEIR_F32, 0, true},
    {WEIR_OP_GELU, WEIR_F32, 0, true},
    {WEIR_OP_LEAKY_RELU, WEIR_F32, 0.25f, false},
    {WEIR_OP_GELU_TANH, WEIR_F32, 0, false},
    {WEIR_OP_SILU, WEIR_F32, 0, false},
    {WEIR_OP_SIGMOID, WEIR_F32, 0, false},
    {WEIR_OP_TANH, WEIR_F32, 0, false},
    {WEIR_OP_SILU, WEIR_F16, 0, true},
    {WEIR_OP_GELU, WEIR_BF16, 0, false},
    {WEIR_OP_LEAKY_RELU, WEIR_F64, 0, true},
    {WEIR_OP_TANH, WEIR_F64, 0, false}, // by the C library
};

static void run_plain(weir_op op, const void *options, const weir_array *in, size_t n,
                      weir_array *y)
{
    if (weir_run(targets[0].context, op, options, in, n, y, 1, NULL) != WEIR_OK)
        fail_msg("%s", weir_message(NULL));
}

// In f32 for f16 and bf16, which are rounded once at the end.
static void separately(const following *f, const weir_array in[3], weir_array *want)
{
    weir_dtype own = f->dtype == WEIR_F64 ? WEIR_F64 : WEIR_F32;
    weir_cast_options to_own = {.struct_size = sizeof to_own, .to = own};
    weir_cast_options to_want = {.struct_size = sizeof to_want, .to = want->dtype};
    weir_matmul_options turned = {.struct_size = sizeof turned, .trans_b = 1};
    weir_leaky_relu_options slope = {.struct_size = sizeof slope, .alpha = f->alpha};
    weir_array wide[3], y = room(own, want->shape[0], want->shape[1]);
    for (int i = 0; i < 3; i++) {
        wide[i] = room(own, in[i].shape[0], i < 2 ? in[i].shape[1] : 1);
        wide[i].rank = in[i].rank;
        run_plain(WEIR_OP_CAST, &to_own, &in[i], 1, &wide[i]);
    }
    run_plain(WEIR_OP_MATMUL, &turned, wide, 2, &y);
    run_plain(WEIR_OP_ADD, NULL, (const weir_array[]){y, wide[2]}, 2, &y);
    if (f->op)
        run_plain(f->op, f->op == WEIR_OP_LEAKY_RELU ? &slope : NULL, &y, 1, &y);
    run_plain(WEIR_OP_CAST, &to_want, &y, 1, want);
    for (int i = 0; i < 3; i++)
        free(wide[i].data);
    free(y.data);
}

static void check_following(const following *f, int64_t m, int64_t n, int64_t k)
{
    random_state r = 5;
    weir_array in[3] = {room(f->dtype, m, k), room(f->dtype, n, k), room(f->dtype, n, 1)};
    weir_array y = room(f->dtype, m, n), want = room(f->dtype, m, n);
    in[2].rank = 1;
    for (int i = 0; i < 3; i++)
        for (int64_t e = 0; e < w_array_count(&in[i]); e++)
            put(&in[i], e, random_float(&r, true) / 8);
    weir_linear_options options = {
        .struct_size = sizeof options, .activation = (int32_t)f->op, .activation_alpha = f->alpha};
    separately(f, in, &want);
    for (size_t t = 0; t < target_count; t++) {
        weir_call_options call = {.struct_size = sizeof call, .device = targets[t].device};
        if (!f->on_devices && strcmp(targets[t].info.backend, "cpu"))
            continue;
        if (weir_run(targets[t].context, WEIR_OP_LINEAR, &options, in, 3, &y, 1, &call) != WEIR_OK)
            fail_msg("%s: %s", targets[t].name, weir_message(NULL));
        if (memcmp(y.data, want.data, (size_t)(m * n) * weir_dtype_size(f->dtype)))
            fail_msg("%s: linear of %s with operation %d has other bits than its parts",
                     targets[t].name, weir_dtype_name(f->dtype), (int)f->op);
    }
    for (int i = 0; i < 3; i++)
        free(in[i].data);
    free(y.data);
    free(want.data);
}

// Of few rows, of several segments, and large enough to be packed.
static void test_what_follows(void **state)
{
    (void)state;
    for (size_t i = 0; i < W_COUNT(all); i++) {
        check_following(&all[i], 3, 37, 20);
        check_following(&all[i], 41, 19, 300);
    }
    check_following(&all[2], 260, 230, 220);
    check_following(&all[8], 1030, 40, 300);
}

// What cannot follow a product is refused by its name.
static void test_what_cannot_follow(void **state)
{
    static const weir_op none[] = {WEIR_OP_ADD, WEIR_OP_MATMUL, WEIR_OP_ISNAN, WEIR_OP_CLAMP, 4000};
    weir_array in[2] = {room(WEIR_F32, 2, 3), room(WEIR_F32, 4, 3)}, y = room(WEIR_F32, 2, 4);
    (void)state;
    for (size_t i = 0; i < W_COUNT(none); i++) {
        weir_linear_options options = {.struct_size = sizeof options,
                                       .activation = (int32_t)none[i]};
        weir_status status =
            weir_run(targets[0].context, WEIR_OP_LINEAR, &options, in, 2, &y, 1, NULL);
        assert_int_equal(status, WEIR_INVALID_ARGUMENT);
        assert_non_null(strstr(weir_message(NULL), "activation is "));
    }
    weir_linear_options celu = {
        .struct_size = sizeof celu, .activation = WEIR_OP_CELU, .activation_alpha = -1};
    assert_int_equal(weir_run(targets[0].context, WEIR_OP_LINEAR, &celu, in, 2, &y, 1, NULL),
                     WEIR_INVALID_ARGUMENT);
    assert_non_null(strstr(weir_message(NULL), "alpha is -1, not above 0"));
    free(in[0].data);
    free(in[1].data);
    free(y.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_terms),   cmocka_unit_test(test_many_terms_in_rows),
        cmocka_unit_test(test_one_row),      cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_narrow),       cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_what_follows), cmocka_unit_test(test_what_cannot_follow),
    };
    return cmocka_run_group_tests_name("products", tests, targets_open, targets_close);
}
