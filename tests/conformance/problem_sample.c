// SPDX-License-Identifier: Apache-2.0
// The inputs of a SAMPLE problem, and what its elements are: worked out in long double from ONNX's
// definition of Resize, with half_pixel coordinates.
#include "tests/conformance/conformance.h"
#include "tests/conformance/problem.h"

#include <math.h>
#include <string.h>

static int32_t first_axis(const problem *p)
{
    int32_t axis = attribute_get(p, "axis")->i;
    return axis < 0 ? axis + p->in[0].view.rank : axis;
}

// Smaller, larger, the same, a single pixel.
static int32_t random_size(int64_t extent, random_state *r)
{
    int32_t n = (int32_t)extent;
    int32_t sizes[] = {n, 2 * n, n / 2 + 1, 1, 3 * n - 1, (int32_t)random_below(r, 40)};
    return n ? sizes[random_below(r, W_COUNT(sizes))] : 0;
}

void problem_sample(problem *p, const weir_dtype *dtypes, const shape_row *row, random_state *r)
{
    attribute *sizes = problem_attribute(p, "sizes");
    shape_row own = *row;
    while (own.rank < 2)
        own.dims[own.rank++] = 3;
    int32_t axis = (int32_t)random_below(r, (uint32_t)own.rank - 1);
    problem_set_int(p, "axis", random_below(r, 2) ? axis : axis - own.rank);
    sizes->given = true;
    sizes->n = 2;
    for (int32_t k = 0; k < 2; k++)
        sizes->ints[k] = random_size(own.dims[axis + k], r);
    p->moderate = random_below(r, 4) != 0;
    problem_input(p, 0, dtypes[0], own.rank, own.dims, own.form, r);
}

void sample_shape(const problem *p, weir_array *out)
{
    const weir_array *x = &p->in[0].view;
    out->rank = x->rank;
    memcpy(out->shape, x->shape, sizeof out->shape);
    for (int32_t k = 0; k < 2; k++)
        out->shape[first_axis(p) + k] = attribute_get(p, "sizes")->ints[k];
}

// The two neighbours along an axis, and how much the second counts.
static double neighbours(int64_t at, int64_t extent, int64_t source, int64_t pair[2])
{
    double place = ((double)at + 0.5) * (double)source / (double)extent - 0.5;
    place = fmin(fmax(place, 0), (double)(source - 1));
    pair[0] = (int64_t)floor(place);
    pair[1] = W_MIN(pair[0] + 1, source - 1);
    return place - (double)pair[0];
}

// Half the distance of two numbers of a dtype about a value.
static double half_step(double value, weir_dtype dtype)
{
    switch (dtype) {
    case WEIR_U8:
        return 0.5;
    case WEIR_F16:
        return fabs(value) * 0x1p-11 + 0x1p-25;
    case WEIR_BF16:
        return fabs(value) * 0x1p-8 + 0x1p-134;
    default:
        return 0;
    }
}

expected sample_value(const problem *p, const reference *ref, const weir_array *out,
                      const int64_t *index)
{
    const weir_array *x = &p->in[0].view;
    int32_t axis = first_axis(p);
    int64_t from[WEIR_MAX_RANK], pair[2][2];
    double weight[2], largest = 0;
    long double value = 0;
    (void)ref;
    memcpy(from, index, sizeof from);
    for (int32_t k = 0; k < 2; k++)
        weight[k] = neighbours(index[axis + k], out->shape[axis + k], x->shape[axis + k], pair[k]);
    for (int corner = 0; corner < 4; corner++) {
        int down = corner / 2, right = corner % 2;
        double share = (down ? weight[0] : 1 - weight[0]) * (right ? weight[1] : 1 - weight[1]);
        from[axis] = pair[0][down];
        from[axis + 1] = pair[1][right];
        double element_value = load(element(x, from), x->dtype);
        if (!isfinite(element_value)) // which of its neighbours see it is not said here
            return (expected){.any = true, .bound = INFINITY};
        value += (long double)share * (long double)element_value;
        largest = fmax(largest, fabs(element_value));
    }
    double bound = 11 * 0x1p-24 * largest + 0x1p-146 + half_step((double)value, out->dtype);
    return (expected){.any = true, .value = (double)value, .bound = bound};
}

const reference *reference_sample(const w_op *op)
{
    static const reference row = {.name = "resize_bilinear"};
    return strcmp(row.name, op->name) ? NULL : &row;
}
