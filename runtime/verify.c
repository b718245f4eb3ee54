// SPDX-License-Identifier: Apache-2.0
#include "runtime/verify.h"

#include "runtime/execute.h"
#include "runtime/ops/chain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// What the test found so far.
typedef struct distance {
    bool wrong;    // no distance can be stated
    bool flushed;  // a subnormal became zero
    uint32_t ulps; // the largest distance of two finite results
    char example[96];
} distance;

enum { MAX_ULPS = 1024 }; // further off than this is wrong

// ------------------------------------------------------------------------------------ the problem

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8 ^ *state << 13;
}

static uint32_t special_or_random(uint32_t i, uint32_t *state)
{
    static const uint32_t specials[] = {
        0x00000000u, 0x80000000u, 0x3f800000u, 0xbf800000u, 0x7f800000u, 0xff800000u, 0x7fc00000u,
        0x00000001u, 0x80000001u, 0x007fffffu, 0x00800000u, 0x7f7fffffu, 0xff7fffffu, 0x42b17218u,
        0xc2aeac50u, 0x3f000000u, 0x40490fdbu, 0x4b800000u, 0x4f000000u, 0x33800000u};
    uint32_t r = next_random(state);
    if (i % 8 == 0)
        return specials[r % W_COUNT(specials)];
    return i % 8 < 4 ? r : (r & 0x807fffffu) | (120 + r % 16) << 23; // any bits, or about 1
}

// Moderate values, so that sums stay finite and every term counts.
static uint32_t moderate(uint32_t *state)
{
    uint32_t r = next_random(state);
    return (r & 0x807fffffu) | (123 + r % 8) << 23;
}

// The bits of a narrower or wider float near an f32.
static uint64_t float_bits(uint32_t word, uint32_t more, weir_dtype dtype)
{
    float f;
    double d;
    uint64_t wide;
    memcpy(&f, &word, sizeof f);
    d = f;
    memcpy(&wide, &d, sizeof wide);
    if (dtype == WEIR_F64)
        return wide ^ more >> 4; // digits that an f32 lacks
    if (dtype == WEIR_BF16)
        return word >> 16;
    uint32_t exponent = word >> 23 & 0xff; // f16: the ends stay ends
    uint32_t code = exponent == 0xff ? 31
                    : exponent < 113 ? 0
                    : exponent > 142 ? 30
                                     : exponent - 112;
    return (word >> 16 & 0x8000) | code << 10 | (word >> 13 & 0x3ff);
}

static void fill(const weir_array *a, bool with_specials, uint32_t seed)
{
    uint32_t state = seed * 2654435761u + 1, *words = a->data;
    size_t size = weir_dtype_size(a->dtype), bytes = (size_t)w_array_count(a) * size;
    if (a->dtype == WEIR_F16 || a->dtype == WEIR_BF16 || a->dtype == WEIR_F64) {
        for (size_t i = 0; i < bytes / size; i++) {
            uint32_t word =
                with_specials ? special_or_random((uint32_t)i, &state) : moderate(&state);
            uint64_t element = float_bits(word, next_random(&state), a->dtype);
            memcpy((char *)a->data + i * size, &element, size);
        }
        return;
    }
    if (a->dtype == WEIR_F32) {
        for (size_t i = 0; i < bytes / 4; i++)
            words[i] = with_specials ? special_or_random((uint32_t)i, &state) : moderate(&state);
        return;
    }
    for (size_t i = 0; i < bytes; i++)
        ((uint8_t *)a->data)[i] =
            (uint8_t)(next_random(&state) & (a->dtype == WEIR_BOOL ? 1 : 255));
}

// Positions of either sign, and one in eight beyond the axis.
static void fill_indices(const weir_array *a, int64_t limit)
{
    uint32_t state = 12345;
    for (int64_t i = 0; i < w_array_count(a); i++) {
        int64_t index = (int64_t)(next_random(&state) >> 8) % (2 * limit) - limit;
        int32_t narrow = (int32_t)(i % 8 == 7 ? index + 2 * limit : index);
        index = narrow;
        if (a->dtype == WEIR_S64)
            ((int64_t *)a->data)[i] = index;
        else
            ((int32_t *)a->data)[i] = narrow;
    }
}

