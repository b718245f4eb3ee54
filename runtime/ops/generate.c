// SPDX-License-Identifier: Apache-2.0
//
// Expands ops.def at build time: `weir_generate KIND FILE`. What C's preprocessor can expand itself
// it does (ops.c); this is for what it cannot: headers that bindings read, and shaders.
//
//   ops.h        include/weir/ops.h (committed; a test compares)
//   operations.md docs/operations.md (committed; a test compares)
//   calls.c      the named call of each operation
//   formulas_CLASS.h   #include of every formula of a class (f32, i32, i64, f64) and, per family, a
//                      list of calls, for C
//   map_CLASS.glsl     w_map(x, n, a) for the operation W_OP, a specialization constant
//                      list of calls; the phases of REDUCE and ROW; for C
//   reduce_CLASS.glsl  w_init, w_step, w_combine, w_finish, w_term, w_result, w_whole(...) for it
//   scan_CLASS.glsl    w_begin, w_both_of(...) for it
//   formulas_histogram.h, histogram.glsl   the formulas over counts
#include "runtime/ops/op.h"
#include "runtime/ops/page.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static FILE *out;
static w_class class; // of the formulas and shaders

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
        n += w_op_operands(op, i);
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

// What an attribute of named values may be, as numbers.
static void put_choices(const w_op *op, const w_op_attr *attr)
{
    const char *at = attr->choices;
    PUT("enum {");
    for (const char *comma = " "; at && *at; comma = ", ") {
        int n = (int)strcspn(at, "|");
        char name[32];
        snprintf(name, sizeof name, "%.*s", n, at);
        PUT("%sWEIR_", comma);
        put_upper(op->name);
        PUT("_");
        put_upper(attr->name);
        PUT("_");
        put_upper(name);
        at += n + (at[n] == '|');
    }
    PUT(" };\n");
}

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
        if (attr->kind == W_DTYPE)
            PUT("    int32_t %s; // a weir_dtype; must be set\n", attr->name);
        else if (attr->kind == W_OPERATION)
            PUT("    int32_t %s; // a weir_op, such as WEIR_OP_RELU; default 0: none\n",
                attr->name);
        else if (attr->kind == W_INTS)
            PUT("    int32_t n_%s; // how many of %s count; 0: the default\n"
                "    int32_t %s[WEIR_MAX_RANK];\n",
                attr->name, attr->name, attr->name);
        else if (attr->choices)
            PUT("    int32_t %s; // one of the next list; default 0, its first\n", attr->name);
        else
            PUT("    %s %s; // default %s\n", attr->kind == W_FLOAT ? "float" : "int32_t",
                attr->name, attr->text);
    }
    PUT("} weir_%s_options;\n", op->name);
    for (uint32_t a = 0; a < op->n_attr; a++)
        if (op->attr[a].choices)
            put_choices(op, &op->attr[a]);
    for (uint32_t a = 0; a < op->n_attr; a++) {
        PUT("#define WEIR_");
        put_upper(op->name);
        PUT("_");
        put_upper(op->attr[a].name);
        PUT(" (UINT32_C(1) << %u)\n", a);
    }
}

static bool is_variadic(const w_op *op)
{
    return op->in[0].kind == W_VARIADIC;
}

