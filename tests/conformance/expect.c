// SPDX-License-Identifier: Apache-2.0
// What the outputs of a problem must be, from the reference; shapes and broadcasting are worked out
// here from the documentation, with nothing of the library's geometry.
#include "tests/conformance/conformance.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---------------------------------------------------------------- shapes

static bool has(const problem *p, uint32_t i)
{
    return p->in[i].memory != NULL;
}

static bool flag(const problem *p, const char *name)
{
    const attribute *a = attribute_get(p, name);
    return a && a->i;
}

static bool broadcasts(const problem *p, uint32_t i)
{
    w_input_kind kind = p->op->in[i].kind;
    return has(p, i) && (kind == W_IN || kind == W_OPT || kind == W_PIXEL || kind == W_VARIADIC);
}

static int32_t value_rank(const problem *p, uint32_t i)
{
    return p->in[i].view.rank - (p->op->in[i].kind == W_PIXEL);
}

static void map_shape(const problem *p, weir_array *out)
{
    for (uint32_t i = 0; i < p->op->n_in; i++)
        if (broadcasts(p, i))
            out->rank = W_MAX(out->rank, value_rank(p, i));
    for (int32_t k = 0; k < out->rank; k++) {
        out->shape[k] = 1;
        for (uint32_t i = 0; i < p->op->n_in; i++) {
            int32_t own = k - out->rank + (broadcasts(p, i) ? value_rank(p, i) : 0);
            if (broadcasts(p, i) && own >= 0 && p->in[i].view.shape[own] != 1)
                out->shape[k] = p->in[i].view.shape[own];
        }
    }
}

static void reduce_shape(const problem *p, weir_array *out)
{
    bool reduced[WEIR_MAX_RANK];
    reduced_axes(p, reduced);
    for (int32_t k = 0; k < p->in[0].view.rank; k++)
        if (!reduced[k] || flag(p, "keepdims"))
            out->shape[out->rank++] = reduced[k] ? 1 : p->in[0].view.shape[k];
}

static void row_shape(const problem *p, weir_array *out)
{
    out->rank = p->in[0].view.rank;
    memcpy(out->shape, p->in[0].view.shape, sizeof out->shape);
}

static void histogram_shape(const problem *p, weir_array *out)
{
    reduce_shape(p, out);
    if (out->dtype == WEIR_S32)
        out->shape[out->rank++] = 256; // a count for each value
}

static void contract_shape(const problem *p, weir_array *out)
{
    const weir_array *a = &p->in[0].view, *b = &p->in[1].view;
    if (a->rank == 2)
        out->shape[out->rank++] = a->shape[is_transposed(p, 0)];
    if (b->rank == 2)
        out->shape[out->rank++] = b->shape[!is_transposed(p, 1)];
}

static void move_shape(const problem *p, weir_array *out)
{
    // The index map, asked about each axis: the extent follows the axis.
    const reference *ref = reference_find(p->op);
    const weir_array *x = &p->in[0].view;
    if (ref && ref->shape) {
        ref->shape(p, out);
        return;
    }
    out->rank = x->rank;
    for (int32_t k = 0; k < x->rank && ref; k++) {
        int64_t to[WEIR_MAX_RANK] = {0}, from[WEIR_MAX_RANK] = {0};
        to[k] = 1;
        ref->move(p, to, from);
        for (int32_t j = 0; j < x->rank; j++)
            if (from[j])
                out->shape[k] = x->shape[j];
    }
}

void expected_shapes(const problem *p, weir_array out[W_MAX_OUT])
{
    static void (*const shapes[W_FAMILIES])(const problem *, weir_array *) = {
        [W_MAP] = map_shape,   [W_REDUCE] = reduce_shape, [W_CONTRACT] = contract_shape,
        [W_MOVE] = move_shape, [W_ROW] = row_shape,       [W_SAMPLE] = sample_shape,
        [W_SCAN] = row_shape,  [W_GATHER] = gather_shape, [W_HISTOGRAM] = histogram_shape,
    };
    for (uint32_t o = 0; o < p->op->n_out; o++) {
        const w_op_output *rule = &p->op->out[o];
        memset(&out[o], 0, sizeof out[o]);
        bool like = rule->rule != W_FIXED && rule->rule != W_ATTR_DTYPE && has(p, rule->input);
        out[o].dtype = like ? p->in[rule->input].view.dtype : rule->dtype;
        if (rule->rule == W_ATTR_DTYPE)
            out[o].dtype = (weir_dtype)attribute_get(p, "to")->i;
        shapes[p->op->family](p, &out[o]);
    }
}

