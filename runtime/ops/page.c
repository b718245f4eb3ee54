// SPDX-License-Identifier: Apache-2.0
//
// The reference page of the operations, docs/operations.md, from ops.def (generate.c).
#include "runtime/ops/page.h"

#include <string.h>

static FILE *out;

#define PUT(...) fprintf(out, __VA_ARGS__)

static uint32_t all_dtypes(const w_op *op)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < op->n_in && !first; i++)
        if (!(op->in[i].dtypes & W_LIKE(0)) && op->in[i].kind != W_HOST)
            first |= op->in[i].dtypes;
    // A condition is bool; what it chooses from counts.
    if (op->n_in > 1 && op->out[0].rule == W_SAME && op->out[0].input < op->n_in &&
        !(op->in[op->out[0].input].dtypes & W_LIKE(0)))
        first = op->in[op->out[0].input].dtypes;
    return first;
}

// ---------------------------------------------------------------- why a dtype is missing

static bool is_whole(weir_dtype d)
{
    return d >= WEIR_U8 && d <= WEIR_S64;
}

static const char *const reasons[] = {
    "its result is no integer, ONNX takes floats alone, or `mul` and `add` say the same of integers; `cast` to a float first",
    "truth values: the logical operations take them; `cast` first",
    "it is defined on the bits of integers",
    "an unsigned number has no other sign; ONNX takes signed integers",
    "a result would wrap too soon; `cast` to s32 or s64",
    "it is there for the dtypes of images or of quantized values (ONNX's int32 of these: `cast` to f32 and `mul`)",
    "products of integers are those of bytes: `matmul_integer`",
};
enum { N_REASONS = sizeof reasons / sizeof *reasons };

static int reason_of(const w_op *op, uint32_t set, weir_dtype d)
{
    const uint32_t bytes = 1u << WEIR_U8 | 1u << WEIR_S8;
    const uint32_t whole = bytes | 1u << WEIR_S16 | 1u << WEIR_S32 | 1u << WEIR_S64;
    const uint32_t floats = 1u << WEIR_F16 | 1u << WEIR_BF16 | 1u << WEIR_F32 | 1u << WEIR_F64;
    bool some_floats = set & floats, f32_alone = (set & floats) == 1u << WEIR_F32;
    bool image = (set & whole) == 1u << WEIR_U8;
    if (f32_alone || image || (!some_floats && !(set & 1u << WEIR_S64)))
        return 5;
    if (op->family == W_CONTRACT)
        return 6;
    if (d == WEIR_BOOL)
        return 1;
    if (!is_whole(d))
        return 2;
    if (!(set & whole))
        return 0;
    if (d == WEIR_U8 && (set & whole) == (whole & ~(1u << WEIR_U8)))
        return 3;
    return 4;
}

// ---------------------------------------------------------------- the table of dtypes

static void put_matrix(w_family family)
{
    PUT("\n| operation |");
    for (weir_dtype d = WEIR_BOOL; d <= WEIR_F64; d++)
        PUT(" %s |", weir_dtype_name(d));
    PUT("\n| --- |");
    for (weir_dtype d = WEIR_BOOL; d <= WEIR_F64; d++)
        PUT(" --- |");
    PUT("\n");
    for (size_t i = 0; i < w_op_count; i++) {
        const w_op *op = &w_ops[i];
        uint32_t set = all_dtypes(op);
        if (op->family != family)
            continue;
        PUT("| [%s](#%s) |", op->name, op->name);
        for (weir_dtype d = WEIR_BOOL; d <= WEIR_F64; d++) {
            if (!(set >> d & 1))
                PUT(" %c |", 'a' + reason_of(op, set, d));
            else
                PUT(" %s |", d == WEIR_F64 && set & W_MATH_F64 ? "CPU" : "yes");
        }
        PUT("\n");
    }
}

// ---------------------------------------------------------------- an operation

// A list, of dtypes mostly, as a cell holds it.
static void put_list(const char *dtypes)
{
    for (; *dtypes; dtypes++)
        if (*dtypes == '|')
            PUT(", ");
        else
            fputc(*dtypes, out);
}

