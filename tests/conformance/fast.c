// SPDX-License-Identifier: Apache-2.0
// WEIR_FAST: products of bf16 and of f32 against double, within the bounds that weir.h states, on
// every variant; and who gets it, who does not.
#include "tests/conformance/dot.h"
#include "tests/conformance/tiles.h"

#include "backends/cpu/cpu.h"
#include "backends/cpu/isa.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---------------------------------------------------------------- bounds

typedef struct fast_product {
    weir_dtype dtype;
    int64_t m, n, k;
    layout form_a, form_b, form_y;
    bool with_c, cancels;
    weir_op activation;
} fast_product;

static void fill_factors(held *h, bool cancels, int axis, random_state *r)
{
    int64_t index[WEIR_MAX_RANK] = {0};
    for (bool more = w_array_count(&h->view) > 0; more; more = next_index(&h->view, index)) {
        // The second of two terms takes back the first; of an odd number the last stays.
        random_state pair = (random_state)(index[axis] / 2 * 7919 + index[1 - axis] + 1);
        float value = random_float(cancels ? &pair : r, true);
        if (cancels && axis == 1 && index[1] % 2)
            value = -value;
        uint64_t bits = encode_float(value, h->view.dtype);
        memcpy(element(&h->view, index), &bits, weir_dtype_size(h->view.dtype));
    }
}

static double value_at(const weir_array *a, int64_t i, int64_t j)
{
    return load(element(a, (int64_t[WEIR_MAX_RANK]){i, j}), a->dtype);
}

enum { LEAST_F32 = 256 }; // rows and columns from which f32 are taken apart, with 64 k's

// All variants may have kernels for bf16, the last two alone, AMX's if there are any, for f32.
static size_t first_variant(weir_dtype dtype)
{
    return dtype == WEIR_F32 ? variant_count - 2 : 0;
}

// Within the bound that weir.h states, and the rounding of the result beside it.
static void check_element(const fast_product *p, const held h[3], const weir_array *y, int64_t i,
                          int64_t j, const char *name)
{
    double sum = 0, size = 0, got = value_at(y, i, j);
    for (int64_t k = 0; k < p->k; k++) {
        double term = value_at(&h[0].view, i, k) * value_at(&h[1].view, k, j);
        sum += term;
        size += fabs(term);
    }
    if (p->with_c) {
        sum += value_at(&h[2].view, 0, j);
        size += fabs(value_at(&h[2].view, 0, j));
    }
    bool half = p->dtype == WEIR_BF16;
    double bound = (double)(p->k + (half ? 3 : 16)) * size * 0x1p-24;
    if (p->activation == WEIR_OP_RELU)
        sum = fmax(sum, 0);
    if (!(fabs(got - sum) <= bound + (fabs(sum) + bound) * (half ? 0x1p-8 : 0x1p-23)))
        fail_msg("%s: %s of %dx%dx%d: element %d %d is %g, not %g +- %g", name,
                 weir_dtype_name(p->dtype), (int)p->m, (int)p->n, (int)p->k, (int)i, (int)j, got,
                 sum, bound);
}

// Whether it was summed in another way: some element has other bits than without the flag.
static bool differs(const variant *v, const weir_array in[2], const held *y)
{
    const int64_t count = w_array_count(&y->view), size = (int64_t)weir_dtype_size(y->view.dtype);
    char *plain = malloc((size_t)(count * size));
    weir_array to = weir_array_dense(plain, y->view.dtype, 2, y->view.shape);
    int64_t index[WEIR_MAX_RANK] = {0}, other = 0;
    assert_int_equal(run_on(v, WEIR_OP_MATMUL, NULL, in, 2, &to, NULL), WEIR_OK);
    for (int64_t e = 0; e < count; e++, next_index(&y->view, index))
        other += memcmp(plain + e * size, element(&y->view, index), (size_t)size) != 0;
    free(plain);
    return other > 0;
}

