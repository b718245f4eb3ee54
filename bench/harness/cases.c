// SPDX-License-Identifier: Apache-2.0
//
// Which cases there are: products, elementwise operations, reductions and rows, chains, small
// calls.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/harness/harness.h"

static const harness_inputs inputs[] = {
#define ROW(name, dtype, l0, h0, l1, h1, l2, h2, attributes, streams, all) \
    {#name, WEIR_##dtype, {l0, l1, l2}, {h0, h1, h2}, attributes, streams, all},
#define INPUTS(...)     ROW(__VA_ARGS__, false)
#define ALL_INPUTS(...) ROW(__VA_ARGS__, true)
#include "bench/harness/operations.def"
#undef ALL_INPUTS
#undef INPUTS
#undef ROW
};

const harness_inputs *harness_inputs_of(const char *op)
{
    static const harness_inputs usual = {"", WEIR_F32, {-4, -4, -4}, {4, 4, 4}, "", false, false};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        if (!strcmp(inputs[i].name, op))
            return &inputs[i];
    return &usual;
}

bool harness_listed(const char *list, const char *name)
{
    if (!list || !*list)
        return true;
    size_t length = strlen(name);
    for (const char *p = list; *p; p += strcspn(p, ","), p += *p == ',')
        if (strcspn(p, ",") == length && !memcmp(p, name, length))
            return true;
    return false;
}

static bool takes(const harness *h, const char *name, double size)
{
    char text[32];
    snprintf(text, sizeof text, "%.0f", size);
    return harness_listed(h->options.ops, name) && harness_listed(h->options.sizes, text);
}

static bool set_attributes(harness_case *c, const char *text)
{
    char word[64], *equals;
    for (; *text; text += strcspn(text, ";"), text += *text == ';') {
        snprintf(word, sizeof word, "%.*s", (int)strcspn(text, ";"), text);
        equals = strchr(word, '=');
        if (!equals)
            return false;
        *equals = '\0';
        if (weir_op_options_size(c->op) > sizeof c->options ||
            weir_op_set(c->op, c->options, word, equals + 1) != WEIR_OK)
            return false;
        c->has_options = true;
    }
    return true;
}

static harness_case begin(const char *group, const char *op, double size)
{
    harness_case c = {.group = group, .op_name = op, .form = "", .size = size, .chain = -1};
    c.op = weir_op_find(op);
    c.tolerance = 1e-5;
    c.unit = "element";
    c.work = size;
    snprintf(c.name, sizeof c.name, "%s", op);
    snprintf(c.shape, sizeof c.shape, "%.0f", size);
    return c;
}

// ---------------------------------------------------------------- products

typedef struct product {
    int64_t m, n, k;
    const char *trans; // "nn", "tn", "nt", "tt"
    bool quick;
} product;

static const product squares[] = {
    {16, 16, 16, "nn", true},        {64, 64, 64, "nn", true},
    {256, 256, 256, "nn", true},     {512, 512, 512, "nn", false},
    {1024, 1024, 1024, "nn", false}, {2048, 2048, 2048, "nn", false},
    {4096, 4096, 4096, "nn", false},
};
static const product shapes[] = {
    {7, 7, 7, "nn", true},         {100, 10, 1000, "nn", false},    {33, 129, 1025, "nn", true},
    {256, 256, 1, "nn", false},    {1024, 1024, 1, "nn", false},    {4096, 4096, 64, "nn", false},
    {4096, 64, 4096, "nn", false}, {64, 4096, 4096, "nn", false},   {16, 4096, 4096, "nn", false},
    {4, 4096, 4096, "nn", false},  {1, 1024, 1024, "nn", false},    {1024, 1, 1024, "nn", false},
    {1, 4096, 4096, "nn", false},  {4096, 1, 4096, "nn", false},    {64, 64, 64, "nt", true},
    {512, 512, 512, "nt", false},  {1024, 1024, 1024, "nt", false}, {64, 64, 64, "tn", true},
    {512, 512, 512, "tn", false},  {1024, 1024, 1024, "tn", false}, {64, 64, 64, "tt", true},
    {512, 512, 512, "tt", false},  {1024, 1024, 1024, "tt", false},
};

static void measure_product(harness *h, const char *group, const product *p, bool square)
{
    bool integers = !strcmp(group, "matmul_s8"), halves = !strcmp(group, "matmul_bf16");
    harness_case c = begin(group, integers ? "matmul_integer" : "matmul", (double)p->n);
    c.m = p->m, c.n = p->n, c.k = p->k;
    c.trans_a = p->trans[0] == 't', c.trans_b = p->trans[1] == 't';
    if (!square)
        c.size = cbrt((double)p->m * (double)p->n * (double)p->k);
    if (!takes(h, c.op_name, square ? c.size : floor(c.size)) || (h->options.quick && !p->quick) ||
        (integers && (c.trans_a || c.trans_b)) || (halves && !square))
        return;
    weir_dtype dtype = integers ? WEIR_S8 : halves ? WEIR_BF16 : WEIR_F32;
    c.in[0] = weir_array_dense(NULL, dtype, 2,
                               (int64_t[]){c.trans_a ? p->k : p->m, c.trans_a ? p->m : p->k});
    c.in[1] = weir_array_dense(NULL, dtype, 2,
                               (int64_t[]){c.trans_b ? p->n : p->k, c.trans_b ? p->k : p->n});
    c.n_in = 2;
    c.out = weir_array_dense(NULL, integers ? WEIR_S32 : dtype, 2, (int64_t[]){p->m, p->n});
    if ((c.trans_a && !set_attributes(&c, "trans_a=1")) ||
        (c.trans_b && !set_attributes(&c, "trans_b=1")))
        return;
    const char *kind = square                   ? "n x n x n"
                       : c.trans_a && c.trans_b ? "both transposed"
                       : c.trans_a              ? "a transposed"
                       : c.trans_b              ? "b transposed"
                                                : "other shapes";
    snprintf(c.name, sizeof c.name, "%s, %s", weir_dtype_name(dtype), kind);
    snprintf(c.shape, sizeof c.shape, "%lldx%lldx%lld%s%s", (long long)p->m, (long long)p->k,
             (long long)p->n, strcmp(p->trans, "nn") ? " " : "",
             strcmp(p->trans, "nn") ? p->trans : "");
    c.unit = integers ? "op" : "flop";
    c.work = 2.0 * (double)p->m * (double)p->n * (double)p->k;
    c.tolerance = halves ? 0x1p-7 : 1e-5;
    c.samples = c.work > 4e9 ? 5 : 0;
    harness_measure_case(h, &c);
}

void harness_products(harness *h)
{
    static const char *const groups[] = {"matmul_f32", "matmul_s8", "matmul_bf16"};
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        if (!harness_listed(h->options.only, "matmul") &&
            !harness_listed(h->options.only, groups[g]))
            continue;
        for (size_t i = 0; i < sizeof squares / sizeof *squares; i++)
            measure_product(h, groups[g], &squares[i], true);
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            measure_product(h, groups[g], &shapes[i], false);
    }
}