// ---------------------------------------------------------------- values

static expected exact_bits(uint64_t bits)
{
    return (expected){.bits = bits, .exact = true, .bound = INFINITY};
}

// An integer stored as an output's dtype: it wraps, and is rounded once to a float.
static expected whole(int64_t value, weir_dtype dtype)
{
    if (dtype == WEIR_BOOL)
        return exact_bits(value != 0);
    if (is_float(dtype))
        return exact_bits(encode_float(value, dtype));
    return exact_bits((uint64_t)value & UINT64_MAX >> (64 - 8 * weir_dtype_size(dtype)));
}

// A value stored as an output's dtype: rounded once, or saturated with NaN as 0.
static expected stored(double value, weir_dtype dtype)
{
    static const struct {
        double low, high;
    } limits[] = {[WEIR_U8] = {0, 255},
                  [WEIR_S8] = {-128, 127},
                  [WEIR_S16] = {-32768, 32767},
                  [WEIR_S32] = {INT32_MIN, INT32_MAX},
                  [WEIR_S64] = {-0x1p63, 0x1p63}};
    if (dtype == WEIR_F32 || dtype == WEIR_F64)
        return exact_bits(encode_float(value, dtype));
    if (is_float(dtype)) // the f32 result, rounded once
        return exact_bits(encode_float((float)value, dtype));
    if (dtype == WEIR_BOOL)
        return exact_bits(value != 0);
    if (isnan(value))
        value = 0;
    value = fmin(fmax(value, limits[dtype].low), limits[dtype].high);
    return whole(value >= 0x1p63 ? INT64_MAX : (int64_t)value, dtype);
}

// The element of input number i that goes into an element of the output; NULL where it is absent.
static const void *map_element(const problem *p, uint32_t i, const weir_array *out,
                               const int64_t *index, int64_t channel)
{
    const weir_array *a = &p->in[i].view;
    int64_t own[WEIR_MAX_RANK] = {0};
    if (!has(p, i))
        return NULL;
    if (broadcasts(p, i)) {
        int32_t rank = value_rank(p, i);
        for (int32_t k = 0; k < rank; k++)
            own[k] = a->shape[k] == 1 ? 0 : index[k + out->rank - rank];
        if (p->op->in[i].kind == W_PIXEL)
            own[rank] = channel;
    } else if (a->rank && a->shape[0] != 1) {
        int32_t axis = attribute_get(p, "axis")->i;
        own[0] = index[axis < 0 ? axis + out->rank : axis];
    }
    return element(a, own);
}

static double standard_value(const problem *p, uint32_t i)
{
    float standard;
    memcpy(&standard, &p->op->in[i].default_bits, sizeof standard);
    return standard;
}

// Of integers alone: exactly.
static expected map_whole(const problem *p, const weir_array *out, const int64_t *index)
{
    int64_t x[W_MAX_IN];
    int bits = (int)(8 * weir_dtype_size(p->in[p->op->n_required - 1].view.dtype));
    size_t n = 0;
    for (uint32_t i = 0; i < p->op->n_in; i++) {
        const void *at = map_element(p, i, out, index, 0);
        if (!at && p->op->in[i].kind == W_VARIADIC)
            continue;
        double standard = at ? 0 : standard_value(p, i); // an infinity
        x[n++] = at ? load_int(at, p->in[i].view.dtype) : standard < 0 ? INT64_MIN : INT64_MAX;
    }
    return whole(reference_whole(p->op)(x, n, bits), out->dtype);
}

static expected near(double value, double ulp)
{
    return (expected){.value = value, .ulp = ulp, .bound = INFINITY};
}