static void check_product(const fast_product *p, uint32_t seed)
{
    random_state r = seed;
    held h[3], y;
    held_make(&h[0], p->dtype, 2, (int64_t[]){p->m, p->k}, p->form_a, false, &r);
    held_make(&h[1], p->dtype, 2, (int64_t[]){p->k, p->n}, p->form_b, false, &r);
    held_make(&h[2], p->dtype, 2, (int64_t[]){1, p->n}, DENSE, false, &r);
    held_make(&y, p->dtype, 2, (int64_t[]){p->m, p->n}, p->form_y, true, &r);
    fill_factors(&h[0], p->cancels, 1, &r);
    fill_factors(&h[1], p->cancels, 0, &r);
    fill_factors(&h[2], false, 1, &r);
    weir_linear_options linear = {
        .struct_size = sizeof linear, .trans_weight = 0, .activation = (int32_t)p->activation};
    linear.given = WEIR_LINEAR_TRANS_WEIGHT;
    weir_call_options fast = {.struct_size = sizeof fast, .flags = WEIR_FAST};
    weir_array in[3] = {h[0].view, h[1].view, h[2].view};
    in[2].rank = 1;
    in[2].shape[0] = p->n;
    in[2].strided = false;
    for (size_t v = first_variant(p->dtype); v < variant_count; v++) {
        held_reset(&y);
        weir_status status =
            p->with_c ? run_on(&variants[v], WEIR_OP_LINEAR, &linear, in, 3, &y.view, &fast)
                      : run_on(&variants[v], WEIR_OP_MATMUL, NULL, in, 2, &y.view, &fast);
        if (status != WEIR_OK)
            fail_msg("%s: %s", variants[v].name, weir_message(NULL));
        for (int64_t e = 0; e < p->m * p->n; e++)
            check_element(p, h, &y.view, e / p->n, e % p->n, variants[v].name);
        assert_int_equal(held_damage(&y), 0);
        assert_false(tiles_configured());
        bool apart = p->m >= LEAST_F32 && p->n >= LEAST_F32 && p->k >= 64;
        if (p->dtype == WEIR_F32 && has_tiles && !p->with_c && !p->cancels)
            assert_int_equal(differs(&variants[v], in, &y), apart);
    }
    for (int i = 0; i < 3; i++)
        held_free(&h[i]);
    held_free(&y);
}

static void test_fast_bf16(void **state)
{
    static const layout out[] = {DENSE, TRANSPOSED, GAPS, NEGATIVE};
    static const int64_t sizes[] = {1, 2, 5, 16, 17, 31, 33, 65};
    random_state r = 9;
    (void)state;
    uint32_t part = test_thinning() > 5 ? 7 : 1; // the thinnest slices take a seventh
    for (int i = 0; i < 32; i++) {
        fast_product p = {.dtype = WEIR_BF16,
                          .m = sizes[random_below(&r, W_COUNT(sizes))],
                          .n = sizes[random_below(&r, W_COUNT(sizes))],
                          .k = sizes[random_below(&r, W_COUNT(sizes))] + (i % 5 == 0) * 500,
                          .form_a = (layout)(i % LAYOUTS),
                          .form_b = (layout)(i / 2 % LAYOUTS),
                          .form_y = out[i % 4],
                          .with_c = i % 3 == 0,
                          .activation = i % 6 == 0 ? WEIR_OP_RELU : 0,
                          .cancels = i % 2 == 1};
        if (((uint32_t)i + test_seed()) % part == 0)
            check_product(&p, (uint32_t)i + 1);
    }
    check_product(&(fast_product){.dtype = WEIR_BF16, .m = 20, .n = 40, .k = 1100, .cancels = true},
                  50);
}

// Without tiles f32 goes the canonical way, which other tests are for.
static void needs_tiles(void)
{
    if (has_tiles)
        return;
    print_message("SKIP f32 under WEIR_FAST: no kernel here takes it apart\n");
    skip();
}