typedef struct problem {
    weir_array in[W_MAX_IN], expected[W_MAX_OUT], got[W_MAX_OUT];
    size_t n_in;
    uint32_t options[64]; // an options struct, where a value must be set
} problem;

enum { SHAPES = 2 };

static void set_shape(weir_array *a, int32_t rank, int64_t n0, int64_t n1, int64_t n2)
{
    a->rank = rank;
    a->shape[0] = n0;
    a->shape[1] = n1;
    a->shape[2] = n2;
}

// Whether an input of a product is its transpose by default.
static bool is_transposed(const w_op *op, uint32_t i)
{
    char name[32];
    snprintf(name, sizeof name, "trans_%s", op->in[i].name);
    for (uint32_t a = 0; a < op->n_attr; a++)
        if (!strcmp(op->attr[a].name, name))
            return op->attr[a].i;
    return false;
}

// Odd sizes beyond every tile, several blocks of a reduction, more than one segment of a product.
static void shape_input(const w_op *op, uint32_t i, int variant, weir_array *a)
{
    w_input_kind kind = op->in[i].kind;
    if (op->chain && kind == W_AXIS) {
        set_shape(a, 0, 0, 0, 0);
    } else if (op->family == W_MAP) {
        bool vector = kind == W_AXIS || kind == W_OPT_AXIS;
        set_shape(a,
                  vector            ? 1
                  : kind == W_PIXEL ? 3
                                    : 2,
                  vector ? 61 : 67, 61, w_op_operands(op, i));
    } else if (op->family == W_GATHER) {
        set_shape(a, i ? 1 : 2, i ? 37 : 65, 33, 0);
    } else if (op->family == W_REDUCE || op->family == W_ROW || op->family == W_SCAN ||
               op->family == W_HISTOGRAM) {
        bool labels = kind == W_LABELS;
        if (labels || op->in[op->n_in - 1].kind == W_LABELS)
            set_shape(a, labels ? 1 : 2, 67, 131, 0);
        else
            set_shape(a, variant ? 1 : 2, variant ? 9001 : 5, 131, 0);
    } else if (op->family == W_CONTRACT) {
        bool matrix_c = i == 2 && op->out[0].rule == W_SAME;
        int64_t k = variant ? 37 : 300, rows = i == 1 ? k : 19, columns = i == 0 ? k : 23;
        bool turned = is_transposed(op, i);
        set_shape(a, i < 2 || matrix_c ? 2 : 0, turned ? columns : rows, turned ? rows : columns,
                  0);
    } else {
        set_shape(a, variant ? 3 : 2, 33, 65, 3);
    }
}

// Larger along one axis, smaller along the other.
static void set_sizes(const w_op *op, uint32_t a, uint32_t *options)
{
    static const uint32_t sizes[] = {2, 71, 29};
    options[0] = (uint32_t)w_op_attr_offset(op, op->n_attr);
    memcpy(options + w_op_attr_offset(op, a) / sizeof *options, sizes, sizeof sizes);
}

// What has no default: the dtype that is asked for, or the operation.
static const void *make_options(const w_desc *desc, problem *p)
{
    const w_op *op = desc->op;
    bool in_f64 = desc->compute == W_CLASS_F64 && desc->in[0].dtype != WEIR_F64;
    for (uint32_t a = 0; a < op->n_attr; a++)
        if (op->attr[a].kind == W_DTYPE && w_op_attr_offset(op, op->n_attr) <= sizeof p->options) {
            p->options[0] = (uint32_t)w_op_attr_offset(op, op->n_attr);
            p->options[w_op_attr_offset(op, a) / sizeof *p->options] = (uint32_t)desc->out[0].dtype;
        } else if (op->family == W_SAMPLE && op->attr[a].kind == W_INTS) {
            set_sizes(op, a, p->options);
        } else if (op->attr[a].kind == W_OPERATION && desc->activation) {
            p->options[0] = (uint32_t)w_op_attr_offset(op, op->n_attr);
            p->options[w_op_attr_offset(op, a) / sizeof *p->options] = desc->activation->number;
        } else if (in_f64 && !strcmp(op->attr[a].name, "accumulate")) {
            p->options[0] = (uint32_t)w_op_attr_offset(op, op->n_attr);
            p->options[w_op_attr_offset(op, a) / sizeof *p->options] = 1;
        }
    return p->options[0] ? p->options : NULL;
}