// ---------------------------------------------------------------- elementwise

static const double sizes[] = {100, 1e3, 1e4, 1e5, 1e6, 1e7};
enum { SIZES = sizeof sizes / sizeof *sizes, QUICK_SIZES = 3 };

static size_t n_sizes(const harness *h)
{
    return h->options.quick ? QUICK_SIZES : SIZES;
}

static bool dtype_in(const char *list, weir_dtype dtype)
{
    const char *name = weir_dtype_name(dtype);
    size_t length = strlen(name);
    for (const char *p = list; *p; p += strcspn(p, "|"), p += *p == '|')
        if (strcspn(p, "|") == length && !memcmp(p, name, length))
            return true;
    return false;
}

// The dtype of input i: the list's where the operation takes it there, else the first of these.
static weir_dtype choose_dtype(const harness_inputs *in, const char *list)
{
    const weir_dtype order[] = {in->dtype, WEIR_F32, WEIR_S32, WEIR_U8, WEIR_BOOL, WEIR_S64};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (dtype_in(list, order[i]))
            return order[i];
    return WEIR_DTYPE_NONE;
}

// The dtype of input i, those before it being there: "as x" is that of input x.
static weir_dtype dtype_of(const harness_case *c, uint32_t i, const harness_inputs *in)
{
    const char *name, *dtypes;
    char kept[128];
    bool optional;
    if (weir_op_input(c->op, i, &name, &dtypes, &optional) != WEIR_OK)
        return WEIR_DTYPE_NONE;
    snprintf(kept, sizeof kept, "%s", dtypes); // the texts last until the next such call
    if (strncmp(kept, "as ", 3))
        return choose_dtype(in, kept);
    for (uint32_t k = 0; k < i; k++)
        if (weir_op_input(c->op, k, &name, &dtypes, &optional) == WEIR_OK &&
            !strcmp(name, kept + 3))
            return c->in[k].dtype;
    return WEIR_DTYPE_NONE;
}

// The inputs all of `shape`, or those behind the first one value each, or one for each row
// (labels), or the first one of pixels. Whether Weir takes them so.
typedef enum fit { ALL_ALIKE, ONE_VALUE, ONE_A_ROW, FOUR_CHANNELS, THREE_CHANNELS, FITS } fit;

