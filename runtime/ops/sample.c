// SPDX-License-Identifier: Apache-2.0
// SAMPLE: two axes take other extents; an element is a formula of four neighbours of the input and
// of where it lies between them.
#include "runtime/ops/op.h"

#include <inttypes.h>
#include <string.h>

// Twice an extent is an exact f32.
enum { MOST = 1 << 23 };

w_spot w_spot_of(int64_t at, int64_t extent, int64_t source)
{
    int64_t along = (2 * at + 1) * source - extent, step = 2 * extent;
    w_spot p = {.part = step};
    if (along < 0)
        return p;
    p.first = along / step;
    p.rest = along - p.first * step;
    if (p.first >= source - 1) {
        p.first = source - 1;
        p.rest = 0;
    }
    p.second = p.rest ? p.first + 1 : p.first;
    return p;
}

static weir_status check_axis(const w_desc *desc, const weir_array *x, int32_t axis, int32_t size)
{
    if (size < 0 || size > MOST)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: sizes holds %" PRId32 ", not 0..%d",
                      desc->op->name, size, MOST);
    if (size && !x->shape[axis])
        return w_fail(WEIR_INVALID_SHAPE, "%s: axis %" PRId32 " of %s has no element to sample",
                      desc->op->name, axis, desc->op->in[0].name);
    if (x->shape[axis] > MOST)
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: axis %" PRId32 " of %s has %" PRId64 " elements, more than %d",
                      desc->op->name, axis, desc->op->in[0].name, x->shape[axis], MOST);
    return WEIR_OK;
}

static weir_status read_sizes(const weir_array *x, w_desc *desc, weir_array *out)
{
    const w_op *op = desc->op;
    const w_value *sizes = w_attr(op, desc->attr, "sizes");
    int32_t wish = w_attr(op, desc->attr, "axis")->i, axis = wish < 0 ? wish + x->rank : wish;
    if (x->rank < 2)
        return w_fail(WEIR_INVALID_SHAPE, "%s: %s has rank %" PRId32 ", less than 2", op->name,
                      op->in[0].name, x->rank);
    if (axis < 0 || axis > x->rank - 2)
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "%s: axis is %" PRId32 "; it and the next must be in %" PRId32 "..%" PRId32,
                      op->name, wish, -x->rank, x->rank - 1);
    if (sizes->n != 2)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: sizes has %" PRId32 " values, not 2", op->name,
                      sizes->n);
    desc->sampled = (uint32_t)axis;
    for (int32_t k = 0; k < 2; k++) {
        weir_status status = check_axis(desc, x, axis + k, sizes->ints[k]);
        if (status != WEIR_OK)
            return status;
        desc->source[k] = x->shape[axis + k];
        out->shape[axis + k] = sizes->ints[k];
    }
    return WEIR_OK;
}

weir_status w_describe_sample(const weir_array *in, weir_array *out, w_desc *desc)
{
    const weir_array *x = &in[0];
    int64_t in_strides[WEIR_MAX_RANK], out_strides[WEIR_MAX_RANK];
    out->rank = x->rank;
    memcpy(out->shape, x->shape, sizeof out->shape);
    weir_status status = read_sizes(x, desc, out);
    if (status == WEIR_OK && w_array_count(out) < 0)
        status = w_fail_count(desc->op, "the output would be", out);
    if (status != WEIR_OK)
        return status;
    w_array_strides(x, in_strides);
    w_array_strides(out, out_strides);
    desc->rank = (uint32_t)x->rank;
    desc->reduced = 0;
    desc->n_in = desc->n_out = 1;
    desc->in[0] = (w_operand){.dtype = x->dtype};
    desc->out[0] = (w_operand){.dtype = out->dtype};
    for (int32_t axis = 0; axis < x->rank; axis++) {
        desc->extent[axis] = out->shape[axis];
        desc->in[0].stride[axis] = in_strides[axis];
        desc->out[0].stride[axis] = out_strides[axis];
    }
    desc->outer = w_array_count(out);
    desc->inner = 1;
    desc->empty = desc->outer == 0;
    desc->flops = desc->op->flops * (double)desc->outer;
    desc->bytes = (double)(desc->outer + w_array_count(x)) * (double)weir_dtype_size(out->dtype);
    return WEIR_OK;
}