// Moves are one kernel, whatever made their views: the plainest one is tested for all, and that of
// two inputs for all that write their output in parts.
static const w_op *tested_op(const w_desc *desc)
{
    if (desc->op->family != W_MOVE)
        return desc->op;
    return w_op_get(desc->n_parts ? WEIR_OP_CONCAT : WEIR_OP_TRANSPOSE);
}

// The dtype of operand i of what is tested.
static weir_dtype tested_dtype(const w_desc *desc, uint32_t i)
{
    if (desc->n_parts)
        return i < 2 ? desc->out[0].dtype : WEIR_DTYPE_NONE;
    return i < desc->n_in ? desc->in[i].dtype : WEIR_DTYPE_NONE;
}

static weir_status make_arrays(weir_context *c, const w_desc *desc, int variant, problem *p)
{
    const w_op *op = tested_op(desc);
    memset(p, 0, sizeof *p);
    for (uint32_t i = 0; i < op->n_in; i++) {
        weir_dtype dtype = tested_dtype(desc, i);
        uint32_t set = op->in[i].dtypes;
        if (set & W_LIKE(0))
            set = UINT32_C(1) << p->in[set & 0xff].dtype;
        if (op->in[i].kind == W_HOST || !(set >> dtype & 1))
            dtype = WEIR_DTYPE_NONE; // absent there, absent here
        p->in[i].dtype = dtype;
        p->n_in = i + 1;
        if (dtype == WEIR_DTYPE_NONE)
            continue;
        shape_input(op, i, variant, &p->in[i]);
        p->in[i].data =
            w_alloc(&c->host, (size_t)w_array_count(&p->in[i]) * weir_dtype_size(dtype));
        if (!p->in[i].data)
            return WEIR_OUT_OF_MEMORY;
        if (op->in[i].kind == W_INDICES)
            fill_indices(&p->in[i], p->in[0].shape[0]);
        else
            fill(&p->in[i], op->family == W_MAP || op->family == W_MOVE || op->family == W_GATHER,
                 i + 1);
    }
    w_desc unused;
    weir_status status = w_describe(op, make_options(desc, p), p->in, p->n_in, p->expected,
                                    op->n_out, true, &unused);
    for (uint32_t o = 0; o < op->n_out && status == WEIR_OK; o++) {
        size_t bytes =
            (size_t)w_array_count(&p->expected[o]) * weir_dtype_size(p->expected[o].dtype);
        p->got[o] = p->expected[o];
        p->expected[o].data = w_alloc_zeroed(&c->host, bytes);
        p->got[o].data = w_alloc_zeroed(&c->host, bytes);
        if (!p->expected[o].data || !p->got[o].data)
            status = WEIR_OUT_OF_MEMORY;
    }
    return status;
}

static void free_array(weir_context *c, const weir_array *a)
{
    if (a->data)
        w_release(&c->host, a->data, (size_t)w_array_count(a) * weir_dtype_size(a->dtype));
}

static void free_arrays(weir_context *c, problem *p)
{
    for (int i = 0; i < W_MAX_IN; i++)
        free_array(c, &p->in[i]);
    for (int o = 0; o < W_MAX_OUT; o++) {
        free_array(c, &p->expected[o]);
        free_array(c, &p->got[o]);
    }
}

// ---------------------------------------------------------------------------------- the comparison

static int64_t ordered(uint32_t bits)
{
    return bits & 0x80000000u ? -(int64_t)(bits & 0x7fffffffu) : (int64_t)bits;
}

static bool is_nan(uint32_t bits)
{
    return (bits & 0x7fffffffu) > 0x7f800000u;
}

