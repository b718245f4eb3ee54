// SPDX-License-Identifier: Apache-2.0
// The table of operations, expanded from ops.def.
#include "runtime/ops/op.h"

#include <string.h>

const char *const w_family_names[W_FAMILIES] = {"map", "reduce", "contract", "move"};

// First pass: how many inputs, outputs and attributes each row has.
#define INS(...)                __VA_ARGS__
#define OUTS(...)               __VA_ARGS__
#define ATTRS(...)              __VA_ARGS__
#define IN(name, dtypes)        +1
#define OPT(name, dtypes, bits) +1
#define AXIS(name, dtypes)      +1
#define OPT_AXIS(name, dtypes)  +1
#define PIXEL(name, dtypes)     +1
#define HOST(name, dtypes)      +1
#define OUT(name, rule)         +1
#define FLOAT(name, value)      +1
#define INT(name, value)        +1
#define FLAG(name, value)       +1
#define INTS(name)              +1
enum {
#define OP(number, name, onnx, family, ins, outs, attrs, flops, ulp, source, doc) \
    name##_inputs = 0 ins, name##_outputs = 0 outs, name##_attributes = 0 attrs,
#include "runtime/ops/ops.def"
#undef OP
};
// Second pass: inputs that must be there.
#undef OPT
#undef OPT_AXIS
#undef HOST
#define OPT(name, dtypes, bits) +0
#define OPT_AXIS(name, dtypes)  +0
#define HOST(name, dtypes)      +0
enum {
#define OP(number, name, onnx, family, ins, outs, attrs, flops, ulp, source, doc) \
    name##_required = 0 ins,
#include "runtime/ops/ops.def"
#undef OP
};
#undef INS
#undef OUTS
#undef ATTRS
#undef IN
#undef OPT
#undef AXIS
#undef OPT_AXIS
#undef PIXEL
#undef HOST
#undef OUT
#undef FLOAT
#undef INT
#undef FLAG
#undef INTS

// Third pass: the table.
enum {
    BOOL = 1 << WEIR_BOOL,
    U8 = 1 << WEIR_U8,
    S8 = 1 << WEIR_S8,
    S16 = 1 << WEIR_S16,
    S32 = 1 << WEIR_S32,
    S64 = 1 << WEIR_S64,
    F16 = 1 << WEIR_F16,
    BF16 = 1 << WEIR_BF16,
    F32 = 1 << WEIR_F32,
    F64 = 1 << WEIR_F64,
    ANY = BOOL | U8 | S8 | S16 | S32 | S64 | F16 | BF16 | F32 | F64,
};
#define LIKE(i) W_LIKE(i)
#define INS(...)    \
    {               \
        __VA_ARGS__ \
    }
#define OUTS(...)   \
    {               \
        __VA_ARGS__ \
    }
#define ATTRS(...)  \
    {               \
        __VA_ARGS__ \
    }
#define IN(name, dtypes)        {#name, W_IN, dtypes, 0},
#define OPT(name, dtypes, bits) {#name, W_OPT, dtypes, bits},
#define AXIS(name, dtypes)      {#name, W_AXIS, dtypes, 0},
#define OPT_AXIS(name, dtypes)  {#name, W_OPT_AXIS, dtypes, 0},
#define PIXEL(name, dtypes)     {#name, W_PIXEL, dtypes, 0},
#define HOST(name, dtypes)      {#name, W_HOST, dtypes, 0},
#define FIXED(t)                W_FIXED, 0, WEIR_##t
#define SAME(i)                 W_SAME, i, WEIR_DTYPE_NONE
#define SAME_OR(i, t)           W_SAME_OR, i, WEIR_##t
#define OUT(name, rule)         {#name, rule},
#define FLOAT(name, value)      {#name, W_FLOAT, value, 0, #value},
#define INT(name, value)        {#name, W_INT, 0, value, #value},
#define FLAG(name, value)       {#name, W_FLAG, 0, value, #value},
#define INTS(name)              {#name, W_INTS, 0, 0, ""},

const w_op w_ops[] = {
#define OP(number, name, onnx, family, ins, outs, attrs, flops, ulp, source, doc) \
    {number,                                                                      \
     #name,                                                                       \
     onnx,                                                                        \
     W_##family,                                                                  \
     name##_inputs,                                                               \
     name##_required,                                                             \
     name##_outputs,                                                              \
     name##_attributes,                                                           \
     ins,                                                                         \
     outs,                                                                        \
     attrs,                                                                       \
     flops,                                                                       \
     ulp,                                                                         \
     source,                                                                      \
     doc},
#include "runtime/ops/ops.def"
#undef OP
};
const size_t w_op_count = W_COUNT(w_ops);

const w_op *w_op_get(weir_op number)
{
    // Numbers are ascending and mostly without gaps: look where it should be, then search.
    if (number >= 1 && number <= w_op_count && w_ops[number - 1].number == number)
        return &w_ops[number - 1];
    for (size_t i = 0; i < w_op_count; i++)
        if (w_ops[i].number == number)
            return &w_ops[i];
    return NULL;
}

size_t w_op_attr_offset(const w_op *op, uint32_t i)
{
    size_t offset = 2 * sizeof(uint32_t); // struct_size, given
    for (uint32_t a = 0; a < i; a++)
        offset += sizeof(int32_t) * (op->attr[a].kind == W_INTS ? 1 + WEIR_MAX_RANK : 1);
    return offset;
}

const w_value *w_attr(const w_op *op, const w_value *values, const char *name)
{
    for (uint32_t a = 0; a < op->n_attr; a++)
        if (strcmp(op->attr[a].name, name) == 0)
            return &values[a];
    return NULL;
}
