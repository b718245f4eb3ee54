// SPDX-License-Identifier: Apache-2.0
// MOVEs that no single view describes: their output is cut into parts, each of which is a copy.
#include "runtime/ops/op.h"

#include <inttypes.h>
#include <string.h>

// What both have: the output's axes as they are, for parts to be cut from.
static weir_status whole_output(weir_array *out, w_desc *desc)
{
    int64_t strides[WEIR_MAX_RANK];
    if (w_array_count(out) < 0)
        return w_fail_count(desc->op, "the output would be", out);
    w_array_strides(out, strides);
    desc->rank = (uint32_t)out->rank;
    desc->reduced = 0;
    desc->n_out = 1;
    desc->out[0] = (w_operand){.dtype = out->dtype};
    for (int32_t axis = 0; axis < out->rank; axis++) {
        desc->extent[axis] = out->shape[axis];
        desc->out[0].stride[axis] = strides[axis];
    }
    desc->outer = w_array_count(out);
    desc->inner = 1;
    desc->empty = desc->outer == 0;
    desc->flops = 0;
    desc->bytes = 2.0 * (double)desc->outer * (double)weir_dtype_size(out->dtype);
    return WEIR_OK;
}

static void view_input(w_desc *desc, uint32_t i, const weir_array *x)
{
    int64_t strides[WEIR_MAX_RANK];
    w_array_strides(x, strides);
    desc->in[i] = (w_operand){.dtype = x->dtype, .tensor = (int32_t)i};
    for (int32_t axis = 0; axis < x->rank; axis++)
        desc->in[i].stride[axis] = strides[axis];
}

// A single part is the descriptor itself.
static weir_status finish(w_desc *desc)
{
    if (desc->n_parts != 1)
        return WEIR_OK;
    w_desc whole = *desc;
    w_desc_part(&whole, 0, desc);
    return WEIR_OK;
}

void w_desc_part(const w_desc *whole, uint32_t i, w_desc *out_part)
{
    *out_part = *whole;
    out_part->n_in = 1;
    out_part->n_parts = 0;
    whole->part(whole, i, out_part);
    w_desc_simplify(out_part, 0);
    out_part->bytes =
        2.0 * (double)out_part->outer * (double)weir_dtype_size(out_part->out[0].dtype);
}

// ---------------------------------------------------------------- concat

static int32_t concat_axis(const w_desc *desc, int32_t rank)
{
    int32_t axis = w_attr(desc->op, desc->attr, "axis")->i;
    return axis < 0 ? axis + rank : axis;
}

// Part i is input i, which begins along the axis at before[i].
static void concat_part(const w_desc *whole, uint32_t i, w_desc *part)
{
    int32_t axis = concat_axis(whole, (int32_t)whole->rank);
    int64_t end = i + 1 < whole->n_in ? whole->before[i + 1] : whole->extent[axis];
    part->in[0] = whole->in[i];
    part->extent[axis] = end - whole->before[i];
    part->out[0].offset = whole->before[i] * whole->out[0].stride[axis];
}

static weir_status check_concat(const w_desc *desc, const weir_array *first, const weir_array *x,
                                uint32_t i, int32_t axis)
{
    const char *name = desc->op->in[i].name;
    if (x->rank != first->rank)
        return w_fail(WEIR_INVALID_SHAPE, "%s: %s has rank %" PRId32 ", %s has %" PRId32,
                      desc->op->name, name, x->rank, desc->op->in[0].name, first->rank);
    for (int32_t k = 0; k < x->rank; k++)
        if (k != axis && x->shape[k] != first->shape[k])
            return w_fail(WEIR_INVALID_SHAPE,
                          "%s: %s has %" PRId64 " elements on axis %" PRId32 ", %s has %" PRId64,
                          desc->op->name, name, x->shape[k], k, desc->op->in[0].name,
                          first->shape[k]);
    return WEIR_OK;
}

