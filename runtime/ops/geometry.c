// SPDX-License-Identifier: Apache-2.0
// The iteration space: merging axes, totals, packing for devices.
#include "runtime/ops/op.h"
#include "runtime/ops/params.h"

#include <inttypes.h>
#include <string.h>

static bool mergeable(const w_desc *d, uint32_t outer, uint32_t inner)
{
    for (uint32_t i = 0; i < d->n_in; i++)
        if (d->in[i].stride[outer] != d->in[i].stride[inner] * d->extent[inner])
            return false;
    for (uint32_t i = 0; i < d->n_out; i++)
        if (d->out[i].stride[outer] != d->out[i].stride[inner] * d->extent[inner])
            return false;
    return true;
}

static void move_axis(w_desc *d, uint32_t to, uint32_t from)
{
    d->extent[to] = d->extent[from];
    for (uint32_t i = 0; i < d->n_in; i++)
        d->in[i].stride[to] = d->in[i].stride[from];
    for (uint32_t i = 0; i < d->n_out; i++)
        d->out[i].stride[to] = d->out[i].stride[from];
}

// Simplifies axes [from, to), writing them from `at` on; returns how many are left.
static uint32_t simplify(w_desc *d, uint32_t from, uint32_t to, uint32_t at)
{
    uint32_t first = at;
    for (uint32_t axis = from; axis < to; axis++) {
        if (d->extent[axis] == 1)
            continue;
        if (at > first && mergeable(d, at - 1, axis)) {
            int64_t merged = d->extent[at - 1] * d->extent[axis];
            move_axis(d, at - 1, axis);
            d->extent[at - 1] = merged;
        } else {
            move_axis(d, at++, axis);
        }
    }
    return at - first;
}

static void unit_axis(w_desc *d, uint32_t axis)
{
    d->extent[axis] = 1;
    for (uint32_t i = 0; i < d->n_in; i++)
        d->in[i].stride[axis] = 0;
    for (uint32_t i = 0; i < d->n_out; i++)
        d->out[i].stride[axis] = 0;
}

void w_desc_simplify(w_desc *d, uint32_t keep)
{
    uint32_t kept = d->rank - d->reduced - (keep ? keep - d->reduced : 0);
    uint32_t rank = simplify(d, 0, kept, 0);
    if (keep) { // CONTRACT: m, n, k stay as they are
        for (uint32_t i = 0; i < keep; i++)
            move_axis(d, rank + i, kept + i);
        rank += keep;
    } else if (d->reduced) {
        uint32_t reduced = simplify(d, kept, d->rank, rank);
        if (!reduced)
            unit_axis(d, rank + reduced++);
        d->reduced = reduced;
        rank += reduced;
    }
    if (!rank)
        unit_axis(d, rank++);
    d->rank = rank;
    d->outer = d->inner = 1;
    for (uint32_t i = 0; i < rank; i++)
        *(i < rank - d->reduced ? &d->outer : &d->inner) *= d->extent[i];
    d->empty = d->outer == 0;
}

static weir_status pack_operand(const w_operand *o, uint32_t rank, uint32_t *words)
{
    if (o->offset < 0 || o->offset > INT32_MAX)
        return w_fail(WEIR_UNAVAILABLE,
                      "an operand begins at element %" PRId64 "; a device kernel reaches 2^31",
                      o->offset);
    words[0] = (uint32_t)o->offset;
    for (uint32_t i = 0; i < rank; i++) {
        if (o->stride[i] < INT32_MIN || o->stride[i] > INT32_MAX)
            return w_fail(WEIR_UNAVAILABLE,
                          "a stride of %" PRId64 " elements; a device kernel reaches 2^31",
                          o->stride[i]);
        words[1 + i] = (uint32_t)(int32_t)o->stride[i];
    }
    words[1 + W_P_AXES] = (uint32_t)o->constant;
    return WEIR_OK;
}

// Places are found in 31 bits: w_spot_of().
static weir_status pack_sample(const w_desc *d, uint32_t *words)
{
    words[W_P_SAMPLE] = d->sampled;
    for (uint32_t k = 0; k < 2; k++) {
        int64_t n = d->extent[d->sampled + k];
        if (2 * n * d->source[k] > INT32_MAX)
            return w_fail(WEIR_UNAVAILABLE,
                          "%" PRId64 " elements sampled from %" PRId64
                          "; a device kernel reaches a product of 2^30",
                          n, d->source[k]);
        words[W_P_SAMPLE + 1 + k] = (uint32_t)d->source[k];
    }
    return WEIR_OK;
}

weir_status w_desc_pack(const w_desc *d, uint32_t *words)
{
    _Static_assert(W_MAX_IN == W_P_INPUTS, "a place for each input");
    memset(words, 0, W_P_WORDS * sizeof *words);
    if (d->outer > INT32_MAX || d->inner > INT32_MAX)
        return w_fail(WEIR_UNAVAILABLE,
                      "%" PRId64 " x %" PRId64 " elements; a device kernel reaches 2^31 of each",
                      d->outer, d->inner);
    words[W_P_RANK] = d->rank;
    words[W_P_REDUCED] = d->reduced;
    words[W_P_OUTER] = (uint32_t)d->outer;
    words[W_P_INNER] = (uint32_t)d->inner;
    words[W_P_N_IN] = d->n_in;
    for (uint32_t i = 0; i < d->rank; i++) {
        if (d->extent[i] > INT32_MAX)
            return w_fail(WEIR_UNAVAILABLE,
                          "an axis of %" PRId64 " elements; a device kernel reaches 2^31",
                          d->extent[i]);
        words[W_P_EXTENT + i] = (uint32_t)d->extent[i];
    }
    weir_status status = d->op->family == W_SAMPLE ? pack_sample(d, words) : WEIR_OK;
    for (uint32_t i = 0; i < W_MAX_IN && i < d->n_in && status == WEIR_OK; i++) {
        words[W_P_CONSTANT] |= (uint32_t)(d->in[i].tensor < 0) << i;
        status = pack_operand(&d->in[i], d->rank, words + W_P_OPERAND + W_P_OPERAND_WORDS * i);
    }
    for (uint32_t i = 0; i < d->n_out && status == WEIR_OK; i++)
        status = pack_operand(&d->out[i], d->rank,
                              words + W_P_OPERAND + W_P_OPERAND_WORDS * (W_P_INPUTS + i));
    memcpy(words + W_P_ATTR, d->formula_attr, d->n_formula_attr * sizeof(float));
    return status;
}
