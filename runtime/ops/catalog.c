// SPDX-License-Identifier: Apache-2.0
// The list of operations for programs that do not know it at compile time.
#include "runtime/ops/op.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t weir_op_list(weir_op *out, size_t capacity)
{
    for (size_t i = 0; out && i < w_op_count && i < capacity; i++)
        out[i] = w_ops[i].number;
    return w_op_count;
}

static weir_status find(weir_op number, const w_op **out)
{
    *out = w_op_get(number);
    return *out ? WEIR_OK
                : w_fail(WEIR_INVALID_ARGUMENT, "there is no operation number %" PRIu32, number);
}

weir_status weir_op_describe(weir_op number, weir_op_info *out_info)
{
    const w_op *op;
    weir_status status = find(number, &op);
    if (status != WEIR_OK)
        return status;
    if (!out_info)
        return w_fail(WEIR_INVALID_ARGUMENT, "out_info is NULL");
    *out_info = (weir_op_info){.name = op->name,
                               .onnx = op->onnx,
                               .family = w_family_names[op->family],
                               .inputs = op->n_in,
                               .required_inputs = op->n_required,
                               .outputs = op->n_out,
                               .attributes = op->n_attr,
                               .doc = op->doc,
                               .source = op->source};
    return WEIR_OK;
}

weir_op weir_op_find(const char *name)
{
    for (size_t i = 0; name && *name && i < w_op_count; i++)
        if (!strcmp(w_ops[i].name, name) || !strcmp(w_ops[i].onnx, name))
            return w_ops[i].number;
    return 0;
}

// A static text for each set of dtypes that rows use would be a second list; the texts are made
// once per thread instead.
static const char *dtypes_text(const w_op *op, uint32_t set)
{
    static _Thread_local char text[96];
    size_t n = 0;
    if (set & W_LIKE(0)) {
        snprintf(text, sizeof text, "as %s", op->in[set & 0xff].name);
        return text;
    }
    text[0] = 0;
    for (int d = WEIR_BOOL; d <= WEIR_F64; d++)
        if (set >> d & 1)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? "|" : "",
                                  weir_dtype_name((weir_dtype)d));
    return text;
}

weir_status weir_op_input(weir_op number, uint32_t i, const char **out_name,
                          const char **out_dtypes, bool *out_optional)
{
    const w_op *op;
    weir_status status = find(number, &op);
    if (status != WEIR_OK)
        return status;
    if (i >= op->n_in)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s has no input %" PRIu32 ", only %" PRIu32, op->name,
                      i, op->n_in);
    w_input_kind kind = op->in[i].kind;
    if (out_name)
        *out_name = op->in[i].name;
    if (out_dtypes)
        *out_dtypes = dtypes_text(op, op->in[i].dtypes);
    if (out_optional)
        *out_optional =
            i >= op->n_required || kind == W_OPT || kind == W_OPT_AXIS || kind == W_HOST;
    return WEIR_OK;
}

weir_status weir_op_output(weir_op number, uint32_t i, const char **out_name,
                           const char **out_dtypes)
{
    static _Thread_local char text[64];
    const w_op *op;
    weir_status status = find(number, &op);
    if (status != WEIR_OK)
        return status;
    if (i >= op->n_out)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s has no output %" PRIu32 ", only %" PRIu32,
                      op->name, i, op->n_out);
    const w_op_output *o = &op->out[i];
    if (out_name)
        *out_name = o->name;
    if (o->rule == W_FIXED)
        snprintf(text, sizeof text, "%s", weir_dtype_name(o->dtype));
    else if (o->rule == W_ATTR_DTYPE)
        snprintf(text, sizeof text, "what the attribute says");
    else if (o->rule == W_SAME)
        snprintf(text, sizeof text, "as %s", op->in[o->input].name);
    else
        snprintf(text, sizeof text, "as %s, or %s", op->in[o->input].name,
                 weir_dtype_name(o->dtype));
    if (out_dtypes)
        *out_dtypes = text;
    return WEIR_OK;
}

weir_status weir_op_attribute(weir_op number, uint32_t i, const char **out_name,
                              const char **out_kind, const char **out_default)
{
    static const char *const kinds[] = {"float", "int", "int", "ints", "dtype", "operation"};
    static _Thread_local char text[32];
    const w_op *op;
    weir_status status = find(number, &op);
    if (status != WEIR_OK)
        return status;
    if (i >= op->n_attr)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s has no attribute %" PRIu32 ", only %" PRIu32,
                      op->name, i, op->n_attr);
    const w_op_attr *a = &op->attr[i];
    if (out_name)
        *out_name = a->name;
    if (out_kind)
        *out_kind = a->choices ? a->choices : kinds[a->kind];
    size_t length = strlen(a->text);
    if (a->kind == W_FLOAT && a->text[length - 1] == 'f')
        length--; // "1.0f" is C's spelling
    snprintf(text, sizeof text, "%.*s", (int)length, a->text);
    if (a->choices)
        snprintf(text, sizeof text, "%.*s", (int)strcspn(a->choices, "|"), a->choices);
    if (out_default)
        *out_default = text;
    return WEIR_OK;
}
