// SPDX-License-Identifier: Apache-2.0
// From a call to a descriptor: what is the same for every family. Arrays are checked one by one,
// dtypes are resolved, attributes read; the family makes the geometry; outputs are checked last.
#include "runtime/ops/op.h"

#include <inttypes.h>
#include <string.h>

static weir_status check_array(const w_op *op, const char *name, const weir_array *a)
{
    if (a->dtype == WEIR_DTYPE_NONE)
        return w_fail(WEIR_INVALID_DTYPE, "%s: %s is absent", op->name, name);
    if (a->dtype < WEIR_DTYPE_NONE || a->dtype > WEIR_F64)
        return w_fail(WEIR_INVALID_DTYPE, "%s: %s has dtype number %d, which is none", op->name,
                      name, (int)a->dtype);
    if (a->rank < 0 || a->rank > WEIR_MAX_RANK)
        return w_fail(WEIR_INVALID_SHAPE, "%s: %s has rank %" PRId32 ", not 0..%d", op->name, name,
                      a->rank, WEIR_MAX_RANK);
    for (int32_t i = 0; i < a->rank; i++)
        if (a->shape[i] < 0)
            return w_fail(WEIR_INVALID_SHAPE, "%s: %s has extent %" PRId64 " on axis %" PRId32,
                          op->name, name, a->shape[i], i);
    if (w_array_count(a) < 0)
        return w_fail_count(op, name, a);
    int32_t axis = w_array_far_axis(a);
    return axis < 0 ? WEIR_OK
                    : w_fail(WEIR_INVALID_SHAPE,
                             "%s: %s has stride %" PRId64 " on axis %" PRId32
                             "; the view would reach beyond 2^56 elements",
                             op->name, name, a->strides[axis], axis);
}

weir_status w_check_axis(const w_op *op, int32_t rank, int64_t *axis)
{
    if (rank == 0)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: axis %" PRId64 ": %s has rank 0, and no axes",
                      op->name, *axis, op->in[0].name);
    if (*axis < -rank || *axis >= rank)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: axis %" PRId64 " is not in %" PRId32 "..%" PRId32,
                      op->name, *axis, -rank, rank - 1);
    *axis += *axis < 0 ? rank : 0;
    return WEIR_OK;
}

static uint32_t allowed(const w_op *op, uint32_t i, const weir_array *in)
{
    uint32_t set = op->in[i].dtypes;
    return set & W_LIKE(0) ? UINT32_C(1) << in[set & 0xff].dtype : set;
}

// An expression's input has one.
static weir_dtype only_dtype(uint32_t set)
{
    return (weir_dtype)__builtin_ctz(set);
}

static weir_status check_inputs(const w_op *op, const weir_array *in, size_t n_in)
{
    if (n_in < op->n_required || n_in > op->n_in)
        return op->n_required == op->n_in
                   ? w_fail(WEIR_INVALID_ARGUMENT, "%s takes %" PRIu32 " input%s, not %zu",
                            op->name, op->n_in, op->n_in == 1 ? "" : "s", n_in)
                   : w_fail(WEIR_INVALID_ARGUMENT,
                            "%s takes %" PRIu32 " to %" PRIu32 " inputs, not %zu", op->name,
                            op->n_required, op->n_in, n_in);
    if (n_in && !in)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: in is NULL", op->name);
    for (uint32_t i = 0; i < n_in; i++) {
        w_input_kind kind = op->in[i].kind;
        bool optional =
            i >= op->n_required || kind == W_OPT || kind == W_OPT_AXIS || kind == W_HOST;
        if (optional && in[i].dtype == WEIR_DTYPE_NONE)
            continue;
        weir_status status = check_array(op, op->in[i].name, &in[i]);
        if (status != WEIR_OK)
            return status;
        if (!(allowed(op, i, in) >> in[i].dtype & 1)) {
            if (op->in[i].dtypes & W_LIKE(0) && !op->chain) {
                uint32_t like = op->in[i].dtypes & 0xff;
                return w_fail(WEIR_INVALID_DTYPE, "%s: %s is %s; it takes the dtype of %s, %s",
                              op->name, op->in[i].name, weir_dtype_name(in[i].dtype),
                              op->in[like].name, weir_dtype_name(in[like].dtype));
            }
            const char *takes = op->chain ? weir_dtype_name(only_dtype(op->in[i].dtypes)) : "";
            if (!op->chain)
                weir_op_input(op->number, i, NULL, &takes, NULL);
            return w_fail(WEIR_INVALID_DTYPE, "%s: %s is %s; it takes %s", op->name, op->in[i].name,
                          weir_dtype_name(in[i].dtype), takes);
        }
    }
    return WEIR_OK;
}

static weir_dtype attribute_dtype(const w_desc *desc)
{
    for (uint32_t a = 0; a < desc->op->n_attr; a++)
        if (desc->op->attr[a].kind == W_DTYPE)
            return (weir_dtype)desc->attr[a].i;
    return WEIR_DTYPE_NONE;
}

