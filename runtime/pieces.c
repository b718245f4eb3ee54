// SPDX-License-Identifier: Apache-2.0
#include "runtime/pieces.h"

#include "runtime/ops/reduce.h"

#include <string.h>

enum {
    PIECE_BYTES = 1 << 27, // of an array: several are on the device at a time
    // A kernel counts elements, and bytes of strides, in 31 bits.
    PIECE_ELEMENTS = 1 << 28,
};

// The axes that a call has: those of the output of a MAP, those of the inputs of a REDUCE or ROW.
// A reduced one stays whole: its elements go into one sum.
typedef struct axes {
    int32_t rank;
    bool whole[WEIR_MAX_RANK];
    int32_t out[WEIR_MAX_RANK];   // where the output has it; -1: nowhere
    int32_t label[WEIR_MAX_RANK]; // where labels have it
} axes;

typedef struct cutter {
    const w_desc *desc;
    axes axes;
    size_t n_in, n_out, most; // bytes of an array
    weir_status (*run)(void *user, const w_piece *piece);
    void *user;
} cutter;

static bool is_small(const weir_array *a, size_t most)
{
    int64_t n = w_array_count(a);
    return n <= PIECE_ELEMENTS && (size_t)n * weir_dtype_size(a->dtype) <= most;
}

static bool all_small(const weir_array *in, size_t n_in, const weir_array *out, size_t n_out,
                      size_t most)
{
    for (size_t i = 0; i < n_in; i++)
        if (in[i].dtype != WEIR_DTYPE_NONE && !is_small(&in[i], most))
            return false;
    for (size_t i = 0; i < n_out; i++)
        if (!is_small(&out[i], most))
            return false;
    return true;
}

// False where there is nothing to cut.
static bool find_axes(const w_desc *desc, const weir_array *in, size_t n_in, const weir_array *out,
                      axes *a)
{
    const w_op *op = desc->op;
    bool row = op->family == W_ROW, reduce = op->family == W_REDUCE;
    *a = (axes){.rank = out->rank};
    if (op->family != W_MAP && !row && !reduce)
        return false;
    for (uint32_t i = 0; reduce && i < n_in; i++)
        if (op->in[i].kind == W_IN)
            a->rank = W_MAX(a->rank, in[i].rank);
    if ((row || reduce) && w_reduce_axes(desc, in, n_in, a->rank, a->whole) != WEIR_OK)
        return false;
    bool any = false;
    for (int32_t axis = 0, kept = 0; axis < a->rank; axis++) {
        bool there = !reduce || !a->whole[axis] || out->rank == a->rank;
        a->label[axis] = kept;
        a->out[axis] = !there ? -1 : out->rank == a->rank ? axis : kept;
        kept += !a->whole[axis];
        any |= !a->whole[axis];
    }
    return any;
}

bool w_pieces_needed(const w_device *device, const w_desc *desc, const weir_array *in, size_t n_in,
                     const weir_array *out, size_t n_out)
{
    // What fits goes in one piece: its arrays, and all of them together.
    double bytes = 0;
    bool fits = (double)desc->outer * (double)desc->inner <= INT32_MAX;
    axes found;
    if (!find_axes(desc, in, n_in, out, &found))
        return false;
    for (size_t i = 0; i < n_in + n_out; i++) {
        const weir_array *a = i < n_in ? &in[i] : &out[i - n_in];
        if (a->dtype == WEIR_DTYPE_NONE)
            continue;
        double own = (double)w_array_count(a) * (double)weir_dtype_size(a->dtype);
        fits = fits && own <= (double)device->max_alloc;
        bytes += own;
    }
    return !fits || bytes > (double)device->info.memory / 2;
}

// `n` elements of an axis from `begin` on.
static void slice(weir_array *a, int32_t axis, int64_t begin, int64_t n)
{
    int64_t strides[WEIR_MAX_RANK];
    w_array_strides(a, strides);
    memcpy(a->strides, strides, sizeof strides);
    a->strided = true;
    a->data = (char *)a->data + begin * strides[axis] * (int64_t)weir_dtype_size(a->dtype);
    a->shape[axis] = n;
}

// An input's part that goes into a part of the output.
static void slice_input(const cutter *c, uint32_t i, int32_t axis, int64_t begin, int64_t n,
                        weir_array *a)
{
    const w_op *op = c->desc->op;
    w_input_kind kind = op->in[i].kind;
    int32_t rank = c->axes.rank;
    if (a->dtype == WEIR_DTYPE_NONE || kind == W_HOST)
        return;
    if (kind == W_LABELS) {
        slice(a, c->axes.label[axis], begin, n);
        return;
    }
    if (kind == W_AXIS || kind == W_OPT_AXIS) {
        if (a->rank != 1 || a->shape[0] == 1)
            return;
        int32_t own = w_attr(op, c->desc->attr, "axis")->i;
        if ((own < 0 ? own + rank : own) == axis)
            slice(a, 0, begin, n);
        return;
    }
    int32_t own = axis - rank + a->rank - (kind == W_PIXEL);
    if (own >= 0 && a->shape[own] != 1)
        slice(a, own, begin, n);
}

// Halves until it is small: at most one level for each bit of a size.
static weir_status cut(const cutter *c, const w_piece *piece)
{
    const weir_array *out = &piece->out[0];
    const axes *a = &c->axes;
    int32_t axis = 0;
    if (all_small(piece->in, c->n_in, piece->out, c->n_out, c->most))
        return c->run(c->user, piece);
    while (axis < a->rank && (a->whole[axis] || out->shape[a->out[axis]] < 2))
        axis++;
    if (axis == a->rank) // one element, or row, that needs too much input
        return c->run(c->user, piece);
    int64_t all = out->shape[a->out[axis]], half = all / 2;
    for (int part = 0; part < 2; part++) {
        int64_t begin = part ? half : 0, n = part ? all - half : half;
        w_piece smaller = *piece;
        for (uint32_t i = 0; i < c->n_in; i++)
            slice_input(c, i, axis, begin, n, &smaller.in[i]);
        for (uint32_t o = 0; o < c->n_out; o++)
            slice(&smaller.out[o], a->out[axis], begin, n);
        weir_status status = cut(c, &smaller);
        if (status != WEIR_OK)
            return status;
    }
    return WEIR_OK;
}

weir_status w_pieces_run(const w_device *device, const w_desc *desc, const weir_array *in,
                         size_t n_in, const weir_array *out, size_t n_out,
                         weir_status (*run)(void *user, const w_piece *piece), void *user)
{
    cutter c = {.desc = desc,
                .n_in = n_in,
                .n_out = n_out,
                .most = W_MIN((size_t)PIECE_BYTES, device->max_alloc),
                .run = run,
                .user = user};
    find_axes(desc, in, n_in, out, &c.axes);
    w_piece whole = {.in = {{.dtype = WEIR_DTYPE_NONE}}};
    memcpy(whole.in, in, n_in * sizeof *in);
    memcpy(whole.out, out, n_out * sizeof *out);
    return cut(&c, &whole);
}
