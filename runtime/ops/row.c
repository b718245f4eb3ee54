// SPDX-License-Identifier: Apache-2.0
// REDUCE, ROW, SCAN and HISTOGRAM: the space of kept axes followed by reduced ones, each in
// ascending order. The inputs broadcast as in NumPy; labels lack the axis. The output of a REDUCE
// lacks the reduced axes, that of a ROW or a SCAN has them all.
#include "runtime/ops/op.h"
#include "runtime/ops/reduce.h"

#include <inttypes.h>
#include <string.h>

typedef struct space {
    int32_t rank;
    int64_t shape[WEIR_MAX_RANK];
    bool reduced[WEIR_MAX_RANK];
} space;

static bool present(const weir_array *in, size_t n_in, uint32_t i)
{
    return i < n_in && in[i].dtype != WEIR_DTYPE_NONE;
}

static bool broadcasts(const w_op *op, uint32_t i)
{
    return op->in[i].kind == W_IN || op->in[i].kind == W_OPT;
}

static weir_status broadcast(const w_op *op, const weir_array *in, size_t n_in, space *s)
{
    weir_array whole = {.rank = 0};
    for (uint32_t i = 0; i < op->n_in; i++)
        if (present(in, n_in, i) && broadcasts(op, i))
            whole.rank = W_MAX(whole.rank, in[i].rank);
    for (int32_t axis = 0; axis < whole.rank; axis++) {
        whole.shape[axis] = 1;
        for (uint32_t i = 0; i < op->n_in; i++) {
            int32_t own = present(in, n_in, i) ? axis - whole.rank + in[i].rank : -1;
            if (own < 0 || !broadcasts(op, i))
                continue;
            int64_t n = in[i].shape[own], *m = &whole.shape[axis];
            if (n != *m && *m != 1 && n != 1)
                return w_fail(WEIR_INVALID_SHAPE,
                              "%s: %s has %" PRId64 " elements on axis %" PRId32
                              ", the others %" PRId64 "; they do not broadcast",
                              op->name, op->in[i].name, n, own, *m);
            if (*m == 1)
                *m = n;
        }
    }
    if (w_array_count(&whole) < 0)
        return w_fail_count(op, "the inputs broadcast to", &whole);
    s->rank = whole.rank;
    memcpy(s->shape, whole.shape, sizeof s->shape);
    return WEIR_OK;
}

// A ROW and a SCAN give an element for each of their input's.
static bool is_whole(const w_op *op)
{
    return op->family == W_ROW || op->family == W_SCAN;
}

// A ROW's output has the shape of its first input, which the others must not widen.
static weir_status check_whole(const w_op *op, const weir_array *x, const space *s)
{
    bool same = x->rank == s->rank;
    for (int32_t axis = 0; same && axis < s->rank; axis++)
        same = x->shape[axis] == s->shape[axis];
    char text[160];
    return same || !is_whole(op)
               ? WEIR_OK
               : w_fail(WEIR_INVALID_SHAPE, "%s: the other inputs broadcast beyond %s, which is %s",
                        op->name, op->in[0].name, w_array_text(x, text, sizeof text));
}

// The strides of an operand along all axes of the space, in their own order.
static void spread_strides(const weir_array *a, const space *s, int64_t *strides)
{
    int64_t own[WEIR_MAX_RANK];
    w_array_strides(a, own);
    memset(strides, 0, WEIR_MAX_RANK * sizeof *strides);
    for (int32_t axis = 0; axis < a->rank; axis++)
        strides[axis + s->rank - a->rank] = a->shape[axis] == 1 ? 0 : own[axis];
}

static weir_status label_strides(const w_op *op, uint32_t i, const weir_array *a, const space *s,
                                 int64_t *strides)
{
    int64_t own[WEIR_MAX_RANK];
    char text[160];
    bool same = a->rank == s->rank - 1;
    w_array_strides(a, own);
    for (int32_t axis = 0, o = 0; axis < s->rank && same; axis++) {
        strides[axis] = s->reduced[axis] ? 0 : own[o];
        same = s->reduced[axis] || a->shape[o] == s->shape[axis];
        o += !s->reduced[axis];
    }
    return same ? WEIR_OK
                : w_fail(WEIR_INVALID_SHAPE, "%s: %s is %s; it has the shape of %s without axis",
                         op->name, op->in[i].name, w_array_text(a, text, sizeof text),
                         op->in[0].name);
}

