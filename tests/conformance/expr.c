// SPDX-License-Identifier: Apache-2.0
// Expressions: the bits of the same operations run one by one, on every target, in one pass and as
// separate passes there; random ones on the CPU, one in 16 on devices.
#include "tests/conformance/conformance.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPS = 32, FIRST_OP = W_MAX_IN, ABSENT = -1 };

// An expression as numbers: values 0.. are inputs, FIRST_OP.. the operations' results.
typedef struct link {
    weir_op op;
    int32_t in[W_MAX_IN];
    size_t n_in;
    bool has_options;
    uint32_t options[32];
} link;

typedef struct recipe {
    size_t n_in, n_ops;
    weir_dtype in[W_MAX_IN];
    link op[MAX_OPS];
} recipe;

// ---------------------------------------------------------------- recipes

static int32_t input(recipe *r, weir_dtype dtype)
{
    r->in[r->n_in] = dtype;
    return (int32_t)r->n_in++;
}

static int32_t add(recipe *r, weir_op op, size_t n, int32_t a, int32_t b, int32_t c)
{
    link *l = &r->op[r->n_ops];
    *l = (link){.op = op, .in = {a, b, c}, .n_in = n};
    return FIRST_OP + (int32_t)r->n_ops++;
}

static int32_t with(recipe *r, int32_t value, const char *name, const char *text)
{
    link *l = &r->op[value - FIRST_OP];
    assert_true(weir_op_options_size(l->op) <= sizeof l->options);
    assert_int_equal(weir_op_set(l->op, l->options, name, text), WEIR_OK);
    l->has_options = true;
    return value;
}

static const void *options_of(const link *l)
{
    return l->has_options ? l->options : NULL;
}

static weir_status try_op(weir_expr *e, const link *l, const weir_node *nodes, weir_node *out)
{
    weir_node in[W_MAX_IN];
    for (size_t i = 0; i < l->n_in; i++)
        in[i] = l->in[i] == ABSENT ? 0 : nodes[l->in[i]];
    return weir_expr_op(e, l->op, options_of(l), in, l->n_in, out);
}

static weir_expr *build(weir_context *context, const recipe *r)
{
    weir_expr *e = NULL;
    weir_node nodes[FIRST_OP + MAX_OPS] = {0};
    assert_int_equal(weir_expr_create(context, &e), WEIR_OK);
    for (size_t i = 0; i < r->n_in; i++)
        assert_int_equal(weir_expr_input(e, r->in[i], &nodes[i]), WEIR_OK);
    for (size_t k = 0; k < r->n_ops; k++)
        if (try_op(e, &r->op[k], nodes, &nodes[FIRST_OP + k]) != WEIR_OK)
            fail_msg("operation %zu: %s", k, weir_message(NULL));
    if (weir_expr_output(e, nodes[FIRST_OP + r->n_ops - 1]) != WEIR_OK)
        fail_msg("%s", weir_message(NULL));
    return e;
}

// ---------------------------------------------------------------- arrays

static void fill(const weir_array *a, random_state *r)
{
    int64_t index[WEIR_MAX_RANK] = {0};
    for (bool more = w_array_count(a) > 0; more; more = next_index(a, index)) {
        uint64_t bits = random_bits(r) | (uint64_t)random_bits(r) << 32;
        if (is_float(a->dtype))
            bits = encode_float(random_float(r, random_below(r, 4) != 0), a->dtype);
        else if (a->dtype == WEIR_BOOL)
            bits &= 1;
        memcpy(element(a, index), &bits, weir_dtype_size(a->dtype));
    }
}

static weir_array room(const weir_array *like)
{
    weir_array a = weir_array_dense(NULL, like->dtype, like->rank, like->shape);
    a.data = calloc((size_t)w_array_count(&a) + 1, 8);
    assert_non_null(a.data);
    return a;
}

