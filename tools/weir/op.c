// SPDX-License-Identifier: Apache-2.0
//
// weir op: any operation of the library on NumPy files.
#include "tools/weir/op.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/weir/npy.h"
#include "tools/weir/output.h"
#include "tools/weir/tool.h"

typedef struct op_call {
    weir_op op;
    weir_op_info info;
    void *options;    // NULL: all defaults
    weir_dtype codes; // what files of uint16 hold
    weir_array in[TOOL_MAX_TEXTS], out[TOOL_MAX_TEXTS];
    size_t n_in, n_out;
} op_call;

static void free_call(op_call *c)
{
    for (size_t i = 0; i < c->n_in; i++)
        free(c->in[i].data);
    for (size_t i = 0; i < c->n_out; i++)
        free(c->out[i].data);
    free(c->options);
}

static int set_attributes(op_call *c, const tool_texts *attrs)
{
    if (attrs->n == 0)
        return TOOL_OK;
    c->options = calloc(1, weir_op_options_size(c->op) + 1);
    if (!c->options)
        return tool_broken("no memory for the attributes");
    for (size_t i = 0; i < attrs->n; i++) {
        char key[64];
        const char *equals = strchr(attrs->item[i], '=');
        if (!equals || equals == attrs->item[i] || equals - attrs->item[i] >= (int)sizeof key)
            return tool_fail("--attr %s: not of the form key=value", attrs->item[i]);
        snprintf(key, sizeof key, "%.*s", (int)(equals - attrs->item[i]), attrs->item[i]);
        weir_status s = weir_op_set(c->op, c->options, key, equals + 1);
        if (s != WEIR_OK)
            return tool_fail_weir(NULL, s, NULL);
    }
    return TOOL_OK;
}

static int read_inputs(op_call *c, const tool_texts *files)
{
    for (size_t i = 0; i < files->n; i++) {
        const char *path = files->item[i];
        char why[256];
        if (!strcmp(path, "none"))
            c->in[i] = (weir_array){.dtype = WEIR_DTYPE_NONE};
        else if (!npy_read(path, &c->in[i], why, sizeof why))
            return tool_fail("--in %s: %s", path, why);
        c->n_in = i + 1;
        if (c->in[i].dtype == WEIR_BF16) { // npy.h
            if (!c->codes)
                return tool_fail(
                    "--in %s: uint16, which Weir lacks; --in-dtype says what its codes are", path);
            c->in[i].dtype = c->codes;
        }
    }
    return TOOL_OK;
}

static int check_outputs(const op_call *c, const tool_texts *files)
{
    if (files->n != c->info.outputs)
        return tool_fail("%s has %u output%s; --out was given %zu times", c->info.name,
                         c->info.outputs, c->info.outputs == 1 ? "" : "s", files->n);
    for (size_t i = 0; i < files->n; i++)
        for (size_t j = i + 1; j < files->n; j++)
            if (!strcmp(files->item[i], files->item[j]))
                return tool_fail("--out %s: named for two outputs", files->item[i]);
    return TOOL_OK;
}

// Shapes and memory of the outputs.
static int make_outputs(weir_context *context, op_call *c)
{
    size_t n = c->info.outputs;
    weir_status s = weir_infer(context, c->op, c->options, c->in, c->n_in, c->out, n);
    if (s != WEIR_OK)
        return tool_fail_weir(context, s, NULL);
    for (; c->n_out < n; c->n_out++) {
        weir_array *a = &c->out[c->n_out];
        size_t bytes = weir_dtype_size(a->dtype);
        bool fits = true;
        for (int i = 0; i < a->rank; i++)
            fits = fits && !__builtin_mul_overflow(bytes, (size_t)a->shape[i], &bytes);
        if (!npy_descr(a->dtype))
            return tool_fail("output %zu is %s, a dtype that .npy files do not have", c->n_out,
                             weir_dtype_name(a->dtype));
        // One byte more than none: malloc(0) may be NULL.
        a->data = fits && bytes < PTRDIFF_MAX - 64 ? malloc(bytes ? bytes : 1) : NULL;
        if (!a->data)
            return tool_broken("no memory for an output of %zu bytes", bytes);
    }
    return TOOL_OK;
}

static int write_outputs(const op_call *c, const tool_texts *files)
{
    tool_output outputs[TOOL_MAX_TEXTS] = {0};
    for (size_t i = 0; i < files->n; i++) {
        if (!tool_output_open(&outputs[i], files->item[i])) {
            tool_output_abandon(outputs, i);
            return TOOL_WRONG;
        }
        if (!npy_write(outputs[i].file, &c->out[i])) {
            int status = tool_broken("--out %s: %s", files->item[i], strerror(errno));
            tool_output_abandon(outputs, i + 1);
            return status;
        }
    }
    return tool_output_commit(outputs, files->n) ? TOOL_OK : TOOL_BROKEN;
}