// Puts strides in the order of the iteration space: the kept axes, then the reduced.
static void order_strides(const space *s, const int64_t *strides, int64_t *out)
{
    uint32_t n = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int32_t axis = 0; axis < s->rank; axis++)
            if (s->reduced[axis] == (pass == 1))
                out[n++] = strides[axis];
}

static weir_status add_input(w_desc *desc, const weir_array *in, size_t n_in, uint32_t i,
                             const space *s)
{
    const w_op *op = desc->op;
    int64_t strides[WEIR_MAX_RANK] = {0};
    w_operand *o = &desc->in[desc->n_in++];
    memset(o, 0, sizeof *o);
    if (!present(in, n_in, i)) {
        o->dtype = WEIR_F32;
        o->tensor = -1;
        o->constant = (int32_t)op->in[i].default_bits;
        return WEIR_OK;
    }
    o->dtype = in[i].dtype;
    o->tensor = (int32_t)i;
    weir_status status = WEIR_OK;
    if (op->in[i].kind == W_LABELS)
        status = label_strides(op, i, &in[i], s, strides);
    else if (op->chain && op->in[i].kind == W_AXIS) // one value, whatever its rank
        status = w_array_count(&in[i]) == 1
                     ? WEIR_OK
                     : w_fail(WEIR_INVALID_SHAPE,
                              "%s: %s has %" PRId64 " values; along an axis it takes one", op->name,
                              op->in[i].name, w_array_count(&in[i]));
    else
        spread_strides(&in[i], s, strides);
    order_strides(s, strides, o->stride);
    return status;
}

// The output's strides, and for a HISTOGRAM those of its counts.
static int64_t add_output(w_desc *desc, const space *s, weir_array *out)
{
    const w_value *keep = w_attr(desc->op, desc->attr, "keepdims");
    bool row = is_whole(desc->op), keepdims = keep && keep->i;
    bool counts = desc->op->family == W_HISTOGRAM && w_op_histogram_values(desc->op) > 1;
    int64_t strides[WEIR_MAX_RANK] = {0}, own[WEIR_MAX_RANK];
    out->rank = 0;
    for (int32_t axis = 0; axis < s->rank; axis++)
        if (row || !s->reduced[axis] || keepdims)
            out->shape[out->rank++] = s->reduced[axis] && !row ? 1 : s->shape[axis];
    if (counts)
        out->shape[out->rank++] = W_VALUES;
    w_array_strides(out, own);
    for (int32_t axis = 0, o = 0; axis < s->rank; axis++) {
        strides[axis] = s->reduced[axis] && !row ? 0 : own[o];
        o += row || !s->reduced[axis] || keepdims;
    }
    desc->n_out = 1;
    memset(&desc->out[0], 0, sizeof desc->out[0]);
    desc->out[0].dtype = out->dtype;
    order_strides(s, strides, desc->out[0].stride);
    return counts ? own[out->rank - 1] : 0;
}

// The kept axes and that of the counts are at most WEIR_MAX_RANK, and each count fits an s32.
static weir_status check_histogram(const w_desc *desc, const space *s)
{
    const w_op *op = desc->op;
    const w_value *keep = w_attr(op, desc->attr, "keepdims");
    int32_t values = w_op_histogram_values(op), rank = values > 1;
    int64_t n = 1;
    weir_array counts = {.dtype = WEIR_S32};
    for (int32_t axis = 0; axis < s->rank; axis++) {
        rank += !s->reduced[axis] || keep->i;
        n *= s->reduced[axis] ? s->shape[axis] : 1;
        if (!s->reduced[axis])
            counts.shape[counts.rank++] = s->shape[axis];
    }
    if (rank > WEIR_MAX_RANK)
        return w_fail(WEIR_INVALID_SHAPE, "%s: the output would have rank %" PRId32 ", not 0..%d",
                      op->name, rank, WEIR_MAX_RANK);
    if (values > 1)
        counts.shape[counts.rank++] = values;
    if (w_array_count(&counts) < 0)
        return w_fail_count(op, "the counts would be", &counts);
    if (n > INT32_MAX)
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: %" PRId64 " elements to count; a count reaches %" PRId32, op->name, n,
                      INT32_MAX);
    return WEIR_OK;
}

// From the end: both sides begin there and go back.
static void reverse_scan(w_desc *desc)
{
    uint32_t last = desc->rank - 1;
    int64_t way = W_MAX(desc->extent[last] - 1, 0);
    desc->in[0].offset += way * desc->in[0].stride[last];
    desc->out[0].offset += way * desc->out[0].stride[last];
    desc->in[0].stride[last] = -desc->in[0].stride[last];
    desc->out[0].stride[last] = -desc->out[0].stride[last];
}