// The operations one by one; the caller frees the result's data.
static weir_array separately(weir_context *context, const recipe *r, const weir_array *in)
{
    weir_array value[FIRST_OP + MAX_OPS];
    memcpy(value, in, r->n_in * sizeof *in);
    for (size_t k = 0; k < r->n_ops; k++) {
        const link *l = &r->op[k];
        weir_array x[W_MAX_IN], y;
        for (size_t i = 0; i < l->n_in; i++)
            x[i] = l->in[i] == ABSENT ? (weir_array){0} : value[l->in[i]];
        if (weir_infer(context, l->op, options_of(l), x, l->n_in, &y, 1) != WEIR_OK)
            fail_msg("operation %zu: %s", k, weir_message(NULL));
        y = value[FIRST_OP + k] = room(&y);
        if (weir_run(context, l->op, options_of(l), x, l->n_in, &y, 1, NULL) != WEIR_OK)
            fail_msg("operation %zu: %s", k, weir_message(NULL));
    }
    for (size_t k = 0; k + 1 < r->n_ops; k++)
        free(value[FIRST_OP + k].data);
    return value[FIRST_OP + r->n_ops - 1];
}

static size_t compare(const weir_array *want, const weir_array *got, const char *where)
{
    size_t wrong = 0, n = 0;
    int64_t index[WEIR_MAX_RANK] = {0};
    for (bool more = w_array_count(want) > 0; more; more = next_index(want, index), n++) {
        uint64_t a = load_bits(element(want, index), want->dtype);
        uint64_t b = load_bits(element(got, index), got->dtype);
        if (!same_bits(a, b, want->dtype) && !wrong++)
            print_error("%s: element %zu is 0x%" PRIx64 ", not 0x%" PRIx64 "\n", where, n, b, a);
    }
    return wrong;
}

// One pass, or one for each operation where that is asked for. Vulkan's loop of reductions takes
// what comes before as a pass of its own; without libshaderc it runs all of them one by one.
static size_t check_launches(const target *t, const recipe *r, uint64_t launches, bool empty,
                             const char *where)
{
    bool vulkan = !strcmp(t->info.backend, "vulkan");
    bool reduces = w_op_get(r->op[r->n_ops - 1].op)->family == W_REDUCE && r->n_ops > 1;
    uint64_t most = vulkan && reduces ? 2 : 1;
    if (t->context->separate_chains || (vulkan && !getenv("WEIR_TEST_SHADERC")))
        most = r->n_ops;
    if (launches == most || (empty && !launches))
        return 0;
    print_error("%s: %" PRIu64 " launches for %zu operations, not %" PRIu64 "\n", where, launches,
                r->n_ops, most);
    return 1;
}

// What a failure is about: inputs are values 0.., operations from FIRST_OP on.
static void print_recipe(const recipe *r, const weir_array *in)
{
    char text[200];
    for (size_t i = 0; i < r->n_in; i++)
        print_error("  %zu: %s\n", i, w_array_text(&in[i], text, sizeof text));
    for (size_t k = 0; k < r->n_ops; k++) {
        print_error("  %d: %s(", FIRST_OP + (int)k, w_op_get(r->op[k].op)->name);
        for (size_t i = 0; i < r->op[k].n_in; i++)
            print_error(i ? ", %" PRId32 : "%" PRId32, r->op[k].in[i]);
        print_error(")\n");
    }
}

// Runs the expression on a target and compares; counts what differs. `any`: a device may lack what
// it takes, but not fail its self-test, and take any number of launches.
static size_t check(target *t, const recipe *r, const weir_array *in, const weir_array *want,
                    layout form, bool any, const char *name)
{
    random_state state = 3;
    char where[128];
    held out;
    weir_array shape;
    weir_call_options call = {.struct_size = sizeof call, .device = t->device};
    weir_expr *e = build(t->context, r);
    snprintf(where, sizeof where, "%.40s: %.40s%s", t->name, name,
             t->context->separate_chains ? ", separately" : "");
    assert_int_equal(weir_expr_infer(e, in, r->n_in, &shape), WEIR_OK);
    assert_int_equal(shape.dtype, want->dtype);
    assert_int_equal(shape.rank, want->rank);
    assert_memory_equal(shape.shape, want->shape, (size_t)want->rank * sizeof *want->shape);
    held_make(&out, want->dtype, want->rank, want->shape, form, true, &state);
    weir_stats before, after;
    weir_stats_get(t->context, &before);
    weir_status status = weir_expr_run(e, in, r->n_in, &out.view, &call);
    bool lacks = any && status == WEIR_UNAVAILABLE && !strstr(weir_message(NULL), "self-test");
    if (status != WEIR_OK && !lacks) {
        print_recipe(r, in);
        fail_msg("%s: %s", where, weir_message(NULL));
    }
    weir_stats_get(t->context, &after);
    size_t wrong = (lacks ? 0 : compare(want, &out.view, where)) + held_damage(&out);
    if (!any)
        wrong +=
            check_launches(t, r, after.launches - before.launches, !w_array_count(want), where);
    held_free(&out);
    weir_expr_release(e);
    return wrong;
}