static bool try_fit(harness *h, harness_case *c, fit how, int32_t rank, const int64_t *shape)
{
    weir_op_info info;
    if (weir_op_describe(c->op, &info) != WEIR_OK || info.outputs != 1)
        return false;
    const harness_inputs *in = harness_inputs_of(c->op_name);
    c->n_in = in->all ? info.inputs : info.required_inputs;
    c->n_in = c->n_in < HARNESS_IN ? c->n_in : HARNESS_IN;
    for (uint32_t i = 0; i < c->n_in; i++) {
        weir_dtype dtype = dtype_of(c, i, in);
        int64_t pixels[WEIR_MAX_RANK];
        memcpy(pixels, shape, (size_t)rank * sizeof *shape);
        pixels[rank] = how == FOUR_CHANNELS ? 4 : 3;
        if (how == FOUR_CHANNELS || how == THREE_CHANNELS)
            c->in[i] = weir_array_dense(NULL, dtype, rank + 1, pixels);
        else
            c->in[i] = weir_array_dense(NULL, dtype,
                                        !i || how == ALL_ALIKE ? rank
                                        : how == ONE_A_ROW     ? rank - 1
                                                               : 0,
                                        shape);
    }
    // A variadic input is given twice: of one there would be nothing to do.
    if (c->n_in == 1 && (!strcmp(c->op_name, "min") || !strcmp(c->op_name, "max") ||
                         !strcmp(c->op_name, "sum") || !strcmp(c->op_name, "mean")))
        c->in[c->n_in++] = c->in[0];
    const void *options = c->has_options ? c->options : NULL;
    return weir_infer(h->context, c->op, options, c->in, c->n_in, &c->out, 1) == WEIR_OK;
}

static bool fill_in(harness *h, harness_case *c, int32_t rank, const int64_t *shape,
                    const char *more)
{
    const harness_inputs *in = harness_inputs_of(c->op_name);
    char attributes[128], *p = attributes;
    snprintf(attributes, sizeof attributes, "%s%s%s", in->attributes,
             *in->attributes && *more ? "," : "", more);
    for (; *p; p++)
        *p = *p == ',' ? ';' : *p;
    if (!set_attributes(c, attributes))
        return false;
    for (int how = in->all ? ONE_VALUE : ALL_ALIKE; how < FITS; how++)
        if (try_fit(h, c, (fit)how, rank, shape))
            return true;
    return false;
}

static void measure_map(harness *h, const weir_op_info *info, double size)
{
    harness_case c = begin("elementwise", info->name, size);
    int64_t n = (int64_t)size;
    if (!fill_in(h, &c, 1, &n, "")) {
        if (size == sizes[0])
            harness_note(h, "not measured: %s (%s)", info->name, weir_message(h->context));
        return;
    }
    double bytes = 0;
    for (size_t i = 0; i < c.n_in; i++)
        bytes += (c.in[i].rank ? size : 1) * (double)weir_dtype_size(c.in[i].dtype);
    c.work = bytes + size * (double)weir_dtype_size(c.out.dtype);
    c.unit = "byte";
    c.streams = harness_inputs_of(info->name)->streams && size >= 1e7;
    c.tolerance = 3e-5;
    c.samples = size >= 1e7 ? 7 : 0;
    harness_measure_case(h, &c);
}

// Which of the operations are named: all of a family, in the order of their numbers.
static size_t operations(weir_op *out, size_t room)
{
    size_t n = weir_op_list(out, room);
    return n < room ? n : room;
}

void harness_elementwise(harness *h)
{
    weir_op op[512];
    size_t n = operations(op, 512);
    if (!harness_listed(h->options.only, "elementwise"))
        return;
    for (size_t i = 0; i < n; i++) {
        weir_op_info info;
        if (weir_op_describe(op[i], &info) != WEIR_OK || strcmp(info.family, "map"))
            continue;
        for (size_t s = 0; s < n_sizes(h); s++)
            if (takes(h, info.name, sizes[s]))
                measure_map(h, &info, sizes[s]);
    }
}

// ---------------------------------------------------------------- reductions and rows

// How the elements lie: in one row, or in rows of up to 1000; and along what is reduced.
typedef struct form {
    const char *name;
    bool rows;
    const char *axes, *axis; // attributes that say so, for operations that have axes, or an axis
} form;

static const form whole = {"all", false, "axes=0;keepdims=0", "axis=0;keepdims=0"};
static const form last = {"rows", true, "axes=-1;keepdims=0", "axis=-1;keepdims=0"};
static const form first = {"columns", true, "axes=0;keepdims=0", "axis=0;keepdims=0"};

static bool has_attribute(weir_op op, const char *name)
{
    weir_op_info info;
    const char *found, *kind, *value;
    if (weir_op_describe(op, &info) != WEIR_OK)
        return false;
    for (uint32_t i = 0; i < info.attributes; i++)
        if (weir_op_attribute(op, i, &found, &kind, &value) == WEIR_OK && !strcmp(found, name))
            return true;
    return false;
}

