// SPDX-License-Identifier: Apache-2.0
// CONTRACT: matrix products. The space is the batch, which broadcasts, then m, n, k; operands
// a (m, k), b (k, n), then c or the zero points, and out (m, n).
#include "runtime/ops/op.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct matrix {
    int64_t rows, columns, row_step, column_step;
} matrix;

// A vector on the left is a row, on the right a column, as in NumPy.
static weir_status as_matrix(const w_op *op, const char *name, const weir_array *a, bool left,
                             bool transposed, matrix *out)
{
    int64_t s[WEIR_MAX_RANK];
    int32_t last = a->rank - 1;
    if (a->rank < 1)
        return w_fail(WEIR_INVALID_SHAPE, "%s: %s has rank 0; it is a matrix or a vector", op->name,
                      name);
    if (op->number == WEIR_OP_GEMM && a->rank != 2)
        return w_fail(WEIR_INVALID_SHAPE, "%s: %s has rank %" PRId32 "; it is a matrix", op->name,
                      name, a->rank);
    w_array_strides(a, s);
    if (a->rank >= 2)
        *out = (matrix){a->shape[last - 1], a->shape[last], s[last - 1], s[last]};
    else if (left)
        *out = (matrix){1, a->shape[0], 0, s[0]};
    else
        *out = (matrix){a->shape[0], 1, s[0], 0};
    if (transposed && a->rank >= 2)
        *out = (matrix){out->columns, out->rows, out->column_step, out->row_step};
    return WEIR_OK;
}

bool w_contract_transposed(const w_desc *desc, uint32_t i)
{
    char name[32];
    snprintf(name, sizeof name, "trans_%s", desc->op->in[i].name);
    const w_value *value = w_attr(desc->op, desc->attr, name);
    return value && value->i;
}

// Takes the activation, and what the loops receive: alpha, beta, what the activation takes.
static weir_status product_attributes(const weir_array *x, w_desc *desc)
{
    const w_op *op = desc->op;
    const w_value *alpha = w_attr(op, desc->attr, "alpha"), *beta = w_attr(op, desc->attr, "beta");
    const w_value *number = w_attr(op, desc->attr, "activation");
    desc->n_formula_attr = 0;
    desc->formula_attr[desc->n_formula_attr++] = alpha ? alpha->f : 1;
    desc->formula_attr[desc->n_formula_attr++] = beta ? beta->f : 1;
    if (!number || number->i == 0)
        return WEIR_OK;
    const w_op *map = w_op_get((weir_op)number->i);
    if (!map || !w_op_is_activation(map) || !(map->in[0].dtypes >> x->dtype & 1))
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "%s: activation is %" PRId32 " (%s); it is 0 for none, or the number of an "
                      "elementwise operation of one input of %s, such as relu",
                      op->name, number->i, map ? map->name : "no operation",
                      weir_dtype_name(x->dtype));
    for (uint32_t a = 0; a < map->n_attr; a++) {
        const w_value *own = w_attr(op, desc->attr, a ? "activation_beta" : "activation_alpha");
        float f = own->given ? own->f : map->attr[a].f;
        weir_status status = w_op_check_attr(map, &map->attr[a], f);
        if (status != WEIR_OK)
            return status;
        desc->formula_attr[desc->n_formula_attr++] = f;
    }
    desc->activation = map;
    return WEIR_OK;
}

// The axes before the last two, of which a vector has none.
static int32_t batch_rank(const weir_array *a)
{
    return a->rank > 2 ? a->rank - 2 : 0;
}

// The extents of the batch, from a's and b's; returns their number.
static weir_status broadcast_batch(w_desc *desc, const weir_array *in, int32_t *out_rank)
{
    int32_t rank = W_MAX(batch_rank(&in[0]), batch_rank(&in[1]));
    for (int32_t axis = 0; axis < rank; axis++)
        desc->extent[axis] = 1;
    for (uint32_t i = 0; i < 2; i++)
        for (int32_t k = 0; k < batch_rank(&in[i]); k++) {
            int64_t n = in[i].shape[k], *extent = &desc->extent[k + rank - batch_rank(&in[i])];
            if (n != *extent && n != 1 && *extent != 1)
                return w_fail(WEIR_INVALID_SHAPE,
                              "%s: %s has %" PRId64 " matrices on axis %" PRId32 ", %s has %" PRId64
                              "; they do not broadcast",
                              desc->op->name, desc->op->in[1].name, n, k, desc->op->in[0].name,
                              *extent);
            *extent = *extent == 1 ? n : *extent;
        }
    *out_rank = rank;
    return WEIR_OK;
}