// ---------------------------------------------------------------- what devices run too

typedef struct shape {
    int32_t rank;
    int64_t dims[4];
    layout form;
} shape;

static void affine(recipe *r)
{
    int32_t x = input(r, WEIR_F32), w = input(r, WEIR_F32), b = input(r, WEIR_F32);
    int32_t y = add(r, WEIR_OP_MUL, 2, x, w, 0);
    y = add(r, WEIR_OP_ADD, 2, y, b, 0);
    add(r, WEIR_OP_TANH, 1, y, 0, 0);
}

// Rounded between its operations, and used twice.
static void halves(recipe *r)
{
    int32_t x = input(r, WEIR_F16), y = input(r, WEIR_F16);
    int32_t sum = add(r, WEIR_OP_ADD, 2, x, y, 0);
    int32_t gate = add(r, WEIR_OP_SIGMOID, 1, sum, 0, 0);
    gate = with(r, add(r, WEIR_OP_SCALE_SHIFT, 1, gate, 0, 0), "scale", "1.25");
    add(r, WEIR_OP_MUL, 2, gate, sum, 0);
}

static void requantize(recipe *r)
{
    int32_t x = input(r, WEIR_U8), scale = input(r, WEIR_F32), zero = input(r, WEIR_U8);
    int32_t scale_2 = input(r, WEIR_F32), zero_2 = input(r, WEIR_U8);
    int32_t y = add(r, WEIR_OP_DEQUANTIZE_LINEAR, 3, x, scale, zero);
    y = add(r, WEIR_OP_CLAMP, 2, add(r, WEIR_OP_TANH, 1, y, 0, 0), ABSENT, 0);
    add(r, WEIR_OP_QUANTIZE_LINEAR, 3, y, scale_2, zero_2);
}

static void distance(recipe *r)
{
    int32_t x = input(r, WEIR_F32), y = input(r, WEIR_F32);
    int32_t d = add(r, WEIR_OP_SUB, 2, x, y, 0);
    d = add(r, WEIR_OP_MUL, 2, d, d, 0);
    add(r, WEIR_OP_REDUCE_SUM, 1, d, 0, 0);
}

static void rows(recipe *r)
{
    int32_t x = input(r, WEIR_F32), y = input(r, WEIR_F32);
    int32_t d = add(r, WEIR_OP_ABS, 1, add(r, WEIR_OP_SUB, 2, x, y, 0), 0, 0);
    with(r, add(r, WEIR_OP_ARGMAX, 1, d, 0, 0), "axis", "1");
}

// Several classes: floats, truth values, integers.
static void mixed(recipe *r)
{
    int32_t x = input(r, WEIR_F32), y = input(r, WEIR_F32), n = input(r, WEIR_S32);
    int32_t more = add(r, WEIR_OP_GREATER, 2, x, y, 0);
    int32_t less = add(r, WEIR_OP_LOGICAL_NOT, 1, more, 0, 0);
    int32_t z = add(r, WEIR_OP_WHERE, 3, less, x, y);
    z = with(r, add(r, WEIR_OP_CAST, 1, z, 0, 0), "to", "s32");
    add(r, WEIR_OP_ADD, 2, z, n, 0);
}

static void wide(recipe *r)
{
    int32_t x = input(r, WEIR_F32), y = input(r, WEIR_F64);
    int32_t z = with(r, add(r, WEIR_OP_CAST, 1, x, 0, 0), "to", "f64");
    z = add(r, WEIR_OP_EXP, 1, add(r, WEIR_OP_MIN, 2, z, y, 0), 0, 0);
    add(r, WEIR_OP_REDUCE_MAX, 1, z, 0, 0);
}

static void mean(recipe *r)
{
    int32_t x = input(r, WEIR_BF16), y = input(r, WEIR_BF16);
    with(r, add(r, WEIR_OP_REDUCE_MEAN, 1, add(r, WEIR_OP_MUL, 2, x, y, 0), 0, 0), "axes", "0");
}

