// SPDX-License-Identifier: Apache-2.0
#include "runtime/ops/chain.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

weir_status w_chain_create(const w_host *host, w_chain **out_chain)
{
    w_chain *chain = w_alloc_zeroed(host, sizeof *chain);
    if (!chain)
        return WEIR_OUT_OF_MEMORY;
    chain->host = *host;
    chain->references = 1;
    *out_chain = chain;
    return WEIR_OK;
}

void w_chain_retain(const w_chain *chain)
{
    if (chain)
        atomic_fetch_add(&((w_chain *)chain)->references, 1);
}

void w_chain_release(const w_chain *chain)
{
    if (!chain || atomic_fetch_sub(&((w_chain *)chain)->references, 1) != 1)
        return;
    w_chain_release(chain->map);
    w_host host = chain->host;
    w_release(&host, (w_chain *)chain, sizeof *chain);
}

weir_dtype w_chain_dtype(const w_chain *chain, int32_t value)
{
    return value < W_MAX_IN ? chain->in[value] : chain->node[value - W_MAX_IN].dtype;
}

const void *w_chain_options(const w_chain *chain)
{
    const w_chain_node *last = &chain->node[chain->n_nodes - 1];
    return last->op->family == W_REDUCE && last->has_options ? last->options : NULL;
}

// ------------------------------------------------------------------------------------ building

weir_status w_chain_input(w_chain *chain, weir_dtype dtype, int32_t *out_value)
{
    if (dtype < WEIR_BOOL || dtype > WEIR_F64)
        return w_fail(WEIR_INVALID_DTYPE,
                      "an expression's input has dtype number %d, which is none", (int)dtype);
    if (chain->n_in == W_MAX_IN)
        return w_fail(WEIR_UNSUPPORTED, "an expression has at most %d inputs", W_MAX_IN);
    chain->in[chain->n_in] = dtype;
    *out_value = (int32_t)chain->n_in++;
    return WEIR_OK;
}

static bool has_value(const w_chain *chain, int32_t value)
{
    return value < W_MAX_IN ? value >= 0 && value < (int32_t)chain->n_in
                            : value - W_MAX_IN < (int32_t)chain->n_nodes;
}

static uint32_t read_inputs(const w_op *op)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < op->n_in; i++)
        n += op->in[i].kind != W_HOST;
    return n;
}

// What cannot stand in any expression, or not behind what this one has.
static weir_status check_op(const w_chain *chain, const w_op *op)
{
    bool reduces = op->family == W_REDUCE;
    if (op->family != W_MAP && !reduces)
        return w_fail(WEIR_UNSUPPORTED,
                      "%s is of the family %s; an expression takes map, and one reduce at its end",
                      op->name, w_family_names[op->family]);
    if (chain->n_nodes > chain->n_maps)
        return w_fail(WEIR_UNSUPPORTED, "%s cannot follow %s, which ends an expression", op->name,
                      chain->node[chain->n_nodes - 1].op->name);
    if (chain->n_nodes == W_CHAIN_NODES)
        return w_fail(WEIR_UNSUPPORTED, "an expression has at most %d operations", W_CHAIN_NODES);
    if (reduces && (read_inputs(op) != 1 || op->in[0].kind != W_IN))
        return w_fail(WEIR_UNSUPPORTED, "%s reduces %" PRIu32 " inputs together; an expression one",
                      op->name, read_inputs(op));
    for (uint32_t i = 0; i < op->n_in; i++)
        if (op->in[i].kind == W_PIXEL)
            return w_fail(WEIR_UNSUPPORTED, "%s takes pixels, which an expression does not have",
                          op->name);
    return WEIR_OK;
}

static weir_status check_values(const w_chain *chain, const w_op *op, const int32_t *values,
                                size_t n)
{
    if (n > W_MAX_IN || (n && !values))
        return w_fail(WEIR_INVALID_ARGUMENT, "%s does not take %zu inputs", op->name, n);
    for (size_t i = 0; i < n; i++) {
        if (values[i] >= 0 && !has_value(chain, values[i]))
            return w_fail(WEIR_INVALID_ARGUMENT,
                          "%s: input %zu is node %" PRId32 ", which the expression does not have",
                          op->name, i, values[i] + 1);
        w_input_kind kind = i < op->n_in ? op->in[i].kind : W_IN;
        bool along = kind == W_AXIS || kind == W_OPT_AXIS;
        if (values[i] >= 0 && (kind == W_HOST || (along && values[i] >= W_MAX_IN)))
            return w_fail(WEIR_UNSUPPORTED, "%s: in an expression %s is %s", op->name,
                          op->in[i].name,
                          along ? "one of its inputs, not a result" : "an attribute, not an input");
    }
    return WEIR_OK;
}

