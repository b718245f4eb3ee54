// SPDX-License-Identifier: Apache-2.0
// Standard problems: arrays without data, described like any call.
#include "runtime/routing/problem.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum {
    SHORT_VECTOR = 4,  // what W_OTHER broadcasts over a MAP
    ROW = 256,         // of a REDUCE over rows
    OPTIONS_MAX = 512, // bytes of an options struct
};

static bool takes(uint32_t set, weir_dtype dtype)
{
    return set >> dtype & 1;
}

static weir_dtype usual(uint32_t set)
{
    if (takes(set, WEIR_F32))
        return WEIR_F32;
    for (weir_dtype d = WEIR_U8; d <= WEIR_F64; d++)
        if (takes(set, d))
            return d;
    return WEIR_BOOL;
}

static weir_dtype input_dtype(const w_op *op, uint32_t i, const weir_array *in)
{
    uint32_t set = op->in[i].dtypes;
    return set & W_LIKE(0) ? in[set & 0xff].dtype : usual(set);
}

static weir_array array(weir_dtype dtype, int32_t rank, int64_t a, int64_t b)
{
    return weir_array_dense(NULL, dtype, rank, (int64_t[]){a, b});
}

static uint64_t at_least_1(double x)
{
    return x < 1 ? 1 : (uint64_t)(x + 0.5);
}

// Input number i of a MAP. The short vector of W_OTHER lies in the last axis: it is a second IN,
// or the value along `axis`. Returns false where the input stays absent.
static bool map_input(const w_op *op, w_problem_shape shape, uint64_t n, uint32_t i,
                      const weir_array *in, weir_array *out)
{
    int64_t rows = (int64_t)at_least_1((double)n / SHORT_VECTOR);
    weir_dtype dtype = in[i].dtype ? in[i].dtype : input_dtype(op, i, in);
    switch (op->in[i].kind) {
    case W_PIXEL:
        *out = array(dtype, 2, (int64_t)n, w_op_operands(op, i));
        return true;
    case W_IN:
        if (shape == W_PLAIN)
            *out = array(dtype, 1, (int64_t)n, 0);
        else if (i == 0)
            *out = array(dtype, 2, rows, SHORT_VECTOR);
        else
            *out = array(dtype, 1, SHORT_VECTOR, 0);
        return true;
    case W_AXIS:
        *out = array(dtype, shape == W_PLAIN ? 0 : 1, SHORT_VECTOR, 0);
        return true;
    default:
        return false;
    }
}

static bool has_broadcast(const w_op *op)
{
    for (uint32_t i = 0; i < op->n_in; i++)
        if (op->in[i].kind == W_AXIS || (op->in[i].kind == W_IN && i > 0))
            return true;
    return false;
}

// CONTRACT: a and b alone.
static void contract_inputs(w_problem_shape shape, uint64_t n, weir_array *in)
{
    int64_t m = (int64_t)n, s = (int64_t)n;
    if (shape == W_OTHER) {
        m = 1;
        s = (int64_t)at_least_1(sqrt((double)n * (double)n * (double)n));
    }
    in[0] = array(in[0].dtype, 2, m, s);
    in[1] = array(in[1].dtype, 2, s, s);
}

// All inputs have one shape; labels lack the last axis, which is the one of the classes.
static void row_input(const w_op *op, w_problem_shape shape, uint64_t n, uint32_t i, weir_array *in)
{
    int64_t rows = (int64_t)at_least_1((double)n / ROW);
    if (op->in[i].kind != W_IN && op->in[i].kind != W_LABELS)
        in[i] = (weir_array){0};
    else if (op->in[i].kind == W_LABELS)
        in[i] = array(in[i].dtype, 1, rows, 0);
    else if (shape == W_PLAIN && op->in[op->n_in - 1].kind != W_LABELS)
        in[i] = array(in[i].dtype, 1, (int64_t)n, 0);
    else
        in[i] = array(in[i].dtype, 2, rows, ROW);
}

