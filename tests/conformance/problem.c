// SPDX-License-Identifier: Apache-2.0
// Makes a call of any operation from numbers: dtypes, attributes, inputs, room for the outputs.
#include "tests/conformance/problem.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// ---------------------------------------------------------------- combinations of dtypes

enum { VARIADIC_INPUTS = 3 }; // of those that take up to 8

static bool is_optional(const w_op *op, uint32_t i)
{
    w_input_kind kind = op->in[i].kind;
    return kind == W_OPT || kind == W_OPT_AXIS || kind == W_HOST;
}

// Choice number `number` of input i: its dtypes in order, then absent. Returns how many there are.
static size_t choose(const w_op *op, uint32_t i, size_t number, const weir_dtype *before,
                     weir_dtype *out)
{
    uint32_t set = op->in[i].dtypes;
    size_t count = 0;
    *out = WEIR_DTYPE_NONE;
    if (op->family == W_MOVE && op->in[i].kind == W_HOST) { // lists that are always there
        *out = WEIR_S64;
        return 1;
    }
    if (op->in[i].kind == W_VARIADIC && i >= VARIADIC_INPUTS)
        return 1; // absent
    if (set & W_LIKE(0)) {
        if (number == 0)
            *out = before[set & 0xff];
        count = 1;
    } else {
        for (int d = WEIR_BOOL; d <= WEIR_F64; d++)
            if (set >> d & 1 && count++ == number)
                *out = (weir_dtype)d;
    }
    return count + is_optional(op, i);
}

size_t combination_count(const w_op *op)
{
    weir_dtype unused, before[W_MAX_IN] = {0};
    size_t count = 1;
    for (uint32_t i = 0; i < op->n_in; i++)
        count *= choose(op, i, 0, before, &unused);
    return count;
}

void combination_get(const w_op *op, size_t number, weir_dtype dtypes[W_MAX_IN], char text[64])
{
    size_t at = 0;
    text[0] = 0;
    for (uint32_t i = 0; i < op->n_in; i++) {
        size_t count = choose(op, i, 0, dtypes, &dtypes[i]);
        choose(op, i, number % count, dtypes, &dtypes[i]);
        number /= count;
        at += (size_t)snprintf(text + at, 64 - at, "%s%s", i ? "," : "",
                               dtypes[i] == WEIR_DTYPE_NONE ? "-" : weir_dtype_name(dtypes[i]));
    }
}

// ---------------------------------------------------------------- attributes

attribute *problem_attribute(problem *p, const char *name)
{
    for (uint32_t a = 0; a < p->op->n_attr; a++)
        if (!strcmp(p->op->attr[a].name, name))
            return &p->attr[a];
    return NULL;
}

const attribute *attribute_get(const problem *p, const char *name)
{
    return problem_attribute((problem *)p, name);
}

void problem_set_int(problem *p, const char *name, int32_t value)
{
    attribute *a = problem_attribute(p, name);
    if (a) {
        a->given = true;
        a->i = value;
    }
}

static const uint32_t attribute_bits[] = {0x3f000000u, 0xc0300000u, 0x437f0000u, 0x80000000u,
                                          0x00000000u, 0x7149f2cau, 0x00012345u, 0x3eaaaaabu};
// Which overflow together, though what they are multiplied by may bring them back: 2e38, 2, 1e20.
static const uint32_t overflowing_bits[] = {0x7f167699u, 0x40000000u, 0x60ad78ecu};

static float allowed(const w_op_attr *attr, float f)
{
    return attr->positive ? fabsf(f) + 0x1p-20f : f;
}

enum { ATTRIBUTES = W_COUNT(attribute_bits) + W_COUNT(overflowing_bits) };

static float other_attribute(size_t number)
{
    const size_t usual = W_COUNT(attribute_bits);
    float f;
    memcpy(&f, number < usual ? &attribute_bits[number] : &overflowing_bits[number - usual],
           sizeof f);
    return f;
}

