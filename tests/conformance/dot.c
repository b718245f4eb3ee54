// SPDX-License-Identifier: Apache-2.0
// Products of 8-bit integers, and of bf16 under WEIR_FAST, by every kernel that the processor has,
// one feature at a time, and by AMX, which is emulated where the processor lacks it
// (tests/conformance/tiles.h). Integers are held against sums of their own here, bf16 against
// double.
#include "tests/conformance/conformance.h"
#include "tests/conformance/tiles.h"

#include "backends/cpu/cpu.h"
#include "backends/cpu/isa.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A context whose CPU has exactly these features.
typedef struct variant {
    char name[48];
    weir_context *context;
} variant;

static variant variants[16];
static size_t variant_count;
static bool has_tiles, emulated;

// ---------------------------------------------------------------- the host's threads

// They take SIGILL, which Weir's own block.
typedef struct share {
    void (*task)(void *arg, uint32_t i);
    void *arg;
    uint32_t i;
} share;

static void *run_share(void *arg)
{
    share *s = arg;
    s->task(s->arg, s->i);
    if (tiles_configured())
        abort(); // a task gives its tiles back
    return NULL;
}

static void run_pool(void *user, void (*task)(void *arg, uint32_t i), void *arg, uint32_t count)
{
    (void)user;
    for (uint32_t i = 0; i + 1 < count; i += 2) {
        share s = {task, arg, i};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, run_share, &s), 0);
        task(arg, i + 1);
        pthread_join(thread, NULL);
    }
    if (count % 2)
        task(arg, count - 1);
}

static const weir_pool pool = {.run = run_pool, .threads = 2};

static void add_variant(const char *isa, uint32_t features, const char *what)
{
    weir_context_options o = base_options();
    o.flags |= WEIR_CONTEXT_CPU_ONLY;
    o.isa = isa;
    o.pool = &pool;
    for (int threads = 1; threads <= 2; threads++) {
        variant *v = &variants[variant_count++];
        o.threads = (uint32_t)threads;
        assert_int_equal(weir_context_create(&o, &v->context), WEIR_OK);
        w_cpu_set_features(v->context->slots[0].device, features);
        snprintf(v->name, sizeof v->name, "%s%s, %d threads", isa, what, threads);
    }
}

static int open_variants(void **state)
{
    uint32_t detected = w_isa_detect();
    (void)state;
    add_variant("scalar", 0, "");
#if defined(__x86_64__)
    if (detected & W_AVX2)
        add_variant("avx2", W_AVX2, "");
    if (detected & W_AVXVNNI)
        add_variant("avx2", W_AVX2 | W_AVXVNNI, " with AVX-VNNI");
    if (detected & W_AVX512)
        add_variant("avx512", W_AVX2 | W_AVX512, "");
    if (detected & W_VNNI)
        add_variant("avx512", W_AVX2 | W_AVX512 | W_VNNI, " with VNNI");
    // The code around the tiles is AVX-512 with VNNI.
    char why[64];
    bool native = (detected & W_TILES) == W_TILES && w_isa_permit_tiles(why);
    emulated = !native;
    has_tiles = (detected & W_VNNI) && (native || tiles_emulate());
    if (has_tiles) {
        print_message("AMX is %s\n", native ? "the processor's own" : "emulated");
        add_variant("avx512", W_AVX2 | W_AVX512 | W_VNNI | W_TILES, " with AMX");
    } else {
        print_message("SKIP AMX: its kernels need AVX-512 with VNNI around them\n");
    }
#else
    add_variant("neon", detected, "");
#endif
    return 0;
}

// cmocka takes SIGILL when a test begins.
static weir_status run_on(const variant *v, weir_op op, const void *options, const weir_array *in,
                          size_t n, const weir_array *y, const weir_call_options *call)
{
    assert_true(!has_tiles || !emulated || tiles_emulate());
    return weir_run(v->context, op, options, in, n, y, 1, call);
}

static int close_variants(void **state)
{
    (void)state;
    for (size_t v = 0; v < variant_count; v++)
        weir_context_destroy(variants[v].context);
    return 0;
}

// ---------------------------------------------------------------- integers

enum { NO_ZERO, ONE_ZERO, MANY_ZEROS, ZEROS };

typedef struct integers {
    int64_t m, n, k;
    weir_dtype a, b;
    int zero;
    layout form_a, form_b, form_y;
    bool extreme; // the largest sizes alone
} integers;