// More operands than three: their number is part of the text that devices compile.
static void average(recipe *r)
{
    int32_t x = input(r, WEIR_F32), y = input(r, WEIR_F32);
    int32_t z = add(r, WEIR_OP_MEAN, 5, x, y, add(r, WEIR_OP_MUL, 2, x, y, 0));
    link *l = &r->op[z - FIRST_OP];
    l->in[3] = y;
    l->in[4] = x;
    z = add(r, WEIR_OP_MAX, 4, z, y, x);
    r->op[z - FIRST_OP].in[3] = l->in[2];
}

// A NaN that an operation made has the sign that the processor gave it.
static void no_sign(recipe *r)
{
    int32_t x = input(r, WEIR_F32);
    add(r, WEIR_OP_COPYSIGN, 2, x, add(r, WEIR_OP_LOG2, 1, x, 0, 0), 0);
}

// What wraps between two operations of an expression wraps there, not at its end.
static void wrap(recipe *r, weir_dtype dtype)
{
    int32_t x = input(r, dtype), y = input(r, dtype);
    int32_t z = add(r, WEIR_OP_ADD, 2, x, x, 0);
    z = add(r, WEIR_OP_MUL, 2, add(r, WEIR_OP_MIN, 2, z, x, 0), y, 0);
    z = with(r, add(r, WEIR_OP_CAST, 1, z, 0, 0), "to", "f32");
    add(r, WEIR_OP_ADD, 2, z, z, 0);
}

static void wrap_u8(recipe *r)
{
    wrap(r, WEIR_U8);
}

static void wrap_s8(recipe *r)
{
    wrap(r, WEIR_S8);
}

static void wrap_s16(recipe *r)
{
    wrap(r, WEIR_S16);
}

static void wrap_s32(recipe *r)
{
    wrap(r, WEIR_S32);
}

// The least of what has wrapped.
static void least(recipe *r)
{
    int32_t x = input(r, WEIR_U8);
    add(r, WEIR_OP_ARGMIN, 1, add(r, WEIR_OP_ADD, 2, x, x, 0), 0, 0);
}

static void only_sum(recipe *r)
{
    add(r, WEIR_OP_REDUCE_SUM, 1, input(r, WEIR_F16), 0, 0);
}

static const struct known {
    const char *name;
    void (*make)(recipe *r);
    shape in[W_MAX_IN];
    layout out;
    bool cpu_only;
} knowns[] = {
    {"affine", affine, {{2, {37, 129}, DENSE}, {1, {129}, DENSE}, {0, {0}, DENSE}}, DENSE, false},
    {"affine", affine, {{3, {5, 7, 3}, GAPS}, {1, {3}, DENSE}, {2, {7, 1}, DENSE}}, MIXED, true},
    {"affine", affine, {{1, {9001}, DENSE}, {1, {1}, DENSE}, {1, {9001}, NEGATIVE}}, DENSE, true},
    {"affine", affine, {{2, {0, 129}, DENSE}, {1, {129}, DENSE}, {0, {0}, DENSE}}, DENSE, true},
    {"halves", halves, {{2, {67, 61}, DENSE}, {2, {67, 61}, TRANSPOSED}}, DENSE, false},
    {"halves", halves, {{2, {67, 61}, DENSE}, {2, {1, 61}, DENSE}}, GAPS, true},
    {"requantize", requantize, {{2, {33, 65}, DENSE}}, DENSE, false},
    {"distance", distance, {{2, {5, 4099}, DENSE}, {1, {4099}, DENSE}}, DENSE, false},
    {"distance", distance, {{3, {5, 11, 41}, MIXED}, {1, {1}, DENSE}}, DENSE, true},
    {"distance", distance, {{2, {5, 0}, DENSE}, {1, {1}, DENSE}}, DENSE, true},
    {"rows", rows, {{2, {70, 131}, DENSE}, {1, {131}, DENSE}}, DENSE, false},
    {"mixed", mixed, {{2, {19, 70}, DENSE}, {2, {19, 1}, DENSE}, {1, {70}, DENSE}}, DENSE, false},
    {"wide", wide, {{2, {9, 700}, DENSE}, {1, {700}, DENSE}}, DENSE, true},
    {"mean", mean, {{2, {300, 17}, DENSE}, {2, {300, 17}, DENSE}}, DENSE, true},
    {"average", average, {{2, {21, 130}, DENSE}, {1, {130}, DENSE}}, DENSE, false},
    {"no_sign", no_sign, {{2, {21, 130}, DENSE}}, DENSE, false},
    {"wrap_u8", wrap_u8, {{2, {21, 130}, DENSE}, {1, {130}, DENSE}}, DENSE, false},
    {"wrap_s8", wrap_s8, {{2, {21, 130}, DENSE}, {1, {130}, DENSE}}, DENSE, false},
    {"wrap_s16", wrap_s16, {{2, {21, 130}, DENSE}, {1, {130}, DENSE}}, DENSE, false},
    {"wrap_s32", wrap_s32, {{2, {21, 130}, DENSE}, {1, {130}, DENSE}}, DENSE, false},
    {"least", least, {{2, {21, 130}, DENSE}}, DENSE, false},
    {"only_sum", only_sum, {{2, {3, 5000}, GAPS}}, DENSE, true},
};