weir_status w_describe_concat(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc)
{
    _Static_assert((int)W_MAX_IN <= (int)WEIR_MAX_RANK, "before[] has a place for each input");
    const w_op *op = desc->op;
    int32_t rank = in[0].rank;
    int64_t axis = w_attr(op, desc->attr, "axis")->i;
    weir_status status = w_check_axis(op, rank, &axis);
    if (status != WEIR_OK)
        return status;
    while (n_in > 1 && in[n_in - 1].dtype == WEIR_DTYPE_NONE)
        n_in--;
    out->rank = rank;
    memcpy(out->shape, in[0].shape, sizeof out->shape);
    out->shape[axis] = 0;
    for (uint32_t i = 0; i < n_in; i++) {
        if (in[i].dtype == WEIR_DTYPE_NONE)
            return w_fail(WEIR_INVALID_ARGUMENT, "%s: %s is absent and a later one is not",
                          op->name, op->in[i].name);
        status = check_concat(desc, &in[0], &in[i], i, axis);
        if (status != WEIR_OK)
            return status;
        view_input(desc, i, &in[i]);
        desc->before[i] = out->shape[axis];
        out->shape[axis] += in[i].shape[axis]; // at most 8 times 2^59
    }
    desc->n_in = (uint32_t)n_in;
    desc->n_parts = (uint32_t)n_in;
    desc->part = concat_part;
    status = whole_output(out, desc);
    return status == WEIR_OK ? finish(desc) : status;
}

// ---------------------------------------------------------------- pad

enum { PAD_CONSTANT, PAD_REFLECT, PAD_EDGE };
typedef enum side { BEFORE, KEPT, AFTER, SIDES } side;

static int64_t side_extent(const w_desc *whole, uint32_t axis, side s)
{
    int64_t before = whole->before[axis], after = whole->after[axis];
    return s == BEFORE ? before : s == AFTER ? after : whole->extent[axis] - before - after;
}

// Narrows an axis of a part to one side, and leads its input there.
static void narrow(const w_desc *whole, uint32_t axis, side s, int mode, w_desc *part)
{
    int64_t kept = side_extent(whole, axis, KEPT), step = whole->in[0].stride[axis];
    int64_t begin = s == BEFORE ? 0 : whole->before[axis] + (s == AFTER ? kept : 0);
    part->extent[axis] = side_extent(whole, axis, s);
    part->out[0].offset += begin * whole->out[0].stride[axis];
    if (s == KEPT || mode == PAD_CONSTANT)
        return;
    bool edge = mode == PAD_EDGE;
    int64_t from = s == BEFORE ? (edge ? 0 : whole->before[axis]) : kept - (edge ? 1 : 2);
    part->in[0].offset += from * step;
    part->in[0].stride[axis] = edge ? 0 : -step;
}

// Part 0 is the input; then, before and behind it along each axis, blocks of the constant: within
// the input's extent on the axes before this one, across the output on those after it.
static void constant_part(const w_desc *whole, uint32_t i, w_desc *part)
{
    uint32_t n = 0;
    if (i)
        part->in[0] = whole->in[1];
    for (uint32_t axis = 0; axis < whole->rank; axis++) {
        for (side s = BEFORE; s <= AFTER; s += AFTER - BEFORE) {
            if (!side_extent(whole, axis, s) || ++n != i)
                continue;
            narrow(whole, axis, s, PAD_CONSTANT, part);
            return;
        }
        narrow(whole, axis, KEPT, PAD_CONSTANT, part);
    }
}

static uint32_t sides(const w_desc *whole, uint32_t axis, side present[SIDES])
{
    uint32_t n = 0;
    for (side s = BEFORE; s < SIDES; s++)
        if (s == KEPT || side_extent(whole, axis, s))
            present[n++] = s;
    return n;
}

// A part for each choice of a side on each axis.
static void repeated_part(const w_desc *whole, uint32_t i, w_desc *part)
{
    int mode = w_attr(whole->op, whole->attr, "mode")->i;
    for (uint32_t axis = 0; axis < whole->rank; axis++) {
        side present[SIDES];
        uint32_t n = sides(whole, axis, present);
        narrow(whole, axis, present[i % n], mode, part);
        i /= n;
    }
}

