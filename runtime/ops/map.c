// SPDX-License-Identifier: Apache-2.0
// MAP: NumPy broadcasting of the IN and OPT inputs; vectors along an axis; a pixel's channels as
// inputs.
#include "runtime/ops/op.h"

#include <inttypes.h>
#include <string.h>

// The extents that an input takes part in broadcasting with: a pixel's channels are left out.
static int32_t broadcast_rank(const w_op *op, uint32_t i, const weir_array *a)
{
    return a->rank - (op->in[i].kind == W_PIXEL);
}

static bool present(const weir_array *in, size_t n_in, uint32_t i)
{
    return i < n_in && in[i].dtype != WEIR_DTYPE_NONE;
}

static bool broadcasts(w_input_kind kind)
{
    return kind == W_IN || kind == W_OPT || kind == W_PIXEL || kind == W_VARIADIC;
}

static weir_status broadcast(const w_op *op, const weir_array *in, size_t n_in, weir_array *out)
{
    out->rank = 0;
    for (uint32_t i = 0; i < op->n_in; i++)
        if (present(in, n_in, i) && broadcasts(op->in[i].kind))
            out->rank = W_MAX(out->rank, broadcast_rank(op, i, &in[i]));
    for (int32_t axis = 0; axis < out->rank; axis++)
        out->shape[axis] = 1;
    for (uint32_t i = 0; i < op->n_in; i++) {
        if (!present(in, n_in, i) || !broadcasts(op->in[i].kind))
            continue;
        int32_t rank = broadcast_rank(op, i, &in[i]), shift = out->rank - rank;
        for (int32_t axis = 0; axis < rank; axis++) {
            int64_t n = in[i].shape[axis], *m = &out->shape[axis + shift];
            if (n != *m && *m != 1 && n != 1)
                return w_fail(WEIR_INVALID_SHAPE,
                              "%s: %s has %" PRId64 " elements on axis %" PRId32
                              ", the others %" PRId64 "; they do not broadcast",
                              op->name, op->in[i].name, n, axis, *m);
            if (*m == 1)
                *m = n;
        }
    }
    if (w_array_count(out) < 0)
        return w_fail_count(op, "the inputs broadcast to", out);
    return WEIR_OK;
}

static void constant_operand(w_operand *o, uint32_t bits)
{
    memset(o, 0, sizeof *o);
    o->dtype = WEIR_F32;
    o->tensor = -1;
    o->constant = (int32_t)bits;
}

static void view_operand(w_operand *o, int32_t tensor, const weir_array *a, int32_t rank,
                         int32_t out_rank)
{
    int64_t strides[WEIR_MAX_RANK];
    w_array_strides(a, strides);
    memset(o, 0, sizeof *o);
    o->dtype = a->dtype;
    o->tensor = tensor;
    for (int32_t axis = 0; axis < rank; axis++)
        o->stride[axis + out_rank - rank] = a->shape[axis] == 1 ? 0 : strides[axis];
}

// One value, or a vector along the attribute `axis` of the first input.
static weir_status axis_operand(const w_desc *desc, const weir_array *in, uint32_t i,
                                const weir_array *out, w_operand *o)
{
    const w_op *op = desc->op;
    const weir_array *a = &in[i];
    int64_t strides[WEIR_MAX_RANK];
    memset(o, 0, sizeof *o);
    o->dtype = a->dtype;
    o->tensor = (int32_t)i;
    if (w_array_count(a) == 1)
        return WEIR_OK;
    if (op->chain)
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: %s has %" PRId64 " values; along an axis it takes one", op->name,
                      op->in[i].name, w_array_count(a));
    if (a->rank != 1)
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: %s has rank %" PRId32 "; it is one value or a vector", op->name,
                      op->in[i].name, a->rank);
    int64_t axis = w_attr(op, desc->attr, "axis")->i;
    weir_status status = w_check_axis(op, in[0].rank, &axis);
    if (status != WEIR_OK)
        return status;
    if (a->shape[0] != out->shape[axis])
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: %s has %" PRId64 " values, axis %" PRId64 " has %" PRId64, op->name,
                      op->in[i].name, a->shape[0], axis, out->shape[axis]);
    w_array_strides(a, strides);
    o->stride[axis] = strides[0];
    return WEIR_OK;
}

static weir_status pixel_operands(w_desc *desc, const weir_array *a, uint32_t i, int32_t out_rank)
{
    uint32_t channels = w_op_operands(desc->op, i);
    if (a->rank < 1 || a->shape[a->rank - 1] != channels)
        return w_fail(
            WEIR_INVALID_SHAPE, "%s: the last axis of %s has %" PRId64 " channels, not %" PRIu32,
            desc->op->name, desc->op->in[i].name, a->rank ? a->shape[a->rank - 1] : 0, channels);
    int64_t strides[WEIR_MAX_RANK];
    w_array_strides(a, strides);
    for (uint32_t channel = 0; channel < channels; channel++) {
        w_operand *o = &desc->in[desc->n_in++];
        view_operand(o, (int32_t)i, a, a->rank - 1, out_rank);
        o->offset = channel * strides[a->rank - 1];
    }
    return WEIR_OK;
}

static weir_status operand(w_desc *desc, const weir_array *in, size_t n_in, uint32_t i,
                           const weir_array *out)
{
    const w_op_input *kind = &desc->op->in[i];
    if (kind->kind == W_PIXEL)
        return pixel_operands(desc, &in[i], i, out->rank);
    if (kind->kind == W_VARIADIC && !present(in, n_in, i))
        return i + 1 < n_in && present(in, n_in, i + 1)
                   ? w_fail(WEIR_INVALID_ARGUMENT,
                            "%s: input %" PRIu32 " is absent and a later one is not",
                            desc->op->name, i)
                   : WEIR_OK;
    w_operand *o = &desc->in[desc->n_in++];
    if (!present(in, n_in, i)) {
        constant_operand(o, kind->default_bits);
        return WEIR_OK;
    }
    if (!broadcasts(kind->kind))
        return axis_operand(desc, in, i, out, o);
    view_operand(o, (int32_t)i, &in[i], in[i].rank, out->rank);
    return WEIR_OK;
}

weir_status w_describe_map(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc)
{
    desc->n_in = 0;
    desc->n_out = 1;
    desc->reduced = 0;
    weir_status status = broadcast(desc->op, in, n_in, out);
    for (uint32_t i = 0; i < desc->op->n_in && status == WEIR_OK; i++)
        status = operand(desc, in, n_in, i, out);
    if (status != WEIR_OK)
        return status;
    desc->rank = (uint32_t)out->rank;
    memcpy(desc->extent, out->shape, sizeof out->shape);
    view_operand(&desc->out[0], 0, out, out->rank, out->rank);
    w_desc_simplify(desc, 0);
    desc->flops = desc->op->flops * (double)desc->outer;
    desc->bytes = (double)desc->outer * (double)weir_dtype_size(out->dtype);
    for (uint32_t i = 0; i < n_in; i++)
        if (present(in, n_in, i))
            desc->bytes += (double)w_array_count(&in[i]) * (double)weir_dtype_size(in[i].dtype);
    return WEIR_OK;
}