static float random_attribute(random_state *r, float standard)
{
    float f = other_attribute(random_below(r, W_COUNT(attribute_bits)));
    return random_below(r, 2) ? standard : f;
}

// One for each combination of dtypes, for each is a program for a driver to compile.
static weir_op choose_operation(const weir_dtype *dtypes)
{
    static const weir_op some[] = {WEIR_OP_RELU, WEIR_OP_LEAKY_RELU, 0};
    return some[((uint32_t)dtypes[0] + (dtypes[2] != WEIR_DTYPE_NONE)) % W_COUNT(some)];
}

// Defaults in every second problem; else anything. What depends on a shape is set by the family.
static void make_attributes(problem *p, const weir_dtype *dtypes, random_state *r)
{
    bool defaults = random_below(r, 2) == 0;
    for (uint32_t i = 0; i < p->op->n_attr; i++) {
        const w_op_attr *attr = &p->op->attr[i];
        attribute *a = &p->attr[i];
        *a = (attribute){.f = attr->f, .i = attr->i};
        if (attr->kind == W_DTYPE) {
            a->given = true;
            a->i = WEIR_BOOL + (int32_t)random_below(r, WEIR_F64);
            continue;
        }
        if (attr->kind == W_OPERATION) {
            a->i = (int32_t)choose_operation(dtypes);
            a->given = a->i;
            continue;
        }
        if (defaults || attr->kind == W_INTS || !strcmp(attr->name, "axis"))
            continue;
        a->given = true;
        if (attr->kind == W_FLOAT)
            a->f = allowed(attr, random_attribute(r, attr->f));
        else
            a->i = (int32_t)random_below(r, 2); // every other integer is a switch
    }
}

static void write_options(problem *p)
{
    char text[128];
    memset(p->options, 0, sizeof p->options);
    assert_true(weir_op_options_size(p->op->number) <= sizeof p->options);
    uint32_t size = (uint32_t)weir_op_options_size(p->op->number);
    memcpy(p->options, &size, sizeof size);
    for (uint32_t i = 0; i < p->op->n_attr; i++) {
        const attribute *a = &p->attr[i];
        if (!a->given)
            continue;
        text[0] = 0;
        if (p->op->attr[i].kind == W_FLOAT)
            snprintf(text, sizeof text, "%.9g", (double)a->f);
        else if (p->op->attr[i].kind == W_DTYPE)
            snprintf(text, sizeof text, "%s", weir_dtype_name((weir_dtype)a->i));
        else if (p->op->attr[i].kind == W_OPERATION)
            snprintf(text, sizeof text, "%s", w_op_get((weir_op)a->i)->name);
        else if (p->op->attr[i].kind != W_INTS)
            snprintf(text, sizeof text, "%" PRId32, a->i);
        for (int32_t k = 0; k < a->n; k++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%" PRId32, k ? "," : "",
                     a->ints[k]);
        weir_status status = weir_op_set(p->op->number, p->options, p->op->attr[i].name, text);
        if (status != WEIR_OK)
            fail_msg("%s", weir_message(NULL));
        size_t used = strlen(p->label);
        snprintf(p->label + used, sizeof p->label - used, " %s=%s", p->op->attr[i].name, text);
    }
}

bool problem_attributes(problem *p, size_t number)
{
    for (uint32_t i = 0; i < p->op->n_attr; i++) {
        const w_op_attr *attr = &p->op->attr[i];
        if (attr->kind != W_FLOAT)
            continue;
        p->attr[i].given = true;
        p->attr[i].f = allowed(attr, other_attribute(number % ATTRIBUTES));
        number /= ATTRIBUTES;
    }
    strrchr(p->label, ':')[1] = 0;
    write_options(p);
    return number == 0;
}

// ---------------------------------------------------------------- inputs