static void finish_scan(w_desc *desc)
{
    if (w_attr(desc->op, desc->attr, "reverse")->i)
        reverse_scan(desc);
    // Kernels read there by how many places the results are late.
    desc->formula_attr[0] = w_attr(desc->op, desc->attr, "exclusive")->i ? 1.0f : 0.0f;
    desc->n_formula_attr = 1;
}

static void set_work(const weir_array *in, size_t n_in, const weir_array *out, w_desc *desc)
{
    desc->flops = desc->op->flops * (double)desc->outer * (double)desc->inner;
    desc->bytes = (double)w_array_count(out) * (double)weir_dtype_size(out->dtype);
    for (uint32_t i = 0; i < n_in; i++)
        if (present(in, n_in, i) && desc->op->in[i].kind != W_HOST)
            desc->bytes += (double)w_array_count(&in[i]) * (double)weir_dtype_size(in[i].dtype);
}

// In a class of 32 bits an index has 31, of which all ones stand for none (arg_index.h), and so has
// the number of elements that phases of integers know. A longer row is reduced in a class of 64
// bits, which holds the same numbers and, modulo 2^32, the same sums.
static void widen(w_desc *desc)
{
    bool index = w_op_is_index(desc->op), count = w_op_phases(desc->op) != NULL;
    if (desc->inner < INT32_MAX)
        return;
    if (desc->compute == W_CLASS_F32 && index)
        desc->compute = W_CLASS_F64;
    else if (desc->compute == W_CLASS_I32 && (index || count))
        desc->compute = W_CLASS_I64;
}

// A label is compared with the index of an element, both numbers of the class.
static weir_status check_labels(const w_desc *desc)
{
    const int64_t limit = 1 << 24;
    const w_op *op = desc->op;
    bool labels = op->n_in > 1 && op->in[1].kind == W_LABELS && desc->compute == W_CLASS_F32;
    return !labels || desc->inner <= limit
               ? WEIR_OK
               : w_fail(WEIR_UNSUPPORTED,
                        "%s: %" PRId64 " classes; of %s it takes at most %" PRId64 ", of f64 more",
                        op->name, desc->inner, weir_dtype_name(desc->in[0].dtype), limit);
}

weir_status w_describe_row(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc)
{
    const w_op *op = desc->op;
    space s = {.rank = 0};
    weir_status status = broadcast(op, in, n_in, &s);
    if (status == WEIR_OK)
        status = check_whole(op, &in[0], &s);
    if (status == WEIR_OK)
        status = w_reduce_axes(desc, in, n_in, s.rank, s.reduced);
    if (status == WEIR_OK && op->family == W_HISTOGRAM)
        status = check_histogram(desc, &s);
    desc->n_in = 0;
    for (uint32_t i = 0; i < op->n_in && status == WEIR_OK; i++)
        if (op->in[i].kind != W_HOST)
            status = add_input(desc, in, n_in, i, &s);
    if (status != WEIR_OK)
        return status;
    int64_t counts = add_output(desc, &s, out);
    desc->rank = (uint32_t)s.rank;
    order_strides(&s, s.shape, desc->extent);
    desc->reduced = 0;
    for (int32_t axis = 0; axis < s.rank; axis++)
        desc->reduced += s.reduced[axis];
    if (!desc->reduced) { // a no-op still has one element to reduce
        desc->extent[desc->rank++] = 1;
        desc->reduced = 1;
        for (uint32_t i = 0; i < desc->n_in; i++)
            desc->in[i].stride[s.rank] = 0;
        desc->out[0].stride[s.rank] = 0;
    }
    w_desc_simplify(desc, 0);
    desc->out[0].stride[desc->rank] = counts;
    desc->empty |= is_whole(op) && !desc->inner;
    if (op->family == W_SCAN)
        finish_scan(desc);
    bool one = op->family == W_HISTOGRAM && w_op_histogram_values(op) == 1;
    if (desc->inner == 0 && desc->outer && (w_op_is_index(op) || one))
        return w_fail(WEIR_INVALID_SHAPE, "%s: no %s among no elements", op->name,
                      one ? "threshold" : "index");
    widen(desc);
    status = check_labels(desc);
    if (status == WEIR_OK)
        set_work(in, n_in, out, desc);
    return status;
}
