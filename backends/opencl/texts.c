// SPDX-License-Identifier: Apache-2.0
// The definitions that a program begins with: what its loop reads, writes and calls.
#include "backends/opencl/opencl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Storage types by dtype; MOVE takes any type of the size. Vectors stand for 64 bits, so that no
// kernel needs a 64-bit type of the device.
static const struct {
    const char *storage;
    bool is_float;
} types[] = {
    [WEIR_BOOL] = {"uchar", false}, [WEIR_U8] = {"uchar", false},    [WEIR_S8] = {"char", false},
    [WEIR_S16] = {"ushort", false}, [WEIR_S32] = {"int", false},     [WEIR_S64] = {"uint2", false},
    [WEIR_F16] = {"ushort", false}, [WEIR_BF16] = {"ushort", false}, [WEIR_F32] = {"float", true},
    [WEIR_F64] = {"uint2", false},
};

// What MAP reads and writes.
static const char *const map_types[] = {
    [WEIR_BOOL] = "uchar", [WEIR_U8] = "uchar",   [WEIR_S8] = "char",    [WEIR_S16] = "short",
    [WEIR_S32] = "int",    [WEIR_S64] = "long",   [WEIR_F16] = "ushort", [WEIR_BF16] = "ushort",
    [WEIR_F32] = "float",  [WEIR_F64] = "double",
};

const char *w_cl_storage(weir_dtype dtype)
{
    return map_types[dtype];
}

typedef w_cl_text text;

static void put(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vsnprintf(t->bytes + t->used, sizeof t->bytes - t->used, format, list);
    va_end(list);
    t->full |= n < 0 || (size_t)n >= sizeof t->bytes - t->used;
    if (!t->full)
        t->used += (size_t)n;
}

// How a MAP reads and writes: kernels/cl/numbers.cl. A chain takes what is stored.
static void put_map_operands(text *t, const w_cl_key *key)
{
    const char *class = w_class_names[key->row->compute];
    for (uint32_t i = 0; i < key->n_in; i++) {
        const char *name = weir_dtype_name(key->in[i]), *type = map_types[key->in[i]];
        bool real = key->in[i] == WEIR_F32; // so are constants; others hold an s32
        put(t, "#define W_IN%u %s\n", i, type);
        if (key->op->chain) {
            put(t, "#define W_X%u %s\n#define W_FROM%u(x) (x)\n", i, type, i);
            put(t, "#define W_CONSTANT%u(w) ((%s)as_%s(w))\n", i, type, real ? "float" : "int");
            continue;
        }
        put(t, "#define W_X%u w_v\n#define W_FROM%u(x) w_%s_of_%s(x)\n", i, i, class, name);
        put(t, "#define W_CONSTANT%u(w) w_%s_of_%s(as_%s(w))\n", i, class, real ? "f32" : "s32",
            real ? "float" : "int");
    }
    put(t, "#define W_OUT %s\n#define W_STORE(y) w_%s_of_%s(y)\n", map_types[key->out],
        weir_dtype_name(key->out), class);
    if (key->out <= WEIR_S64)
        put(t, "#define W_OUT_WHOLE\n");
}

static void put_operands(text *t, const w_cl_key *key)
{
    bool exact = key->row->family == W_CONTRACT && key->out == WEIR_S32;
    for (uint32_t i = 0; i < key->n_in; i++) {
        bool is_float = types[key->in[i]].is_float;
        put(t, "#define W_IN%u %s\n", i, types[key->in[i]].storage);
        put(t, "#define W_FROM%u(x) ((%s)(x))\n", i, exact ? "int" : "float");
        put(t, "#define W_CONSTANT%u(w) %s\n", i,
            is_float ? "as_float(w)"
            : exact  ? "as_int(w)"
                     : "convert_float_rte(as_int(w))");
    }
    put(t, "#define W_OUT %s\n", types[key->out].storage);
    if (exact)
        put(t, "#define W_INTEGER\n");
}

// The formula's call; a variadic one is called for each input after the first, and its end with
// their number.
static void put_call(text *t, const w_cl_key *key)
{
    const char *name = key->op->name;
    if (key->op->chain) {
        put(t, "#define W_CALL W_CHAIN\n");
        return;
    }
    if (key->op->in[0].kind != W_VARIADIC) {
        uint32_t n = key->row->family == W_SAMPLE ? W_SAMPLE_INPUTS : key->n_in;
        put(t, "#define W_CALL w_op_%s(", name);
        for (uint32_t i = 0; i < n; i++)
            put(t, "%sx%u", i ? ", " : "", i);
        for (uint32_t i = 0; i < key->n_attr; i++)
            put(t, ", a%u", i);
        put(t, ")\n");
        return;
    }
    put(t, "#define W_CALL w_end_%s(", name);
    for (uint32_t i = 1; i < key->n_in; i++)
        put(t, "w_op_%s(", name);
    put(t, "x0");
    for (uint32_t i = 1; i < key->n_in; i++)
        put(t, ", x%u)", i);
    put(t, ", W_V(%u))\n", key->n_in);
}

// A chain's reduction.
static const w_op *row_of(const w_cl_key *key)
{
    return key->op->chain ? w_op_get(key->op->number) : key->op;
}

static void put_row_call(text *t, const w_cl_key *key, const char *kind, uint32_t phase, uint32_t n)
{
    put(t, " w_%s_%s", kind, row_of(key)->name);
    if (phase)
        put(t, "_%u", phase);
    put(t, "(");
    bool chain = key->op->chain && !strcmp(kind, "term");
    if (chain)
        put(t, "W_CHAIN, ");
    for (uint32_t i = 0; i < n && !chain; i++)
        put(t, "x%u, ", i);
    put(t, "row");
    for (uint32_t i = 0; i < key->n_attr; i++)
        put(t, ", a%u", i);
    put(t, ")\n");
}