static weir_dtype output_dtype(const w_desc *desc, const w_op_output *o, const weir_array *in,
                               size_t n_in)
{
    if (o->rule == W_FIXED)
        return o->dtype;
    if (o->rule == W_ATTR_DTYPE)
        return attribute_dtype(desc);
    bool present = o->input < n_in && in[o->input].dtype != WEIR_DTYPE_NONE;
    return o->rule == W_SAME || present ? in[o->input].dtype : o->dtype;
}

// First and one past the last byte that an array reaches; false where it has no element.
static bool span(const weir_array *a, uintptr_t *from, uintptr_t *to)
{
    int64_t strides[WEIR_MAX_RANK], low = 0, high = 0;
    w_array_strides(a, strides);
    for (int32_t i = 0; i < a->rank; i++) {
        if (a->shape[i] == 0)
            return false;
        int64_t reach = strides[i] * (a->shape[i] - 1);
        *(reach < 0 ? &low : &high) += reach;
    }
    int64_t size = (int64_t)weir_dtype_size(a->dtype);
    *from = (uintptr_t)a->data + (uintptr_t)(low * size);
    *to = (uintptr_t)a->data + (uintptr_t)((high + 1) * size);
    return true;
}

static uint64_t divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// The greatest number of bytes of which every step of the view is a multiple, and `other`.
static uint64_t common_step(const weir_array *a, uint64_t other)
{
    int64_t strides[WEIR_MAX_RANK], size = (int64_t)weir_dtype_size(a->dtype);
    w_array_strides(a, strides);
    for (int32_t i = 0; i < a->rank; i++)
        if (a->shape[i] > 1)
            other = divisor(other,
                            (uint64_t)(strides[i] < 0 ? -strides[i] : strides[i]) * (uint64_t)size);
    return other;
}

// Whether two views never meet though their spans do, as two channels of an image: all steps are
// multiples of one, and within it they lie apart.
static bool interleaved(const weir_array *a, const weir_array *b)
{
    uint64_t step = common_step(a, common_step(b, 0));
    uintptr_t at_a = (uintptr_t)a->data, at_b = (uintptr_t)b->data;
    if (!step)
        return false;
    uint64_t apart = at_b >= at_a ? (at_b - at_a) % step : (step - (at_a - at_b) % step) % step;
    return apart >= weir_dtype_size(a->dtype) && apart + weir_dtype_size(b->dtype) <= step;
}

static bool overlap(const weir_array *a, const weir_array *b)
{
    uintptr_t a0, a1, b0, b1;
    return a->data && b->data && span(a, &a0, &a1) && span(b, &b0, &b1) && a0 < b1 && b0 < a1 &&
           !interleaved(a, b);
}

static bool same_layout(const weir_array *a, const weir_array *b)
{
    int64_t sa[WEIR_MAX_RANK], sb[WEIR_MAX_RANK];
    if (a->rank != b->rank || weir_dtype_size(a->dtype) != weir_dtype_size(b->dtype))
        return false;
    w_array_strides(a, sa);
    w_array_strides(b, sb);
    for (int32_t i = 0; i < a->rank; i++)
        if (a->shape[i] != b->shape[i] || (a->shape[i] != 1 && sa[i] != sb[i]))
            return false;
    return true;
}

bool w_may_be_output(const w_op *op, uint32_t i, const weir_array *in, const weir_array *out)
{
    return op->family == W_MAP && op->in[i].kind != W_PIXEL && same_layout(out, in);
}

// An output's own elements must be distinct: each axis must step over all that the finer ones
// reach. (Sorting by stride decides this exactly for the layouts that views make.)
static bool self_overlap(const weir_array *a)
{
    int64_t strides[WEIR_MAX_RANK];
    bool done[WEIR_MAX_RANK] = {false};
    w_array_strides(a, strides);
    int64_t reach = 1;
    for (int32_t round = 0; round < a->rank; round++) {
        int32_t best = -1;
        for (int32_t i = 0; i < a->rank; i++) {
            int64_t s = strides[i] < 0 ? -strides[i] : strides[i];
            if (!done[i] && (best < 0 || s < (strides[best] < 0 ? -strides[best] : strides[best])))
                best = i;
        }
        done[best] = true;
        int64_t s = strides[best] < 0 ? -strides[best] : strides[best];
        if (a->shape[best] > 1 && s < reach)
            return true;
        reach += s * (a->shape[best] - 1);
    }
    return false;
}

