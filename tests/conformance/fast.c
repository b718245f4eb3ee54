// SPDX-License-Identifier: Apache-2.0
// WEIR_FAST: products of bf16 against double, within the bound that weir.h states, on every
// variant; and who gets it, who does not.
#include "tests/conformance/dot.h"
#include "tests/conformance/tiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---------------------------------------------------------------- bf16

typedef struct halves {
    int64_t m, n, k;
    layout form_a, form_b, form_y;
    bool with_c, cancels;
    weir_op activation;
} halves;

static void fill_halves(held *h, bool cancels, int axis, random_state *r)
{
    int64_t index[WEIR_MAX_RANK] = {0};
    for (bool more = w_array_count(&h->view) > 0; more; more = next_index(&h->view, index)) {
        // The second of two terms takes back the first; of an odd number the last stays.
        random_state pair = (random_state)(index[axis] / 2 * 7919 + index[1 - axis] + 1);
        float value = random_float(cancels ? &pair : r, true);
        if (cancels && axis == 1 && index[1] % 2)
            value = -value;
        uint16_t bits = (uint16_t)encode_float(value, WEIR_BF16);
        memcpy(element(&h->view, index), &bits, sizeof bits);
    }
}

static double half_at(const weir_array *a, int64_t i, int64_t j)
{
    return load(element(a, (int64_t[WEIR_MAX_RANK]){i, j}), WEIR_BF16);
}

// Within the bound that weir.h states, and half an ulp of bf16 beside it.
static void check_half(const halves *p, const held h[3], const weir_array *y, int64_t i, int64_t j,
                       const char *name)
{
    double sum = 0, size = 0, got = half_at(y, i, j);
    for (int64_t k = 0; k < p->k; k++) {
        double term = half_at(&h[0].view, i, k) * half_at(&h[1].view, k, j);
        sum += term;
        size += fabs(term);
    }
    if (p->with_c) {
        sum += half_at(&h[2].view, 0, j);
        size += fabs(half_at(&h[2].view, 0, j));
    }
    double bound = (double)(p->k + 3) * size * 0x1p-24;
    if (p->activation == WEIR_OP_RELU)
        sum = fmax(sum, 0);
    if (!(fabs(got - sum) <= bound + (fabs(sum) + bound) * 0x1p-8))
        fail_msg("%s: bf16 of %dx%dx%d: element %d %d is %g, not %g +- %g", name, (int)p->m,
                 (int)p->n, (int)p->k, (int)i, (int)j, got, sum, bound);
}

