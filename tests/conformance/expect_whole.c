// SPDX-License-Identifier: Apache-2.0
// What the outputs of SCAN, GATHER and HISTOGRAM must be, a whole output at a time, from their
// definitions.
#include "tests/conformance/conformance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static expected exact_bits(uint64_t bits)
{
    return (expected){.bits = bits, .exact = true, .bound = INFINITY};
}

static bool flag(const problem *p, const char *name)
{
    const attribute *a = attribute_get(p, name);
    return a && a->i;
}

// ---------------------------------------------------------------- SCAN

enum { BLOCK = 256 };

// The canonical order of a scan, from docs/architecture.md: blocks alone, their totals scanned in
// the same way, and what comes before a block in front of it.
#define SCAN_OF(type)                                         \
    static void scan_##type(type *x, size_t n)                \
    {                                                         \
        size_t blocks = (n + BLOCK - 1) / BLOCK;              \
        for (size_t i = 0; i < n; i++)                        \
            if (i % BLOCK)                                    \
                x[i] = x[i - 1] + x[i];                       \
        if (blocks < 2)                                       \
            return;                                           \
        type *totals = malloc((blocks - 1) * sizeof *totals); \
        assert_non_null(totals);                              \
        for (size_t b = 0; b + 1 < blocks; b++)               \
            totals[b] = x[b * BLOCK + BLOCK - 1];             \
        scan_##type(totals, blocks - 1);                      \
        for (size_t i = BLOCK; i < n; i++)                    \
            x[i] = totals[i / BLOCK - 1] + x[i];              \
        free(totals);                                         \
    }
SCAN_OF(float)
SCAN_OF(double)
SCAN_OF(uint64_t)

// Half ulps of the sum of |x| so far: a block's for each level that a row has.
static double scan_steps(size_t n)
{
    double steps = BLOCK;
    for (; n > BLOCK; n = (n + BLOCK - 1) / BLOCK)
        steps += BLOCK;
    return steps;
}

void canonical_scan(float *x, size_t n)
{
    scan_float(x, n);
}

typedef struct scan_row {
    size_t n;
    float *narrow;
    double *wide;
    uint64_t *whole;
    long double *sum, *size; // so far, of x and of |x|
} scan_row;

static scan_row make_row(size_t n)
{
    scan_row r = {.n = n};
    r.narrow = malloc((n + 1) * sizeof *r.narrow);
    r.wide = malloc((n + 1) * sizeof *r.wide);
    r.whole = malloc((n + 1) * sizeof *r.whole);
    r.sum = malloc((n + 1) * sizeof *r.sum);
    r.size = malloc((n + 1) * sizeof *r.size);
    assert_true(r.narrow && r.wide && r.whole && r.sum && r.size);
    return r;
}

static void free_row(scan_row *r)
{
    free(r->narrow);
    free(r->wide);
    free(r->whole);
    free(r->sum);
    free(r->size);
}

// Element number i of the row, from its beginning or, reversed, its end.
static int64_t place_of(const problem *p, const scan_row *r, size_t i)
{
    return (int64_t)(flag(p, "reverse") ? r->n - 1 - i : i);
}

static void fill_row(const problem *p, scan_row *r, const int64_t *index, int32_t axis)
{
    const weir_array *x = &p->in[0].view;
    int64_t at[WEIR_MAX_RANK];
    memcpy(at, index, sizeof at);
    for (size_t i = 0; i < r->n; i++) {
        if (x->rank)
            at[axis] = place_of(p, r, i);
        const void *from = element(x, at);
        r->wide[i] = load(from, x->dtype);
        r->narrow[i] = (float)r->wide[i];
        r->whole[i] = is_float(x->dtype) ? 0 : (uint64_t)load_int(from, x->dtype);
        r->sum[i] = (i ? r->sum[i - 1] : 0) + r->wide[i];
        r->size[i] = (i ? r->size[i - 1] : 0) + fabs(r->wide[i]);
    }
    scan_float(r->narrow, r->n);
    scan_double(r->wide, r->n);
    scan_uint64_t(r->whole, r->n);
}

static expected scan_value(const problem *p, const scan_row *r, size_t i)
{
    weir_dtype dtype = p->in[0].view.dtype;
    size_t late = flag(p, "exclusive");
    if (i < late)
        return exact_bits(0);
    i -= late;
    if (!is_float(dtype))
        return exact_bits(dtype == WEIR_S64 ? r->whole[i] : r->whole[i] & UINT32_MAX);
    if (dtype != WEIR_F32 && dtype != WEIR_F64) // in f32, rounded once
        return exact_bits(encode_float(r->narrow[i], dtype));
    double value = dtype == WEIR_F64 ? r->wide[i] : r->narrow[i];
    expected e = exact_bits(encode_float(value, dtype));
    if (p->moderate) {
        e.value = (double)r->sum[i];
        e.bound = scan_steps(r->n) * (dtype == WEIR_F64 ? 0x1p-53 : 0x1p-24) * (double)r->size[i] +
                  fabs(e.value) * 0x1p-53;
    }
    return e;
}

