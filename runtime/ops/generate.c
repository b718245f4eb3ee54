// SPDX-License-Identifier: Apache-2.0
//
// Expands ops.def at build time: `weir_generate KIND FILE`. What C's preprocessor can expand itself
// it does (ops.c); this is for what it cannot: headers that bindings read, and shaders.
//
//   ops.h        include/weir/ops.h (committed; a test compares)
//   calls.c      the named call of each operation
//   formulas.h   #include of every formula and, per family, a list of calls, for C
//   map.glsl     w_map(x0..x3, a0..a3) for the operation W_OP, a specialization constant
//   reduce.glsl  w_init, w_step, w_combine, w_finish(...) for it
#include "runtime/ops/op.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static FILE *out;

#define PUT(...) fprintf(out, __VA_ARGS__)

static void put_upper(const char *text)
{
    for (; *text; text++)
        fputc(toupper((unsigned char)*text), out);
}

static uint32_t formula_inputs(const w_op *op)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < op->n_in; i++)
        n += op->in[i].kind == W_PIXEL ? 4 : op->in[i].kind != W_HOST;
    return n;
}

static uint32_t formula_attributes(const w_op *op)
{
    uint32_t n = 0;
    for (uint32_t a = 0; a < op->n_attr; a++)
        n += op->attr[a].kind == W_FLOAT || op->attr[a].kind == W_FLAG;
    return n;
}

// ------------------------------------------------------------------------------ ops.h, calls.c

static void put_options(const w_op *op)
{
    PUT("\ntypedef struct weir_%s_options {\n"
        "    uint32_t struct_size; // sizeof(weir_%s_options)\n"
        "    uint32_t given;       // WEIR_",
        op->name, op->name);
    put_upper(op->name);
    PUT("_*: fields taken as they are even where zero\n");
    for (uint32_t a = 0; a < op->n_attr; a++) {
        const w_op_attr *attr = &op->attr[a];
        if (attr->kind == W_INTS)
            PUT("    int32_t n_%s; // how many of %s count; 0: the default\n"
                "    int32_t %s[WEIR_MAX_RANK];\n",
                attr->name, attr->name, attr->name);
        else
            PUT("    %s %s; // default %s\n", attr->kind == W_FLOAT ? "float" : "int32_t",
                attr->name, attr->text);
    }
    PUT("} weir_%s_options;\n", op->name);
    for (uint32_t a = 0; a < op->n_attr; a++) {
        PUT("#define WEIR_");
        put_upper(op->name);
        PUT("_");
        put_upper(op->attr[a].name);
        PUT(" (UINT32_C(1) << %u)\n", a);
    }
}

static void put_signature(const w_op *op)
{
    PUT("weir_status weir_%s(weir_context *context", op->name);
    if (op->n_attr)
        PUT(", const weir_%s_options *options", op->name);
    for (uint32_t i = 0; i < op->n_in; i++)
        PUT(",\n    const weir_array *%s%s", op->in[i].name,
            op->in[i].kind == W_HOST ? "_input" : "");
    for (uint32_t i = 0; i < op->n_out; i++)
        PUT(", const weir_array *out_%s", op->out[i].name);
    PUT(")");
}

static void put_call_comment(const w_op *op)
{
    PUT("\n// %s.\n//\n", op->doc);
    for (uint32_t i = 0; i < op->n_in; i++) {
        const char *name, *dtypes;
        bool optional;
        weir_op_input(op->number, i, &name, &dtypes, &optional);
        PUT("//   %-14s %s%s%s\n", name, dtypes, optional ? ", may be NULL" : "",
            op->in[i].kind == W_AXIS || op->in[i].kind == W_OPT_AXIS
                ? "; one value, or a vector along `axis`"
            : op->in[i].kind == W_PIXEL ? "; its last axis holds 4 channels"
                                        : "");
    }
    for (uint32_t i = 0; i < op->n_out; i++) {
        const char *name, *dtypes;
        weir_op_output(op->number, i, &name, &dtypes);
        PUT("//   out_%-10s %s; its shape is that of weir_infer()\n", name, dtypes);
    }
    PUT("//\n// Source: %s. Threads, ownership, errors: as weir_run().\n", op->source);
}