static void check_halves(const halves *p, uint32_t seed)
{
    random_state r = seed;
    held h[3], y;
    held_make(&h[0], WEIR_BF16, 2, (int64_t[]){p->m, p->k}, p->form_a, false, &r);
    held_make(&h[1], WEIR_BF16, 2, (int64_t[]){p->k, p->n}, p->form_b, false, &r);
    held_make(&h[2], WEIR_BF16, 2, (int64_t[]){1, p->n}, DENSE, false, &r);
    held_make(&y, WEIR_BF16, 2, (int64_t[]){p->m, p->n}, p->form_y, true, &r);
    fill_halves(&h[0], p->cancels, 1, &r);
    fill_halves(&h[1], p->cancels, 0, &r);
    fill_halves(&h[2], false, 1, &r);
    weir_linear_options linear = {
        .struct_size = sizeof linear, .trans_weight = 0, .activation = (int32_t)p->activation};
    linear.given = WEIR_LINEAR_TRANS_WEIGHT;
    weir_call_options fast = {.struct_size = sizeof fast, .flags = WEIR_FAST};
    weir_array in[3] = {h[0].view, h[1].view, h[2].view};
    in[2].rank = 1;
    in[2].shape[0] = p->n;
    in[2].strided = false;
    for (size_t v = 0; v < variant_count; v++) {
        held_reset(&y);
        weir_status status =
            p->with_c ? run_on(&variants[v], WEIR_OP_LINEAR, &linear, in, 3, &y.view, &fast)
                      : run_on(&variants[v], WEIR_OP_MATMUL, NULL, in, 2, &y.view, &fast);
        if (status != WEIR_OK)
            fail_msg("%s: %s", variants[v].name, weir_message(NULL));
        for (int64_t e = 0; e < p->m * p->n; e++)
            check_half(p, h, &y.view, e / p->n, e % p->n, variants[v].name);
        assert_int_equal(held_damage(&y), 0);
        assert_false(tiles_configured());
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
        halves p = {.m = sizes[random_below(&r, W_COUNT(sizes))],
                    .n = sizes[random_below(&r, W_COUNT(sizes))],
                    .k = sizes[random_below(&r, W_COUNT(sizes))] + (i % 5 == 0) * 500,
                    .form_a = (layout)(i % LAYOUTS),
                    .form_b = (layout)(i / 2 % LAYOUTS),
                    .form_y = out[i % 4],
                    .with_c = i % 3 == 0,
                    .activation = i % 6 == 0 ? WEIR_OP_RELU : 0,
                    .cancels = i % 2 == 1};
        if (((uint32_t)i + test_seed()) % part == 0)
            check_halves(&p, (uint32_t)i + 1);
    }
    check_halves(&(halves){.m = 20, .n = 40, .k = 1100, .cancels = true}, 50);
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
    fill_halves(&a, true, 1, &r);
    fill_halves(&b, true, 0, &r);
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
static void test_ways_of_asking(void **state)
{
    enum { N = 40 };
    static uint16_t data[3][N * N];
    const int64_t shape[2] = {N, N};
    weir_array arrays[3];
    weir_tensor *t[3];
    weir_stream *stream;
    (void)state;
    if (!has_tiles || tiles_products() == 0) // the processor's own are not counted
        skip();
    weir_context *context = variants[variant_count - 2].context;
    take_tiles();
    weir_call_options fast = {.struct_size = sizeof fast, .flags = WEIR_FAST};
    for (int i = 0; i < 3; i++) {
        arrays[i] = weir_array_dense(data[i], WEIR_BF16, 2, shape);
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

enum { PACKED_ROWS = 40, PACKED_K = 133, PACKED_COLS = 101 };

// In a context that is fast: the same sums as without the layout.
static void test_packed_bf16(void **state)
{
    static uint16_t a[PACKED_ROWS * PACKED_K], b[PACKED_K * PACKED_COLS];
    static uint16_t y[2][PACKED_ROWS * PACKED_COLS];
    const weir_call_options fast = {.struct_size = sizeof fast, .flags = WEIR_FAST};
    random_state r = 9;
    (void)state;
    for (size_t i = 0; i < W_COUNT(a); i++)
        a[i] = (uint16_t)encode_float(random_float(&r, true), WEIR_BF16);
    for (size_t i = 0; i < W_COUNT(b); i++)
        b[i] = (uint16_t)encode_float(random_float(&r, true), WEIR_BF16);
    for (size_t v = 0; v < variant_count; v++) {
        weir_array in[2] = {weir_array_dense(a, WEIR_BF16, 2, (int64_t[]){PACKED_ROWS, PACKED_K}),
                            weir_array_dense(b, WEIR_BF16, 2, (int64_t[]){PACKED_K, PACKED_COLS})};
        weir_array to[2];
        for (int i = 0; i < 2; i++)
            to[i] = weir_array_dense(y[i], WEIR_BF16, 2, (int64_t[]){PACKED_ROWS, PACKED_COLS});
        assert_int_equal(run_on(&variants[v], WEIR_OP_MATMUL, NULL, in, 2, &to[0], &fast), WEIR_OK);
        variants[v].context->flags |= WEIR_CONTEXT_FAST;
        run_packed(&variants[v], in, &to[1], PACKED_ROWS, WEIR_OP_MATMUL);
        variants[v].context->flags &= ~(uint32_t)WEIR_CONTEXT_FAST;
        assert_memory_equal(y[0], y[1], sizeof y[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fast_bf16),
        cmocka_unit_test(test_without_the_flag),
        cmocka_unit_test(test_ways_of_asking),
        cmocka_unit_test(test_packed_bf16),
    };
    return cmocka_run_group_tests_name("fast", tests, open_variants, close_variants);
}