static void put_signature(const w_op *op)
{
    PUT("weir_status weir_%s(weir_context *context", op->name);
    if (op->n_attr)
        PUT(", const weir_%s_options *options", op->name);
    if (is_variadic(op))
        PUT(",\n    const weir_array *in, size_t n_in");
    for (uint32_t i = 0; i < op->n_in && !is_variadic(op); i++)
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
        if (is_variadic(op)) {
            PUT("//   in, n_in       1 to %u arrays of %s%s\n", op->n_in, dtypes,
                op->family == W_MAP ? ", which broadcast" : "");
            break;
        }
        PUT("//   %-14s %s%s%s", name, dtypes, optional ? ", may be NULL" : "",
            op->in[i].kind == W_AXIS || op->in[i].kind == W_OPT_AXIS
                ? "; one value, or a vector along `axis`"
                : "");
        if (op->in[i].kind == W_PIXEL)
            PUT("; its last axis holds %u channels", w_op_operands(op, i));
        PUT("\n");
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

static void put_variadic_call(const w_op *op)
{
    PUT("\n{\n    weir_array out[%u];\n", op->n_out);
    for (uint32_t k = 0; k < op->n_out; k++)
        PUT("    w_array_take(&out[%u], out_%s);\n", k, op->out[k].name);
    PUT("    return weir_run(context, %u, %s, in, n_in, out, %u, NULL);\n}\n", op->number,
        op->n_attr ? "options" : "NULL", op->n_out);
}

// Number i of the table.
static void put_named_call(const w_op *op, size_t i)
{
    PUT("\n{\n    const weir_array *const in[%u] = {", W_MAX(op->n_in, 1));
    for (uint32_t k = 0; k < op->n_in; k++)
        PUT("%s%s%s", k ? ", " : "", op->in[k].name, op->in[k].kind == W_HOST ? "_input" : "");
    PUT("%s};\n    const weir_array *const out[%u] = {", op->n_in ? "" : "NULL", op->n_out);
    for (uint32_t k = 0; k < op->n_out; k++)
        PUT("%sout_%s", k ? ", " : "", op->out[k].name);
    PUT("};\n    return w_call_named(context, &w_ops[%zu], %s, in, %u, out, %u);\n}\n", i,
        op->n_attr ? "options" : "NULL", op->n_in, op->n_out);
}

static void put_calls(void)
{
    PUT("// Generated from runtime/ops/ops.def.\n#include \"runtime/engine.h\"\n");
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        PUT("\n");
        if (op->n_attr)
            PUT("_Static_assert(sizeof(weir_%s_options) == %zu, \"fields of four bytes\");\n",
                op->name, w_op_attr_offset(op, op->n_attr));
        put_signature(op);
        is_variadic(op) ? put_variadic_call(op) : put_named_call(op, i);
    }
}

// --------------------------------------------------------------------------- formulas and shaders

// Whether an operation of this family has a formula of the class.
static bool has_formula(const w_op *op, w_family family)
{
    return op->family == family && w_op_formula_classes(op) >> class & 1;
}

// Values to a value, and nothing beside them.
static bool is_mapped(const w_op *op)
{
    return has_formula(op, W_MAP) || has_formula(op, W_SAMPLE);
}

static void put_includes(const char *folder, w_family family)
{
    for (size_t i = 0; i < w_op_count; i++)
        if (has_formula(&w_ops[i], family))
            PUT("#include \"%s%s.h\"\n", folder, w_ops[i].name);
}

// The formula's call with arguments as C and GLSL write them. A variadic one is called for each
// input after the first, and its end with their number.
static void put_call(const w_op *op, uint32_t n_in, const char *x, const char *a)
{
    uint32_t n_attr = formula_attributes(op);
    if (!is_variadic(op)) {
        PUT("w_op_%s(", op->name);
        for (uint32_t k = 0; k < n_in; k++)
            PUT("%s%s%u", k ? ", " : "", x, k);
        for (uint32_t k = 0; k < n_attr; k++)
            PUT(", %s%u", a, k);
        PUT(")");
        return;
    }
    PUT("w_end_%s(", op->name);
    for (uint32_t k = 1; k < n_in; k++)
        PUT("w_op_%s(", op->name);
    PUT("%s0", x);
    for (uint32_t k = 1; k < n_in; k++)
        PUT(", %s%u)", x, k);
    PUT(", W_V(%u))", n_in);
}

// A reduction of one step, which has its four functions; others name it for their phases.
static bool is_reducer(const w_op *op)
{
    return has_formula(op, W_REDUCE) && !w_op_phases(op);
}

static bool is_row(const w_op *op)
{
    return (has_formula(op, W_REDUCE) || has_formula(op, W_ROW)) && w_op_phases(op);
}

// The call of one of a row's functions: its inputs, the row, the attributes.
static void put_row_call(const w_op *op, const char *kind, uint32_t phase, uint32_t n_in)
{
    PUT("w_%s_%s", kind, op->name);
    if (phase)
        PUT("_%u", phase);
    PUT("(");
    for (uint32_t k = 0; k < n_in; k++)
        PUT("X%u, ", k);
    PUT("ROW");
    for (uint32_t k = 0; k < formula_attributes(op); k++)
        PUT(", A%u", k);
    PUT(")");
}

static void put_result_list(const w_op *op)
{
    for (uint32_t k = 1; k <= w_op_phases(op)->n; k++) {
        PUT(" \\\n    X(result_%s_%u, ", op->name, k);
        put_row_call(op, "result", k, 1);
        PUT(")");
    }
}

static void put_row_list(const w_op *op)
{
    if (op->family != W_ROW)
        return;
    PUT(" \\\n    X(op_%s, ", op->name);
    put_row_call(op, "op", 0, formula_inputs(op));
    PUT(")");
    if (w_op_phases(op)->out == W_OUT_TERM) {
        PUT(" \\\n    X(end_%s, ", op->name);
        put_row_call(op, "end", 0, 1);
        PUT(")");
    }
}