static void measure_rows(harness *h, const weir_op_info *info, const form *f, double size)
{
    harness_case c = begin("rows", info->name, size);
    double length = f->rows ? fmin(size, 1000) : size;
    int64_t shape[2] = {(int64_t)(size / length), (int64_t)length};
    const char *attributes = has_attribute(c.op, "axes")   ? f->axes
                             : has_attribute(c.op, "axis") ? f->axis
                                                           : "";
    char text[64];
    snprintf(text, sizeof text, "%s", attributes);
    if (!has_attribute(c.op, "keepdims"))
        text[strcspn(text, ";")] = '\0';
    c.form = f->name;
    if (!fill_in(h, &c, f->rows ? 2 : 1, f->rows ? shape : &shape[1], text)) {
        if (size == sizes[0])
            harness_note(h, "not measured: %s, %s (%s)", info->name, f->name,
                         weir_message(h->context));
        return;
    }
    snprintf(c.name, sizeof c.name, "%s, %s", info->name, f->name);
    if (f->rows)
        snprintf(c.shape, sizeof c.shape, "%.0fx%.0f", size / length, length);
    c.work = size * (double)weir_dtype_size(c.in[0].dtype);
    c.unit = "byte";
    c.tolerance = 1e-4;
    c.samples = size >= 1e7 ? 7 : 0;
    harness_measure_case(h, &c);
}

void harness_rows(harness *h)
{
    static const char by_columns[] = "reduce_sum,reduce_max,reduce_mean,argmax,softmax";
    weir_op op[512];
    size_t n = operations(op, 512);
    if (!harness_listed(h->options.only, "rows"))
        return;
    for (size_t i = 0; i < n; i++) {
        weir_op_info info;
        if (weir_op_describe(op[i], &info) != WEIR_OK)
            continue;
        bool row = !strcmp(info.family, "row");
        if (!row && strcmp(info.family, "reduce") && strcmp(info.family, "scan") &&
            strcmp(info.family, "histogram"))
            continue;
        for (size_t s = 0; s < n_sizes(h); s++) {
            if (!takes(h, info.name, sizes[s]))
                continue;
            measure_rows(h, &info, &last, sizes[s]);
            if (!row)
                measure_rows(h, &info, &whole, sizes[s]);
            if (harness_listed(by_columns, info.name) && sizes[s] >= 1e4)
                measure_rows(h, &info, &first, sizes[s]);
        }
    }
}

// ---------------------------------------------------------------- chains and small calls

const harness_chain harness_chain_list[] = {
    {"abs(x * w + w)", {"mul", "add", "abs"}, {true, true, false}},
    {"tanh(x + w) * w", {"add", "tanh", "mul"}, {true, false, true}},
    {"reduce_sum((x - w)^2)", {"sub", "square", "reduce_sum"}, {true, false, false}},
};
const size_t harness_n_chains = sizeof harness_chain_list / sizeof *harness_chain_list;

void harness_chains(harness *h)
{
    static const double chained[] = {1e3, 1e4, 1e5, 1e6, 1e7};
    if (!harness_listed(h->options.only, "chains"))
        return;
    for (size_t k = 0; k < harness_n_chains; k++)
        for (size_t s = 0; s < (h->options.quick ? 2u : 5u); s++) {
            int64_t n = (int64_t)chained[s], one = 1;
            harness_case c = begin("chains", harness_chain_list[k].text, chained[s]);
            c.chain = (int)k;
            if (!takes(h, harness_chain_list[k].op[1], chained[s]))
                continue;
            c.in[0] = c.in[1] = weir_array_dense(NULL, WEIR_F32, 1, &n);
            c.n_in = 2;
            bool sum = !strcmp(harness_chain_list[k].op[2], "reduce_sum");
            c.out = weir_array_dense(NULL, WEIR_F32, 1, sum ? &one : &n);
            c.unit = "byte";
            c.work = chained[s] * (sum ? 8 : 12);
            c.tolerance = 1e-4;
            harness_measure_case(h, &c);
        }
}

void harness_calls(harness *h)
{
    static const double small[] = {8, 100, 1000};
    static const char *const ops[] = {"neg", "add"};
    if (!harness_listed(h->options.only, "calls"))
        return;
    for (size_t k = 0; k < 2; k++)
        for (size_t s = 0; s < 3; s++) {
            harness_case c = begin("calls", ops[k], small[s]);
            int64_t n = (int64_t)small[s];
            if (takes(h, ops[k], small[s]) && fill_in(h, &c, 1, &n, ""))
                harness_measure_case(h, &c);
        }
}
