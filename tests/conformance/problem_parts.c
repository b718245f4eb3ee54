// SPDX-License-Identifier: Apache-2.0
// The inputs of a MOVE whose output is made of parts, and what each of its elements is.
#include "tests/conformance/conformance.h"
#include "tests/conformance/problem.h"

#include <string.h>

// ---------------------------------------------------------------- concat

static int32_t concat_axis(const problem *p)
{
    int32_t axis = attribute_get(p, "axis")->i;
    return axis < 0 ? axis + p->in[0].view.rank : axis;
}

// Inputs that differ along the axis alone, some of no element.
static void concat_inputs(problem *p, const weir_dtype *dtypes, const shape_row *row,
                          random_state *r)
{
    shape_row own = *row;
    if (!own.rank)
        own.dims[own.rank++] = 1;
    int32_t axis = (int32_t)random_below(r, (uint32_t)own.rank);
    int64_t extent = own.dims[axis];
    problem_set_int(p, "axis", random_below(r, 2) ? axis : axis - own.rank);
    for (uint32_t i = 0; i < p->op->n_in; i++) {
        if (dtypes[i] == WEIR_DTYPE_NONE)
            continue;
        if (i)
            own.dims[axis] = (int64_t)random_below(r, (uint32_t)W_MIN(extent, 40) + 2);
        problem_input(p, i, dtypes[i], own.rank, own.dims, own.form, r);
    }
}

static void concat_shape(const problem *p, weir_array *out)
{
    int32_t axis = concat_axis(p);
    out->rank = p->in[0].view.rank;
    memcpy(out->shape, p->in[0].view.shape, sizeof out->shape);
    for (uint32_t i = 1; i < p->op->n_in; i++)
        if (p->in[i].memory)
            out->shape[axis] += p->in[i].view.shape[axis];
}

static int32_t ref_concat(const problem *p, const int64_t *to, int64_t *from)
{
    int32_t axis = concat_axis(p), i = 0;
    memcpy(from, to, WEIR_MAX_RANK * sizeof *from);
    while (from[axis] >= p->in[i].view.shape[axis])
        from[axis] -= p->in[i++].view.shape[axis];
    return i;
}

// ---------------------------------------------------------------- pad

// Few elements more, so that eight axes stay small; some less.
static int64_t random_pad(const shape_row *row, random_state *r)
{
    if (row->rank > 3 && random_below(r, 3))
        return 0;
    return (int64_t)random_below(r, row->rank > 3 ? 3 : 5) - 1;
}

static void pad_inputs(problem *p, const weir_dtype *dtypes, const shape_row *row, random_state *r)
{
    int32_t mode = (int32_t)random_below(r, 3);
    int64_t pads[2 * WEIR_MAX_RANK], n = 2 * row->rank, at[WEIR_MAX_RANK] = {0};
    problem_set_int(p, "mode", mode);
    problem_input(p, 0, dtypes[0], row->rank, row->dims, row->form, r);
    for (int32_t axis = 0; axis < row->rank; axis++) {
        int64_t *before = &pads[axis], *after = &pads[axis + row->rank];
        *before = random_pad(row, r);
        *after = random_pad(row, r);
        int64_t kept = row->dims[axis] + W_MIN(*before, 0) + W_MIN(*after, 0);
        if (kept < 0 || (mode == 2 && kept == 0))
            *before = *after = 0;
        if (mode == 1) {
            *before = W_MIN(*before, W_MAX(kept - 1, 0));
            *after = W_MIN(*after, W_MAX(kept - 1, 0));
        }
    }
    held_make(&p->in[1], dtypes[1], 1, &n, random_below(r, 2) ? DENSE : NEGATIVE, false, r);
    for (at[0] = 0; at[0] < n; at[0]++)
        memcpy(element(&p->in[1].view, at), &pads[at[0]], sizeof *pads);
    if (dtypes[2] != WEIR_DTYPE_NONE)
        problem_input(p, 2, dtypes[2], (int32_t)random_below(r, 2), (int64_t[]){1}, DENSE, r);
}

static int64_t pad_of(const problem *p, int32_t k)
{
    int64_t at[WEIR_MAX_RANK] = {k}, value;
    memcpy(&value, element(&p->in[1].view, at), sizeof value);
    return value;
}

static void pad_shape(const problem *p, weir_array *out)
{
    const weir_array *x = &p->in[0].view;
    out->rank = x->rank;
    for (int32_t k = 0; k < x->rank; k++)
        out->shape[k] = x->shape[k] + pad_of(p, k) + pad_of(p, k + x->rank);
}

// Walks to where an element comes from, on what negative pads leave of each axis.
static int32_t ref_pad(const problem *p, const int64_t *to, int64_t *from)
{
    const weir_array *x = &p->in[0].view;
    int32_t mode = attribute_get(p, "mode")->i;
    for (int32_t k = 0; k < x->rank; k++) {
        int64_t before = pad_of(p, k), after = pad_of(p, k + x->rank);
        int64_t first = W_MAX(-before, 0), last = x->shape[k] - 1 - W_MAX(-after, 0);
        from[k] = to[k] - before;
        if (from[k] >= first && from[k] <= last)
            continue;
        if (mode == 0) {
            memset(from, 0, WEIR_MAX_RANK * sizeof *from); // one value
            return p->in[2].memory ? 2 : -1;
        }
        int64_t end = from[k] < first ? first : last;
        from[k] = mode == 1 ? 2 * end - from[k] : end;
    }
    return 0;
}

// ---------------------------------------------------------------- both

bool problem_parts(problem *p, const weir_dtype *dtypes, const shape_row *row, random_state *r)
{
    bool concat = p->op->number == WEIR_OP_CONCAT;
    if (!concat && p->op->number != WEIR_OP_PAD)
        return false;
    (concat ? concat_inputs : pad_inputs)(p, dtypes, row, r);
    return true;
}

const reference *reference_parts(const w_op *op)
{
    static const reference concat = {"concat", .source = ref_concat, .shape = concat_shape};
    static const reference pad = {"pad", .source = ref_pad, .shape = pad_shape};
    return op->number == WEIR_OP_CONCAT ? &concat : op->number == WEIR_OP_PAD ? &pad : NULL;
}
