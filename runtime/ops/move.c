// SPDX-License-Identifier: Apache-2.0
// MOVE: the output is a view of the input, walked in the output's order.
#include "runtime/ops/op.h"

#include <inttypes.h>
#include <string.h>

static weir_status read_perm(const w_desc *desc, int32_t rank, int32_t *perm)
{
    const w_op *op = desc->op;
    const w_value *value = w_attr(op, desc->attr, "perm");
    if (value->n == 0) {
        for (int32_t i = 0; i < rank; i++)
            perm[i] = rank - 1 - i;
        return WEIR_OK;
    }
    if (value->n != rank)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: perm has %" PRId32 " axes, x has %" PRId32,
                      op->name, value->n, rank);
    bool seen[WEIR_MAX_RANK] = {false};
    for (int32_t i = 0; i < rank; i++) {
        int32_t axis = value->ints[i];
        if (axis < 0 || axis >= rank || seen[axis])
            return w_fail(WEIR_INVALID_ARGUMENT,
                          "%s: perm[%" PRId32 "] is %" PRId32 "; perm must hold 0..%" PRId32
                          " once each",
                          op->name, i, axis, rank - 1);
        seen[axis] = true;
        perm[i] = axis;
    }
    return WEIR_OK;
}

weir_status w_describe_move(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc)
{
    (void)n_in;
    int32_t rank = in[0].rank, perm[WEIR_MAX_RANK] = {0};
    weir_status status = read_perm(desc, rank, perm);
    if (status != WEIR_OK)
        return status;
    int64_t strides[WEIR_MAX_RANK], out_strides[WEIR_MAX_RANK];
    w_array_strides(&in[0], strides);
    out->rank = rank;
    for (int32_t i = 0; i < rank; i++)
        out->shape[i] = in[0].shape[perm[i]];
    w_array_strides(out, out_strides);
    desc->rank = (uint32_t)rank;
    desc->reduced = 0;
    desc->n_in = desc->n_out = 1;
    desc->in[0] = (w_operand){.dtype = in[0].dtype};
    desc->out[0] = (w_operand){.dtype = out->dtype};
    for (int32_t i = 0; i < rank; i++) {
        desc->extent[i] = out->shape[i];
        desc->in[0].stride[i] = strides[perm[i]];
        desc->out[0].stride[i] = out_strides[i];
    }
    w_desc_simplify(desc, 0);
    desc->flops = 0;
    desc->bytes = 2.0 * (double)desc->outer * (double)weir_dtype_size(out->dtype);
    return WEIR_OK;
}
