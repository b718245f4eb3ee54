// SPDX-License-Identifier: Apache-2.0
// REDUCE: which axes go, and the space of kept axes followed by reduced ones, each in ascending
// order, so that the order of a sum depends on shape and axes alone.
#include "runtime/ops/op.h"

#include <inttypes.h>
#include <string.h>

static weir_status add_axis(const w_op *op, int64_t axis, int32_t rank, bool *reduced)
{
    if (axis < -rank || axis >= rank)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: axis %" PRId64 " is not in %" PRId32 "..%" PRId32,
                      op->name, axis, -rank, rank - 1);
    axis += axis < 0 ? rank : 0;
    if (reduced[axis])
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: axis %" PRId64 " is named twice", op->name, axis);
    reduced[axis] = true;
    return WEIR_OK;
}

// Axes from the input `axes` (ONNX's place for them in newer operations).
static weir_status axes_input(const w_op *op, const weir_array *axes, int32_t rank, bool *reduced,
                              int32_t *count)
{
    if (axes->rank > 1 || w_array_count(axes) > WEIR_MAX_RANK)
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: axes has rank %" PRId32 " and %" PRId64
                      " values; it is a vector of at most %d",
                      op->name, axes->rank, w_array_count(axes), WEIR_MAX_RANK);
    int64_t n = w_array_count(axes), step[WEIR_MAX_RANK] = {0};
    if (n && !axes->data)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: axes decides the shape; its data is NULL",
                      op->name);
    w_array_strides(axes, step);
    for (int64_t i = 0; i < n; i++) {
        int64_t axis;
        memcpy(&axis, (const char *)axes->data + i * step[0] * 8, sizeof axis);
        weir_status status = add_axis(op, axis, rank, reduced);
        if (status != WEIR_OK)
            return status;
    }
    *count = (int32_t)n;
    return WEIR_OK;
}

static weir_status choose_axes(const w_desc *desc, const weir_array *in, size_t n_in, bool *reduced)
{
    const w_op *op = desc->op;
    int32_t rank = in[0].rank, count = 0;
    const w_value *axis = w_attr(op, desc->attr, "axis");
    if (axis) { // argmax, argmin: one axis, or all of it as one
        const w_value *flatten = w_attr(op, desc->attr, "flatten");
        if (!(flatten && flatten->i) && rank)
            return add_axis(op, axis->i, rank, reduced);
        memset(reduced, true, (size_t)rank);
        return WEIR_OK;
    }
    const w_value *axes = w_attr(op, desc->attr, "axes");
    weir_status status = WEIR_OK;
    for (int32_t i = 0; i < axes->n && status == WEIR_OK; i++)
        status = add_axis(op, axes->ints[i], rank, reduced);
    if (status == WEIR_OK && n_in > 1 && in[1].dtype != WEIR_DTYPE_NONE)
        status = axes_input(op, &in[1], rank, reduced, &count);
    if (status != WEIR_OK)
        return status;
    if (axes->n && count)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: axes is given as an input and as an attribute",
                      op->name);
    const w_value *noop = w_attr(op, desc->attr, "noop_with_empty_axes");
    if (!axes->n && !count && !(noop && noop->i))
        memset(reduced, true, (size_t)rank);
    return WEIR_OK;
}

weir_status w_describe_reduce(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc)
{
    bool reduced[WEIR_MAX_RANK] = {false};
    weir_status status = choose_axes(desc, in, n_in, reduced);
    if (status != WEIR_OK)
        return status;
    bool keepdims = w_attr(desc->op, desc->attr, "keepdims")->i != 0;
    int64_t strides[WEIR_MAX_RANK], out_strides[WEIR_MAX_RANK];
    w_array_strides(&in[0], strides);
    out->rank = 0;
    for (int32_t i = 0; i < in[0].rank; i++)
        if (!reduced[i] || keepdims)
            out->shape[out->rank++] = reduced[i] ? 1 : in[0].shape[i];
    w_array_strides(out, out_strides);

    desc->n_in = desc->n_out = 1;
    desc->rank = 0;
    desc->in[0] = (w_operand){.dtype = in[0].dtype};
    desc->out[0] = (w_operand){.dtype = out->dtype};
    for (int pass = 0; pass < 2; pass++) { // the kept axes, then the reduced
        for (int32_t i = 0, o = 0; i < in[0].rank; i++) {
            if (reduced[i] == (pass == 1)) {
                desc->extent[desc->rank] = in[0].shape[i];
                desc->in[0].stride[desc->rank] = strides[i];
                desc->out[0].stride[desc->rank++] = pass ? 0 : out_strides[o];
            }
            o += !reduced[i] || keepdims;
        }
    }
    desc->reduced = 0;
    for (int32_t i = 0; i < in[0].rank; i++)
        desc->reduced += reduced[i];
    if (!desc->reduced) { // a no-op still has one element to reduce
        desc->extent[desc->rank] = 1;
        desc->in[0].stride[desc->rank] = desc->out[0].stride[desc->rank] = 0;
        desc->rank++;
        desc->reduced = 1;
    }
    w_desc_simplify(desc, 0);
    if (desc->inner == 0 && desc->outer && out->dtype == WEIR_S64)
        return w_fail(WEIR_INVALID_SHAPE, "%s: no index among no elements", desc->op->name);
    desc->flops = desc->op->flops * (double)desc->outer * (double)desc->inner;
    desc->bytes = (double)w_array_count(&in[0]) * (double)weir_dtype_size(in[0].dtype) +
                  (double)desc->outer * (double)weir_dtype_size(out->dtype);
    return WEIR_OK;
}
