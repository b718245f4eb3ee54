// SPDX-License-Identifier: Apache-2.0
#include "runtime/pieces.h"

#include "runtime/ops/reduce.h"

#include <string.h>

enum {
    PIECE_BYTES = 1 << 27, // of an array: several are on the device at a time
    // A kernel counts elements, and bytes of strides, in 31 bits.
    PIECE_ELEMENTS = 1 << 28,
};

// The axes that a call has: those of the output of a MAP or CONTRACT, those of the inputs of a
// REDUCE or ROW. A reduced one stays whole: its elements go into one sum.
typedef struct axes {
    int32_t rank;
    bool whole[WEIR_MAX_RANK];
    int32_t out[WEIR_MAX_RANK];   // where the output has it
    int32_t label[WEIR_MAX_RANK]; // where labels have it
    int32_t left, right;          // CONTRACT: the ranks of its factors
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

// The largest array that is not small, of the inputs and then the outputs; -1: all are.
static int32_t largest(const cutter *c, const w_piece *piece)
{
    int32_t found = -1;
    double most = 0;
    for (size_t i = 0; i < c->n_in + c->n_out; i++) {
        const weir_array *a = i < c->n_in ? &piece->in[i] : &piece->out[i - c->n_in];
        if (a->dtype == WEIR_DTYPE_NONE || is_small(a, c->most))
            continue;
        double bytes = (double)w_array_count(a) * (double)weir_dtype_size(a->dtype);
        found = bytes > most ? (int32_t)i : found;
        most = W_MAX(bytes, most);
    }
    return found;
}

// False where there is nothing to cut.
static bool find_axes(const w_desc *desc, const weir_array *in, size_t n_in, const weir_array *out,
                      axes *a)
{
    const w_op *op = desc->op;
    bool row = op->family == W_ROW, reduce = op->family == W_REDUCE;
    *a = (axes){.rank = out->rank};
    if (op->family == W_CONTRACT) {
        a->left = in[0].rank;
        a->right = in[1].rank;
    } else if (op->family != W_MAP && !row && !reduce) {
        return false;
    }
    for (uint32_t i = 0; reduce && i < n_in; i++)
        if (op->in[i].kind == W_IN)
            a->rank = W_MAX(a->rank, in[i].rank);
    if ((row || reduce) && w_reduce_axes(desc, in, n_in, a->rank, a->whole) != WEIR_OK)
        return false;
    bool any = false;
    for (int32_t axis = 0, kept = 0; axis < a->rank; axis++) {
        a->label[axis] = kept;
        a->out[axis] = out->rank == a->rank ? axis : kept;
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
    double inner = desc->op->family == W_CONTRACT ? 1 : (double)desc->inner;
    bool fits = (double)desc->outer * inner <= INT32_MAX;
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

// Where operand i of a product has an axis of its output: the factors' rows or columns, their
// batch, or those of zero points, which broadcast to batch, rows and columns.
static int32_t product_axis(const cutter *c, uint32_t i, const weir_array *a, int32_t axis)
{
    bool rows = c->axes.left >= 2, columns = c->axes.right >= 2;
    int32_t batch = c->axes.rank - rows - columns;
    bool is_column = columns && axis == c->axes.rank - 1, is_row = axis >= batch && !is_column;
    int32_t first = w_contract_transposed(c->desc, i) ? 1 : 2;
    if (i == 0 && axis >= batch)
        return is_row ? a->rank - first : -1;
    if (i == 1 && axis >= batch)
        return is_column ? a->rank - (3 - first) : -1;
    if (i >= 2 && c->desc->compute != W_CLASS_I32) // c broadcasts to the output
        return axis - c->axes.rank + a->rank;
    if (i >= 2 && a->rank == 1) // a's zero points lie along its rows, b's along its columns
        return (i == 2 ? is_row : is_column) ? 0 : -1;
    return (is_column ? batch + 1 : is_row ? batch : axis) - (batch + 2) + a->rank;
}

// Which axis of an input goes with an axis of the call; -1: none, all of it goes into every piece.
static int32_t input_axis(const cutter *c, uint32_t i, const weir_array *a, int32_t axis)
{
    const w_op *op = c->desc->op;
    w_input_kind kind = op->in[i].kind;
    int32_t rank = c->axes.rank, own = axis - rank + a->rank - (kind == W_PIXEL);
    if (a->dtype == WEIR_DTYPE_NONE || kind == W_HOST)
        return -1;
    if (op->family == W_CONTRACT) {
        own = product_axis(c, i, a, axis);
    } else if (kind == W_LABELS) {
        own = c->axes.label[axis];
    } else if (kind == W_AXIS || kind == W_OPT_AXIS) {
        int32_t along =
            a->rank == 1 && a->shape[0] != 1 ? w_attr(op, c->desc->attr, "axis")->i : -rank - 1;
        own = (along < 0 ? along + rank : along) == axis ? 0 : -1;
    }
    return own >= 0 && a->shape[own] != 1 ? own : -1;
}

// The axis to cut, so that the array gets smaller; the number of axes: there is none.
static int32_t find_cut(const cutter *c, const w_piece *piece, int32_t array)
{
    const axes *a = &c->axes;
    int32_t axis = 0;
    for (; axis < a->rank; axis++) {
        bool is_input = (size_t)array < c->n_in;
        if (a->whole[axis] || piece->out[0].shape[a->out[axis]] < 2)
            continue;
        if (!is_input || input_axis(c, (uint32_t)array, &piece->in[array], axis) >= 0)
            break;
    }
    return axis;
}

// Halves until it is small: at most one level for each bit of a size.
static weir_status cut(const cutter *c, const w_piece *piece)
{
    int32_t array = largest(c, piece);
    int32_t axis = array < 0 ? c->axes.rank : find_cut(c, piece, array);
    if (axis == c->axes.rank) // small, or a row that needs too much input
        return c->run(c->user, piece);
    int64_t all = piece->out[0].shape[c->axes.out[axis]], half = all / 2;
    for (int part = 0; part < 2; part++) {
        int64_t begin = part ? half : 0, n = part ? all - half : half;
        w_piece smaller = *piece;
        for (uint32_t i = 0; i < c->n_in; i++) {
            int32_t own = input_axis(c, i, &piece->in[i], axis);
            if (own >= 0)
                slice(&smaller.in[i], own, begin, n);
        }
        for (uint32_t o = 0; o < c->n_out; o++)
            slice(&smaller.out[o], c->axes.out[axis], begin, n);
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