static void count_parts(w_desc *desc, int mode)
{
    desc->n_parts = 1;
    desc->part = mode == PAD_CONSTANT ? constant_part : repeated_part;
    for (uint32_t axis = 0; axis < desc->rank; axis++) {
        side present[SIDES];
        uint32_t n = sides(desc, axis, present);
        desc->n_parts = mode == PAD_CONSTANT ? desc->n_parts + n - 1 : desc->n_parts * n;
    }
}

// One axis: what a negative pad takes away goes first, then what a positive one adds.
static weir_status pad_axis(w_desc *desc, const weir_array *x, int32_t axis, int64_t before,
                            int64_t after, int mode, weir_array *out)
{
    const int64_t most = INT64_C(1) << 59, n = x->shape[axis];
    const char *name = desc->op->name;
    if (before > most || after > most || before < -n || after < -n ||
        W_MIN(before, 0) + W_MIN(after, 0) < -n)
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: pads of %" PRId64 " and %" PRId64 " on axis %" PRId32
                      "; they take away at most its %" PRId64 " elements and add at most 2^59",
                      name, before, after, axis, n);
    int64_t kept = n + W_MIN(before, 0) + W_MIN(after, 0);
    int64_t pad = W_MAX(before, after), limit = kept - (mode == PAD_REFLECT);
    if (mode != PAD_CONSTANT && pad > 0 && (mode == PAD_REFLECT ? pad > limit : limit < 1))
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: a pad of %" PRId64 " on axis %" PRId32 " of %" PRId64 " elements; %s",
                      name, pad, axis, kept,
                      mode == PAD_REFLECT ? "reflect adds fewer than there are"
                                          : "edge has nothing to repeat");
    desc->in[0].offset += W_MAX(-before, 0) * desc->in[0].stride[axis];
    desc->before[axis] = W_MAX(before, 0);
    desc->after[axis] = W_MAX(after, 0);
    out->shape[axis] = kept + desc->before[axis] + desc->after[axis];
    return WEIR_OK;
}

static weir_status constant_value(const weir_array *in, size_t n_in, w_desc *desc)
{
    desc->in[1] = (w_operand){.dtype = in[0].dtype, .tensor = -1};
    if (n_in < 3 || in[2].dtype == WEIR_DTYPE_NONE)
        return WEIR_OK; // zero
    desc->in[1].tensor = 2;
    return w_array_count(&in[2]) == 1
               ? WEIR_OK
               : w_fail(WEIR_INVALID_SHAPE, "%s: constant_value has %" PRId64 " elements, not 1",
                        desc->op->name, w_array_count(&in[2]));
}

weir_status w_describe_pad(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc)
{
    const weir_array *x = &in[0];
    int64_t pads[2 * WEIR_MAX_RANK];
    int32_t n, rank = x->rank, mode = w_attr(desc->op, desc->attr, "mode")->i;
    weir_status status = w_host_list(desc->op, in, n_in, 1, true, W_COUNT(pads), pads, &n);
    if (status == WEIR_OK && n != 2 * rank)
        status = w_fail(WEIR_INVALID_SHAPE,
                        "%s: pads has %" PRId32 " values; %s of rank %" PRId32 " takes %" PRId32,
                        desc->op->name, n, desc->op->in[0].name, rank, 2 * rank);
    if (status == WEIR_OK)
        status = constant_value(in, n_in, desc);
    view_input(desc, 0, x);
    out->rank = rank;
    for (int32_t axis = 0; axis < rank && status == WEIR_OK; axis++)
        status = pad_axis(desc, x, axis, pads[axis], pads[axis + rank], mode, out);
    if (status == WEIR_OK)
        status = whole_output(out, desc);
    if (status != WEIR_OK)
        return status;
    desc->n_in = 1 + (mode == PAD_CONSTANT);
    count_parts(desc, mode);
    return finish(desc);
}