static void put_term_list(const w_op *op)
{
    const w_phases *phases = w_op_phases(op);
    for (uint32_t k = 1; k <= phases->n; k++) {
        PUT(" \\\n    X(term_%s_%u, ", op->name, k);
        put_row_call(op, "term", k, formula_inputs(op));
        PUT(", %s)", w_op_get(phases->reducer[k - 1])->name);
    }
}

static bool is_foretold(const w_op *op)
{
    return w_op_phases(op)->special == W_SPECIAL_FORETOLD;
}

static void put_row_lists(void)
{
    PUT("\n\n// X(name, call, reducer): the terms; arguments are X0.., ROW and A0..\n#define "
        "W_TERM_LIST(X)");
    for (size_t i = 0; i < w_op_count; i++)
        if (is_row(&w_ops[i]))
            put_term_list(&w_ops[i]);
    PUT("\n\n// X(name, reducer, reducer): the first two phases at once\n#define W_PAIR_LIST(X)");
    for (size_t i = 0; i < w_op_count; i++)
        if (is_row(&w_ops[i]) && is_foretold(&w_ops[i]))
            PUT(" \\\n    X(%s, %s, %s)", w_ops[i].name,
                w_op_get(w_op_phases(&w_ops[i])->reducer[0])->name,
                w_op_get(w_op_phases(&w_ops[i])->reducer[1])->name);
    PUT("\n\n// X(name, call): the results of phases\n#define W_RESULT_LIST(X)");
    for (size_t i = 0; i < w_op_count; i++)
        if (is_row(&w_ops[i]))
            put_result_list(&w_ops[i]);
    PUT("\n\n// X(name, call): the outputs\n#define W_ROW_LIST(X)");
    for (size_t i = 0; i < w_op_count; i++)
        if (is_row(&w_ops[i]))
            put_row_list(&w_ops[i]);
    PUT("\n\n// By number: the terms, the results, the output's, the output's of terms, two "
        "phases' terms.\n#define "
        "W_ROW_TABLE");
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        if (!is_row(op))
            continue;
        PUT(" \\\n    [%u] = {{", op->number);
        for (uint32_t k = 1; k <= w_op_phases(op)->n; k++)
            PUT("row_term_%s_%u, ", op->name, k);
        PUT("}, {");
        for (uint32_t k = 1; k <= w_op_phases(op)->n; k++)
            PUT("row_result_%s_%u, ", op->name, k);
        if (op->family == W_ROW)
            PUT("}, row_op_%s, ", op->name);
        else
            PUT("}, NULL, ");
        if (w_op_phases(op)->out == W_OUT_TERM)
            PUT("row_end_%s, ", op->name);
        else
            PUT("NULL, ");
        if (is_foretold(op))
            PUT("row_pair_%s},", op->name);
        else
            PUT("NULL},");
    }
}

static void put_names(const char *list, w_family family)
{
    PUT("\n\n// X(number, name)\n#define %s(X)", list);
    for (size_t i = 0; i < w_op_count; i++)
        if (has_formula(&w_ops[i], family))
            PUT(" \\\n    X(%u, %s)", w_ops[i].number, w_ops[i].name);
}

static void put_formulas(void)
{
    PUT("// Generated from runtime/ops/ops.def.\n#ifndef W_NO_FORMULAS\n");
    put_includes("kernels/formula/", W_MAP);
    put_includes("kernels/formula/", W_SAMPLE);
    put_includes("kernels/formula/", W_REDUCE);
    put_includes("kernels/formula/", W_ROW);
    put_includes("kernels/formula/", W_SCAN);
    PUT("#endif\n\n// X(number, name, inputs, call): its arguments are X0.. and A0..\n#define "
        "W_MAP_LIST(X)");
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        if (!is_mapped(op) || is_variadic(op))
            continue;
        PUT(" \\\n    X(%u, %s, %u, ", op->number, op->name, formula_inputs(op));
        put_call(op, formula_inputs(op), "X", "A");
        PUT(")");
    }
    PUT("\n\n// X(number, name): f64 by the C library\n#define W_MATH_LIST(X)");
    for (size_t i = 0; i < w_op_count && class == W_CLASS_F64; i++)
        if (w_ops[i].in[0].dtypes & W_MATH_F64)
            PUT(" \\\n    X(%u, %s)", w_ops[i].number, w_ops[i].name);
    PUT("\n\n// X(number, name)\n#define W_VARIADIC_LIST(X)");
    for (size_t i = 0; i < w_op_count; i++)
        if (has_formula(&w_ops[i], W_MAP) && is_variadic(&w_ops[i]))
            PUT(" \\\n    X(%u, %s)", w_ops[i].number, w_ops[i].name);
    PUT("\n\n// X(number, name, attributes)\n#define W_REDUCE_LIST(X)");
    for (size_t i = 0; i < w_op_count; i++)
        if (is_reducer(&w_ops[i]))
            PUT(" \\\n    X(%u, %s, %u)", w_ops[i].number, w_ops[i].name,
                formula_attributes(&w_ops[i]));
    put_row_lists();
    put_names("W_SCAN_LIST", W_SCAN);
    PUT("\n");
}