static weir_array make_input(const shape *s, weir_dtype dtype, held *h, random_state *state)
{
    held_make(h, dtype, s->rank, s->dims, s->form, false, state);
    fill(&h->view, state);
    return h->view;
}

static void known_expressions(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < W_COUNT(knowns); i++) {
        const struct known *k = &knowns[i];
        recipe r = {.n_in = 0};
        random_state random = test_seed() + i;
        weir_array in[W_MAX_IN];
        held memory[W_MAX_IN];
        k->make(&r);
        for (size_t n = 0; n < r.n_in; n++)
            in[n] = make_input(&k->in[n], r.in[n], &memory[n], &random);
        weir_array want = separately(targets[0].context, &r, in);
        for (size_t t = 0; t < target_count; t++) {
            bool device = strcmp(targets[t].info.backend, "cpu") != 0;
            if (device && k->cpu_only)
                continue;
            wrong += check(&targets[t], &r, in, &want, k->out, false, k->name);
            targets[t].context->separate_chains = true;
            if (device)
                wrong += check(&targets[t], &r, in, &want, k->out, false, k->name);
            targets[t].context->separate_chains = false;
        }
        free(want.data);
        for (size_t n = 0; n < r.n_in; n++)
            held_free(&memory[n]);
    }
    assert_int_equal(wrong, 0);
}

// ---------------------------------------------------------------- random ones

// A recipe that grows with an expression, which says what is allowed.
typedef struct grown {
    recipe r;
    weir_expr *e;
    weir_node node[FIRST_OP + MAX_OPS];
    weir_dtype dtype[FIRST_OP + MAX_OPS];
    bool used[FIRST_OP + MAX_OPS];
} grown;

static bool grow(grown *g, const link *l)
{
    int32_t value = FIRST_OP + (int32_t)g->r.n_ops;
    if (g->r.n_ops == MAX_OPS || try_op(g->e, l, g->node, &g->node[value]) != WEIR_OK)
        return false;
    weir_array in[W_MAX_IN] = {0}, out;
    for (size_t i = 0; i < l->n_in; i++)
        if (l->in[i] != ABSENT)
            in[i].dtype = g->dtype[l->in[i]], g->used[l->in[i]] = true;
    weir_infer(targets[0].context, l->op, options_of(l), in, l->n_in, &out, 1);
    g->dtype[value] = out.dtype;
    g->r.op[g->r.n_ops++] = *l;
    return true;
}

static int32_t any_value(const grown *g, random_state *s)
{
    uint32_t n = random_below(s, (uint32_t)(g->r.n_in + g->r.n_ops));
    return n < g->r.n_in ? (int32_t)n : FIRST_OP + (int32_t)(n - g->r.n_in);
}

static void try_random_op(grown *g, random_state *s)
{
    const w_op *op = &w_ops[random_below(s, (uint32_t)w_op_count)];
    link l = {.op = op->number, .n_in = op->n_required};
    if (op->family != W_MAP || op->in[0].kind == W_PIXEL)
        return;
    if (l.n_in < op->n_in)
        l.n_in += random_below(s, op->n_in - op->n_required + 1);
    for (size_t i = 0; i < l.n_in; i++) {
        l.in[i] = any_value(g, s);
        for (int tries = 0; i && tries < 20 && g->dtype[l.in[i]] != g->dtype[l.in[0]]; tries++)
            l.in[i] = any_value(g, s);
        bool optional = op->in[i].kind == W_OPT || op->in[i].kind == W_OPT_AXIS;
        if (op->in[i].kind == W_AXIS || (optional && random_below(s, 2)))
            l.in[i] = ABSENT;
    }
    if (op->n_attr && op->attr[0].kind == W_DTYPE) {
        static const char *const dtypes[] = {"f16", "bf16", "f32", "s32", "u8", "s64", "f64"};
        weir_op_set(l.op, l.options, op->attr[0].name, dtypes[random_below(s, 7)]);
        l.has_options = true;
    }
    grow(g, &l);
}

