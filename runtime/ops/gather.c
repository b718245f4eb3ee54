// SPDX-License-Identifier: Apache-2.0
// GATHER: the output's axes, those of the indices in the place of the gathered one, and behind them
// the gathered axis, which the data alone walk: by as many steps as an index says.
#include "runtime/ops/op.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// Appends an axis to the iteration space and to the output.
static void add_axis(w_desc *desc, weir_array *out, int64_t extent, int64_t data, int64_t index)
{
    desc->extent[desc->rank] = out->shape[out->rank++] = extent;
    desc->in[0].stride[desc->rank] = data;
    desc->in[1].stride[desc->rank++] = index;
}

static weir_status check_axis(const w_op *op, const weir_array *in, int64_t *axis)
{
    const weir_array *indices = &in[1];
    int32_t rank = in[0].rank;
    weir_status status = w_check_axis(op, rank, axis);
    if (status != WEIR_OK)
        return status;
    if (rank - 1 + indices->rank > WEIR_MAX_RANK)
        return w_fail(WEIR_INVALID_SHAPE, "%s: the output would have rank %" PRId32 ", not 0..%d",
                      op->name, rank - 1 + indices->rank, WEIR_MAX_RANK);
    return WEIR_OK;
}

static void make_space(const weir_array *in, int64_t axis, weir_array *out, w_desc *desc)
{
    const weir_array *data = &in[0], *indices = &in[1];
    int64_t from[WEIR_MAX_RANK], at[WEIR_MAX_RANK];
    w_array_strides(data, from);
    w_array_strides(indices, at);
    desc->rank = 0;
    out->rank = 0;
    for (int32_t k = 0; k < axis; k++)
        add_axis(desc, out, data->shape[k], from[k], 0);
    for (int32_t k = 0; k < indices->rank; k++)
        add_axis(desc, out, indices->shape[k], 0, at[k]);
    for (int64_t k = axis + 1; k < data->rank; k++)
        add_axis(desc, out, data->shape[k], from[k], 0);
    desc->extent[desc->rank] = data->shape[axis];
    desc->in[0].stride[desc->rank] = from[axis];
    desc->in[1].stride[desc->rank] = desc->out[0].stride[desc->rank] = 0;
    desc->rank++;
    desc->reduced = 1;
}

weir_status w_describe_gather(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc)
{
    int64_t strides[WEIR_MAX_RANK];
    int64_t axis = w_attr(desc->op, desc->attr, "axis")->i;
    (void)n_in;
    weir_status status = check_axis(desc->op, in, &axis);
    if (status != WEIR_OK)
        return status;
    desc->n_in = 2;
    desc->n_out = 1;
    desc->in[0] = (w_operand){.dtype = in[0].dtype};
    desc->in[1] = (w_operand){.dtype = in[1].dtype, .tensor = 1};
    desc->out[0] = (w_operand){.dtype = out->dtype};
    make_space(in, axis, out, desc);
    if (w_array_count(out) < 0)
        return w_fail_count(desc->op, "the output would be", out);
    w_array_strides(out, strides);
    memcpy(desc->out[0].stride, strides, (size_t)out->rank * sizeof *strides);
    w_desc_simplify(desc, 0);
    desc->inner = 1; // one element of the data for each of the output, whatever the axis' extent
    desc->flops = 0;
    desc->bytes = 2.0 * (double)desc->outer * (double)weir_dtype_size(out->dtype) +
                  (double)w_array_count(&in[1]) * (double)weir_dtype_size(in[1].dtype);
    return WEIR_OK;
}

// ---------------------------------------------------------------- indices that the host holds

static weir_status bad_index(const w_op *op, const weir_array *a, const int64_t *at, int64_t index,
                             int64_t limit)
{
    char place[8 + 21 * WEIR_MAX_RANK] = "";
    size_t used = 0;
    for (int32_t k = 0; k < a->rank; k++)
        used +=
            (size_t)snprintf(place + used, sizeof place - used, "%s%" PRId64, k ? "," : "", at[k]);
    return w_fail(WEIR_INVALID_ARGUMENT,
                  "%s: %s[%s] is %" PRId64 "; the axis has %" PRId64 " elements, so that indices "
                  "are %" PRId64 "..%" PRId64,
                  op->name, op->in[1].name, place, index, limit, -limit, limit - 1);
}

// To the next place of the array, the last axis first; false behind the last.
static bool next_place(const weir_array *a, int64_t *at)
{
    for (int32_t k = a->rank - 1; k >= 0; k--) {
        if (++at[k] < a->shape[k])
            return true;
        at[k] = 0;
    }
    return false;
}

weir_status w_check_indices(const w_desc *desc, const weir_array *a)
{
    int64_t strides[WEIR_MAX_RANK], at[WEIR_MAX_RANK] = {0};
    int64_t limit = desc->extent[desc->rank - 1], size = (int64_t)weir_dtype_size(a->dtype);
    w_array_strides(a, strides);
    for (bool more = w_array_count(a) > 0; more; more = next_place(a, at)) {
        int64_t offset = 0, index;
        int32_t narrow;
        for (int32_t k = 0; k < a->rank; k++)
            offset += at[k] * strides[k];
        const char *from = (const char *)a->data + offset * size;
        memcpy(&narrow, from, sizeof narrow);
        index = narrow;
        if (a->dtype == WEIR_S64)
            memcpy(&index, from, sizeof index);
        if (index < -limit || index >= limit)
            return bad_index(desc->op, a, at, index, limit);
    }
    return WEIR_OK;
}