// Strides over the batch.
static void batch_strides(const weir_array *a, int32_t rank, w_operand *o)
{
    int64_t s[WEIR_MAX_RANK];
    w_array_strides(a, s);
    for (int32_t k = 0; k < batch_rank(a); k++)
        o->stride[k + rank - batch_rank(a)] = a->shape[k] == 1 ? 0 : s[k];
}

// Operand number i from an array that broadcasts to `count` axes of the product, `along`.
static weir_status broadcast_operand(w_desc *desc, uint32_t i, const weir_array *a,
                                     const int32_t *along, int32_t count)
{
    const w_op *op = desc->op;
    w_operand *o = &desc->in[i];
    int64_t s[WEIR_MAX_RANK];
    w_array_strides(a, s);
    memset(o, 0, sizeof *o);
    o->dtype = a->dtype;
    o->tensor = (int32_t)i;
    if (a->rank > count)
        return w_fail(WEIR_INVALID_SHAPE, "%s: %s has rank %" PRId32 ", more than %" PRId32,
                      op->name, op->in[i].name, a->rank, count);
    for (int32_t axis = 0; axis < a->rank; axis++) {
        int32_t to = along[axis + count - a->rank];
        if (a->shape[axis] == 1)
            continue;
        if (a->shape[axis] != desc->extent[to])
            return w_fail(WEIR_INVALID_SHAPE,
                          "%s: %s has %" PRId64 " elements on axis %" PRId32
                          ", the product has %" PRId64,
                          op->name, op->in[i].name, a->shape[axis], axis, desc->extent[to]);
        o->stride[to] = s[axis];
    }
    return WEIR_OK;
}

// c broadcasts to the output, which has no m where a is a vector and no n where b is. A zero point
// is one value, a's a vector along m (or a column), b's a vector along n (or a row), as in ONNX
// MatMulInteger.
static weir_status third_operands(w_desc *desc, const weir_array *in, size_t n_in)
{
    const w_op *op = desc->op;
    int32_t m_axis = (int32_t)desc->rank - 3;
    bool integers = desc->compute == W_CLASS_I32;
    int32_t along[W_ITER_RANK], count = 0;
    for (int32_t k = 0; k < m_axis; k++)
        along[count++] = k;
    if (integers || in[0].rank >= 2)
        along[count++] = m_axis;
    if (integers || in[1].rank >= 2)
        along[count++] = m_axis + 1;
    for (uint32_t i = 2; i < op->n_in; i++) {
        if (i >= n_in || in[i].dtype == WEIR_DTYPE_NONE) {
            if (!integers)
                continue; // no c: the kernel sees two operands
            desc->in[i] = (w_operand){.dtype = WEIR_S32, .tensor = -1};
        } else {
            bool along_m = i == 2 && integers;
            bool vector = integers && in[i].rank == 1;
            const int32_t vector_axis = m_axis + !along_m;
            weir_status status = broadcast_operand(desc, i, &in[i], vector ? &vector_axis : along,
                                                   vector ? 1 : count);
            if (status != WEIR_OK)
                return status;
            if (integers && desc->in[i].stride[m_axis + along_m])
                return w_fail(WEIR_INVALID_SHAPE, "%s: %s varies along axis %d of the product",
                              op->name, op->in[i].name, along_m ? 1 : 0);
        }
        desc->n_in = i + 1;
    }
    return WEIR_OK;
}