static int run(op_call *c, const tool_machine *machine, const tool_texts *out)
{
    weir_context *context;
    // The device goes into the call, so that an unknown one can be answered with those there are.
    tool_machine host = *machine;
    host.device = NULL;
    int r = tool_context(&host, 0, &context);
    if (r != TOOL_OK)
        return r;
    uint32_t number;
    if (machine->device && strcmp(machine->device, "cpu")) {
        r = tool_bring_up(context);
        if (r == TOOL_OK)
            r = tool_find_device(context, machine->device, &number);
    }
    if (r == TOOL_OK)
        r = make_outputs(context, c);
    if (r == TOOL_OK) {
        weir_call_options call = {.struct_size = sizeof call, .device = machine->device};
        weir_status s =
            weir_run(context, c->op, c->options, c->in, c->n_in, c->out, c->n_out, &call);
        r = s == WEIR_OK ? TOOL_OK : tool_fail_weir(context, s, NULL);
    }
    weir_context_destroy(context);
    return r == TOOL_OK ? write_outputs(c, out) : r;
}

static int read_codes(op_call *c, const char *name)
{
    static const weir_dtype wide[] = {WEIR_BF16, WEIR_F16, WEIR_S16};
    for (size_t i = 0; name && i < sizeof wide / sizeof *wide; i++)
        if (!strcmp(weir_dtype_name(wide[i]), name))
            c->codes = wide[i];
    return name && !c->codes ? tool_fail("--in-dtype %s: not one of bf16, f16, s16", name)
                             : TOOL_OK;
}

static bool explain(const char *name)
{
    weir_op op = weir_op_find(name);
    if (op)
        op_explain(op);
    return op != 0;
}

int tool_op(int argc, char **argv)
{
    tool_texts in = {0}, out = {0}, attrs = {0}, names = {0};
    tool_machine machine = {0};
    const char *codes = NULL;
    bool list = false, json = false;
    const tool_flag flags[] = {
        {"in", TOOL_TEXTS, &in, "FILE",
         "an input, once for each in the operation's order; none skips an\noptional one", 0, 0},
        {"out", TOOL_TEXTS, &out, "FILE", "where an output goes, once for each", 0, 0},
        {"attr", TOOL_TEXTS, &attrs, "KEY=VALUE",
         "an attribute, such as alpha=0.5 or axes=0,-1; default: ONNX's", 0, 0},
        {"in-dtype", TOOL_TEXT, &codes, "DTYPE",
         "what input files of uint16 hold: codes of bf16 (or f16, s16); bf16\noutputs are written "
         "so",
         0, 0},
        TOOL_FLAG_DEVICE(&machine),
        TOOL_FLAG_ISA(&machine),
        TOOL_FLAG_THREADS(&machine),
        {"list", TOOL_ON, &list, NULL, "print every operation instead", 0, 0},
        {"json", TOOL_ON, &json, NULL, "with --list: as JSON", 0, 0},
    };
    const tool_usage usage = {
        .line = "weir op NAME --in A.npy [--in B.npy ...] --out C.npy [--out ...] [flags]",
        .about =
            "Runs one operation, by Weir's name or ONNX's, on NumPy files. Inputs, attributes and\n"
            "defaults are ONNX's where ONNX defines the operation. Outputs appear only if all\n"
            "went well.",
        .flags = flags,
        .n_flags = sizeof flags / sizeof flags[0],
        .examples = "  weir op matmul --in a.npy --in b.npy --out y.npy --attr trans_b=1\n"
                    "  weir op Clip --in x.npy --in none --in max.npy --out y.npy\n"
                    "  weir op exp --in codes.npy --in-dtype bf16 --out y.npy\n"
                    "  weir op reduce_sum --help\n"
                    "  weir op --list --json\n",
        .special = explain,
    };
    int r = tool_args(argc, argv, &usage, &names);
    if (r >= 0)
        return r;
    if (list)
        return names.n ? tool_fail("--list takes no operation") : op_list(json);
    if (json)
        return tool_fail("--json goes with --list");
    if (names.n != 1)
        return names.n ? tool_fail("two operations: %s and %s", names.item[0], names.item[1])
                       : tool_fail("which operation? weir op --list names all");
    op_call c = {.op = op_find(names.item[0])};
    if (!c.op || weir_op_describe(c.op, &c.info) != WEIR_OK)
        return TOOL_WRONG;
    r = read_codes(&c, codes);
    if (r == TOOL_OK)
        r = check_outputs(&c, &out);
    if (r == TOOL_OK)
        r = set_attributes(&c, &attrs);
    if (r == TOOL_OK)
        r = read_inputs(&c, &in);
    if (r == TOOL_OK)
        r = run(&c, &machine, &out);
    free_call(&c);
    return r;
}