// Dtypes and attributes are checked on arrays of one element; shapes are those of each call. A
// reduction's axes are checked on the highest rank.
static weir_status describe(const w_chain *chain, const w_op *op, const void *options,
                            const int32_t *values, size_t n, weir_array *out, w_desc *desc)
{
    weir_array in[W_MAX_IN] = {0};
    for (size_t i = 0; i < n; i++) {
        if (values[i] < 0)
            continue;
        in[i].dtype = w_chain_dtype(chain, values[i]);
        in[i].rank = op->family == W_REDUCE ? WEIR_MAX_RANK : 0;
        for (int32_t axis = 0; axis < in[i].rank; axis++)
            in[i].shape[axis] = 1;
    }
    return w_describe(op, options, in, n, out, 1, true, desc);
}

static void keep_options(w_chain_node *node, const void *options)
{
    uint32_t size;
    if (!options)
        return;
    node->has_options = true;
    memcpy(&size, options, sizeof size);
    memcpy(node->options, options, W_MIN(size, W_CHAIN_OPTIONS));
    if (size > W_CHAIN_OPTIONS) // what is beyond was checked to be zero
        memcpy(node->options, &(uint32_t){W_CHAIN_OPTIONS}, sizeof(uint32_t));
}

weir_status w_chain_add(w_chain *chain, const w_op *op, const void *options, const int32_t *values,
                        size_t n, int32_t *out_value)
{
    w_desc desc;
    weir_array out = {0};
    weir_status status = check_op(chain, op);
    if (status == WEIR_OK)
        status = check_values(chain, op, values, n);
    if (status == WEIR_OK)
        status = describe(chain, op, options, values, n, &out, &desc);
    if (status != WEIR_OK)
        return status;
    uint32_t numbers = desc.n_formula_attr;
    for (uint32_t i = 0; i < desc.n_in; i++)
        numbers += desc.in[i].tensor < 0;
    if (chain->n_attr + numbers > W_CHAIN_ATTRS)
        return w_fail(WEIR_UNSUPPORTED,
                      "the operations of an expression have at most %d attributes and absent "
                      "inputs together",
                      W_CHAIN_ATTRS);
    w_chain_node *node = &chain->node[chain->n_nodes];
    memset(node, 0, sizeof *node);
    node->op = op;
    node->compute = desc.compute;
    node->dtype = out.dtype;
    node->n_in = desc.n_in;
    for (uint32_t i = 0; i < desc.n_in; i++) {
        node->in[i] = i < n ? values[i] : -1;
        node->constant[i] = desc.in[i].tensor < 0 ? (uint32_t)desc.in[i].constant : 0;
    }
    node->n_attr = desc.n_formula_attr;
    memcpy(node->attr, desc.formula_attr, node->n_attr * sizeof *node->attr);
    keep_options(node, options);
    chain->n_attr += numbers;
    chain->n_maps += op->family == W_MAP;
    *out_value = W_MAX_IN + (int32_t)chain->n_nodes++;
    return WEIR_OK;
}

// ------------------------------------------------------------------------------------- sealing

static weir_status check_result(const w_chain *chain, int32_t value)
{
    bool used[W_CHAIN_VALUES] = {false};
    if (value < 0 || !has_value(chain, value))
        return w_fail(WEIR_INVALID_ARGUMENT, "node %" PRId32 " is not one of the expression's",
                      value + 1);
    if (value < W_MAX_IN)
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "the result of an expression is an operation's, not its input %" PRId32,
                      value);
    used[value] = true;
    for (uint32_t k = chain->n_nodes; k-- > 0;)
        for (uint32_t i = 0; used[W_MAX_IN + k] && i < chain->node[k].n_in; i++)
            if (chain->node[k].in[i] >= 0)
                used[chain->node[k].in[i]] = true;
    for (uint32_t k = 0; k < chain->n_nodes; k++)
        if (!used[W_MAX_IN + k])
            return w_fail(WEIR_INVALID_ARGUMENT,
                          "the result does not use node %" PRIu32
                          ", of %s; every one must lead to it",
                          W_MAX_IN + k + 1, chain->node[k].op->name);
    for (uint32_t i = 0; i < chain->n_in; i++)
        if (!used[i])
            return w_fail(WEIR_INVALID_ARGUMENT,
                          "the result does not use input %" PRIu32 "; every one must lead to it",
                          i);
    return WEIR_OK;
}

// How operations take an input: elementwise, or along an axis, where it is one value and no part of
// broadcasting.
static void usage(const w_chain *chain, int32_t value, bool *out_elementwise, bool *out_along)
{
    *out_elementwise = *out_along = false;
    for (uint32_t k = 0; k < chain->n_nodes; k++) {
        const w_chain_node *node = &chain->node[k];
        for (uint32_t i = 0; i < node->n_in; i++) {
            w_input_kind kind = node->op->in[i].kind;
            if (node->in[i] == value)
                *(kind == W_AXIS || kind == W_OPT_AXIS ? out_along : out_elementwise) = true;
        }
    }
}