static void fill_bytes(held *h, bool extreme, random_state *r)
{
    int64_t index[WEIR_MAX_RANK] = {0};
    const uint8_t ends[2] = {h->view.dtype == WEIR_S8 ? 0x80 : 0xff,
                             h->view.dtype == WEIR_S8 ? 0x80 : 0xff};
    for (bool more = w_array_count(&h->view) > 0; more; more = next_index(&h->view, index))
        *(uint8_t *)element(&h->view, index) =
            extreme ? ends[random_below(r, 2)] : (uint8_t)random_bits(r);
}

static int64_t at(const weir_array *a, int64_t i, int64_t j)
{
    return load_int(element(a, (int64_t[WEIR_MAX_RANK]){i, j}), a->dtype);
}

// The sum, modulo 2^32.
static uint32_t exact_sum(const held h[4], const integers *p, int64_t i, int64_t j)
{
    int64_t za = 0, zb = 0;
    if (p->zero) {
        za = load_int(element(&h[2].view, (int64_t[WEIR_MAX_RANK]){p->zero == ONE_ZERO ? 0 : i}),
                      p->a);
        zb = load_int(element(&h[3].view, (int64_t[WEIR_MAX_RANK]){p->zero == ONE_ZERO ? 0 : j}),
                      p->b);
    }
    int64_t sum = 0;
    for (int64_t k = 0; k < p->k; k++)
        sum += (at(&h[0].view, i, k) - za) * (at(&h[1].view, k, j) - zb);
    return (uint32_t)sum;
}

static void check_variant(const variant *v, const integers *p, const held h[4], held *y,
                          const uint32_t *want)
{
    weir_array in[4] = {h[0].view, h[1].view};
    for (int i = 2; p->zero && i < 4; i++)
        in[i] = h[i].view;
    held_reset(y);
    if (run_on(v, WEIR_OP_MATMUL_INTEGER, NULL, in, p->zero ? 4 : 2, &y->view, NULL) != WEIR_OK)
        fail_msg("%s: %s", v->name, weir_message(NULL));
    for (int64_t e = 0; e < p->m * p->n; e++) {
        uint32_t got = (uint32_t)at(&y->view, e / p->n, e % p->n);
        if (got != want[e])
            fail_msg("%s: %dx%dx%d of %s x %s, zero points %d, forms %d %d %d: element %d is %u, "
                     "not %u",
                     v->name, (int)p->m, (int)p->n, (int)p->k, weir_dtype_name(p->a),
                     weir_dtype_name(p->b), p->zero, p->form_a, p->form_b, p->form_y, (int)e, got,
                     want[e]);
    }
    if (held_damage(y))
        fail_msg("%s: wrote beyond a product of %dx%dx%d", v->name, (int)p->m, (int)p->n,
                 (int)p->k);
    assert_false(tiles_configured());
}

static void check_integers(const integers *p, uint32_t seed)
{
    random_state r = seed;
    held h[4], y;
    const int64_t many = p->zero == MANY_ZEROS;
    held_make(&h[0], p->a, 2, (int64_t[]){p->m, p->k}, p->form_a, false, &r);
    held_make(&h[1], p->b, 2, (int64_t[]){p->k, p->n}, p->form_b, false, &r);
    held_make(&h[2], p->a, 1, (int64_t[]){many ? p->m : 1}, DENSE, false, &r);
    held_make(&h[3], p->b, 1, (int64_t[]){many ? p->n : 1}, DENSE, false, &r);
    held_make(&y, WEIR_S32, 2, (int64_t[]){p->m, p->n}, p->form_y, true, &r);
    for (int i = 0; i < 4; i++)
        fill_bytes(&h[i], p->extreme && i < 2, &r);
    uint32_t *want = calloc((size_t)(p->m * p->n) + 1, sizeof *want);
    assert_non_null(want);
    for (int64_t e = 0; e < p->m * p->n; e++)
        want[e] = exact_sum(h, p, e / p->n, e % p->n);
    for (size_t v = 0; v < variant_count; v++)
        check_variant(&variants[v], p, h, &y, want);
    for (int i = 0; i < 4; i++)
        held_free(&h[i]);
    held_free(&y);
    free(want);
}

static const weir_dtype eight[] = {WEIR_U8, WEIR_S8};