static void compare_floats(const weir_array *expected, const weir_array *got, distance *d)
{
    const uint32_t *e = expected->data, *g = got->data;
    for (int64_t i = 0; i < w_array_count(expected); i++) {
        if (e[i] == g[i] || (is_nan(e[i]) && is_nan(g[i])))
            continue;
        int64_t apart = ordered(e[i]) - ordered(g[i]);
        uint64_t ulps = (uint64_t)(apart < 0 ? -apart : apart);
        if ((e[i] & 0x7f800000u) == 0 && (g[i] & 0x7fffffffu) == 0 && ulps)
            d->flushed = true;
        else if (is_nan(e[i]) || is_nan(g[i]) || ulps > MAX_ULPS)
            d->wrong = true;
        else
            d->ulps = W_MAX(d->ulps, (uint32_t)ulps);
        if (!d->example[0])
            snprintf(d->example, sizeof d->example,
                     "element %" PRId64 " is 0x%08" PRIx32 ", not 0x%08" PRIx32, i, g[i], e[i]);
    }
}

static bool both_nan(const char *a, const char *b, weir_dtype dtype)
{
    uint64_t x = 0, y = 0;
    uint64_t infinity = dtype == WEIR_F16    ? 0x7c00
                        : dtype == WEIR_BF16 ? 0x7f80
                        : dtype == WEIR_F64  ? UINT64_C(0x7ff0000000000000)
                                             : UINT64_MAX;
    uint64_t size = dtype == WEIR_F64 ? INT64_MAX : 0x7fff;
    memcpy(&x, a, weir_dtype_size(dtype));
    memcpy(&y, b, weir_dtype_size(dtype));
    return (x & size) > infinity && (y & size) > infinity;
}

static void compare(const weir_array *expected, const weir_array *got, distance *d)
{
    size_t size = weir_dtype_size(expected->dtype);
    if (expected->dtype == WEIR_F32) {
        compare_floats(expected, got, d);
        return;
    }
    for (int64_t i = 0; i < w_array_count(expected) && !d->wrong; i++) {
        const char *e = (char *)expected->data + (size_t)i * size;
        const char *g = (char *)got->data + (size_t)i * size;
        if (memcmp(e, g, size) && !both_nan(e, g, expected->dtype)) {
            d->wrong = true;
            snprintf(d->example, sizeof d->example, "element %" PRId64 " of %s differs", i,
                     weir_dtype_name(expected->dtype));
        }
    }
}

// ---------------------------------------------------------------------------------------- the test

static weir_status open_reference(weir_context *c)
{
    if (c->reference_queue)
        return WEIR_OK;
    w_bringup what = {.host = &c->host, .threads = 1, .isa = "scalar"};
    size_t count = 0;
    char why[256] = "";
    weir_status status = WEIR_OK;
    if (!c->reference)
        status = c->backends[0]->open(&what, &c->reference, 1, &count, why);
    if (status == WEIR_OK && !c->reference)
        status = w_fail(WEIR_UNAVAILABLE, "%s", why);
    return status == WEIR_OK ? c->reference->ops->queue_open(c->reference, &c->reference_queue)
                             : status;
}

// With no routing and no verdict asked.
static weir_status run_on(weir_context *c, uint32_t number, const w_op *op, const problem *p)
{
    w_arrays arrays;
    w_arrays_open(&arrays, c, op, p->options[0] ? p->options : NULL, p->in, p->n_in, p->got,
                  op->n_out);
    arrays.call.uncounted = true;
    for (size_t i = 0; i < p->n_in + op->n_out; i++)
        arrays.tensors[i].uncounted = true;
    weir_status status = w_execute_on(c, &arrays.call, number);
    if (status == WEIR_OK)
        status = w_arrays_fetch(&arrays);
    w_arrays_close(&arrays);
    return status;
}

static weir_status test_shape(weir_context *c, uint32_t number, const w_desc *like, int variant,
                              distance *d)
{
    problem p;
    w_desc desc;
    const w_op *op = tested_op(like);
    weir_status status = make_arrays(c, like, variant, &p);
    if (status == WEIR_OK)
        status = w_describe(op, p.options[0] ? p.options : NULL, p.in, p.n_in, p.expected,
                            op->n_out, false, &desc);
    if (status == WEIR_OK)
        status =
            w_launch_host(c, c->reference, c->reference_queue, &desc, p.in, p.expected, NULL, 1);
    if (status == WEIR_OK)
        status = run_on(c, number, op, &p);
    for (uint32_t o = 0; o < op->n_out && status == WEIR_OK; o++)
        compare(&p.expected[o], &p.got[o], d);
    free_arrays(c, &p);
    return status;
}