static weir_status check_usage(const w_chain *chain)
{
    for (uint32_t i = 0; i < chain->n_in; i++) {
        bool elementwise, along;
        usage(chain, (int32_t)i, &elementwise, &along);
        if (elementwise && along)
            return w_fail(WEIR_UNSUPPORTED,
                          "input %" PRIu32 " is taken along an axis by one operation and "
                          "elementwise by another; make it two inputs",
                          i);
    }
    return WEIR_OK;
}

static void make_op(w_chain *chain)
{
    static const char *const names[W_MAX_IN] = {"input 0", "input 1", "input 2", "input 3",
                                                "input 4", "input 5", "input 6", "input 7"};
    const w_chain_node *last = &chain->node[chain->n_nodes - 1];
    w_op *op = &chain->op;
    memset(op, 0, sizeof *op);
    if (last->op->family == W_REDUCE) // its attributes, and what is asked of it by number
        *op = *last->op;
    op->name = "expression";
    op->onnx = "";
    op->family = last->op->family;
    op->compute = last->compute;
    op->n_in = op->n_required = chain->n_in;
    op->n_out = 1;
    memset(op->in, 0, sizeof op->in);
    for (uint32_t i = 0; i < chain->n_in; i++) {
        bool elementwise, along;
        usage(chain, (int32_t)i, &elementwise, &along);
        op->in[i] = (w_op_input){
            .name = names[i], .kind = along ? W_AXIS : W_IN, .dtypes = UINT32_C(1) << chain->in[i]};
    }
    op->out[0] = (w_op_output){.name = "result", .rule = W_FIXED, .dtype = last->dtype};
    op->flops = 0;
    for (uint32_t k = 0; k < chain->n_nodes; k++)
        op->flops += chain->node[k].op->flops;
    op->chain = chain;
}

static uint64_t mix(uint64_t hash, const void *data, size_t n)
{
    const unsigned char *c = data;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ c[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t hash_of(const w_chain *chain)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    hash = mix(hash, &chain->n_in, sizeof chain->n_in);
    hash = mix(hash, chain->in, chain->n_in * sizeof *chain->in);
    for (uint32_t k = 0; k < chain->n_nodes; k++) {
        const w_chain_node *node = &chain->node[k];
        hash = mix(hash, &node->op->number, sizeof node->op->number);
        hash = mix(hash, &node->dtype, sizeof node->dtype);
        hash = mix(hash, node->in, node->n_in * sizeof *node->in);
        hash = mix(hash, node->attr, node->n_attr * sizeof *node->attr);
    }
    return hash ? hash : 1;
}

bool w_chain_same(const w_chain *a, const w_chain *b)
{
    if (a == b || !a || !b)
        return a == b;
    bool same = a->hash == b->hash && a->n_in == b->n_in && a->n_nodes == b->n_nodes &&
                !memcmp(a->in, b->in, a->n_in * sizeof *a->in);
    for (uint32_t k = 0; same && k < a->n_nodes; k++) {
        const w_chain_node *x = &a->node[k], *y = &b->node[k];
        same = x->op == y->op && x->dtype == y->dtype && x->n_in == y->n_in &&
               !memcmp(x->in, y->in, x->n_in * sizeof *x->in) &&
               !memcmp(x->attr, y->attr, x->n_attr * sizeof *x->attr);
    }
    return same;
}

// What a chain computes before its reduction, as a chain.
static weir_status make_map(w_chain *chain)
{
    const w_chain_node *last = &chain->node[chain->n_nodes - 1];
    if (last->op->family == W_MAP || !chain->n_maps)
        return WEIR_OK;
    w_chain *map;
    weir_status status = w_chain_create(&chain->host, &map);
    if (status != WEIR_OK)
        return status;
    map->n_in = chain->n_in;
    map->n_nodes = map->n_maps = chain->n_maps;
    map->n_attr = chain->n_attr;
    memcpy(map->in, chain->in, sizeof map->in);
    memcpy(map->node, chain->node, chain->n_maps * sizeof *map->node);
    chain->map = map;
    return w_chain_seal(map, W_MAX_IN + (int32_t)chain->n_maps - 1);
}

weir_status w_chain_seal(w_chain *chain, int32_t value)
{
    weir_status status = check_result(chain, value);
    if (status == WEIR_OK)
        status = check_usage(chain);
    if (status == WEIR_OK)
        status = make_map(chain);
    if (status != WEIR_OK)
        return status;
    make_op(chain);
    chain->hash = hash_of(chain);
    chain->sealed = true;
    return WEIR_OK;
}