// Around the edges of tiles and of words, of each combination of signs and zero points.
static void test_edges(void **state)
{
    static const int64_t sizes[] = {1, 2, 3, 7, 15, 16, 17, 31, 33, 63, 65, 100};
    random_state r = 3;
    (void)state;
    for (int i = 0; i < 72; i++) {
        integers p = {.m = sizes[random_below(&r, W_COUNT(sizes))],
                      .n = sizes[random_below(&r, W_COUNT(sizes))],
                      .k = sizes[random_below(&r, W_COUNT(sizes))],
                      .a = eight[i & 1],
                      .b = eight[i >> 1 & 1],
                      .zero = i / 4 % ZEROS};
        check_integers(&p, (uint32_t)i + 1);
    }
}

// In views of every form, transposed, mirrored, with gaps; an output's too.
static void test_forms(void **state)
{
    static const layout out[] = {DENSE, NEGATIVE, TRANSPOSED, GAPS, MIXED};
    (void)state;
    for (int i = 0; i < 60; i++) {
        integers p = {.m = 37 + i % 3,
                      .n = 35 - i % 5,
                      .k = 64 + i % 2 * 3,
                      .a = eight[i & 1],
                      .b = eight[i >> 1 & 1],
                      .zero = i % ZEROS,
                      .form_a = (layout)(i % LAYOUTS),
                      .form_b = (layout)(i / LAYOUTS % LAYOUTS),
                      .form_y = out[(size_t)i % W_COUNT(out)]};
        check_integers(&p, (uint32_t)i + 100);
    }
}

// Several steps over k, blocks of columns and jobs; rows that are a power of two apart.
static void test_blocks(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        integers p = {.m = 150, .n = 70, .k = 1030, .a = eight[i & 1], .b = eight[i >> 1]};
        check_integers(&p, (uint32_t)i + 200);
        p = (integers){.m = 34, .n = 33, .k = 2048, .a = p.a, .b = p.b, .zero = MANY_ZEROS};
        check_integers(&p, (uint32_t)i + 210);
    }
    check_integers(&(integers){.m = 3, .n = 2100, .k = 5, .a = WEIR_U8, .b = WEIR_U8, .zero = 1},
                   220);
    check_integers(&(integers){.m = 2, .n = 100, .k = 70000, .a = WEIR_S8, .b = WEIR_U8}, 221);
}

// 255 x 255 and -128 x -128, so often that the sums wrap.
static void test_extremes(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        integers p = {.m = i < 4 ? 17 : 2,
                      .n = i < 4 ? 16 : 3,
                      .k = i < 4 ? 130 : 70001,
                      .a = eight[i & 1],
                      .b = eight[i >> 1 & 1],
                      .zero = i % ZEROS,
                      .extreme = true};
        check_integers(&p, (uint32_t)i + 300);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    check_integers(&(integers){.m = 5, .n = 40, .k = 0, .a = WEIR_U8, .b = WEIR_S8, .zero = 1}, 1);
    check_integers(&(integers){.m = 0, .n = 4, .k = 3, .a = WEIR_U8, .b = WEIR_S8}, 2);
}

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
    assert_true(!emulated || tiles_emulate());
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

// A variant runs the row that it is there for.
static void test_rows(void **state)
{
    static const char *const names[] = {"scalar", "avx2", "avxvnni", "avx512",
                                        "vnni",   "amx",  "neon"};
    (void)state;
    for (size_t v = 0; v < variant_count; v++) {
        weir_array a = weir_array_dense(NULL, WEIR_U8, 2, (int64_t[]){40, 40}), y = a;
        w_device *device = variants[v].context->slots[0].device;
        w_desc desc;
        w_kernel *kernel;
        size_t workspace, found = 0;
        weir_array in[2] = {a, a};
        assert_int_equal(
            w_describe(w_op_get(WEIR_OP_MATMUL_INTEGER), NULL, in, 2, &y, 1, true, &desc), WEIR_OK);
        assert_int_equal(device->ops->prepare(device, &desc, &kernel, &workspace), WEIR_OK);
        const char *row = ((const w_kernel_info *)kernel)->row;
        for (size_t i = 0; i < W_COUNT(names); i++)
            found += !strcmp(row + strlen("contract_int."), names[i]);
        assert_int_equal(found, 1);
        print_message("  %-32s %s\n", variants[v].name, row);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),           cmocka_unit_test(test_edges),
        cmocka_unit_test(test_forms),          cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_extremes),       cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_fast_bf16),      cmocka_unit_test(test_without_the_flag),
        cmocka_unit_test(test_ways_of_asking),
    };
    return cmocka_run_group_tests_name("dot", tests, open_variants, close_variants);
}
