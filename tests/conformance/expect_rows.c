// SPDX-License-Identifier: Apache-2.0
// What the outputs of a REDUCE or ROW must be: its row's elements gathered from the inputs by the
// documentation's rules, and given to the reference.
#include "tests/conformance/conformance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool flag(const problem *p, const char *name)
{
    const attribute *a = attribute_get(p, name);
    return a && a->i;
}

static bool takes_tail(const w_op *op)
{
    return !strcmp(op->name, "layer_norm") || !strcmp(op->name, "rms_norm");
}

void reduced_axes(const problem *p, bool reduced[WEIR_MAX_RANK])
{
    const weir_array *x = &p->in[0].view;
    const attribute *axis = attribute_get(p, "axis"), *axes = attribute_get(p, "axes");
    int64_t list[WEIR_MAX_RANK], n = 0;
    memset(reduced, 0, WEIR_MAX_RANK * sizeof *reduced);
    bool input = p->op->n_in > 1 && p->op->in[1].kind == W_HOST && p->in[1].memory;
    if (axis && input) {
        list[n++] = load_int(p->in[1].view.data, p->in[1].view.dtype);
    } else if (axis && !flag(p, "flatten")) {
        list[n++] = axis->i;
    } else if (axes && input) {
        int64_t at[WEIR_MAX_RANK] = {0};
        for (n = 0; n < p->in[1].view.shape[0]; n++, at[0]++)
            memcpy(&list[n], element(&p->in[1].view, at), sizeof list[0]);
    } else if (axes) {
        for (int32_t k = 0; k < axes->n; k++)
            list[n++] = axes->ints[k];
    }
    for (int64_t k = 0; k < n && x->rank; k++)
        reduced[list[k] < 0 ? list[k] + x->rank : list[k]] = true;
    for (int32_t k = 0; k < x->rank && n == 0 && !flag(p, "noop_with_empty_axes"); k++)
        reduced[k] = true;
    for (int32_t k = 1; k < x->rank && takes_tail(p->op); k++)
        reduced[k] |= reduced[k - 1];
}

// ---------------------------------------------------------------- a row's elements

typedef struct row {
    size_t n, place; // of the output's element, within the row of a ROW
    int64_t at[WEIR_MAX_RANK];
    weir_array inner; // the reduced axes' shape
    bool reduced[WEIR_MAX_RANK];
} row;

static row row_of(const problem *p, const int64_t *index)
{
    const weir_array *x = &p->in[0].view;
    bool whole = p->op->family == W_ROW;
    row r = {.inner = {.rank = x->rank}};
    reduced_axes(p, r.reduced);
    for (int32_t k = 0, o = 0; k < x->rank; k++) {
        r.inner.shape[k] = r.reduced[k] ? x->shape[k] : 1;
        if (r.reduced[k] && whole)
            r.place = r.place * (size_t)x->shape[k] + (size_t)index[o];
        if (!r.reduced[k])
            r.at[k] = index[o];
        o += whole || !r.reduced[k] || flag(p, "keepdims");
    }
    r.n = (size_t)w_array_count(&r.inner);
    return r;
}

// Element number i of input k along the row: broadcast from the right; labels lack the axis.
static const void *row_element(const problem *p, const row *r, uint32_t k, const int64_t *i)
{
    const weir_array *a = &p->in[k].view;
    int32_t rank = r->inner.rank;
    int64_t own[WEIR_MAX_RANK] = {0};
    bool labels = p->op->in[k].kind == W_LABELS;
    for (int32_t axis = 0, o = labels ? 0 : a->rank - rank; axis < rank; axis++) {
        if (labels && r->reduced[axis])
            continue;
        int64_t place = r->reduced[axis] ? i[axis] : r->at[axis];
        if (o >= 0)
            own[o] = a->shape[o] == 1 ? 0 : place;
        o++;
    }
    return element(a, own);
}

static void gather(const problem *p, const row *r, uint32_t k, double *wide, int64_t *whole)
{
    int64_t i[WEIR_MAX_RANK] = {0};
    size_t n = 0;
    for (bool more = r->n > 0; more; more = next_index(&r->inner, i), n++) {
        const void *at = row_element(p, r, k, i);
        if (wide)
            wide[n] = load(at, p->in[k].view.dtype);
        else
            whole[n] = load_int(at, p->in[k].view.dtype);
    }
}

