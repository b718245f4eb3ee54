// SPDX-License-Identifier: Apache-2.0
// MOVE: the output is a view of the input, which is copied in the output's order.
#include "runtime/ops/op.h"

#include <inttypes.h>
#include <string.h>

// The output's elements as they lie in the input.
typedef struct view {
    int32_t rank;
    int64_t shape[WEIR_MAX_RANK], stride[WEIR_MAX_RANK], offset;
} view;

typedef weir_status view_fn(const w_desc *desc, const weir_array *in, size_t n_in, view *v);

// ---------------------------------------------------------------- values read on the host

weir_status w_host_list(const w_op *op, const weir_array *in, size_t n_in, uint32_t i, bool needed,
                        int64_t most, int64_t *list, int32_t *out_n)
{
    const char *name = op->in[i].name;
    int64_t stride[WEIR_MAX_RANK] = {0};
    *out_n = -1;
    if (i >= n_in || in[i].dtype == WEIR_DTYPE_NONE)
        return needed ? w_fail(WEIR_INVALID_ARGUMENT, "%s: %s is absent", op->name, name) : WEIR_OK;
    const weir_array *a = &in[i];
    int64_t n = w_array_count(a);
    if (a->rank > 1 || n > most)
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: %s has rank %" PRId32 " and %" PRId64
                      " values; it is a vector of at most %" PRId64,
                      op->name, name, a->rank, n, most);
    weir_status status = w_check_values(op, name, a);
    if (status != WEIR_OK)
        return status;
    w_array_strides(a, stride);
    for (int64_t k = 0; k < n; k++) {
        const char *at = (const char *)a->data + k * stride[0] * (int64_t)weir_dtype_size(a->dtype);
        int32_t narrow;
        memcpy(&narrow, at, sizeof narrow);
        list[k] = narrow;
        if (a->dtype == WEIR_S64)
            memcpy(&list[k], at, sizeof list[k]);
    }
    *out_n = (int32_t)n;
    return WEIR_OK;
}

static weir_status same_length(const w_op *op, uint32_t i, int32_t n, int32_t starts)
{
    if (n < 0 || n == starts)
        return WEIR_OK;
    return w_fail(WEIR_INVALID_SHAPE, "%s: %s has %" PRId32 " values, starts has %" PRId32,
                  op->name, op->in[i].name, n, starts);
}

// ---------------------------------------------------------------- views

static void whole(const weir_array *x, view *v)
{
    v->rank = x->rank;
    v->offset = 0;
    memcpy(v->shape, x->shape, sizeof v->shape);
    w_array_strides(x, v->stride);
}

static weir_status view_transpose(const w_desc *desc, const weir_array *in, size_t n_in, view *v)
{
    const w_op *op = desc->op;
    const w_value *value = w_attr(op, desc->attr, "perm");
    int32_t rank = in[0].rank;
    int64_t stride[WEIR_MAX_RANK];
    bool seen[WEIR_MAX_RANK] = {false};
    (void)n_in;
    w_array_strides(&in[0], stride);
    v->rank = rank;
    v->offset = 0;
    if (value->n && value->n != rank)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: perm has %" PRId32 " axes, x has %" PRId32,
                      op->name, value->n, rank);
    for (int32_t i = 0; i < rank; i++) {
        int32_t axis = value->n ? value->ints[i] : rank - 1 - i;
        if (axis < 0 || axis >= rank || seen[axis])
            return w_fail(WEIR_INVALID_ARGUMENT,
                          "%s: perm[%" PRId32 "] is %" PRId32 "; perm must hold 0..%" PRId32
                          " once each",
                          op->name, i, axis, rank - 1);
        seen[axis] = true;
        v->shape[i] = in[0].shape[axis];
        v->stride[i] = stride[axis];
    }
    return WEIR_OK;
}

static int64_t bounded(int64_t i, int64_t extent, int64_t low, int64_t high)
{
    i += i < 0 ? extent : 0;
    return i < low ? low : i > high ? high : i;
}

// One axis of a view from start on, before end, in steps of either sign (ONNX Slice).
static void slice_axis(view *v, int32_t axis, int64_t start, int64_t end, int64_t step)
{
    int64_t n = v->shape[axis];
    bool forward = step > 0;
    start = bounded(start, n, 0, forward ? n : n - 1);
    end = bounded(end, n, forward ? 0 : -1, forward ? n : n - 1);
    int64_t span = forward ? end - start : start - end, size = forward ? step : -step;
    v->shape[axis] = span > 0 && n > 0 ? (span - 1) / size + 1 : 0;
    if (!v->shape[axis])
        return;
    v->offset += start * v->stride[axis];
    // With one element there is no step, which may be as large as it likes.
    v->stride[axis] = v->shape[axis] > 1 ? v->stride[axis] * step : 0;
}