// Any bits or a small number, so that divisors, shifts and comparisons meet; of a float any bits or
// one of everyday size with all its digits.
static uint64_t other_bits(uint64_t bits, float f, bool moderate, weir_dtype dtype, random_state *r)
{
    if (is_float(dtype)) {
        double wide = f + (double)f * 0x1p-30 * (double)(bits >> 44);
        return moderate || random_below(r, 2) ? encode_float(wide, dtype) : bits;
    }
    return random_below(r, 2) ? bits : (uint64_t)((int64_t)random_below(r, 41) - 8);
}

static void fill(const problem *p, const held *h, random_state *r)
{
    const weir_array *a = &h->view;
    size_t size = weir_dtype_size(a->dtype);
    int64_t index[WEIR_MAX_RANK] = {0};
    for (bool more = w_array_count(a) > 0; more; more = next_index(a, index)) {
        uint64_t bits = (uint64_t)random_bits(r) << 32 | random_bits(r);
        float f = random_float(r, p->moderate);
        if (a->dtype == WEIR_BOOL)
            bits &= 1;
        else if (a->dtype != WEIR_U8 && a->dtype != WEIR_S8 && a->dtype != WEIR_F32)
            bits = other_bits(bits, f, p->moderate, a->dtype, r);
        memcpy(element(a, index), a->dtype == WEIR_F32 ? (void *)&f : (void *)&bits, size);
    }
}

void problem_input(problem *p, uint32_t i, weir_dtype dtype, int32_t rank, const int64_t *shape,
                   layout form, random_state *r)
{
    held_make(&p->in[i], dtype, rank, shape, form, false, r);
    fill(p, &p->in[i], r);
}

static bool is_vector(const w_op *op, uint32_t i)
{
    return op->in[i].kind == W_AXIS || op->in[i].kind == W_OPT_AXIS;
}

static void broadcast_input(problem *p, uint32_t i, weir_dtype dtype, const shape_row *row,
                            random_state *r)
{
    int64_t shape[WEIR_MAX_RANK + 1];
    int32_t rank = row->rank, drop = 0;
    if (row->mode == MAP_SCALAR && i > 0)
        drop = rank;
    if (row->mode == MAP_TAIL)
        drop = W_MIN((int32_t)i, rank);
    rank -= drop;
    for (int32_t k = 0; k < rank; k++)
        shape[k] = row->mode == MAP_ONES && ((uint32_t)k + i) % 3 == 1 ? 1 : row->dims[k + drop];
    if (p->op->in[i].kind == W_PIXEL) {
        rank = W_MIN(rank, WEIR_MAX_RANK - 1);
        shape[rank++] = w_op_operands(p->op, i);
    }
    problem_input(p, i, dtype, rank, shape, row->form, r);
}

static void map_inputs(problem *p, const weir_dtype *dtypes, const shape_row *row, random_state *r)
{
    const w_op *op = p->op;
    weir_array out[W_MAX_OUT];
    for (uint32_t i = 0; i < op->n_in; i++)
        if (dtypes[i] != WEIR_DTYPE_NONE && !is_vector(op, i))
            broadcast_input(p, i, dtypes[i], row, r);
    expected_shapes(p, out);
    // The axis of every vector, counted from the front or the back.
    int32_t rank = out[0].rank, axis = rank ? (int32_t)random_below(r, (uint32_t)rank) : 0;
    if (rank)
        problem_set_int(p, "axis", random_below(r, 2) ? axis : axis - rank);
    for (uint32_t i = 0; i < op->n_in; i++) {
        bool vector = rank && random_below(r, 3);
        if (dtypes[i] != WEIR_DTYPE_NONE && is_vector(op, i))
            problem_input(p, i, dtypes[i], vector ? 1 : 0, &out[0].shape[axis], row->form, r);
    }
}

bool is_transposed(const problem *p, uint32_t i)
{
    char name[32];
    snprintf(name, sizeof name, "trans_%s", p->op->in[i].name);
    const attribute *a = attribute_get(p, name);
    return a && a->i;
}