static weir_status shape_inputs(w_problem_shape shape, uint64_t n, w_problem *p)
{
    const w_op *op = p->op;
    weir_array *in = p->in;
    int64_t side;
    switch (op->family) {
    case W_MAP:
        if (shape == W_OTHER && !has_broadcast(op))
            return w_fail(WEIR_UNSUPPORTED, "%s has nothing to broadcast", op->name);
        for (uint32_t i = 0; i < op->n_in; i++)
            if (map_input(op, shape, n, i, in, &in[i]))
                p->n_in = i + 1;
            else
                in[i] = (weir_array){0};
        return WEIR_OK;
    case W_REDUCE:
    case W_ROW:
    case W_SCAN:
    case W_HISTOGRAM:
        for (uint32_t i = 0; i < op->n_in; i++)
            row_input(op, shape, n, i, in);
        p->n_in = op->n_in;
        return WEIR_OK;
    case W_CONTRACT:
        p->n_in = 2;
        contract_inputs(shape, n, in);
        return WEIR_OK;
    case W_GATHER: // single elements, or rows of them
        p->n_in = 2;
        in[0] = shape == W_PLAIN ? array(in[0].dtype, 1, (int64_t)n, 0)
                                 : array(in[0].dtype, 2, (int64_t)at_least_1((double)n / ROW), ROW);
        in[1] = array(in[1].dtype, 1, in[0].shape[0], 0);
        return WEIR_OK;
    default:
        if (shape == W_OTHER)
            return w_fail(WEIR_UNSUPPORTED, "%s has one standard shape", op->name);
        p->n_in = 1;
        side = (int64_t)at_least_1(sqrt((double)n));
        in[0] = array(in[0].dtype, 2, side, side);
        return WEIR_OK;
    }
}

static weir_status set_option(const w_op *op, void *options, const char *name, const char *value)
{
    for (uint32_t a = 0; a < op->n_attr; a++) {
        const char *c = op->attr[a].name, *d = name;
        while (*c && *c == *d)
            c++, d++;
        if (*c == *d)
            return weir_op_set(op->number, options, name, value);
    }
    return WEIR_OK; // an operation without that attribute needs none
}

// The last axis, where the operation has such an attribute.
static weir_status shape_options(const w_op *op, w_problem_shape shape, const weir_array *in,
                                 void *options)
{
    weir_status status = WEIR_OK;
    char sizes[48];
    if (op->family == W_SAMPLE) { // as many elements as there are
        snprintf(sizes, sizeof sizes, "%" PRId64 ",%" PRId64, in[0].shape[0], in[0].shape[1]);
        return set_option(op, options, "sizes", sizes);
    }
    for (uint32_t a = 0; a < op->n_attr && status == WEIR_OK; a++)
        if (op->attr[a].kind == W_DTYPE) // it must be set
            status = weir_op_set(op->number, options, op->attr[a].name, "f16");
    if (status != WEIR_OK)
        return status;
    bool rows = op->family == W_REDUCE || op->family == W_ROW || op->family == W_HISTOGRAM;
    if (rows && shape == W_OTHER)
        status = set_option(op, options, "axes", "-1");
    if (status == WEIR_OK && shape == W_OTHER && op->family != W_GATHER)
        status = set_option(op, options, "axis", "-1");
    return status;
}

weir_status w_problem_make(const w_op *op, weir_dtype dtype, w_problem_shape shape, uint64_t n,
                           w_problem *p)
{
    *p = (w_problem){.op = op};
    if (dtype && !takes(op->in[0].dtypes, dtype))
        return w_fail(WEIR_UNSUPPORTED, "%s takes no %s", op->name, weir_dtype_name(dtype));
    if (n == 0 || n > (uint64_t)1 << 40)
        return w_fail(WEIR_UNSUPPORTED, "%s of size %llu; sizes are 1 to 2^40", op->name,
                      (unsigned long long)n);
    p->in[0].dtype = dtype ? dtype : usual(op->in[0].dtypes);
    for (uint32_t i = 1; i < op->n_in; i++)
        p->in[i].dtype = input_dtype(op, i, p->in);
    uint32_t options[OPTIONS_MAX / sizeof(uint32_t)] = {0};
    if (weir_op_options_size(op->number) > sizeof options)
        return w_fail(WEIR_UNSUPPORTED, "%s has more than %d bytes of options", op->name,
                      OPTIONS_MAX);
    weir_status status = shape_inputs(shape, n, p);
    if (status == WEIR_OK)
        status = shape_options(op, shape, p->in, options);
    if (status != WEIR_OK)
        return status;
    const uint32_t *given = options[0] ? options : NULL; // struct_size is set with a first value
    return w_describe(op, given, p->in, p->n_in, p->out, op->n_out, true, &p->desc);
}

uint64_t w_problem_array_bytes(const weir_array *a)
{
    double bytes = (double)w_array_count(a) * (double)weir_dtype_size(a->dtype);
    return bytes < 0 ? 0 : (uint64_t)W_MIN(bytes, 0x1p60);
}

uint64_t w_problem_bytes(const w_problem *p)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < p->n_in; i++)
        bytes += w_problem_array_bytes(&p->in[i]);
    for (uint32_t o = 0; o < p->op->n_out; o++)
        bytes += w_problem_array_bytes(&p->out[o]);
    return bytes;
}

uint64_t w_problem_size(const w_op *op, uint64_t work)
{
    return op->family == W_CONTRACT ? at_least_1(cbrt((double)work)) : work;
}