static void put_histogram(void)
{
    PUT("// Generated from runtime/ops/ops.def.\n");
    put_includes("kernels/formula/", W_HISTOGRAM);
    put_names("W_HISTOGRAM_LIST", W_HISTOGRAM);
    PUT("\n");
}

static void put_variadic_case(const w_op *op)
{
    PUT("        switch (n) {\n");
    for (uint32_t n = 1; n <= op->n_in; n++) {
        PUT("        case %uu: return ", n);
        put_call(op, n, "x", "a");
        PUT(";\n");
    }
    PUT("        }\n        break;\n");
}

// With W_ACTIVATE defined, what may follow a product alone.
static void put_map_glsl(void)
{
    PUT("// Generated from runtime/ops/ops.def.\n");
    for (size_t i = 0; i < w_op_count; i++)
        if (is_mapped(&w_ops[i]))
            PUT("%s#include \"%s.h\"\n%s",
                w_op_is_activation(&w_ops[i]) ? "" : "#ifndef W_ACTIVATE\n", w_ops[i].name,
                w_op_is_activation(&w_ops[i]) ? "" : "#endif\n");
    PUT("\nw_v w_map(uint n, w_v x0, w_v x1, w_v x2, w_v x3, w_v x4, w_v x5, w_v x6, w_v x7, w_v "
        "a0, "
        "w_v a1, w_v a2, w_v a3)\n{\n    switch (W_OP) {\n");
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        if (!is_mapped(op))
            continue;
        if (!w_op_is_activation(op))
            PUT("#ifndef W_ACTIVATE\n");
        PUT("    case %uu: ", op->number);
        if (is_variadic(op)) {
            PUT("\n");
            put_variadic_case(op);
        } else {
            PUT("return ");
            put_call(op, formula_inputs(op), "x", "a");
            PUT(";\n");
        }
        if (!w_op_is_activation(op))
            PUT("#endif\n");
    }
    PUT("    }\n    return x0;\n}\n");
}

static void put_case_begin(const w_op *op, uint32_t n)
{
    PUT("    case %uu:\n", op->number);
    if (n > 1)
        PUT("        switch (W_PHASE) {\n");
}

// Of several phases the last is the default, so that every path returns.
static void put_phase(uint32_t k, uint32_t n)
{
    if (n == 1)
        PUT("        return ");
    else if (k + 1 < n)
        PUT("        case %uu: return ", k);
    else
        PUT("        default: return ");
}

static void put_case_end(uint32_t n)
{
    if (n > 1)
        PUT("        }\n");
}

// One of a reducer's four functions for the operation's phase.
static void put_reducer_switch(const char *head, const char *kind, const char *arguments,
                               const char *fallback)
{
    PUT("\n%s\n{\n    switch (W_OP) {\n", head);
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        const w_phases *phases = w_op_phases(op);
        uint32_t n = phases ? phases->n : 1;
        if (!is_reducer(op) && !is_row(op))
            continue;
        put_case_begin(op, n);
        for (uint32_t k = 0; k < n; k++) {
            put_phase(k, n);
            PUT("w_%s_%s(%s);\n", kind, phases ? w_op_get(phases->reducer[k])->name : op->name,
                arguments);
        }
        put_case_end(n);
    }
    PUT("    }\n    return %s;\n}\n", fallback);
}

// The term or the result of the operation's phase; that of a reducer itself is what it is given.
static void put_row_switch(const char *head, const char *kind)
{
    PUT("\n%s\n{\n    switch (W_OP) {\n", head);
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        if (!is_row(op))
            continue;
        uint32_t n = w_op_phases(op)->n;
        put_case_begin(op, n);
        for (uint32_t k = 0; k < n; k++) {
            put_phase(k, n);
            put_row_call(op, kind, k + 1, kind[0] == 't' ? formula_inputs(op) : 1);
            PUT(";\n");
        }
        put_case_end(n);
    }
    PUT("    }\n    return X0;\n}\n");
}