static weir_status check_output(const w_op *op, uint32_t o, const weir_array *want,
                                const weir_array *out, const weir_array *in, size_t n_in)
{
    char a[160], b[160];
    const char *name = op->out[o].name;
    if (out->dtype != want->dtype)
        return w_fail(WEIR_INVALID_DTYPE, "%s: %s is %s; it must be %s", op->name, name,
                      w_array_text(out, a, sizeof a), w_array_text(want, b, sizeof b));
    bool same = out->rank == want->rank;
    for (int32_t i = 0; same && i < want->rank; i++)
        same = out->shape[i] == want->shape[i];
    if (!same)
        return w_fail(WEIR_INVALID_SHAPE, "%s: %s is %s; it must be %s", op->name, name,
                      w_array_text(out, a, sizeof a), w_array_text(want, b, sizeof b));
    if (out->strided && w_array_count(out) > 0 && self_overlap(out))
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: elements of %s overlap each other, or their strides do not nest",
                      op->name, name);
    for (size_t i = 0; i < n_in; i++) {
        if (in[i].dtype == WEIR_DTYPE_NONE || !overlap(out, &in[i]))
            continue;
        if (out->data != in[i].data || !w_may_be_output(op, (uint32_t)i, &in[i], out))
            return w_fail(WEIR_INVALID_ARGUMENT,
                          "%s: %s overlaps %s in memory; only the very same view may alias, and "
                          "only elementwise",
                          op->name, name, op->in[i].name);
    }
    return WEIR_OK;
}

static weir_status check_data(const w_op *op, const char *name, const weir_array *a)
{
    if (a->dtype == WEIR_DTYPE_NONE || w_array_count(a) == 0)
        return WEIR_OK;
    if (!a->data)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: %s.data is NULL", op->name, name);
    if (!w_array_is_aligned(a))
        return w_fail(
            WEIR_INVALID_ARGUMENT,
            "%s: %s.data is %p, which is not a multiple of the %zu bytes of an element of %s",
            op->name, name, a->data, weir_dtype_size(a->dtype), weir_dtype_name(a->dtype));
    return WEIR_OK;
}

weir_status w_check_values(const w_op *op, const char *name, const weir_array *a)
{
    if (w_array_count(a) && !a->data)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: %s is read on the host; its data is NULL",
                      op->name, name);
    return check_data(op, name, a);
}

weir_status w_check_data(const w_op *op, const weir_array *in, size_t n_in, const weir_array *out,
                         size_t n_out)
{
    weir_status status = WEIR_OK;
    for (size_t i = 0; i < n_in && status == WEIR_OK; i++)
        status = check_data(op, op->in[i].name, &in[i]);
    for (size_t i = 0; i < n_out && status == WEIR_OK; i++)
        status = check_data(op, op->out[i].name, &out[i]);
    return status;
}

static weir_status family_describe(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc)
{
    switch (desc->op->family) {
    case W_MAP:
        return w_describe_map(in, n_in, out, desc);
    case W_REDUCE:
    case W_ROW:
    case W_SCAN:
    case W_HISTOGRAM:
        return w_describe_row(in, n_in, out, desc);
    case W_CONTRACT:
        return w_describe_contract(in, n_in, out, desc);
    case W_SAMPLE:
        return w_describe_sample(in, out, desc);
    case W_GATHER:
        return w_describe_gather(in, n_in, out, desc);
    default:
        return w_describe_move(in, n_in, out, desc);
    }
}

static void formula_attributes(w_desc *desc)
{
    desc->n_formula_attr = 0;
    for (uint32_t a = 0; a < desc->op->n_attr; a++)
        if (desc->op->attr[a].kind == W_FLOAT || desc->op->attr[a].kind == W_FLAG)
            desc->formula_attr[desc->n_formula_attr++] = desc->attr[a].f;
}

weir_status w_describe(const w_op *op, const void *options, const weir_array *in, size_t n_in,
                       weir_array *out, size_t n_out, bool infer, w_desc *desc)
{
    desc->op = op;
    desc->empty = false;
    desc->fast = false;
    desc->n_parts = 0;
    desc->activation = NULL;
    weir_status status = w_op_values(op, options, desc->attr);
    if (status == WEIR_OK)
        status = check_inputs(op, in, n_in);
    if (status != WEIR_OK)
        return status;
    if (!out)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: the outputs are NULL", op->name);
    if (n_out != op->n_out)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s has %" PRIu32 " outputs, not %zu", op->name,
                      op->n_out, n_out);
    formula_attributes(desc);
    desc->compute = w_op_class(op, in, n_in);
    weir_array want[W_MAX_OUT];
    for (uint32_t o = 0; o < op->n_out && !infer && status == WEIR_OK; o++)
        status = check_array(op, op->out[o].name, &out[o]);
    if (status != WEIR_OK)
        return status;
    for (uint32_t o = 0; o < op->n_out; o++) {
        want[o] = (weir_array){.dtype = output_dtype(desc, &op->out[o], in, n_in)};
        if (!infer) { // the geometry walks the caller's output
            want[o].strided = out[o].strided;
            memcpy(want[o].strides, out[o].strides, sizeof want[o].strides);
        }
    }
    status = family_describe(in, n_in, want, desc);
    for (uint32_t o = 0; o < op->n_out && status == WEIR_OK; o++) {
        if (infer)
            out[o] = want[o];
        else
            status = check_output(op, o, &want[o], &out[o], in, n_in);
        for (uint32_t k = 0; k < o && !infer && status == WEIR_OK; k++)
            if (overlap(&out[k], &out[o]))
                status = w_fail(WEIR_INVALID_ARGUMENT, "%s: %s overlaps %s in memory", op->name,
                                op->out[o].name, op->out[k].name);
    }
    return status;
}
