// SPDX-License-Identifier: Apache-2.0
// The inputs of a REDUCE or ROW problem, and its axes.
#include "tests/conformance/conformance.h"
#include "tests/conformance/problem.h"

#include <string.h>

static void choose_axes(problem *p, const shape_row *row, weir_dtype as_input, random_state *r)
{
    attribute *axes = problem_attribute(p, "axes");
    int32_t rank = row->rank, mode = row->mode;
    int64_t list[WEIR_MAX_RANK], n = 0;
    if (!axes && as_input) { // a scan has one axis
        int64_t axis = rank ? random_below(r, (uint32_t)rank) : 0, one = 1;
        axis = mode == REDUCE_LAST || mode == REDUCE_NONE ? rank - 1
               : mode == REDUCE_FIRST                     ? 0
                                                          : axis;
        axis = rank && random_below(r, 2) ? axis - rank : W_MAX(axis, 0);
        held_make(&p->in[1], as_input, (int32_t)random_below(r, 2), &one, DENSE, false, r);
        memcpy(p->in[1].view.data, &axis, weir_dtype_size(as_input));
        return;
    }
    if (!axes) { // an index has one axis
        problem_set_int(p, "flatten", mode == REDUCE_ALL && rank);
        if (rank && (mode != REDUCE_ALL || !problem_attribute(p, "flatten")))
            problem_set_int(p, "axis",
                            mode == REDUCE_LAST || mode == REDUCE_NONE ? -1
                            : mode == REDUCE_FIRST || mode == REDUCE_ALL
                                ? 0
                                : (int32_t)random_below(r, (uint32_t)rank));
        return;
    }
    for (int32_t k = 0; k < rank; k++) {
        bool in = mode == REDUCE_LAST    ? k == rank - 1
                  : mode == REDUCE_FIRST ? k == 0
                                         : random_below(r, 2);
        if (mode == REDUCE_ALL || mode == REDUCE_NONE)
            in = false;
        if (in)
            list[n++] = random_below(r, 2) ? k : k - rank;
    }
    if (n == 0)
        problem_set_int(p, "noop_with_empty_axes", mode == REDUCE_NONE);
    if (as_input) {
        held_make(&p->in[1], WEIR_S64, 1, &n, random_below(r, 2) ? DENSE : NEGATIVE, false, r);
        int64_t at[WEIR_MAX_RANK] = {0};
        for (at[0] = 0; at[0] < n; at[0]++)
            memcpy(element(&p->in[1].view, at), &list[at[0]], sizeof list[0]);
        return;
    }
    axes->given = n > 0;
    axes->n = (int32_t)n;
    for (int64_t k = 0; k < n; k++)
        axes->ints[k] = (int32_t)list[k];
}

// Labels, without the axis, of which some are no class; a scale for the last axes; else the same
// shape.
static void other_input(problem *p, uint32_t i, weir_dtype dtype, const shape_row *row,
                        random_state *r)
{
    bool reduced[WEIR_MAX_RANK];
    int64_t shape[WEIR_MAX_RANK], classes = 1, at[WEIR_MAX_RANK] = {0};
    int32_t rank = 0;
    bool labels = p->op->in[i].kind == W_LABELS, tail = p->op->in[i].kind == W_OPT;
    reduced_axes(p, reduced);
    for (int32_t k = 0; k < row->rank; k++) {
        if (labels && reduced[k])
            classes = row->dims[k];
        if (!(labels && reduced[k]) && !(tail && !reduced[k]))
            shape[rank++] = row->dims[k];
    }
    problem_input(p, i, dtype, rank, shape, row->form, r);
    const weir_array *a = &p->in[i].view;
    for (bool more = labels && w_array_count(a) > 0; more; more = next_index(a, at)) {
        int64_t label = (int64_t)random_below(r, (uint32_t)classes + 1);
        memcpy(element(a, at), &label, weir_dtype_size(dtype));
    }
}

void problem_rows(problem *p, const weir_dtype *dtypes, const shape_row *row, random_state *r)
{
    weir_dtype as_input =
        p->op->n_in > 1 && p->op->in[1].kind == W_HOST ? dtypes[1] : WEIR_DTYPE_NONE;
    shape_row own = *row;
    if (p->op->n_in > 1 && p->op->in[1].kind == W_LABELS && !own.rank)
        own.dims[own.rank++] = 1; // an axis that labels can lack
    problem_input(p, 0, dtypes[0], own.rank, own.dims, own.form, r);
    choose_axes(p, &own, as_input, r);
    if (p->op->family == W_HISTOGRAM && own.rank == WEIR_MAX_RANK)
        problem_set_int(p, "keepdims", 0); // no room for the counts beside all axes
    for (uint32_t i = 1; i < p->op->n_in; i++)
        if (dtypes[i] != WEIR_DTYPE_NONE && p->op->in[i].kind != W_HOST)
            other_input(p, i, dtypes[i], &own, r);
}