static void put_ops_h(void)
{
    PUT("// SPDX-License-Identifier: Apache-2.0\n"
        "//\n// Generated from runtime/ops/ops.def by `cmake --build build --target generate`.\n"
        "// Do not edit. Included by <weir/weir.h>.\n"
        "#ifndef WEIR_OPS_H\n#define WEIR_OPS_H\n\n#include <weir/weir.h>\n\n"
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
        "// Numbers never change and are only appended to.\nenum {\n");
    for (size_t i = 0; i < w_op_count; i++) {
        PUT("    WEIR_OP_");
        put_upper(w_ops[i].name);
        PUT(" = %u,\n", w_ops[i].number);
    }
    PUT("};\n\n// Options: a struct that is all zero but for struct_size means all defaults, as "
        "does "
        "NULL.\n");
    for (size_t i = 0; i < w_op_count; i++)
        if (w_ops[i].n_attr)
            put_options(&w_ops[i]);
    PUT("\n// One call per operation, on plain arrays: returns when the output is written.\n");
    for (size_t i = 0; i < w_op_count; i++) {
        put_call_comment(&w_ops[i]);
        PUT("WEIR_API ");
        put_signature(&w_ops[i]);
        PUT(";\n");
    }
    PUT("\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}

static void put_calls(void)
{
    PUT("// Generated from runtime/ops/ops.def.\n#include \"runtime/ops/op.h\"\n");
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        PUT("\n");
        if (op->n_attr)
            PUT("_Static_assert(sizeof(weir_%s_options) == %zu, \"fields of four bytes\");\n",
                op->name, w_op_attr_offset(op, op->n_attr));
        put_signature(op);
        PUT("\n{\n    weir_array none = {0}, in[%u], out[%u];\n", op->n_in, op->n_out);
        for (uint32_t k = 0; k < op->n_in; k++)
            PUT("    in[%u] = %s%s ? *%s%s : none;\n", k, op->in[k].name,
                op->in[k].kind == W_HOST ? "_input" : "", op->in[k].name,
                op->in[k].kind == W_HOST ? "_input" : "");
        for (uint32_t k = 0; k < op->n_out; k++)
            PUT("    out[%u] = out_%s ? *out_%s : none;\n", k, op->out[k].name, op->out[k].name);
        PUT("    return weir_run(context, %u, %s, in, %u, out, %u, NULL);\n}\n", op->number,
            op->n_attr ? "options" : "NULL", op->n_in, op->n_out);
    }
}

// --------------------------------------------------------------------------- formulas and shaders

static bool has_formula(const w_op *op)
{
    return op->family == W_MAP || op->family == W_REDUCE;
}

static void put_includes(const char *folder)
{
    for (size_t i = 0; i < w_op_count; i++)
        if (has_formula(&w_ops[i]))
            PUT("#include \"%s%s.h\"\n", folder, w_ops[i].name);
}

// W_MAP_LIST(X): X(number, name, n_in, n_attr, (arguments)); W_REDUCE_LIST(X): X(number, name,
// n_attr)
static void put_formulas(void)
{
    PUT("// Generated from runtime/ops/ops.def.\n");
    put_includes("kernels/formula/");
    PUT("\n// X(number, name, inputs, attributes, arguments): arguments are X0.. and A0..\n"
        "#define W_MAP_LIST(X)");
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        if (op->family != W_MAP)
            continue;
        PUT(" \\\n    X(%u, %s, %u, %u, (", op->number, op->name, formula_inputs(op),
            formula_attributes(op));
        for (uint32_t k = 0; k < formula_inputs(op); k++)
            PUT("%sX%u", k ? ", " : "", k);
        for (uint32_t k = 0; k < formula_attributes(op); k++)
            PUT(", A%u", k);
        PUT("))");
    }
    PUT("\n\n#define W_REDUCE_LIST(X)");
    for (size_t i = 0; i < w_op_count; i++)
        if (w_ops[i].family == W_REDUCE)
            PUT(" \\\n    X(%u, %s, %u)", w_ops[i].number, w_ops[i].name,
                formula_attributes(&w_ops[i]));
    PUT("\n");
}

static void put_map_glsl(void)
{
    PUT("// Generated from runtime/ops/ops.def.\n");
    for (size_t i = 0; i < w_op_count; i++)
        if (w_ops[i].family == W_MAP)
            PUT("#include \"%s.h\"\n", w_ops[i].name);
    PUT("\nfloat w_map(float x0, float x1, float x2, float x3, float a0, float a1, float a2, "
        "float a3)\n{\n    switch (W_OP) {\n");
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        if (op->family != W_MAP)
            continue;
        PUT("    case %uu: return w_op_%s(", op->number, op->name);
        for (uint32_t k = 0; k < formula_inputs(op); k++)
            PUT("%sx%u", k ? ", " : "", k);
        for (uint32_t k = 0; k < formula_attributes(op); k++)
            PUT(", a%u", k);
        PUT(");\n");
    }
    PUT("    }\n    return x0;\n}\n");
}

static void put_reduce_switch(const char *head, const char *call, const char *fallback)
{
    PUT("\n%s\n{\n    switch (W_OP) {\n", head);
    for (size_t i = 0; i < w_op_count; i++) {
        if (w_ops[i].family != W_REDUCE)
            continue;
        PUT("    case %uu: return ", w_ops[i].number);
        PUT(call, w_ops[i].name);
        PUT(";\n");
    }
    PUT("    }\n    return %s;\n}\n", fallback);
}

static void put_reduce_glsl(void)
{
    PUT("// Generated from runtime/ops/ops.def.\n");
    for (size_t i = 0; i < w_op_count; i++)
        if (w_ops[i].family == W_REDUCE)
            PUT("#include \"%s.h\"\n", w_ops[i].name);
    put_reduce_switch("w_state w_init(float a)", "w_init_%s(a)", "w_state(a, 0u)");
    put_reduce_switch("w_state w_step(w_state s, float x, uint i)", "w_step_%s(s, x, i)", "s");
    put_reduce_switch("w_state w_combine(w_state s, w_state t)", "w_combine_%s(s, t)", "s");
    put_reduce_switch("w_state w_finish(w_state s, float n)", "w_finish_%s(s, n)", "s");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *kind;
        void (*put)(void);
    } kinds[] = {{"ops.h", put_ops_h},
                 {"calls.c", put_calls},
                 {"formulas.h", put_formulas},
                 {"map.glsl", put_map_glsl},
                 {"reduce.glsl", put_reduce_glsl}};
    for (size_t i = 0; argc == 3 && i < W_COUNT(kinds); i++) {
        if (strcmp(argv[1], kinds[i].kind))
            continue;
        out = fopen(argv[2], "w");
        if (!out)
            break;
        kinds[i].put();
        return fclose(out) != 0;
    }
    fprintf(stderr, "usage: weir_generate ops.h|calls.c|formulas.h|map.glsl|reduce.glsl FILE\n");
    return 1;
}