// ---------------------------------------------------------------- values

static expected whole_value(const problem *p, const weir_array *out, const row *r)
{
    int bits = w_op_class(p->op, p->in_views, p->n_in) == W_CLASS_I32 ? 32 : 64;
    int64_t *a = malloc((2 * r->n + 1) * sizeof *a);
    assert_non_null(a);
    gather(p, r, 0, NULL, a);
    bool two = p->op->n_in > 1 && p->op->in[1].kind == W_IN;
    if (two)
        gather(p, r, 1, NULL, a + r->n);
    uint64_t value = (uint64_t)reference_whole_row(p->op, a, two ? a + r->n : NULL, r->n, bits,
                                                   flag(p, "select_last_index"));
    free(a);
    size_t size = weir_dtype_size(out->dtype);
    return (expected){.bits = size == 8 ? value : value & ((UINT64_C(1) << 8 * size) - 1),
                      .exact = true,
                      .bound = INFINITY};
}

// Of what is not an f32 or f64: the rounding of the result; of those the rounding of `value`, which
// is kept as an f64. Beyond the dtype's range anything.
static long double stored_bound(long double value, long double bound, weir_dtype dtype)
{
    long double half_ulp = dtype == WEIR_F16 ? 0x1p-11L : dtype == WEIR_BF16 ? 0x1p-8L : 0x1p-53L;
    long double least = dtype == WEIR_F16 ? 0x1p-25L : dtype == WEIR_BF16 ? 0x1p-134L : 0;
    long double most = dtype == WEIR_F16 ? 65000.0L : dtype == WEIR_F64 ? 1e300L : 3e38L;
    if (fabsl(value) + bound > most)
        return INFINITY;
    return bound + (fabsl(value) + bound) * half_ulp * 1.001L + least;
}

static row_case case_of(const problem *p, const row *r, double *values)
{
    row_case c = {.n = r->n};
    c.u = w_op_class(p->op, p->in_views, p->n_in) == W_CLASS_F64 ? 0x1p-53 : 0x1p-24;
    for (uint32_t k = 0; k < p->op->n_in; k++) {
        if (!p->in[k].memory || p->op->in[k].kind == W_HOST)
            continue;
        gather(p, r, k, values, NULL);
        c.in[k] = values;
        values += r->n;
    }
    for (uint32_t a = 0, m = 0; a < p->op->n_attr; a++) {
        if (p->op->attr[a].kind == W_FLOAT)
            c.attr[m++] = (double)p->attr[a].f;
        else if (p->op->attr[a].kind == W_FLAG)
            c.attr[m++] = p->attr[a].i;
    }
    return c;
}

expected row_value(const problem *p, const reference *ref, const weir_array *out,
                   const int64_t *index)
{
    row r = row_of(p, index);
    // Each element of a long row would ask for the whole of it: some do.
    if (p->op->family == W_ROW && r.place % (r.n / 32 + 1))
        return (expected){.any = true, .bound = INFINITY};
    w_class class = w_op_class(p->op, p->in_views, p->n_in);
    if (class == W_CLASS_I32 || class == W_CLASS_I64)
        return whole_value(p, out, &r);
    double *values = malloc((3 * r.n + 1) * sizeof *values);
    assert_non_null(values);
    row_case c = case_of(p, &r, values);
    row_fn *fn = ref->row ? ref->row : reference_sum();
    long double bound = 0, value = fn(&c, r.place, &bound);
    free(values);
    if (bound == 0) // exact, special values and all
        return (expected){.bits = is_float(out->dtype) ? encode_float(value, out->dtype)
                                                       : (uint64_t)(int64_t)value,
                          .exact = true,
                          .bound = INFINITY};
    expected e = {.value = (double)value, .any = true, .bound = INFINITY};
    bound = p->moderate && r.n ? stored_bound(value, bound, out->dtype) : INFINITY;
    if (bound < INFINITY)
        e.bound = (double)bound;
    return e;
}