// A MAP of floats, or of floats and integers.
static expected mapped(const w_op *op, const reference *ref, const double *x, const double *attr,
                       bool wide, weir_dtype dtype)
{
    wide_fn *own = wide ? reference_wide(op) : NULL;
    double value = own ? own(x, attr) : ref->map(x, attr);
    if (wide && op->in[0].dtypes & W_MATH_F64)
        return near(value, 4); // two of them the reference's own
    bool exact = !is_float(dtype) || op->ulp <= 0.5;
    if (exact && wide && is_float(dtype)) // cast: rounded once
        return exact_bits(encode_float(value, dtype));
    return exact ? stored(value, dtype) : near(value, op->ulp);
}

static expected map_value(const problem *p, const reference *ref, const weir_array *out,
                          const int64_t *index)
{
    double x[W_MAX_IN] = {0}, attr[W_MAX_ATTR] = {0};
    size_t n = 0, m = 0;
    w_class class = w_op_class(p->op, p->in_views, p->n_in);
    if (class == W_CLASS_I32 || class == W_CLASS_I64)
        return map_whole(p, out, index);
    for (uint32_t i = 0; i < p->op->n_in; i++)
        for (int64_t c = 0; c < W_MAX(w_op_operands(p->op, i), 1u); c++) {
            const void *at = map_element(p, i, out, index, c);
            if (at || p->op->in[i].kind != W_VARIADIC)
                x[n++] = at ? load(at, p->in[i].view.dtype) : standard_value(p, i);
        }
    for (uint32_t a = 0; a < p->op->n_attr; a++) {
        if (p->op->attr[a].kind == W_FLOAT)
            attr[m++] = p->attr[a].f;
        else if (p->op->attr[a].kind == W_FLAG)
            attr[m++] = p->attr[a].i;
    }
    bool wide = class == W_CLASS_F64;
    if (p->op->in[0].kind == W_VARIADIC)
        return stored(reference_variadic(p->op, x, n, wide), out->dtype);
    return mapped(p->op, ref, x, attr, wide, out->dtype);
}

static expected reduce_value(const problem *p, const reference *ref, const weir_array *out,
                             const int64_t *index)
{
    const weir_array *x = &p->in[0].view;
    bool reduced[WEIR_MAX_RANK];
    w_class class = w_op_class(p->op, p->in_views, p->n_in);
    bool plain = ref->canonical_reduce ? x->dtype == WEIR_F32 : is_float(x->dtype);
    if (ref->row || class == W_CLASS_I32 || class == W_CLASS_I64 || !plain)
        return row_value(p, ref, out, index);
    reduced_axes(p, reduced);
    weir_array inner = {.rank = x->rank};
    int64_t at[WEIR_MAX_RANK] = {0}, i[WEIR_MAX_RANK] = {0};
    for (int32_t k = 0, o = 0; k < x->rank; k++) {
        inner.shape[k] = reduced[k] ? x->shape[k] : 1;
        if (!reduced[k])
            at[k] = index[o];
        o += !reduced[k] || flag(p, "keepdims");
    }
    size_t n = 0, count = (size_t)w_array_count(&inner);
    double *values = malloc((count + 1) * sizeof *values);
    float *floats = malloc((count + 1) * sizeof *floats);
    assert_true(values && floats);
    for (bool more = count > 0; more; more = next_index(&inner, i)) {
        int64_t own[WEIR_MAX_RANK];
        for (int32_t k = 0; k < x->rank; k++)
            own[k] = reduced[k] ? i[k] : at[k];
        values[n] = load(element(x, own), x->dtype);
        floats[n] = (float)values[n];
        n++;
    }
    double attr = 0;
    for (uint32_t a = 0; a < p->op->n_attr; a++)
        if (p->op->attr[a].kind == W_FLAG)
            attr = p->attr[a].i;
    expected e = stored(ref->reduce(values, n, attr), out->dtype);
    if (ref->canonical_reduce) {
        e = exact_bits(float_bits(ref->canonical_reduce(floats, n)));
        e.value = ref->reduce(values, n, attr);
        if (p->moderate)
            e.bound = ref->reduce_bound(values, n);
    }
    free(values);
    free(floats);
    return e;
}