// A stack whose matrices follow each other, times one matrix, is one product of more rows.
static void merge_rows(w_desc *desc)
{
    while (desc->rank > 3) {
        uint32_t batch = desc->rank - 4, m = desc->rank - 3;
        int64_t rows = desc->extent[m];
        w_operand *all[W_MAX_IN + 1] = {&desc->out[0]};
        for (uint32_t i = 0; i < desc->n_in; i++)
            all[i + 1] = &desc->in[i];
        for (uint32_t i = 0; i <= desc->n_in; i++)
            if (rows != 1 && all[i]->stride[batch] != all[i]->stride[m] * rows)
                return;
        if (desc->in[1].stride[batch])
            return;
        for (uint32_t i = 0; i <= desc->n_in; i++) {
            if (rows == 1)
                all[i]->stride[m] = all[i]->stride[batch];
            memmove(&all[i]->stride[batch], &all[i]->stride[m], 3 * sizeof(int64_t));
        }
        desc->extent[m] *= desc->extent[batch];
        memmove(&desc->extent[batch], &desc->extent[m], 3 * sizeof(int64_t));
        desc->rank--;
    }
}

weir_status w_describe_contract(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc)
{
    const w_op *op = desc->op;
    matrix a = {0}, b = {0};
    weir_status status = WEIR_OK;
    const w_value *accumulate = w_attr(op, desc->attr, "accumulate");
    if (accumulate && accumulate->i)
        desc->compute = W_CLASS_F64;
    if (desc->compute != W_CLASS_I32)
        status = product_attributes(&in[0], desc);
    if (status == WEIR_OK)
        status = as_matrix(op, op->in[0].name, &in[0], true, w_contract_transposed(desc, 0), &a);
    if (status == WEIR_OK)
        status = as_matrix(op, op->in[1].name, &in[1], false, w_contract_transposed(desc, 1), &b);
    if (status != WEIR_OK)
        return status;
    if (a.columns != b.rows)
        return w_fail(WEIR_INVALID_SHAPE,
                      "%s: %s has %" PRId64 " columns, %s has %" PRId64 " rows; they must be equal",
                      op->name, op->in[0].name, a.columns, op->in[1].name, b.rows);
    int32_t batch = 0;
    status = broadcast_batch(desc, in, &batch);
    if (status != WEIR_OK)
        return status;
    out->rank = batch;
    memcpy(out->shape, desc->extent, sizeof out->shape);
    if (in[0].rank >= 2)
        out->shape[out->rank++] = a.rows;
    if (in[1].rank >= 2)
        out->shape[out->rank++] = b.columns;
    if (w_array_count(out) < 0)
        return w_fail_count(op, "the output would be", out);
    int64_t s[WEIR_MAX_RANK];
    w_array_strides(out, s);

    desc->rank = (uint32_t)batch + 3;
    desc->reduced = 1;
    desc->n_in = 2;
    desc->n_out = 1;
    memcpy(desc->extent + batch, (int64_t[]){a.rows, b.columns, a.columns}, 3 * sizeof(int64_t));
    desc->in[0] = (w_operand){.dtype = in[0].dtype};
    desc->in[1] = (w_operand){.dtype = in[1].dtype, .tensor = 1};
    desc->out[0] = (w_operand){.dtype = out->dtype};
    batch_strides(&in[0], batch, &desc->in[0]);
    batch_strides(&in[1], batch, &desc->in[1]);
    for (int32_t k = 0; k < batch; k++)
        desc->out[0].stride[k] = s[k];
    desc->in[0].stride[batch] = a.row_step;
    desc->in[0].stride[batch + 2] = a.column_step;
    desc->in[1].stride[batch + 1] = b.column_step;
    desc->in[1].stride[batch + 2] = b.row_step;
    desc->out[0].stride[batch] = in[0].rank >= 2 ? s[batch] : 0;
    desc->out[0].stride[batch + 1] = in[1].rank >= 2 ? s[batch + (in[0].rank >= 2)] : 0;
    status = third_operands(desc, in, n_in);
    if (status != WEIR_OK)
        return status;
    w_desc_simplify(desc, 3);
    merge_rows(desc);
    double m = (double)a.rows, n = (double)b.columns, k = (double)a.columns;
    desc->flops = m * n > 0 ? op->flops * (double)desc->outer * k : 0;
    desc->bytes = (double)w_array_count(&in[0]) * (double)weir_dtype_size(in[0].dtype) +
                  (double)w_array_count(&in[1]) * (double)weir_dtype_size(in[1].dtype) +
                  (double)w_array_count(out) * (double)weir_dtype_size(out->dtype);
    return WEIR_OK;
}