// What nothing uses yet is cast to f32 and added; then, perhaps, reduced.
static void bring_together(grown *g, random_state *s)
{
    int32_t sum = ABSENT;
    for (int32_t v = 0; v < FIRST_OP + (int32_t)g->r.n_ops; v++) {
        if (g->used[v] || (v < FIRST_OP && v >= (int32_t)g->r.n_in) || v == sum)
            continue;
        link cast = {.op = WEIR_OP_CAST, .in = {v}, .n_in = 1, .has_options = true};
        weir_op_set(WEIR_OP_CAST, cast.options, "to", "f32");
        assert_true(grow(g, &cast));
        int32_t value = FIRST_OP + (int32_t)g->r.n_ops - 1;
        g->used[value] = true;
        link both = {.op = WEIR_OP_ADD, .in = {sum, value}, .n_in = 2};
        if (sum != ABSENT)
            assert_true(grow(g, &both));
        sum = FIRST_OP + (int32_t)g->r.n_ops - 1;
        g->used[sum] = true;
    }
    static const weir_op reducers[] = {WEIR_OP_REDUCE_SUM, WEIR_OP_REDUCE_MAX, WEIR_OP_ARGMIN,
                                       WEIR_OP_REDUCE_L2};
    link last = {.op = reducers[random_below(s, 4)], .in = {sum}, .n_in = 1};
    if (random_below(s, 2))
        assert_true(grow(g, &last));
}

static size_t random_expression(uint32_t number)
{
    static const weir_dtype dtypes[] = {WEIR_F32, WEIR_F32,  WEIR_F16, WEIR_BF16, WEIR_S32,
                                        WEIR_U8,  WEIR_BOOL, WEIR_S64, WEIR_F64};
    random_state s = test_seed() * 1000 + number;
    grown g = {.e = NULL};
    char name[32];
    snprintf(name, sizeof name, "random %" PRIu32, number);
    assert_int_equal(weir_expr_create(targets[0].context, &g.e), WEIR_OK);
    for (uint32_t n = 1 + random_below(&s, 4); n > 0; n--) {
        int32_t v = input(&g.r, dtypes[random_below(&s, W_COUNT(dtypes))]);
        g.dtype[v] = g.r.in[v];
        assert_int_equal(weir_expr_input(g.e, g.r.in[v], &g.node[v]), WEIR_OK);
    }
    for (uint32_t tries = 10 + random_below(&s, 60); tries > 0 && g.r.n_ops < 8; tries--)
        try_random_op(&g, &s);
    bring_together(&g, &s);
    weir_expr_release(g.e);

    weir_array in[W_MAX_IN];
    held memory[W_MAX_IN];
    int64_t dims[2] = {1 + random_below(&s, 40), 1 + random_below(&s, 3000)};
    for (size_t i = 0; i < g.r.n_in; i++) {
        shape one = {2, {dims[0], dims[1]}, (layout)random_below(&s, LAYOUTS)};
        for (int axis = 0; i && axis < 2; axis++)
            one.dims[axis] = random_below(&s, 4) ? one.dims[axis] : 1;
        in[i] = make_input(&one, g.r.in[i], &memory[i], &s);
    }
    weir_array want = separately(targets[0].context, &g.r, in);
    size_t wrong = 0;
    for (size_t t = 0; t < target_count; t++)
        if (is_cpu(&targets[t]) || number % 16 == 0)
            wrong += check(&targets[t], &g.r, in, &want, random_below(&s, 2) ? DENSE : MIXED,
                           !is_cpu(&targets[t]), name);
    if (wrong)
        print_recipe(&g.r, in);
    free(want.data);
    for (size_t i = 0; i < g.r.n_in; i++)
        held_free(&memory[i]);
    return wrong;
}

static void random_expressions(void **state)
{
    (void)state;
    size_t wrong = 0, count = full_run() ? 2000 : 60;
    for (uint32_t i = 0; i < count; i++)
        wrong += random_expression(i);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_expressions),
                                       cmocka_unit_test(random_expressions)};
    return cmocka_run_group_tests_name("expr", tests, targets_open, targets_close);
}