static void matrix_input(problem *p, uint32_t i, weir_dtype dtype, int64_t rows, int64_t columns,
                         bool transposed, bool vector, layout form, random_state *r)
{
    int64_t shape[2] = {transposed ? columns : rows, transposed ? rows : columns};
    if (vector)
        shape[0] = rows * columns;
    problem_input(p, i, dtype, vector ? 1 : 2, shape, form, r);
}

// c broadcasts to the output, of which a vector's axis is no part; a zero point is one value or one
// for each row of a or column of b.
static void third_inputs(problem *p, const weir_dtype *dtypes, const shape_row *row, bool left,
                         bool right, random_state *r)
{
    int64_t m = row->dims[0], n = row->dims[1];
    for (uint32_t i = 2; i < p->op->n_in; i++) {
        if (dtypes[i] == WEIR_DTYPE_NONE)
            continue;
        bool real = is_float(dtypes[i]), rows = !real && i == 2;
        struct {
            int32_t rank;
            int64_t shape[2];
        } forms[] = {{0, {0, 0}},
                     {1, {rows ? m : n, 0}},
                     {2, {rows ? m : 1, rows ? 1 : n}},
                     {1, {1, 0}},
                     {2, {m, 1}},
                     {2, {m, n}}};
        uint32_t f = random_below(r, real ? 6 : 4);
        if (real && forms[f].rank == 2) {
            forms[f].rank -= left + right;
            forms[f].shape[0] = forms[f].shape[left];
        } else if (real && left && right) {
            forms[f].rank = 0;
        }
        problem_input(p, i, dtypes[i], forms[f].rank, forms[f].shape, row->form, r);
    }
}

static void contract_inputs(problem *p, const weir_dtype *dtypes, const shape_row *row,
                            random_state *r)
{
    int64_t m = row->dims[0], n = row->dims[1], k = row->dims[2];
    bool vectors = p->op->number != WEIR_OP_GEMM; // which takes none
    bool left = vectors && (row->mode == CONTRACT_LEFT_VECTOR || row->mode == CONTRACT_DOT);
    bool right = vectors && (row->mode == CONTRACT_RIGHT_VECTOR || row->mode == CONTRACT_DOT);
    matrix_input(p, 0, dtypes[0], m, k, is_transposed(p, 0), left, row->form, r);
    matrix_input(p, 1, dtypes[1], k, n, is_transposed(p, 1), right, row->form, r);
    third_inputs(p, dtypes, row, left, right, r);
}

// Input number i, a vector of integers.
static void add_list(problem *p, uint32_t i, int32_t n, const int64_t *list, random_state *r)
{
    int64_t shape[] = {n}, at[WEIR_MAX_RANK] = {0};
    held_make(&p->in[i], WEIR_S64, 1, shape, DENSE, false, r);
    for (at[0] = 0; at[0] < n; at[0]++)
        memcpy(element(&p->in[i].view, at), &list[at[0]], sizeof *list);
}

// Some axes in any order, each from anywhere to anywhere in steps of either sign.
static void slice_lists(problem *p, const shape_row *row, random_state *r)
{
    static const int64_t steps[] = {1, 2, -1, 3, -2, 1, -5};
    int64_t list[4][WEIR_MAX_RANK];
    int32_t n = 0;
    for (int32_t axis = row->rank - 1; axis >= 0; axis--) {
        uint32_t extent = (uint32_t)row->dims[axis];
        if (random_below(r, 4) == 0)
            continue;
        list[3][n] = steps[random_below(r, W_COUNT(steps))];
        bool forward = list[3][n] > 0;
        int64_t low = (int64_t)random_below(r, extent / 3 + 2) - 1,
                high = extent - (int64_t)random_below(r, extent / 3 + 2);
        list[0][n] = forward ? low : high;
        list[1][n] = random_below(r, 4) ? (forward ? high : low) : forward ? INT64_MAX : INT64_MIN;
        list[2][n++] = random_below(r, 2) ? axis : axis - row->rank;
    }
    for (uint32_t i = 0; i < 4; i++)
        add_list(p, i + 1, n, list[i], r);
}