// Of c, which broadcasts to the output, or of a zero point: a's along m, b's along n.
static double third_value(const problem *p, uint32_t i, const weir_array *out, const int64_t *index,
                          int64_t m, int64_t n)
{
    const weir_array *a = &p->in[i].view;
    int64_t own[WEIR_MAX_RANK] = {0};
    bool integers = !is_float(out->dtype);
    for (int32_t k = 0; k < a->rank; k++)
        if (a->shape[k] != 1)
            own[k] = integers ? (i == 2 ? m : n) : index[k + out->rank - a->rank];
    return load(element(a, own), a->dtype);
}

// What follows a product, with the attributes that are given in place of its own.
static expected activated(const problem *p, double y, bool wide, weir_dtype dtype)
{
    const w_op *op = w_op_get((weir_op)attribute_get(p, "activation")->i);
    double attr[W_MAX_ATTR] = {0};
    for (uint32_t a = 0; a < op->n_attr; a++) {
        const attribute *own = attribute_get(p, a ? "activation_beta" : "activation_alpha");
        attr[a] = own->given ? own->f : op->attr[a].f;
    }
    return mapped(op, reference_find(op), &y, attr, wide, dtype);
}

static expected contract_value(const problem *p, const reference *ref, const weir_array *out,
                               const int64_t *index)
{
    const weir_array *a = &p->in[0].view, *b = &p->in[1].view;
    bool ta = a->rank == 2 && is_transposed(p, 0), tb = b->rank == 2 && is_transposed(p, 1);
    const attribute *accumulate = attribute_get(p, "accumulate");
    bool wide = out->dtype == WEIR_F64 || (accumulate && accumulate->i);
    int64_t m = a->rank == 2 ? index[0] : 0, n = b->rank == 2 ? index[out->rank - 1] : 0;
    int64_t k = a->rank == 2 ? a->shape[!ta] : a->shape[0];
    double *values = malloc((size_t)(2 * k + 1) * sizeof *values);
    assert_non_null(values);
    product e = {.k = (size_t)k, .a = values, .b = values + k, .alpha = 1, .beta = 1};
    for (int64_t i = 0; i < k; i++) {
        int64_t at_a[WEIR_MAX_RANK] = {ta ? i : m, ta ? m : i};
        int64_t at_b[WEIR_MAX_RANK] = {tb ? n : i, tb ? i : n};
        at_a[0] = a->rank == 2 ? at_a[0] : i;
        at_b[0] = b->rank == 2 ? at_b[0] : i;
        values[i] = load(element(a, at_a), a->dtype);
        values[k + i] = load(element(b, at_b), b->dtype);
    }
    for (uint32_t i = 2; i < p->op->n_in; i++)
        if (has(p, i)) {
            e.has[i - 2] = true;
            e.extra[i - 2] = third_value(p, i, out, index, m, n);
        }
    if (attribute_get(p, "alpha"))
        e.alpha = attribute_get(p, "alpha")->f;
    if (attribute_get(p, "beta"))
        e.beta = attribute_get(p, "beta")->f;
    e.u = wide ? 0x1p-53 : 0x1p-24;
    expected result = stored(ref->contract(&e), out->dtype);
    if (ref->canonical_contract) {
        double y = canonical_product(&e, wide);
        result = exact_bits(encode_float(y, out->dtype));
        result.value = ref->contract(&e);
        bool plain = p->moderate && fabs(e.alpha) < 1e6 && fabs(e.beta) < 1e6;
        if (plain && weir_dtype_size(out->dtype) >= 4)
            result.bound =
                ref->contract_bound(&e) + (out->dtype == WEIR_F32 ? fabs(y) * 0x1p-24 : 0);
        if (attribute_get(p, "activation") && attribute_get(p, "activation")->i)
            result = activated(p, y, wide, out->dtype);
    }
    free(values);
    return result;
}

