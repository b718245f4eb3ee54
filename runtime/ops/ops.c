// SPDX-License-Identifier: Apache-2.0
// The table of operations, expanded from ops.def.
#include "runtime/ops/op.h"

#include <string.h>

const char *const w_family_names[W_FAMILIES] = {"map",    "reduce", "contract", "move",     "row",
                                                "sample", "scan",   "gather",   "histogram"};
const char *const w_class_names[W_COMPUTE_CLASSES] = {"f32", "i32", "i64", "f64"};

// First pass: how many inputs, outputs and attributes each row has.
#define INS(...)                __VA_ARGS__
#define OUTS(...)               __VA_ARGS__
#define ATTRS(...)              __VA_ARGS__
#define IN(name, dtypes)        +1
#define OPT(name, dtypes, bits) +1
#define AXIS(name, dtypes)      +1
#define OPT_AXIS(name, dtypes)  +1
#define PIXEL(name, dtypes, n)  +1
#define HOST(name, dtypes)      +1
#define LABELS(name, dtypes)    +1
#define INDICES(name, dtypes)   +1
#define VARIADIC(name, dtypes)  +8
#define OUT(name, rule)         +1
#define FLOAT(name, value)      +1
#define POSITIVE(name, value)   +1
#define INT(name, value)        +1
#define FLAG(name, value)       +1
#define INTS(name)              +1
#define DTYPE(name)             +1
#define OPERATION(name)         +1
#define CHOICE(name, names)     +1
enum {
#define OP(number, name, onnx, family, compute, ins, outs, attrs, flops, ulp, source, doc) \
    name##_inputs = 0 ins, name##_outputs = 0 outs, name##_attributes = 0 attrs,
#include "runtime/ops/ops.def"
#undef OP
};
// Second pass: inputs that must be there.
#undef OPT
#undef OPT_AXIS
#undef HOST
#undef VARIADIC
#define VARIADIC(name, dtypes)  +1
#define OPT(name, dtypes, bits) +0
#define OPT_AXIS(name, dtypes)  +0
#define HOST(name, dtypes)      +0
enum {
#define OP(number, name, onnx, family, compute, ins, outs, attrs, flops, ulp, source, doc) \
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
#undef POSITIVE
#undef INT
#undef FLAG
#undef INTS
#undef DTYPE
#undef OPERATION
#undef CHOICE
#undef VARIADIC
#undef LABELS
#undef INDICES

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
    INTS = U8 | S8 | S16 | S32 | S64,
    SIGNED = S8 | S16 | S32 | S64,
    FLOATS = F16 | BF16 | F32 | F64,
    MATH = FLOATS | W_MATH_F64,
    NUMBERS = INTS | FLOATS,
    ANY = BOOL | NUMBERS,
};
#define BY_DTYPE W_BY_DTYPE
#define IN_F32   W_CLASS_F32
#define LIKE(i)  W_LIKE(i)
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
#define PIXEL(name, dtypes, n)  {#name, W_PIXEL, dtypes, n},
#define HOST(name, dtypes)      {#name, W_HOST, dtypes, 0},
#define LABELS(name, dtypes)    {#name, W_LABELS, dtypes, 0},
#define INDICES(name, dtypes)   {#name, W_INDICES, dtypes, 0},
// Each after the first is optional and like it.
#define VARIADIC(name, dtypes)                                                    \
    {#name "0", W_VARIADIC, dtypes, 0}, {#name "1", W_VARIADIC, LIKE(0), 0},      \
        {#name "2", W_VARIADIC, LIKE(0), 0}, {#name "3", W_VARIADIC, LIKE(0), 0}, \
        {#name "4", W_VARIADIC, LIKE(0), 0}, {#name "5", W_VARIADIC, LIKE(0), 0}, \
        {#name "6", W_VARIADIC, LIKE(0), 0}, {#name "7", W_VARIADIC, LIKE(0), 0},
#define FIXED(t)              W_FIXED, 0, WEIR_##t
#define SAME(i)               W_SAME, i, WEIR_DTYPE_NONE
#define SAME_OR(i, t)         W_SAME_OR, i, WEIR_##t
#define FROM_ATTRIBUTE        W_ATTR_DTYPE, 0, WEIR_DTYPE_NONE
#define OUT(name, rule)       {#name, rule},
#define FLOAT(name, value)    {#name, W_FLOAT, value, 0, #value, NULL, false},
#define POSITIVE(name, value) {#name, W_FLOAT, value, 0, #value, NULL, true},
#define INT(name, value)      {#name, W_INT, 0, value, #value, NULL, false},
#define FLAG(name, value)     {#name, W_FLAG, 0, value, #value, NULL, false},
#define INTS(name)            {#name, W_INTS, 0, 0, "", NULL, false},
#define DTYPE(name)           {#name, W_DTYPE, 0, 0, "none", NULL, false},
#define OPERATION(name)       {#name, W_OPERATION, 0, 0, "none", NULL, false},
#define CHOICE(name, names)   {#name, W_INT, 0, 0, "0", names, false},

const w_op w_ops[] = {
#define OP(number, name, onnx, family, compute, ins, outs, attrs, flops, ulp, source, doc) \
    {number,                                                                               \
     #name,                                                                                \
     onnx,                                                                                 \
     W_##family,                                                                           \
     compute,                                                                              \
     name##_inputs,                                                                        \
     name##_required,                                                                      \
     name##_outputs,                                                                       \
     name##_attributes,                                                                    \
     ins,                                                                                  \
     outs,                                                                                 \
     attrs,                                                                                \
     flops,                                                                                \
     ulp,                                                                                  \
     source,                                                                               \
     doc,                                                                                  \
     NULL},
#include "runtime/ops/ops.def"
#undef OP
};
const size_t w_op_count = W_COUNT(w_ops);

// Fourth pass: the phases, by number.
enum {
#define OP(number, name, onnx, family, compute, ins, outs, attrs, flops, ulp, source, doc) \
    name##_number = (number),
#include "runtime/ops/ops.def"
#undef OP
    none_number = 0
};

static const w_phases phases[] = {
#define PHASES(name, axes, n, r1, r2, r3, out, special)         \
    [name##_number] = {W_AXES_##axes,                           \
                       n,                                       \
                       {r1##_number, r2##_number, r3##_number}, \
                       W_OUT_##out,                             \
                       W_SPECIAL_##special},
#include "runtime/ops/phases.def"
#undef PHASES
};

const w_phases *w_op_phases(const w_op *op)
{
    bool has = op->number < W_COUNT(phases) && phases[op->number].n;
    return has ? &phases[op->number] : NULL;
}

bool w_op_is_index(const w_op *op)
{
    if (op->chain) // whose number is its reduction's
        op = w_op_get(op->number);
    return op && op->family == W_REDUCE && op->out[0].rule == W_FIXED &&
           op->out[0].dtype == WEIR_S64;
}

uint32_t w_op_operands(const w_op *op, uint32_t i)
{
    w_input_kind kind = op->in[i].kind;
    if (op->family == W_SAMPLE)
        return W_SAMPLE_INPUTS;
    return kind == W_PIXEL ? op->in[i].default_bits : kind != W_HOST;
}

int32_t w_op_histogram_values(const w_op *op)
{
    return op->out[0].dtype == WEIR_S32 ? W_VALUES : 1;
}

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

w_class w_class_of(weir_dtype dtype)
{
    switch (dtype) {
    case WEIR_F64:
        return W_CLASS_F64;
    case WEIR_F16:
    case WEIR_BF16:
    case WEIR_F32:
        return W_CLASS_F32;
    case WEIR_S64:
        return W_CLASS_I64;
    default:
        return W_CLASS_I32;
    }
}

w_class w_op_class(const w_op *op, const weir_array *in, size_t n_in)
{
    static const int width[W_COMPUTE_CLASSES] = {
        [W_CLASS_I32] = 0, [W_CLASS_I64] = 1, [W_CLASS_F32] = 2, [W_CLASS_F64] = 3};
    w_class widest = W_CLASS_I32;
    if (op->compute != W_BY_DTYPE)
        return op->compute;
    for (size_t i = 0; i < n_in && i < op->n_in; i++) {
        w_class own = w_class_of(in[i].dtype);
        if (in[i].dtype != WEIR_DTYPE_NONE && op->in[i].kind != W_HOST &&
            width[own] > width[widest])
            widest = own;
    }
    return widest;
}

uint32_t w_op_formula_classes(const w_op *op)
{
    uint32_t classes = 0;
    if (op->compute != W_BY_DTYPE)
        return 1u << op->compute;
    for (uint32_t i = 0; i < op->n_in; i++) {
        uint32_t set = op->in[i].dtypes;
        if (set & W_LIKE(0) || op->in[i].kind == W_HOST)
            continue;
        for (weir_dtype d = WEIR_BOOL; d <= WEIR_F64; d++)
            if (set >> d & 1 && !(d == WEIR_F64 && set & W_MATH_F64))
                classes |= 1u << w_class_of(d);
    }
    // Integers that only ever come with floats are computed with as floats.
    bool floats_needed = false;
    for (uint32_t i = 0; i < op->n_required; i++) {
        uint32_t set = op->in[i].dtypes;
        floats_needed |= !(set & W_LIKE(0)) && !(set & (INTS | BOOL)) && op->in[i].kind != W_HOST;
    }
    return floats_needed ? classes & ~(1u << W_CLASS_I32 | 1u << W_CLASS_I64) : classes;
}

bool w_op_is_activation(const w_op *op)
{
    bool is = op->family == W_MAP && op->n_in == 1 && op->in[0].kind == W_IN && op->n_attr <= 2 &&
              op->out[0].rule == W_SAME && op->compute == W_BY_DTYPE;
    for (uint32_t a = 0; a < op->n_attr; a++)
        is = is && op->attr[a].kind == W_FLOAT;
    return is;
}

bool w_desc_by_library(const w_desc *desc)
{
    const w_op *activation = desc->activation;
    return desc->compute == W_CLASS_F64 && (desc->op->in[0].dtypes & W_MATH_F64 ||
                                            (activation && activation->in[0].dtypes & W_MATH_F64));
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