static void expand_list(problem *p, const shape_row *row, random_state *r)
{
    int64_t list[WEIR_MAX_RANK];
    int32_t lead = row->rank < WEIR_MAX_RANK && random_below(r, 2);
    for (int32_t k = 0; k < row->rank + lead; k++)
        list[k] = k < lead                   ? 2
                  : row->dims[k - lead] == 1 ? 3
                  : random_below(r, 2)       ? 1
                                             : row->dims[k - lead];
    add_list(p, 1, row->rank + lead, list, r);
}

static void move_inputs(problem *p, const weir_dtype *dtypes, const shape_row *row, random_state *r)
{
    attribute *perm = problem_attribute(p, "perm");
    shape_row image = *row;
    if (problem_parts(p, dtypes, row, r))
        return;
    if (p->op->number == WEIR_OP_HWC_TO_CHW && row->rank < 3) { // it takes no less
        for (int32_t k = row->rank; k < 3; k++)
            image.dims[k] = k + 1;
        image.rank = 3;
    }
    problem_input(p, 0, dtypes[0], image.rank, image.dims, row->form, r);
    if (p->op->number == WEIR_OP_SLICE)
        slice_lists(p, row, r);
    if (p->op->number == WEIR_OP_EXPAND)
        expand_list(p, row, r);
    if (!perm || row->mode != MOVE_RANDOM)
        return;
    perm->given = true;
    perm->n = row->rank;
    for (int32_t i = 0; i < row->rank; i++)
        perm->ints[i] = i;
    for (int32_t i = row->rank - 1; i > 0; i--) {
        int32_t k = (int32_t)random_below(r, (uint32_t)i + 1), t = perm->ints[i];
        perm->ints[i] = perm->ints[k];
        perm->ints[k] = t;
    }
}

// ---------------------------------------------------------------- the whole

size_t shape_count(const w_op *op)
{
    return shape_total(op->family);
}

static bool has_input(const w_op *op, size_t combination, uint32_t i)
{
    weir_dtype dtypes[W_MAX_IN] = {0};
    char text[64];
    combination_get(op, combination, dtypes, text);
    return dtypes[i] != WEIR_DTYPE_NONE;
}

bool combination_has_f32(const w_op *op, size_t combination)
{
    weir_dtype dtypes[W_MAX_IN] = {0};
    char text[64];
    combination_get(op, combination, dtypes, text);
    for (uint32_t i = 0; i < op->n_in; i++)
        if (dtypes[i] == WEIR_F32)
            return true;
    return false;
}

// Each dtype is one more program for a driver to compile: f32 always, a tenth of the others at a
// time, or fewer. Moves, products and indices are few, and have kernels that nothing else reaches.
static bool takes_turns(const w_op *op, size_t combination)
{
    bool few = op->family == W_MOVE || op->family == W_CONTRACT ||
               (op->family == W_REDUCE && op->out[0].rule == W_FIXED) ||
               (op->family == W_SCAN && !has_input(op, combination, 1));
    return !few && !every_dtype() && combination_count(op) > 4 &&
           !combination_has_f32(op, combination);
}

bool shape_in_slice(const w_op *op, size_t combination, size_t shape, uint32_t seed)
{
    if (takes_turns(op, combination) &&
        !test_turn(test_seed(), op->number, combination, 0, 10 * test_thinning()))
        return false;
    // A fifth of the sizes; named shapes all, but for operations of many dtypes, where each dtype
    // has a fifth. A thin slice has a third of those at most.
    size_t part = shape_is_size(op->family, shape) || combination_count(op) > 4 ? 5 : 1;
    return test_turn(seed, op->number, combination, 1 + shape, part * W_MIN(test_thinning(), 3));
}