static expected move_value(const problem *p, const reference *ref, const weir_array *out,
                           const int64_t *index)
{
    int64_t from[WEIR_MAX_RANK] = {0};
    int32_t i = 0;
    (void)out;
    if (ref->source)
        i = ref->source(p, index, from);
    else
        ref->move(p, index, from);
    if (i < 0)
        return exact_bits(0);
    const weir_array *x = &p->in[i].view;
    return exact_bits(load_bits(element(x, from), x->dtype));
}

expected *expect(const problem *p)
{
    static expected (*const values[W_FAMILIES])(const problem *, const reference *,
                                                const weir_array *, const int64_t *) = {
        [W_MAP] = map_value,   [W_REDUCE] = reduce_value, [W_CONTRACT] = contract_value,
        [W_MOVE] = move_value, [W_ROW] = row_value,       [W_SAMPLE] = sample_value,
    };
    const reference *ref = reference_find(p->op);
    size_t count = 0, n = 0;
    if (!ref)
        return NULL;
    for (uint32_t o = 0; o < p->op->n_out; o++)
        count += (size_t)w_array_count(&p->out[o].view);
    expected *e = malloc((count + 1) * sizeof *e);
    assert_non_null(e);
    if (expect_whole(p, e))
        return e;
    for (uint32_t o = 0; o < p->op->n_out; o++) {
        const weir_array *out = &p->out[o].view;
        int64_t index[WEIR_MAX_RANK] = {0};
        for (bool more = w_array_count(out) > 0; more; more = next_index(out, index))
            e[n++] = values[p->op->family](p, ref, out, index);
    }
    return e;
}

// Within the bound in f32; narrower, a rounding of what is; wider, in ulp of that.
static bool is_near(const expected *e, const void *got, weir_dtype dtype)
{
    double y = load(got, dtype);
    if (dtype == WEIR_F32)
        return ulp_error((float)y, e->value) <= e->ulp;
    if (isnan(e->value) || isnan(y))
        return isnan(e->value) && isnan(y);
    if (isinf(e->value))
        return y == e->value;
    if (dtype == WEIR_F64)
        return y == e->value ||
               fabs(y - e->value) <=
                   e->ulp * fmax(fabs(nextafter(e->value, 0) - e->value), 0x1p-1074);
    double step = fmax(fabs((double)nextafterf((float)e->value, 0) - (float)e->value), 0x1p-149);
    uint64_t low = encode_float((float)(e->value - 2 * e->ulp * step), dtype);
    uint64_t high = encode_float((float)(e->value + 2 * e->ulp * step), dtype);
    double from = load(&low, dtype), to = load(&high, dtype);
    return from <= y && y <= to;
}

static bool as_expected(const expected *e, const void *got, weir_dtype dtype)
{
    if (e->exact && !same_bits(e->bits, load_bits(got, dtype), dtype))
        return false;
    if (!e->exact && !e->any && !is_near(e, got, dtype))
        return false;
    return !(e->bound < INFINITY) || fabs(load(got, dtype) - e->value) <= e->bound;
}

size_t compare_expected(const problem *p, const expected *e, const char *where)
{
    size_t wrong = 0, n = 0;
    for (uint32_t o = 0; o < p->op->n_out; o++) {
        const weir_array *out = &p->out[o].view;
        int64_t index[WEIR_MAX_RANK] = {0};
        size_t begin = n;
        for (bool more = w_array_count(out) > 0; more; more = next_index(out, index), n++) {
            const void *got = element(out, index);
            if (as_expected(&e[n], got, out->dtype) || wrong++)
                continue;
            print_error("%s on %s: element %zu of %s is 0x%" PRIx64, p->label, where, n - begin,
                        p->op->out[o].name, load_bits(got, out->dtype));
            if (e[n].exact)
                print_error(", not 0x%" PRIx64, e[n].bits);
            if (!e[n].exact || e[n].bound < INFINITY)
                print_error(" (%.9g, not %.17g within %g ulp and %g)", load(got, out->dtype),
                            e[n].value, e[n].ulp, e[n].bound);
            print_error("\n");
        }
    }
    return wrong;
}