// kernels/cl/row.cl: the reducer, the term and the result of each phase.
static void put_phases(text *t, const w_cl_key *key)
{
    static const char *const parts[][2] = {
        {"INIT", "init"}, {"STEP", "step"}, {"COMBINE", "combine"}, {"FINISH", "finish"}};
    const w_phases *phases = w_op_phases(key->op);
    uint32_t n = phases ? phases->n : 1;
    put(t, "#define W_PHASES %u\n", n);
    for (uint32_t k = 1; k <= n; k++) {
        const w_op *reducer = phases ? w_op_get(phases->reducer[k - 1]) : row_of(key);
        for (size_t i = 0; i < W_COUNT(parts); i++)
            put(t, "#define W_%s%u w_%s_%s\n", parts[i][0], k, parts[i][1], reducer->name);
        if (!phases) {
            put(t, "#define W_TERM1 %s\n#define %s\n", key->op->chain ? "W_CHAIN" : "x0",
                w_op_is_index(key->op) ? "W_INDEX" : "W_PLAIN");
            continue;
        }
        put(t, "#define W_TERM%u", k);
        put_row_call(t, key, "term", k, key->n_in);
        put(t, "#define W_RESULT%u", k);
        put_row_call(t, key, "result", k, 1);
    }
    if (key->row->family == W_ROW) {
        put(t, "#define W_CALL");
        put_row_call(t, key, "op", 0, key->n_in);
    }
}

// What follows a product, and whether the output is narrower than its sums.
static void put_activation(text *t, const w_cl_key *key)
{
    bool has = key->op->family == W_MAP;
    put(t, "#define W_ACTIVATE(y) %s%s(y", has ? "w_op_" : "", has ? key->op->name : "");
    for (uint32_t i = 2; i < key->n_attr; i++)
        put(t, ", W_ATTR(%u)", i);
    put(t, ")\n");
    if (weir_dtype_size(key->out) < (key->row->compute == W_CLASS_F64 ? 8 : 4))
        put(t, "#define W_NARROW\n");
}

// The index is read as a number, whatever else is moved as it lies there.
static void put_gather(text *t, const w_cl_key *key)
{
    put(t, "#define W_IN0 %s\n#define W_IN1 %s\n#define W_OUT %s\n", types[key->in[0]].storage,
        map_types[key->in[1]], types[key->out].storage);
}

// kernels/cl/histogram.cl
static void put_histogram(text *t, const w_cl_key *key)
{
    put(t, "#define W_COUNTS __global const uint *\n#define w_count(counts, i) ((counts)[i])\n");
    put(t, "#define W_VALUE w_op_%s\n#define W_RESULTS %du\n", key->op->name,
        (int)w_op_histogram_values(key->op));
}

// The formula's functions under the names that the loops use.
static void put_formula(text *t, const w_cl_key *key)
{
    static const char *const parts[][2] = {
        {"INIT", "init"}, {"STEP", "step"}, {"COMBINE", "combine"}, {"FINISH", "finish"}};
    if (key->row->family == W_MAP || key->row->family == W_SAMPLE) {
        put_call(t, key);
    } else if (key->row->family == W_CONTRACT) {
        put_activation(t, key);
    } else if (key->row->family == W_SCAN) {
        put(t, "#define W_BOTH w_op_%s\n#define W_BEGIN w_begin_%s\n", key->op->name,
            key->op->name);
    } else if (key->row->family == W_HISTOGRAM) {
        put_histogram(t, key);
    } else if (w_cl_has_class(key->row)) {
        put_phases(t, key);
    } else if (key->row->family == W_REDUCE) {
        for (size_t i = 0; i < W_COUNT(parts); i++)
            put(t, "#define W_%s w_%s_%s\n", parts[i][0], parts[i][1], key->op->name);
        put(t, "#define W_RESULT(s) %s\n",
            types[key->out].is_float ? "(s).a" : "(uint2)((s).b, 0u)");
    }
}

// The value of a chain from its inputs.
static void put_chain(text *t, const w_cl_key *key)
{
    put(t, "#define W_CHAIN w_chain_value(");
    for (uint32_t i = 0; i < key->n_in; i++)
        put(t, "%sx%u", i ? ", " : "", i);
    put(t, ")\n");
}

void w_cl_put_definitions(text *t, const w_cl_device *device, const w_cl_key *key)
{
    put(t, "// %s: %s\n#define W_GROUP %u\n#define W_ROWS_GROUP %u\n#define W_N_IN %u\n",
        key->row->name, key->op->name, key->row->group, w_cl_group(device, key->row, 0), key->n_in);
    if (device->exact_fma && key->row->needs & W_CL_FMA)
        put(t, "#define W_EXACT_FMA\n");
    if (device->exact_div)
        put(t, "#define W_EXACT_DIV\n");
    const char *class = w_class_names[w_cl_has_class(key->row) ? key->row->compute : W_CLASS_F32];
    put(t, "#define W_IN_%c%s\n", class[0] - 'a' + 'A', class + 1);
    if (key->f64)
        put(t, "#define W_HAVE_F64\n");
    if (key->op->chain)
        put_chain(t, key);
    if (w_cl_has_class(key->row))
        put_map_operands(t, key);
    else if (key->row->family == W_GATHER)
        put_gather(t, key);
    else
        put_operands(t, key);
    put_formula(t, key);
}