static void put_whole_switch(void)
{
    PUT("\nw_v w_whole(w_row ROW)\n{\n    switch (W_OP) {\n");
    for (size_t i = 0; i < w_op_count; i++) {
        if (!is_row(&w_ops[i]) || w_ops[i].family != W_ROW)
            continue;
        PUT("    case %uu: return ", w_ops[i].number);
        put_row_call(&w_ops[i], "op", 0, formula_inputs(&w_ops[i]));
        PUT(";\n");
    }
    PUT("    }\n    return X0;\n}\n");
}

static void put_index_switch(void)
{
    PUT("\nbool w_is_index()\n{\n    switch (W_OP) {\n");
    for (size_t i = 0; i < w_op_count; i++)
        if (is_reducer(&w_ops[i]) && w_op_is_index(&w_ops[i]))
            PUT("    case %uu: return true;\n", w_ops[i].number);
    PUT("    }\n    return false;\n}\n");
}

static void put_reduce_glsl(void)
{
    PUT("// Generated from runtime/ops/ops.def.\n");
    put_includes("", W_REDUCE);
    put_includes("", W_ROW);
    put_reducer_switch("w_state w_init(w_v a)", "init", "a", "w_state(a, W_N(0u))");
    put_reducer_switch("w_state w_step(w_state s, w_v x, w_n i)", "step", "s, x, i", "s");
    put_reducer_switch("w_state w_combine(w_state s, w_state t)", "combine", "s, t", "s");
    put_reducer_switch("w_state w_finish(w_state s, w_v n)", "finish", "s, n", "s");
    put_index_switch();
    PUT("\n");
    for (uint32_t a = 0; a < W_MAX_ATTR; a++)
        PUT("#define A%u W_ATTRIBUTE(%u)\n", a, a);
    put_row_switch("w_v w_result(w_v X0, w_row ROW)", "result");
    // Inputs are fetched where they are named, so that no phase reads what it does not use.
    PUT("\n");
    for (uint32_t i = 0; i < W_MAX_IN; i++)
        PUT("#define X%u w_input(%uu, W_IN%u)\n", i, i, i);
    put_row_switch("w_v w_term(w_row ROW)", "term");
    put_whole_switch();
}

// One function of a family's formulas: `head`, a call for each operation, the fallback.
static void put_switch(w_family family, const char *head, const char *call, const char *fallback)
{
    PUT("\n%s\n{\n    switch (W_OP) {\n", head);
    for (size_t i = 0; i < w_op_count; i++) {
        if (!has_formula(&w_ops[i], family))
            continue;
        PUT("    case %uu: return ", w_ops[i].number);
        PUT(call, w_ops[i].name);
        PUT(";\n");
    }
    PUT("    }\n    return %s;\n}\n", fallback);
}

static void put_scan_glsl(void)
{
    PUT("// Generated from runtime/ops/ops.def.\n");
    put_includes("", W_SCAN);
    put_switch(W_SCAN, "w_v w_begin(w_v any)", "w_begin_%s(any)", "any");
    put_switch(W_SCAN, "w_v w_both_of(w_v before, w_v after)", "w_op_%s(before, after)", "after");
}

static void put_histogram_glsl(void)
{
    PUT("// Generated from runtime/ops/ops.def.\n");
    put_includes("", W_HISTOGRAM);
    put_switch(W_HISTOGRAM, "uint w_result(W_COUNTS counts, uint i)", "w_op_%s(counts, i)", "0u");
}

static void put_page(void)
{
    w_put_page(out);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *kind;
        void (*put)(void);
    } kinds[] = {{"ops.h", put_ops_h},
                 {"calls.c", put_calls},
                 {"operations.md", put_page},
                 {"formulas", put_formulas},
                 {"map.glsl", put_map_glsl},
                 {"reduce.glsl", put_reduce_glsl},
                 {"scan.glsl", put_scan_glsl},
                 {"histogram", put_histogram},
                 {"histogram.glsl", put_histogram_glsl}};
    for (size_t c = 0; argc == 4 && c < W_COMPUTE_CLASSES; c++)
        if (!strcmp(argv[3], w_class_names[c]))
            class = (w_class)c;
    for (size_t i = 0; argc >= 3 && i < W_COUNT(kinds); i++) {
        if (strcmp(argv[1], kinds[i].kind))
            continue;
        out = fopen(argv[2], "w");
        if (!out)
            break;
        kinds[i].put();
        return fclose(out) != 0;
    }
    fprintf(stderr, "usage: weir_generate "
                    "ops.h|calls.c|operations.md|formulas|map.glsl|reduce.glsl|scan.glsl|histogram|"
                    "histogram.glsl FILE [CLASS]\n");
    return 1;
}
