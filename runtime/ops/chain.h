// SPDX-License-Identifier: Apache-2.0
//
// Chains: the operations of an expression (weir_expr) as one. A chain has an operation of its own,
// a w_op that stands in no table: MAP, or REDUCE where it ends in one. With it a fused call goes
// the way of every other call. Its values are numbered: inputs from 0, node k's at W_MAX_IN + k.
//
// A chain is built by one thread and immutable once it is sealed; then any thread may use it. It is
// counted by reference: an expression has one, and so has whatever outlives a call.
#ifndef W_CHAIN_H
#define W_CHAIN_H

#include "runtime/ops/op.h"

enum {
    W_CHAIN_NODES = 32,
    W_CHAIN_VALUES = W_MAX_IN + W_CHAIN_NODES,
    W_CHAIN_ATTRS = 64, // of all formulas together, and their absent operands
    W_CHAIN_OPTIONS = 256,
};

typedef struct w_chain_node {
    const w_op *op;
    w_class compute;
    weir_dtype dtype;            // of its value
    uint32_t n_in;               // operands
    int32_t in[W_MAX_IN];        // values; -1: absent, a constant
    uint32_t constant[W_MAX_IN]; // the bits of an f32
    uint32_t n_attr;
    float attr[W_MAX_ATTR]; // what the formula takes after its operands
    bool has_options;
    _Alignas(8) uint8_t options[W_CHAIN_OPTIONS]; // for the operation alone
} w_chain_node;

typedef struct w_chain w_chain;
struct w_chain {
    w_op op;
    w_host host;
    _Atomic uint32_t references;
    bool sealed;
    uint32_t n_in, n_nodes, n_maps, n_attr; // n_maps: nodes before a reduction
    weir_dtype in[W_MAX_IN];
    w_chain_node node[W_CHAIN_NODES];
    w_chain *map;  // of a chain that reduces: what comes before, where that is something
    uint64_t hash; // of what w_chain_same() compares; never 0
};

weir_status w_chain_create(const w_host *host, w_chain **out_chain);
// NULL is ignored.
void w_chain_retain(const w_chain *chain);
void w_chain_release(const w_chain *chain);

// Another input, whose value is the next from 0.
weir_status w_chain_input(w_chain *chain, weir_dtype dtype, int32_t *out_value);
// Another operation on values, of which -1 is an absent one. Errors name the value and the limit.
weir_status w_chain_add(w_chain *chain, const w_op *op, const void *options, const int32_t *values,
                        size_t n, int32_t *out_value);
// The chain's result is this value, which every other one must lead to.
weir_status w_chain_seal(w_chain *chain, int32_t value);

weir_dtype w_chain_dtype(const w_chain *chain, int32_t value);
// The options of the chain's own operation: those of its reduction.
const void *w_chain_options(const w_chain *chain);
// Whether two chains compute the same, so that a kernel of one is one of the other. Which axes are
// reduced is no part of it.
bool w_chain_same(const w_chain *a, const w_chain *b);

#endif
