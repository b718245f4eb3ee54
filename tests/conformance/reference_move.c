// SPDX-License-Identifier: Apache-2.0
// References of MOVE operations: which element of the input an element of the output is.
#include "tests/conformance/conformance.h"

#include <string.h>

static int64_t listed(const problem *p, uint32_t i, int64_t k)
{
    int64_t at[WEIR_MAX_RANK] = {k}, value;
    memcpy(&value, element(&p->in[i].view, at), sizeof value);
    return value;
}

// The first position and the step of an axis; returns how many there are, by walking.
static int64_t slice_of(const problem *p, int32_t axis, int64_t *start, int64_t *step)
{
    const weir_array *x = &p->in_views[0];
    int64_t n = x->shape[axis], count = 0;
    *start = 0;
    *step = 1;
    for (int64_t k = 0; k < p->in_views[1].shape[0]; k++) {
        int64_t named = listed(p, 3, k);
        if ((named < 0 ? named + x->rank : named) != axis)
            continue;
        int64_t end = listed(p, 2, k);
        *start = listed(p, 1, k);
        *step = listed(p, 4, k);
        *start += *start < 0 ? n : 0;
        if (end < 0)
            end = end < -n ? -1 : end + n;
        // Positions before the array and behind it hold nothing.
        *start = *start < 0 ? 0 : *start;
        if (*step < 0 && *start > n - 1)
            *start = n - 1;
        for (int64_t i = *start; *step > 0 ? i < end && i < n : i > end && i >= 0; i += *step)
            count++;
        return count;
    }
    return n;
}

static void slice_shape(const problem *p, weir_array *out)
{
    int64_t start, step;
    out->rank = p->in[0].view.rank;
    for (int32_t k = 0; k < out->rank; k++) {
        problem q = *p; // views are noted later
        q.in_views[0] = p->in[0].view;
        q.in_views[1] = p->in[1].view;
        out->shape[k] = slice_of(&q, k, &start, &step);
    }
}

static void ref_slice(const problem *p, const int64_t *to, int64_t *from)
{
    int64_t start, step;
    for (int32_t k = 0; k < p->in_views[0].rank; k++) {
        slice_of(p, k, &start, &step);
        from[k] = start + to[k] * step;
    }
}

static void expand_shape(const problem *p, weir_array *out)
{
    const weir_array *x = &p->in[0].view;
    int32_t n = (int32_t)p->in[1].view.shape[0];
    out->rank = W_MAX(x->rank, n);
    for (int32_t k = 0; k < out->rank; k++) {
        int32_t own = k - (out->rank - x->rank), other = k - (out->rank - n);
        int64_t have = own < 0 ? 1 : x->shape[own], want = other < 0 ? 1 : listed(p, 1, other);
        out->shape[k] = have == 1 ? want : have;
    }
}

static void ref_expand(const problem *p, const int64_t *to, int64_t *from)
{
    const weir_array *x = &p->in_views[0];
    int32_t lead = p->out_views[0].rank - x->rank;
    for (int32_t k = 0; k < x->rank; k++)
        from[k] = x->shape[k] == 1 ? 0 : to[k + lead];
}

static void ref_hwc_to_chw(const problem *p, const int64_t *to, int64_t *from)
{
    int32_t c = p->in[0].view.rank - 1;
    for (int32_t k = 0; k < c - 2; k++)
        from[k] = to[k];
    from[c] = to[c - 2];
    from[c - 2] = to[c - 1];
    from[c - 1] = to[c];
}

static const reference rows[] = {
    {"slice", .move = ref_slice, .shape = slice_shape},
    {"expand", .move = ref_expand, .shape = expand_shape},
    {"hwc_to_chw", .move = ref_hwc_to_chw},
};

const reference *reference_move(const w_op *op)
{
    for (size_t i = 0; i < W_COUNT(rows); i++)
        if (!strcmp(rows[i].name, op->name))
            return &rows[i];
    return op->family == W_SAMPLE ? reference_sample(op) : reference_parts(op);
}