static weir_status view_slice(const w_desc *desc, const weir_array *in, size_t n_in, view *v)
{
    const w_op *op = desc->op;
    int64_t list[4][WEIR_MAX_RANK];
    int32_t n[4];
    bool seen[WEIR_MAX_RANK] = {false};
    weir_status status = WEIR_OK;
    for (uint32_t i = 0; i < 4 && status == WEIR_OK; i++)
        status = w_host_list(op, in, n_in, i + 1, i < 2, WEIR_MAX_RANK, list[i], &n[i]);
    for (uint32_t i = 1; i < 4 && status == WEIR_OK; i++)
        status = same_length(op, i + 1, n[i], n[0]);
    if (status != WEIR_OK)
        return status;
    whole(&in[0], v);
    for (int32_t k = 0; k < n[0]; k++) {
        int64_t axis = n[2] < 0 ? k : list[2][k], step = n[3] < 0 ? 1 : list[3][k];
        status = w_check_axis(op, v->rank, &axis);
        if (status != WEIR_OK)
            return status;
        if (seen[axis])
            return w_fail(WEIR_INVALID_ARGUMENT, "%s: axis %" PRId64 " is named twice", op->name,
                          axis);
        if (step == 0 || step == INT64_MIN)
            return w_fail(WEIR_INVALID_ARGUMENT,
                          "%s: steps[%" PRId32 "] is %" PRId64
                          "; it is neither 0 nor the least of all",
                          op->name, k, step);
        seen[axis] = true;
        slice_axis(v, (int32_t)axis, list[0][k], list[1][k], step);
    }
    return WEIR_OK;
}

// Broadcasting in both directions (ONNX Expand).
static weir_status view_expand(const w_desc *desc, const weir_array *in, size_t n_in, view *v)
{
    const w_op *op = desc->op;
    const weir_array *x = &in[0];
    int64_t shape[WEIR_MAX_RANK], stride[WEIR_MAX_RANK];
    int32_t n;
    weir_status status = w_host_list(op, in, n_in, 1, true, WEIR_MAX_RANK, shape, &n);
    if (status != WEIR_OK)
        return status;
    w_array_strides(x, stride);
    v->offset = 0;
    v->rank = W_MAX(n, x->rank);
    for (int32_t i = 0; i < v->rank; i++) {
        int32_t own = i - (v->rank - x->rank), other = i - (v->rank - n);
        int64_t have = own < 0 ? 1 : x->shape[own], want = other < 0 ? 1 : shape[other];
        if (want < 0 || (have != want && have != 1 && want != 1))
            return w_fail(WEIR_INVALID_SHAPE,
                          "%s: shape[%" PRId32 "] is %" PRId64 ", x has %" PRId64
                          " elements there; they do not broadcast",
                          op->name, other, want, have);
        v->shape[i] = have == 1 ? want : have;
        v->stride[i] = own < 0 || have == 1 ? 0 : stride[own];
    }
    return WEIR_OK;
}

static weir_status view_hwc_to_chw(const w_desc *desc, const weir_array *in, size_t n_in, view *v)
{
    (void)n_in;
    whole(&in[0], v);
    if (v->rank < 3)
        return w_fail(WEIR_INVALID_SHAPE, "%s: x has rank %" PRId32 ", less than 3", desc->op->name,
                      v->rank);
    int32_t c = v->rank - 1;
    int64_t channels = v->shape[c], step = v->stride[c];
    for (int32_t i = c; i > c - 2; i--) {
        v->shape[i] = v->shape[i - 1];
        v->stride[i] = v->stride[i - 1];
    }
    v->shape[c - 2] = channels;
    v->stride[c - 2] = step;
    return WEIR_OK;
}

static view_fn *view_of(weir_op op)
{
    switch (op) {
    case WEIR_OP_SLICE:
        return view_slice;
    case WEIR_OP_EXPAND:
        return view_expand;
    case WEIR_OP_HWC_TO_CHW:
        return view_hwc_to_chw;
    default:
        return view_transpose;
    }
}

// The output is one view of the input.
static weir_status describe_view(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc)
{
    view v;
    weir_status status = view_of(desc->op->number)(desc, in, n_in, &v);
    if (status != WEIR_OK)
        return status;
    int64_t out_strides[WEIR_MAX_RANK];
    out->rank = v.rank;
    memcpy(out->shape, v.shape, sizeof out->shape);
    if (w_array_count(out) < 0)
        return w_fail_count(desc->op, "the output would be", out);
    w_array_strides(out, out_strides);
    desc->rank = (uint32_t)v.rank;
    desc->reduced = 0;
    desc->n_in = desc->n_out = 1;
    desc->in[0] = (w_operand){.dtype = in[0].dtype, .offset = v.offset};
    desc->out[0] = (w_operand){.dtype = out->dtype};
    for (int32_t i = 0; i < v.rank; i++) {
        desc->extent[i] = v.shape[i];
        desc->in[0].stride[i] = v.stride[i];
        desc->out[0].stride[i] = out_strides[i];
    }
    w_desc_simplify(desc, 0);
    desc->flops = 0;
    desc->bytes = 2.0 * (double)desc->outer * (double)weir_dtype_size(out->dtype);
    return WEIR_OK;
}

weir_status w_describe_move(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc)
{
    switch (desc->op->number) {
    case WEIR_OP_CONCAT:
        return w_describe_concat(in, n_in, out, desc);
    case WEIR_OP_PAD:
        return w_describe_pad(in, n_in, out, desc);
    default:
        return describe_view(in, n_in, out, desc);
    }
}
