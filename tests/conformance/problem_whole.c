// SPDX-License-Identifier: Apache-2.0
// The inputs of GATHER problems: indices of any shape and sign.
#include "tests/conformance/problem.h"

#include <string.h>

// A shape that leaves the output's rank within the limit and its size small.
static int32_t index_shape(int32_t rank, int64_t extent, int64_t *shape, random_state *r)
{
    static const int64_t extents[] = {1, 2, 3, 5, 9, 17};
    int32_t n = (int32_t)random_below(r, 3);
    n = W_MIN(n, WEIR_MAX_RANK + 1 - rank);
    for (int32_t k = 0; k < n; k++)
        shape[k] = extents[random_below(r, n > 1 ? 4 : W_COUNT(extents))];
    if (!extent) { // nothing to name
        n = W_MAX(n, 1);
        shape[0] = 0;
    }
    return n;
}

void problem_gather(problem *p, const weir_dtype *dtypes, const shape_row *row, random_state *r)
{
    shape_row own = *row;
    if (!own.rank)
        own.dims[own.rank++] = 3; // an axis to choose from
    int32_t axis = (int32_t)random_below(r, (uint32_t)own.rank);
    int64_t shape[WEIR_MAX_RANK], at[WEIR_MAX_RANK] = {0}, extent = own.dims[axis];
    problem_set_int(p, "axis", random_below(r, 2) ? axis : axis - own.rank);
    problem_input(p, 0, dtypes[0], own.rank, own.dims, own.form, r);
    int32_t rank = index_shape(own.rank, extent, shape, r);
    problem_input(p, 1, dtypes[1], rank, shape, own.form, r);
    const weir_array *a = &p->in[1].view;
    for (bool more = w_array_count(a) > 0; more; more = next_index(a, at)) {
        int64_t index = (int64_t)random_below(r, (uint32_t)(2 * extent)) - extent;
        memcpy(element(a, at), &index, weir_dtype_size(dtypes[1]));
    }
}
