// SPDX-License-Identifier: Apache-2.0
// Products of 8-bit integers by every kernel that the processor has, one feature at a time, and by
// AMX, against sums of their own here.
#include "tests/conformance/dot.h"
#include "tests/conformance/tiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---------------------------------------------------------------- integers

enum { NO_ZERO, ONE_ZERO, MANY_ZEROS, ZEROS };

typedef struct integers {
    int64_t m, n, k;
    weir_dtype a, b;
    int zero;
    layout form_a, form_b, form_y;
    bool extreme; // the largest sizes alone
    bool plain_a; // whose zero points are 0
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
    if (p->plain_a)
        memset(h[2].view.data, 0, many ? (size_t)p->m : 1);
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

// Of four combinations of signs a thin slice takes one.
static bool signs_turn(int i)
{
    return ((uint32_t)i + test_seed()) % (test_thinning() > 1 ? 4 : 1) == 0;
}

// Several steps over k, blocks of columns and jobs; rows that are a power of two apart.
static void test_blocks(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        if (!signs_turn(i))
            continue;
        integers p = {.m = 150, .n = 70, .k = 1030, .a = eight[i & 1], .b = eight[i >> 1]};
        check_integers(&p, (uint32_t)i + 200);
        p = (integers){.m = 34, .n = 33, .k = 2048, .a = p.a, .b = p.b, .zero = MANY_ZEROS};
        check_integers(&p, (uint32_t)i + 210);
        // Columns enough for each thread to have its own: a group of them that is not full; two
        // blocks.
        p = (integers){.m = 150, .n = 161, .k = 540, .a = p.a, .b = p.b, .zero = MANY_ZEROS};
        if (test_thinning() <= 5 || test_seed() % 2 == 0)
            check_integers(&p, (uint32_t)i + 212);
        p = (integers){.m = 20, .n = 2208, .k = 300, .a = p.a, .b = p.b, .zero = ONE_ZERO};
        if (test_thinning() <= 5 || test_seed() % 2 == 1)
            check_integers(&p, (uint32_t)i + 214);
    }
    check_integers(&(integers){.m = 3, .n = 2100, .k = 5, .a = WEIR_U8, .b = WEIR_U8, .zero = 1},
                   220);
    check_integers(&(integers){.m = 2, .n = 100, .k = 70000, .a = WEIR_S8, .b = WEIR_U8}, 221);
}

// A thin slice takes one in five: of each combination of signs, zero points and forms some.
static int first_turn(void)
{
    return test_thinning() > 5 ? (int)(test_seed() % 5) : 0;
}

static int next_turn(int i)
{
    return i + (test_thinning() > 5 ? 5 : 1);
}

// Few rows: b is read as it lies, in groups of columns of which the last overlaps the one before,
// or, where its k's are adjacent, each as a whole.
static void test_few_rows(void **state)
{
    static const int64_t rows[] = {1, 1, 2, 3, 4, 5, 7, 8, 11, 16, 17};
    static const int64_t cols[] = {15,  16,  17,  31,  32,  63,  64,  65,  127,
                                   191, 255, 256, 300, 321, 511, 700, 1100};
    static const int64_t depths[] = {1, 2, 3, 4, 5, 63, 64, 130, 515, 1031};
    static const layout forms[] = {DENSE, GAPS, TRANSPOSED};
    random_state r = 4;
    (void)state;
    for (int i = first_turn(); i < 144; i = next_turn(i)) {
        integers p = {.m = rows[random_below(&r, W_COUNT(rows))],
                      .n = cols[random_below(&r, W_COUNT(cols))],
                      .k = depths[random_below(&r, W_COUNT(depths))],
                      .a = eight[i & 1],
                      .b = eight[i >> 1 & 1],
                      .zero = i / 4 % ZEROS,
                      .form_a = i % 7 ? DENSE : TRANSPOSED,
                      .form_b = forms[i % 3],
                      .extreme = i % 8 == 7,
                      .plain_a = i % 12 > 5};
        check_integers(&p, (uint32_t)i + 400);
    }
    for (int i = 0; i < 4; i++) { // more of b than a near cache has room for
        if (!signs_turn(i))
            continue;
        integers p = {
            .m = 1 + 4 * (i & 1), .n = 1030, .k = 1029, .a = eight[i & 1], .b = eight[i >> 1]};
        p.zero = i % ZEROS;
        check_integers(&p, (uint32_t)i + 560);
    }
}