static void expect_scan(const problem *p, expected *e)
{
    const weir_array *y = &p->out[0].view;
    bool scanned[WEIR_MAX_RANK];
    int32_t axis = 0;
    reduced_axes(p, scanned);
    while (axis + 1 < y->rank && !scanned[axis])
        axis++;
    scan_row r = make_row(y->rank ? (size_t)y->shape[axis] : 1);
    weir_array rows = *y;
    if (y->rank)
        rows.shape[axis] = 1;
    size_t step = 1;
    for (int32_t k = axis + 1; k < y->rank; k++)
        step *= (size_t)y->shape[k];
    int64_t index[WEIR_MAX_RANK] = {0};
    for (bool more = w_array_count(y) > 0; more; more = next_index(&rows, index)) {
        size_t first = 0; // of the row, in the order of the output
        for (int32_t k = 0; k < y->rank; k++)
            first = first * (size_t)y->shape[k] + (size_t)index[k];
        fill_row(p, &r, index, axis);
        for (size_t i = 0; i < r.n; i++)
            e[first + (size_t)place_of(p, &r, i) * step] = scan_value(p, &r, i);
    }
    free_row(&r);
}

// ---------------------------------------------------------------- GATHER

static void expect_gather(const problem *p, expected *e)
{
    const weir_array *data = &p->in[0].view, *indices = &p->in[1].view, *y = &p->out[0].view;
    int32_t axis = attribute_get(p, "axis")->i;
    int64_t index[WEIR_MAX_RANK] = {0}, from[WEIR_MAX_RANK], at[WEIR_MAX_RANK];
    axis += axis < 0 ? data->rank : 0;
    for (bool more = w_array_count(y) > 0; more; more = next_index(y, index)) {
        for (int32_t k = 0; k < data->rank; k++)
            if (k != axis)
                from[k] = index[k < axis ? k : k + indices->rank - 1];
        for (int32_t k = 0; k < indices->rank; k++)
            at[k] = index[axis + k];
        int64_t place = load_int(element(indices, at), indices->dtype);
        from[axis] = place < 0 ? place + data->shape[axis] : place;
        *e++ = exact_bits(load_bits(element(data, from), data->dtype));
    }
}

void gather_shape(const problem *p, weir_array *out)
{
    const weir_array *data = &p->in[0].view, *indices = &p->in[1].view;
    int32_t axis = attribute_get(p, "axis")->i;
    axis += axis < 0 ? data->rank : 0;
    for (int32_t k = 0; k < data->rank; k++) {
        for (int32_t i = 0; k == axis && i < indices->rank; i++)
            out->shape[out->rank++] = indices->shape[i];
        if (k != axis)
            out->shape[out->rank++] = data->shape[k];
    }
}

// ---------------------------------------------------------------- HISTOGRAM

// Otsu's variance between the classes, times what is the same for every t, compared as fractions.
static uint64_t otsu_of(const uint64_t *counts)
{
    __extension__ typedef unsigned __int128 wide;
    uint64_t n = 0, sum = 0, n0 = 0, s0 = 0, best = 0;
    wide most = 0, share = 1;
    for (uint64_t v = 0; v < 256; v++) {
        n += counts[v];
        sum += counts[v] * v;
    }
    assert_true(n < UINT64_C(1) << 20); // so that products stay within 128 bits
    for (uint64_t t = 0; t < 256; t++) {
        n0 += counts[t];
        s0 += counts[t] * t;
        uint64_t n1 = n - n0;
        wide apart = (wide)n0 * (sum - s0) - (wide)n1 * s0;
        wide square = apart * apart, both = (wide)n0 * n1;
        if (n0 && n1 && square * share > most * both) {
            most = square;
            share = both;
            best = t;
        }
    }
    return best;
}

static void expect_histogram(const problem *p, expected *e)
{
    const weir_array *x = &p->in[0].view;
    weir_array rows = p->out[0].view, kept = *x;
    bool counts = rows.dtype == WEIR_S32, reduced[WEIR_MAX_RANK];
    rows.rank -= counts;
    reduced_axes(p, reduced);
    size_t n = (size_t)w_array_count(&rows);
    uint64_t(*count)[256] = calloc(n + 1, sizeof *count);
    assert_non_null(count);
    for (int32_t k = 0; k < x->rank; k++)
        kept.shape[k] = reduced[k] ? 1 : x->shape[k];
    int64_t index[WEIR_MAX_RANK] = {0};
    for (bool more = w_array_count(x) > 0; more; more = next_index(x, index)) {
        size_t row = 0;
        for (int32_t k = 0; k < x->rank; k++)
            row = row * (size_t)kept.shape[k] + (size_t)(reduced[k] ? 0 : index[k]);
        count[row][*(const uint8_t *)element(x, index)]++;
    }
    for (size_t row = 0; row < n; row++) {
        if (!counts)
            *e++ = exact_bits(otsu_of(count[row]));
        for (int v = 0; v < 256 && counts; v++)
            *e++ = exact_bits(count[row][v]);
    }
    free(count);
}

bool expect_whole(const problem *p, expected *e)
{
    static void (*const families[W_FAMILIES])(const problem *, expected *) = {
        [W_SCAN] = expect_scan, [W_GATHER] = expect_gather, [W_HISTOGRAM] = expect_histogram};
    if (families[p->op->family])
        families[p->op->family](p, e);
    return families[p->op->family] != NULL;
}

const reference *reference_whole_op(const w_op *op)
{
    static const reference rows[] = {
        {.name = "cumsum"}, {.name = "gather"}, {.name = "histogram"}, {.name = "otsu_threshold"}};
    for (size_t i = 0; i < W_COUNT(rows); i++)
        if (!strcmp(rows[i].name, op->name))
            return &rows[i];
    return NULL;
}
