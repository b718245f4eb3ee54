// SPDX-License-Identifier: Apache-2.0
// Contexts whose CPUs have one feature more each, for tests of products of words of several k's;
// AMX is emulated where the processor lacks it (tests/conformance/tiles.h).
#ifndef DOT_H
#define DOT_H

#include "tests/conformance/conformance.h"

#include "runtime/ops/op.h"

typedef struct variant {
    char name[48], row[32]; // of kernels.def, which it is there for
    bool packs;             // has a layout for weights
    weir_context *context;
} variant;

extern variant variants[16];
extern size_t variant_count;
extern bool has_tiles;
extern const weir_dtype eight[2]; // the integers of 8 bits

int open_variants(void **state);
int close_variants(void **state);
// The row of kernels.def that a variant takes for a product.
const char *row_of(const variant *v, weir_op op, weir_dtype dtype, bool fast);
// SIGILL is the emulator's from here on: cmocka takes it when a test begins.
void take_tiles(void);
weir_status run_on(const variant *v, weir_op op, const void *options, const weir_array *in,
                   size_t n, const weir_array *y, const weir_call_options *call);
// Through tensors of which the second is laid out first; of `m` rows.
void run_packed(const variant *v, weir_array *in, weir_array *y, int64_t m, weir_op op);

#endif