bool device_in_slice(const w_op *op, size_t combination)
{
    // Most of a slice's time goes to drivers' compilers: a program for each operation and dtypes.
    // So devices see a part of the operations; other commits see other parts.
    // Of those that take turns shape_in_slice() has left a few.
    if (every_dtype() || takes_turns(op, combination))
        return true;
    bool all = full_run() || op->family == W_MOVE || op->family == W_CONTRACT || w_op_is_index(op);
    size_t part = all || !combination_has_f32(op, combination) ? 1 : 6;
    return test_turn(test_seed() + 1, op->number, combination, 0, part * test_thinning());
}

static void make_outputs(problem *p, layout form, random_state *r)
{
    weir_array want[W_MAX_OUT];
    expected_shapes(p, want);
    for (uint32_t o = 0; o < p->op->n_out; o++) {
        held_make(&p->out[o], want[o].dtype, want[o].rank, want[o].shape, form, true, r);
        p->out_views[o] = p->out[o].view;
    }
}

void problem_make_row(problem *p, const w_op *op, size_t combination, const shape_row *row,
                      random_state r)
{
    static void (*const inputs[W_FAMILIES])(problem *, const weir_dtype *, const shape_row *,
                                            random_state *) = {
        [W_MAP] = map_inputs,        [W_REDUCE] = problem_rows,    [W_CONTRACT] = contract_inputs,
        [W_MOVE] = move_inputs,      [W_ROW] = problem_rows,       [W_SCAN] = problem_rows,
        [W_GATHER] = problem_gather, [W_HISTOGRAM] = problem_rows, [W_SAMPLE] = problem_sample,
    };
    weir_dtype dtypes[W_MAX_IN] = {0};
    char text[64];
    memset(p, 0, sizeof *p);
    p->op = op;
    combination_get(op, combination, dtypes, text);
    // Sums of anything are mostly NaN; one problem in four is enough.
    bool sums = op->family == W_CONTRACT || op->family == W_REDUCE || op->family == W_ROW ||
                op->family == W_SCAN;
    p->moderate = sums && random_below(&r, 4) != 0;
    snprintf(p->label, sizeof p->label, "%s(%s) \"%s\" %" PRId64 "x%" PRId64 "x%" PRId64 ":",
             op->name, text, row->name, row->rank > 0 ? row->dims[0] : 1,
             row->rank > 1 ? row->dims[1] : 1, row->rank > 2 ? row->dims[2] : 1);
    make_attributes(p, dtypes, &r);
    inputs[op->family](p, dtypes, row, &r);
    write_options(p);
    for (uint32_t i = 0; i < op->n_in; i++) {
        p->in_views[i] = p->in[i].view; // dtype none where absent
        if (p->in[i].memory)
            p->n_in = i + 1;
    }
    if (random_below(&r, 2))
        p->n_in = op->n_in; // absent ones may be left off the end, or be there without a dtype
    make_outputs(p, row->form, &r);
    bool index = w_op_is_index(op) || (op->family == W_HISTOGRAM && w_op_histogram_values(op) == 1);
    p->refused =
        index && w_array_count(&p->in_views[0]) == 0 && w_array_count(&p->out_views[0]) != 0;
}

void problem_make(problem *p, const w_op *op, size_t combination, size_t shape, uint32_t seed)
{
    shape_row row;
    shape_get(op->family, shape, &row);
    random_state r = ((uint64_t)seed << 40) ^ ((uint64_t)op->number << 28) ^ shape;
    // Of the dtypes, not of their number, so that a new one changes no other's problems.
    weir_dtype dtypes[W_MAX_IN] = {0};
    char text[64];
    combination_get(op, combination, dtypes, text);
    r ^= fnv1a(FNV_BEGIN, text, strlen(text)) << 14;
    problem_make_row(p, op, combination, &row, r);
}

void problem_free(problem *p)
{
    for (int i = 0; i < W_MAX_IN; i++)
        held_free(&p->in[i]);
    for (int o = 0; o < W_MAX_OUT; o++)
        held_free(&p->out[o]);
}