// The same of few columns.
static void test_few_columns(void **state)
{
    static const int64_t rows[] = {1, 3, 31, 32, 35, 64, 66, 131};
    static const int64_t cols[] = {1, 1, 2, 3, 4, 5, 8, 9};
    static const int64_t depths[] = {1, 15, 16, 33, 64, 97, 255, 300, 515};
    static const layout forms[] = {DENSE, GAPS, TRANSPOSED};
    random_state r = 5;
    (void)state;
    for (int i = first_turn(); i < 96; i = next_turn(i)) {
        integers p = {.m = rows[random_below(&r, W_COUNT(rows))],
                      .n = cols[random_below(&r, W_COUNT(cols))],
                      .k = depths[random_below(&r, W_COUNT(depths))],
                      .a = eight[i & 1],
                      .b = eight[i >> 1 & 1],
                      .zero = i / 4 % ZEROS,
                      .form_a = i % 5 ? DENSE : GAPS,
                      .form_b = forms[i % 3],
                      .form_y = i % 4 ? DENSE : TRANSPOSED,
                      .extreme = i % 8 == 7,
                      .plain_a = i % 12 > 5};
        check_integers(&p, (uint32_t)i + 600);
    }
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
    for (int i = 0; i < 4; i++) { // one column, where lanes' sums alone come to 2^31
        if (!signs_turn(i))
            continue;
        integers p = {.m = 2, .n = 1, .k = 600001, .a = eight[i & 1], .b = eight[i >> 1]};
        p.extreme = true;
        check_integers(&p, (uint32_t)i + 320);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    check_integers(&(integers){.m = 5, .n = 40, .k = 0, .a = WEIR_U8, .b = WEIR_S8, .zero = 1}, 1);
    check_integers(&(integers){.m = 0, .n = 4, .k = 3, .a = WEIR_U8, .b = WEIR_S8}, 2);
}

// ---------------------------------------------------------------- packed weights

enum { PACKED_ROWS = 40, PACKED_K = 133, PACKED_COLS = 101 };

static void test_packed_integers(void **state)
{
    static const int64_t rows[] = {1, 2, 5, PACKED_ROWS};
    static uint8_t a[PACKED_ROWS * PACKED_K], b[PACKED_K * PACKED_COLS];
    static int32_t y[2][PACKED_ROWS * PACKED_COLS];
    random_state r = 8;
    (void)state;
    for (size_t i = 0; i < sizeof a; i++)
        a[i] = (uint8_t)random_bits(&r);
    for (size_t i = 0; i < sizeof b; i++)
        b[i] = (uint8_t)random_bits(&r);
    for (int i = 0; i < 4; i++)
        for (size_t m = 0; m < W_COUNT(rows); m++)
            for (size_t v = 0; v < variant_count; v++) {
                weir_array in[2] = {
                    weir_array_dense(a, eight[i & 1], 2, (int64_t[]){rows[m], PACKED_K}),
                    weir_array_dense(b, eight[i >> 1], 2, (int64_t[]){PACKED_K, PACKED_COLS})};
                weir_array to =
                    weir_array_dense(y[v > 0], WEIR_S32, 2, (int64_t[]){rows[m], PACKED_COLS});
                run_packed(&variants[v], in, &to, rows[m], WEIR_OP_MATMUL_INTEGER);
                assert_memory_equal(y[0], y[v > 0], (size_t)(rows[m] * PACKED_COLS) * 4);
            }
}

// A variant runs the row that it is there for.
static void test_rows(void **state)
{
    (void)state;
    for (size_t v = 0; v < variant_count; v++)
        assert_string_equal(row_of(&variants[v], WEIR_OP_MATMUL_INTEGER, WEIR_U8, false),
                            variants[v].row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_few_rows),
        cmocka_unit_test(test_few_columns),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_packed_integers),
    };
    return cmocka_run_group_tests_name("dot", tests, open_variants, close_variants);
}