static w_verdict judge(weir_status status, const distance *d, char text[96])
{
    if (status != WEIR_OK) {
        snprintf(text, 96, "%s", w_message());
        return W_UNAVAILABLE;
    }
    if (d->wrong) {
        snprintf(text, 96, "%s", d->example);
        return W_REJECTED;
    }
    if (d->ulps || d->flushed) {
        snprintf(text, 96, "%s%s%" PRIu32 " ulp", d->flushed ? "flushes subnormals" : "",
                 d->flushed ? ", " : "", d->ulps);
        return W_BOUNDED;
    }
    text[0] = 0;
    return W_IDENTICAL;
}

static uint64_t key_of(const w_desc *desc)
{
    if (desc->op->chain) // beyond the numbers of operations
        return desc->op->chain->hash | UINT64_C(1) << 63;
    uint64_t key = tested_op(desc)->number;
    if (desc->activation)
        key |= (uint64_t)desc->activation->number << 14;
    for (uint32_t i = 0; i < W_MAX_IN; i++)
        key = key << 4 | (uint64_t)tested_dtype(desc, i);
    key = key << 4 | (uint64_t)desc->out[0].dtype;
    return key << 2 | (uint64_t)desc->compute;
}

static bool known(const w_verdicts *v, uint64_t key, uint32_t *out_index)
{
    uint32_t n = atomic_load(&v->count);
    for (uint32_t i = 0; i < n; i++)
        if (v->known[i].key == key) {
            *out_index = i;
            return true;
        }
    return false;
}

w_verdict w_verified(weir_context *context, uint32_t number, const w_desc *desc)
{
    uint32_t i;
    const w_verdicts *v = &context->slots[number].verdicts;
    return known(v, key_of(desc), &i) ? v->known[i].verdict : W_UNKNOWN;
}

// What says nothing about the device: the test is made again when next asked for.
static bool may_pass(weir_status status)
{
    return status == WEIR_OUT_OF_MEMORY || status == WEIR_DEVICE_LOST || status == WEIR_CANCELLED;
}

static weir_status test(weir_context *c, uint32_t number, const w_desc *desc, distance *d)
{
    pthread_mutex_lock(&c->reference_mutex);
    weir_status status = open_reference(c);
    for (int variant = 0; variant < SHAPES && status == WEIR_OK; variant++)
        status = test_shape(c, number, desc, variant, d);
    pthread_mutex_unlock(&c->reference_mutex);
    return status;
}

weir_status w_verify(weir_context *c, uint32_t number, const w_desc *desc, w_verdict *out_verdict,
                     const char **out_text)
{
    w_verdicts *v = &c->slots[number].verdicts;
    uint64_t key = key_of(desc);
    uint32_t i;
    weir_status status = WEIR_OK;
    pthread_mutex_lock(&v->mutex); // the reference, too, is used by one test at a time
    if (!known(v, key, &i)) {
        distance d = {.wrong = false};
        status = test(c, number, desc, &d);
        i = atomic_load(&v->count);
        if (!v->known) // all at once: who reads takes no lock
            v->known = w_alloc(&c->host, W_MAX_VERDICTS * sizeof *v->known);
        if (!v->known)
            status = WEIR_OUT_OF_MEMORY;
        if (!may_pass(status) && i == W_MAX_VERDICTS)
            status = w_fail(WEIR_UNSUPPORTED, "%d self-tests of a device are all that are kept",
                            W_MAX_VERDICTS);
        else if (!may_pass(status)) {
            v->known[i].key = key;
            v->known[i].verdict = judge(status, &d, v->known[i].text);
            atomic_store(&v->count, i + 1);
            atomic_fetch_add(&c->changes, 1);
            status = WEIR_OK;
        }
    }
    if (status == WEIR_OK) {
        *out_verdict = v->known[i].verdict;
        if (out_text)
            *out_text = v->known[i].text;
    }
    pthread_mutex_unlock(&v->mutex);
    return status;
}