static void put_inputs(const w_op *op)
{
    static const char *const kinds[] = {
        [W_IN] = "",
        [W_OPT] = "may be absent",
        [W_AXIS] = "one value, or a vector along `axis`",
        [W_OPT_AXIS] = "one value, or a vector along `axis`; may be absent",
        [W_PIXEL] = "its last axis holds the channels",
        [W_HOST] = "read on the host; absent only where an attribute stands for it",
        [W_VARIADIC] = "1 to 8 of them",
        [W_LABELS] = "one for each row: no axis `axis`",
        [W_INDICES] = "positions along `axis`, negative ones from the end",
    };
    for (uint32_t i = 0; i < op->n_in; i++) {
        const char *name, *dtypes;
        weir_op_input(op->number, i, &name, &dtypes, NULL);
        PUT("| input `%s` | ", op->in[i].kind == W_VARIADIC ? "x" : name);
        put_list(dtypes);
        PUT(" | %s |\n", kinds[op->in[i].kind]);
        if (op->in[i].kind == W_VARIADIC)
            break;
    }
}

static void put_bound(const w_op *op)
{
    if (op->ulp < 0)
        PUT("as the definition says");
    else if (op->ulp == 0)
        PUT("exact");
    else if (op->ulp == 0.5)
        PUT("correctly rounded");
    else
        PUT("%g ulp in f32%s", op->ulp, all_dtypes(op) & W_MATH_F64 ? ", 2 ulp in f64" : "");
}

static void put_op(const w_op *op)
{
    PUT("\n### %s\n\n%s.\n\n", op->name, op->doc);
    PUT("| | dtypes | |\n| --- | --- | --- |\n");
    put_inputs(op);
    for (uint32_t i = 0; i < op->n_out; i++) {
        const char *name, *dtypes;
        weir_op_output(op->number, i, &name, &dtypes);
        PUT("| output `%s` | %s | |\n", name, dtypes);
    }
    for (uint32_t a = 0; a < op->n_attr; a++) {
        const char *name, *kind, *standard;
        weir_op_attribute(op->number, a, &name, &kind, &standard);
        PUT("| attribute `%s` | ", name);
        put_list(kind);
        PUT(" | default %s |\n", *standard ? standard : "none");
    }
    PUT("\nError: ");
    put_bound(op);
    PUT(". Source: %s.", op->source);
    if (*op->onnx)
        PUT(" ONNX name: `%s`.", op->onnx);
    PUT("\n");
}

void w_put_page(FILE *file)
{
    static const struct {
        w_family family;
        const char *title, *text;
    } parts[] = {
        {W_MAP, "Elementwise",
         "Inputs broadcast as in NumPy, up to rank 8, with any strides; the output may be exactly "
         "an "
         "input. f16 and bf16 are computed in f32 and rounded once at the end; integers wrap."},
        {W_REDUCE, "Reductions",
         "Over any axes, in the canonical order of `runtime/ops/canon.h`, which depends on the "
         "shape "
         "and the axes alone. The bounds hold where no sum, square or product on the way overflows "
         "or underflows; the sum of integers that a mean divides wraps first."},
        {W_ROW, "Rows",
         "Each row is reduced over its axes in the canonical order, then mapped with what came of "
         "it. The bounds hold where no sum or square on the way overflows or underflows: in f32 "
         "(f16, "
         "bf16) where values that count lie within 1e-18 to 1e18 in size."},
        {W_CONTRACT, "Matrix products",
         "Each element is a chain of fused multiply-adds in increasing k, in segments of 256."},
        {W_SAMPLE, "Sampling", "Pixels between pixels; any strides."},
        {W_SCAN, "Scans",
         "What the elements of an axis come to, one after the other, in the canonical order of "
         "`runtime/ops/canon.h`."},
        {W_HISTOGRAM, "Histograms", "Bytes are counted by value; counts are exact in any order."},
        {W_MOVE, "Moves", "Elements are copied; any dtype, any strides."},
        {W_GATHER, "Gathers", "Elements are copied from where an index says; any dtype."},
    };
    out = file;
    PUT("<!-- Generated from runtime/ops/ops.def by `cmake --build build --target generate`. -->\n"
        "# Operations\n\nEvery operation: what it takes, what it computes, how exactly, and who "
        "defined it. `weir op NAME --help` prints the inputs, attributes and source of one. Errors are in ulp of the "
        "correctly "
        "rounded result; the results are the same bits on every device that runs the operation, "
        "but "
        "for f64 where a table says `CPU`: there the C library computes, and other devices do not "
        "run it.\n\nA letter in a table says why a dtype is not taken:\n\n");
    for (int i = 0; i < N_REASONS; i++)
        PUT("- **%c**: %s.\n", 'a' + i, reasons[i]);
    for (size_t i = 0; i < W_COUNT(parts); i++) {
        PUT("\n## %s\n\n%s\n", parts[i].title, parts[i].text);
        put_matrix(parts[i].family);
        for (size_t k = 0; k < w_op_count; k++)
            if (w_ops[k].family == parts[i].family)
                put_op(&w_ops[k]);
    }
}
