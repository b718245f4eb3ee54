// SPDX-License-Identifier: Apache-2.0
// Arrays: counting, strides, memory spans, strided copies.
#include "runtime/ops/op.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

weir_array weir_array_dense(void *data, weir_dtype dtype, int32_t rank, const int64_t *shape)
{
    weir_array a = {.data = data, .dtype = dtype, .rank = rank};
    for (int32_t i = 0; shape && rank <= WEIR_MAX_RANK && i < rank; i++)
        a.shape[i] = shape[i];
    return a;
}

// Extents that multiply beyond the limit are refused even where one of them is zero: strides and
// spans are products of them too.
int64_t w_array_count(const weir_array *a)
{
    int64_t count = 1;
    bool empty = false;
    for (int32_t i = 0; i < a->rank; i++) {
        empty |= a->shape[i] == 0;
        if (a->shape[i] < 0 || __builtin_mul_overflow(count, W_MAX(a->shape[i], 1), &count))
            return -1;
    }
    if (count > INT64_C(1) << 59)
        return -1;
    return empty ? 0 : count;
}

weir_status w_fail_count(const w_op *op, const char *what, const weir_array *a)
{
    char text[200];
    return w_fail(WEIR_INVALID_SHAPE, "%s: %s %s, more than 2^59 elements", op->name, what,
                  w_array_text(a, text, sizeof text));
}

int32_t w_array_far_axis(const weir_array *a)
{
    for (int32_t i = 0; i < a->rank && a->strided; i++) {
        int64_t reach;
        if (a->shape[i] == 1)
            continue;
        if (__builtin_mul_overflow(a->strides[i], W_MAX(a->shape[i], 1), &reach) ||
            reach > INT64_MAX / 128 || reach < INT64_MIN / 128)
            return i;
    }
    return -1;
}

void w_array_strides(const weir_array *a, int64_t strides[WEIR_MAX_RANK])
{
    int64_t step = 1;
    for (int32_t i = a->rank - 1; i >= 0; i--) {
        strides[i] = !a->strided ? step : a->shape[i] == 1 ? 0 : a->strides[i];
        step *= a->shape[i];
    }
}

bool w_array_is_dense(const weir_array *a)
{
    int64_t step = 1;
    for (int32_t i = a->rank - 1; a->strided && i >= 0; i--) {
        if (a->shape[i] != 1 && a->strides[i] != step)
            return false;
        step *= a->shape[i];
    }
    return true;
}

bool w_array_is_aligned(const weir_array *a)
{
    return !((uintptr_t)a->data & (weir_dtype_size(a->dtype) - 1));
}

const char *w_array_text(const weir_array *a, char *buffer, size_t n)
{
    size_t at = (size_t)snprintf(buffer, n, "%s[", weir_dtype_name(a->dtype));
    for (int32_t i = 0; i < a->rank && i < WEIR_MAX_RANK && at < n; i++)
        at += (size_t)snprintf(buffer + at, n - at, "%s%" PRId64, i ? "," : "", a->shape[i]);
    if (at < n)
        snprintf(buffer + at, n - at, "]");
    return buffer;
}

// Copies one run along the last axis.
static void copy_run(char *to, int64_t to_step, const char *from, int64_t from_step, int64_t n,
                     size_t size)
{
    if (to_step == 1 && from_step == 1) {
        memcpy(to, from, (size_t)n * size);
        return;
    }
    for (int64_t i = 0; i < n; i++)
        memcpy(to + i * to_step * (int64_t)size, from + i * from_step * (int64_t)size, size);
}

void w_array_copy(const weir_array *to, const weir_array *from)
{
    size_t size = weir_dtype_size(to->dtype);
    int64_t count = w_array_count(to);
    if (count <= 0)
        return;
    if (w_array_is_dense(to) && w_array_is_dense(from)) {
        memcpy(to->data, from->data, (size_t)count * size);
        return;
    }
    int64_t ts[WEIR_MAX_RANK], fs[WEIR_MAX_RANK], index[WEIR_MAX_RANK] = {0};
    w_array_strides(to, ts);
    w_array_strides(from, fs);
    int32_t last = to->rank - 1; // not dense, so there is one
    char *t = to->data;
    const char *f = from->data;
    for (;;) {
        copy_run(t, ts[last], f, fs[last], to->shape[last], size);
        int32_t axis = last - 1;
        for (; axis >= 0; axis--) {
            t += ts[axis] * (int64_t)size;
            f += fs[axis] * (int64_t)size;
            if (++index[axis] < to->shape[axis])
                break;
            t -= ts[axis] * to->shape[axis] * (int64_t)size;
            f -= fs[axis] * to->shape[axis] * (int64_t)size;
            index[axis] = 0;
        }
        if (axis < 0)
            return;
    }
}