// Several steps over k, tiles that are not full, every layout.
static void test_fast_f32(void **state)
{
    static const layout out[] = {DENSE, TRANSPOSED, GAPS, NEGATIVE};
    static const int64_t sides[] = {256, 257, 272, 303}, depths[] = {64, 79, 170, 330};
    random_state r = 12;
    (void)state;
    needs_tiles();
    uint32_t part = test_thinning() > 5 ? 12 : test_thinning() > 1 ? 6 : 1;
    for (int i = 0; i < 12; i++) {
        fast_product p = {.dtype = WEIR_F32,
                          .m = sides[random_below(&r, W_COUNT(sides))],
                          .n = sides[random_below(&r, W_COUNT(sides))],
                          .k = depths[random_below(&r, W_COUNT(depths))],
                          .form_a = (layout)(i % LAYOUTS),
                          .form_b = (layout)(i / 2 % LAYOUTS),
                          .form_y = out[i % 4],
                          .with_c = i % 3 == 0,
                          .activation = i % 6 == 0 ? WEIR_OP_RELU : 0,
                          .cancels = i % 2 == 1};
        if (((uint32_t)i + test_seed()) % part == 0)
            check_product(&p, (uint32_t)i + 1);
    }
    check_product(&(fast_product){.dtype = WEIR_F32, .m = 289, .n = 260, .k = 161}, 51);
    check_product(&(fast_product){.dtype = WEIR_F32, .m = 255, .n = 256, .k = 64}, 52);
}

// Sums of one term show each product of parts that counts: the roundings of long sums would hide
// the smaller ones.
static void test_single_terms_of_f32(void **state)
{
    enum { N = LEAST_F32 };
    static float a[N * N], b[N * N], y[N * N];
    const int64_t shape[2] = {N, N};
    const weir_call_options fast = {.struct_size = sizeof fast, .flags = WEIR_FAST};
    const variant *last = &variants[variant_count - 1];
    random_state r = 33;
    (void)state;
    needs_tiles();
    for (int i = 0; i < N; i++)
        a[i * N + (i * 7 + 5) % N] = random_float(&r, true);
    for (int i = 0; i < N * N; i++)
        b[i] = random_float(&r, true);
    for (int turned = 0; turned < 2; turned++) {
        weir_array in[2] = {weir_array_dense(turned ? b : a, WEIR_F32, 2, shape),
                            weir_array_dense(turned ? a : b, WEIR_F32, 2, shape)};
        weir_array to = weir_array_dense(y, WEIR_F32, 2, shape);
        assert_int_equal(run_on(last, WEIR_OP_MATMUL, NULL, in, 2, &to, &fast), WEIR_OK);
        for (int e = 0; e < N * N; e++) {
            int i = e / N, j = e % N,
                k = (i * 7 + 5) % N; // the column of a where row i has a number
            float other = b[turned ? j * N + i : k * N + j];
            double want = (double)a[i * N + k] * (double)other;
            double got = turned ? y[j * N + k] : y[i * N + j];
            if (!(fabs(got - want) <= 4 * 0x1p-24 * fabs(want)))
                fail_msg("%s: %a times %a is %a", last->name, a[i * N + k], other, got);
        }
    }
}

