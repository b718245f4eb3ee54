// SPDX-License-Identifier: Apache-2.0
// Views in every layout, with guard bands before, behind and between.
#include "tests/conformance/conformance.h"

#include <stdlib.h>
#include <string.h>

// More than the largest stride, so that one element too many lands in it.
enum { GUARD = 8192 };

static uint8_t pattern(size_t i)
{
    return (uint8_t)(i * 37 + 0xa5);
}

// Chooses strides; returns how many elements the view spans and where its first lies.
static size_t choose_strides(weir_array *a, layout form, bool is_output, random_state *r,
                             int64_t *out_first)
{
    int32_t order[WEIR_MAX_RANK]; // from the axis that moves fastest
    for (int32_t i = 0; i < a->rank; i++)
        order[i] = a->rank - 1 - i;
    if (form == TRANSPOSED)
        for (int32_t i = 0; i < a->rank; i++)
            order[i] = i;
    for (int32_t i = a->rank - 1; form == MIXED && i > 0; i--) {
        int32_t k = (int32_t)random_below(r, (uint32_t)i + 1), t = order[i];
        order[i] = order[k];
        order[k] = t;
    }
    bool gaps = form == GAPS || form == MIXED;
    int64_t step = gaps ? 1 + random_below(r, 3) : 1, span = 1, first = 0;
    for (int32_t i = 0; i < a->rank; i++) {
        int64_t n = a->shape[order[i]], *stride = &a->strides[order[i]];
        bool zero = !is_output && (form == ZERO || (form == MIXED && random_below(r, 4) == 0)) &&
                    (i == 0 || random_below(r, 2));
        *stride = zero ? 0 : step;
        if (n == 0)
            return 0;
        int64_t reach = *stride * (n - 1);
        span += reach;
        if (!zero)
            step = step * n + (gaps ? random_below(r, 4) : 0);
        if (form == NEGATIVE || (form == MIXED && random_below(r, 3) == 0)) {
            *stride = -*stride;
            first += reach;
        }
        if (form == MIXED && n == 1) // never walked
            *stride = i % 2 ? INT64_MAX : INT64_MIN;
    }
    *out_first = first;
    return (size_t)span;
}

void held_make(held *h, weir_dtype dtype, int32_t rank, const int64_t *shape, layout form,
               bool is_output, random_state *r)
{
    size_t size = weir_dtype_size(dtype);
    h->view = weir_array_dense(NULL, dtype, rank, shape);
    int64_t first = 0;
    size_t span = choose_strides(&h->view, form, is_output, r, &first);
    h->view.strided = form != DENSE;
    size_t before = GUARD + size * random_below(r, 17); // no alignment beyond the element's
    h->bytes = before + span * size + GUARD;
    h->memory = aligned_alloc(64, (h->bytes + 63) / 64 * 64);
    assert_non_null(h->memory);
    h->view.data = h->memory + before + (size_t)first * size;
    held_reset(h);
}

void held_free(held *h)
{
    free(h->memory);
    memset(h, 0, sizeof *h);
}

void held_reset(held *h)
{
    for (size_t i = 0; i < h->bytes; i++)
        h->memory[i] = pattern(i);
}

size_t held_damage(const held *h)
{
    size_t size = weir_dtype_size(h->view.dtype), damage = 0;
    uint8_t *is_element = calloc(1, h->bytes);
    assert_non_null(is_element);
    int64_t index[WEIR_MAX_RANK] = {0};
    for (bool more = w_array_count(&h->view) > 0; more; more = next_index(&h->view, index))
        memset(is_element + ((uint8_t *)element(&h->view, index) - h->memory), 1, size);
    for (size_t i = 0; i < h->bytes; i++)
        damage += !is_element[i] && h->memory[i] != pattern(i);
    free(is_element);
    return damage;
}

bool next_index(const weir_array *a, int64_t index[WEIR_MAX_RANK])
{
    for (int32_t axis = a->rank - 1; axis >= 0; axis--) {
        if (++index[axis] < a->shape[axis])
            return true;
        index[axis] = 0;
    }
    return false;
}

void *element(const weir_array *a, const int64_t index[WEIR_MAX_RANK])
{
    int64_t offset = 0, step = 1;
    for (int32_t axis = a->rank - 1; axis >= 0; axis--) {
        offset += index[axis] * (a->strided ? a->strides[axis] : step);
        step *= a->shape[axis];
    }
    return (char *)a->data + offset * (int64_t)weir_dtype_size(a->dtype);
}
