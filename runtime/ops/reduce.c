// SPDX-License-Identifier: Apache-2.0
// REDUCE and ROW: which axes go.
#include "runtime/ops/reduce.h"

#include <inttypes.h>
#include <string.h>

static weir_status add_axis(const w_op *op, int64_t axis, int32_t rank, bool *reduced)
{
    weir_status status = w_check_axis(op, rank, &axis);
    if (status != WEIR_OK)
        return status;
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
    weir_status status = w_check_values(op, "axes", axes);
    w_array_strides(axes, step);
    for (int64_t i = 0; i < n && status == WEIR_OK; i++) {
        int64_t axis;
        memcpy(&axis, (const char *)axes->data + i * step[0] * 8, sizeof axis);
        status = add_axis(op, axis, rank, reduced);
    }
    *count = (int32_t)n;
    return status;
}

// One axis from the input `axis`.
static weir_status axis_input(const w_op *op, const weir_array *axis, int64_t *out_axis)
{
    int32_t narrow;
    if (axis->rank > 1 || w_array_count(axis) != 1)
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: axis has rank %" PRId32 " and %" PRId64 " values; it is one value",
                      op->name, axis->rank, w_array_count(axis));
    weir_status status = w_check_values(op, "axis", axis);
    if (status != WEIR_OK)
        return status;
    if (axis->dtype == WEIR_S64) {
        memcpy(out_axis, axis->data, sizeof *out_axis);
        return WEIR_OK;
    }
    memcpy(&narrow, axis->data, sizeof narrow);
    *out_axis = narrow;
    return WEIR_OK;
}

// One axis of the input or else the attribute `axis`, or the axes from it on.
static weir_status choose_axis(const w_desc *desc, const weir_array *input, int32_t rank,
                               bool *reduced)
{
    const w_op *op = desc->op;
    const w_phases *phases = w_op_phases(op);
    const w_value *axis = w_attr(op, desc->attr, "axis");
    int64_t from_input = 0;
    const w_value *flatten = w_attr(op, desc->attr, "flatten");
    if ((flatten && flatten->i) || !rank) {
        memset(reduced, true, (size_t)rank);
        return WEIR_OK;
    }
    weir_status status = input ? axis_input(op, input, &from_input) : WEIR_OK;
    if (status == WEIR_OK)
        status = add_axis(op, input ? from_input : axis->i, rank, reduced);
    if (status == WEIR_OK && phases && phases->axes == W_AXES_TAIL)
        for (int32_t i = axis->i + (axis->i < 0 ? rank : 0); i < rank; i++)
            reduced[i] = true;
    return status;
}

weir_status w_reduce_axes(const w_desc *desc, const weir_array *in, size_t n_in, int32_t rank,
                          bool *reduced)
{
    const w_op *op = desc->op;
    int32_t count = 0;
    bool has_input = n_in > 1 && op->in[1].kind == W_HOST && in[1].dtype != WEIR_DTYPE_NONE;
    if (w_attr(op, desc->attr, "axis"))
        return choose_axis(desc, has_input ? &in[1] : NULL, rank, reduced);
    const w_value *axes = w_attr(op, desc->attr, "axes");
    weir_status status = WEIR_OK;
    for (int32_t i = 0; i < axes->n && status == WEIR_OK; i++)
        status = add_axis(op, axes->ints[i], rank, reduced);
    if (status == WEIR_OK && has_input)
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