// The largest numbers and the smallest, and what is not finite, on its own and in all places. The
// parts of small numbers may count as 0.
static void test_ends_of_f32(void **state)
{
    enum { N = LEAST_F32, K = 64 };
    static float a[N * K], b[K * N], y[2][N * N];
    static const float ends[] = {INFINITY,  -INFINITY,     NAN,         __builtin_nansf("1"),
                                 FLT_MAX,   -FLT_MAX,      0x1.ffp127f, __builtin_nanf("0x3fffff"),
                                 0x1p-100f, 0x1.234p-120f, 0x1p-140f};
    const int64_t shape_a[2] = {N, K}, shape_b[2] = {K, N}, shape[2] = {N, N};
    const weir_call_options fast = {.struct_size = sizeof fast, .flags = WEIR_FAST};
    const variant *last = &variants[variant_count - 1];
    random_state r = 21;
    weir_array in[2] = {weir_array_dense(a, WEIR_F32, 2, shape_a),
                        weir_array_dense(b, WEIR_F32, 2, shape_b)};
    weir_array to[2] = {weir_array_dense(y[0], WEIR_F32, 2, shape),
                        weir_array_dense(y[1], WEIR_F32, 2, shape)};
    (void)state;
    needs_tiles();
    const size_t part = test_thinning() > 5 ? 5 : 1; // the thinnest slices take a fifth
    for (size_t e = test_seed() % part; e < W_COUNT(ends); e += part)
        for (int everywhere = 0; everywhere < 2; everywhere++) {
            for (int i = 0; i < N * K; i++) {
                a[i] = everywhere ? ends[e] : i % K == 3 ? 1 : 0; // one factor counts in each sum
                b[i] = random_float(&r, true);
            }
            a[3 * K + 3] = ends[e];
            for (int i = 0; i < 2; i++)
                assert_int_equal(
                    run_on(last, WEIR_OP_MATMUL, NULL, in, 2, &to[i], i ? &fast : NULL), WEIR_OK);
            for (int i = 0; i < N * N; i++)
                if (!(y[0][i] == y[1][i] || (y[0][i] != y[0][i] && y[1][i] != y[1][i])) &&
                    !(fabsf(y[0][i] - y[1][i]) <= 0x1p-16f * fabsf(y[0][i]) + K * 0x1p-120f))
                    fail_msg("%s: %g times %g is %g, and %g fast", last->name, ends[e],
                             b[3 * N + i % N], y[0][i], y[1][i]);
        }
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t v = 0; v < variant_count; v++) {
        uint32_t features = w_cpu_features(variants[v].context->slots[0].device);
        const char *of_bf16 = row_of(&variants[v], WEIR_OP_MATMUL, WEIR_BF16, true);
        const char *of_f32 = row_of(&variants[v], WEIR_OP_MATMUL, WEIR_F32, true);
        bool tiles = features & W_AMX_BF16;
        if (tiles || (features & W_AVX512_BF16))
            assert_string_equal(of_bf16,
                                tiles ? "contract_fast_bf16.amx" : "contract_fast_bf16.avx512");
        else
            assert_null(strstr(of_bf16, "fast"));
        assert_int_equal(strstr(of_f32, "fast") != NULL, tiles);
    }
}

// Who does not ask for it gets the canonical bits, on the same context.
static void test_without_the_flag(void **state)
{
    const int64_t m = 33, n = 40, k = 600;
    random_state r = 4;
    held a, b, y, want;
    (void)state;
    held_make(&a, WEIR_BF16, 2, (int64_t[]){m, k}, DENSE, false, &r);
    held_make(&b, WEIR_BF16, 2, (int64_t[]){k, n}, DENSE, false, &r);
    held_make(&y, WEIR_BF16, 2, (int64_t[]){m, n}, DENSE, true, &r);
    held_make(&want, WEIR_BF16, 2, (int64_t[]){m, n}, DENSE, true, &r);
    fill_factors(&a, true, 1, &r);
    fill_factors(&b, true, 0, &r);
    weir_array in[2] = {a.view, b.view};
    size_t before = tiles_products();
    // A struct of the size that it had before there were flags, and rubbish behind it.
    weir_call_options older = {.struct_size = offsetof(weir_call_options, flags), .flags = 77};
    for (size_t v = 0; v < variant_count; v++) {
        held *to = v ? &y : &want;
        assert_int_equal(
            run_on(&variants[v], WEIR_OP_MATMUL, NULL, in, 2, &to->view, v % 2 ? &older : NULL),
            WEIR_OK);
        assert_memory_equal(to->view.data, want.view.data, m * n * 2);
    }
    assert_int_equal(tiles_products(), before);
    weir_call_options unknown = {.struct_size = sizeof unknown, .flags = 6};
    assert_int_equal(run_on(&variants[0], WEIR_OP_MATMUL, NULL, in, 2, &y.view, &unknown),
                     WEIR_INVALID_ARGUMENT);
    assert_non_null(strstr(weir_message(NULL), "0x6"));
    held_free(&a), held_free(&b), held_free(&y), held_free(&want);
}

// Tensors and streams carry the flag, and a context's flag is every call's.
static void check_ways_of_asking(weir_dtype dtype)
{
    enum { N = LEAST_F32 };
    static _Alignas(64) char data[3][N * N * sizeof(float)];
    const int64_t shape[2] = {N, N};
    weir_array arrays[3];
    weir_tensor *t[3];
    weir_stream *stream;
    weir_context *context = variants[variant_count - 2].context;
    take_tiles();
    weir_call_options fast = {.struct_size = sizeof fast, .flags = WEIR_FAST};
    for (int i = 0; i < 3; i++) {
        arrays[i] = weir_array_dense(data[i], dtype, 2, shape);
        assert_int_equal(weir_tensor_wrap(context, &arrays[i], &t[i]), WEIR_OK);
    }
    assert_int_equal(weir_stream_create(context, &stream), WEIR_OK);
    for (int asks = 0; asks < 3; asks++) {
        size_t before = tiles_products();
        context->flags |= asks == 2 ? WEIR_CONTEXT_FAST : 0;
        assert_int_equal(
            weir_submit(stream, WEIR_OP_MATMUL, NULL, t, 2, &t[2], 1, asks == 1 ? &fast : NULL),
            WEIR_OK);
        assert_int_equal(weir_stream_wait(stream, WEIR_FOREVER), WEIR_OK);
        assert_int_equal(tiles_products() > before, asks > 0);
    }
    context->flags &= ~(uint32_t)WEIR_CONTEXT_FAST;
    weir_stream_release(stream);
    for (int i = 0; i < 3; i++)
        weir_tensor_release(t[i]);
}

static void test_ways_of_asking(void **state)
{
    (void)state;
    if (!has_tiles || tiles_products() == 0) // the processor's own are not counted
        skip();
    check_ways_of_asking(WEIR_BF16);
    check_ways_of_asking(WEIR_F32);
}

enum { PACKED_ROWS = 40, PACKED_K = 133, PACKED_COLS = 101 };

// In a context that is fast: the same sums as without the layout.
static void check_packed(weir_dtype dtype)
{
    static _Alignas(64) char a[PACKED_ROWS * PACKED_K * sizeof(float)];
    static _Alignas(64) char b[PACKED_K * PACKED_COLS * sizeof(float)];
    static _Alignas(64) char y[2][PACKED_ROWS * PACKED_COLS * sizeof(float)];
    const weir_call_options fast = {.struct_size = sizeof fast, .flags = WEIR_FAST};
    const size_t size = weir_dtype_size(dtype);
    random_state r = 9;
    for (size_t i = 0; i < W_COUNT(a) + W_COUNT(b); i += sizeof(float)) {
        uint64_t bits = encode_float(random_float(&r, true), dtype);
        size_t at = i / sizeof(float) * size;
        memcpy(i < W_COUNT(a) ? a + at : b + at - W_COUNT(a) / sizeof(float) * size, &bits, size);
    }
    for (size_t v = 0; v < variant_count; v++) {
        weir_array in[2] = {weir_array_dense(a, dtype, 2, (int64_t[]){PACKED_ROWS, PACKED_K}),
                            weir_array_dense(b, dtype, 2, (int64_t[]){PACKED_K, PACKED_COLS})};
        weir_array to[2];
        for (int i = 0; i < 2; i++)
            to[i] = weir_array_dense(y[i], dtype, 2, (int64_t[]){PACKED_ROWS, PACKED_COLS});
        assert_int_equal(run_on(&variants[v], WEIR_OP_MATMUL, NULL, in, 2, &to[0], &fast), WEIR_OK);
        variants[v].context->flags |= WEIR_CONTEXT_FAST;
        run_packed(&variants[v], in, &to[1], PACKED_ROWS, WEIR_OP_MATMUL);
        variants[v].context->flags &= ~(uint32_t)WEIR_CONTEXT_FAST;
        assert_memory_equal(y[0], y[1], sizeof y[0]);
    }
}

static void test_packed(void **state)
{
    (void)state;
    check_packed(WEIR_BF16);
    check_packed(WEIR_F32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),           cmocka_unit_test(test_fast_bf16),
        cmocka_unit_test(test_fast_f32),       cmocka_unit_test(test_single_terms_of_f32),
        cmocka_unit_test(test_ends_of_f32),    cmocka_unit_test(test_without_the_flag),
        cmocka_unit_test(test_ways_of_asking), cmocka_unit_test(test_packed),
    };
    return cmocka_run_group_tests_name("fast", tests, open_variants, close_variants);
}
