// SPDX-License-Identifier: Apache-2.0
//
// Matrix products on the CPU: the blocking that all instruction sets share (contract.c) and what an
// instruction set gives to it (contract_f32.inc, contract_int.inc).
//
// The order of an element's sum is fixed (runtime/ops/canon.h); tiles, blocks and threads are not
// part of it. An f32 segment is one step of the blocking: the running total of an element stands in
// the output between segments.
#ifndef W_CPU_CONTRACT_H
#define W_CPU_CONTRACT_H

#include "backends/cpu/threads.h"
#include "runtime/device.h"
#include "runtime/ops/canon.h"

enum {
    W_STEP_WORDS = W_SEGMENT, // 4-byte words of k that are packed and multiplied at a time
    W_TILE_COLS = 128,        // at most so many columns a tile
    W_TILE_ROWS = 16,         // at most so many rows a packed tile
    W_PANEL_COLS = 32,        // of b, packed for an a that is read in place
};

// One factor: axis x is m (of a) or n (of b), the other axis is k. Strides are in elements.
typedef struct w_factor {
    const char *data;
    int64_t x, k;
    weir_dtype dtype;
    const char *zero; // u8 or s8: the zero points, of the dtype of the data
    int64_t zero_x;
} w_factor;

// One step over k for one tile of the output. The factors are 4-byte words: an f32, or two s16 of
// adjacent k. Packed, a's panel holds the tile's rows for one k side by side, b's its columns.
typedef struct w_tile {
    const void *a, *b;
    int64_t a_x, a_k, b_k; // strides of factors that are read in place, in elements
    int64_t words;         // of k
    int64_t rows, cols;
    void *out;        // columns are adjacent
    int64_t out_row;  // stride in elements
    bool first, last; // of the steps over k
    const float *c;   // NULL: none; columns are adjacent; f32 only, as all below
    int64_t c_row;
    float alpha, beta;
} w_tile;

// What an instruction set brings for one class of dtypes.
typedef struct w_contract_isa {
    uint32_t rows, cols; // of a packed tile
    uint32_t place_rows; // of a tile whose a is read in place; it has W_TILE_COLS columns
    uint32_t depth;      // k's in a word: 1 or 2
    // Packs k in [k, k + k_count) of x in [x, x + count) into panel[word][width], zeros where
    // count < width and where a word has one k too many.
    void (*pack)(const w_factor *factor, int64_t x, uint32_t count, uint32_t width, int64_t k,
                 int64_t k_count, void *panel);
    void (*tile)(const w_tile *tile);  // both packed
    void (*place)(const w_tile *tile); // a in place, b's columns adjacent; NULL: none
} w_contract_isa;

// Bytes of args->workspace that a product needs, whatever the instruction set.
size_t w_contract_workspace(const w_desc *desc, uint32_t threads);

void w_contract_run(const w_args *args, const w_cpu_par *par, const w_contract_isa *isa);

void w_contract_f32_scalar(const w_args *args, const w_cpu_par *par);
void w_contract_f32_avx2(const w_args *args, const w_cpu_par *par);
void w_contract_f32_avx512(const w_args *args, const w_cpu_par *par);
void w_contract_f32_neon(const w_args *args, const w_cpu_par *par);
void w_contract_int_scalar(const w_args *args, const w_cpu_par *par);
void w_contract_int_avx2(const w_args *args, const w_cpu_par *par);
void w_contract_int_avx512(const w_args *args, const w_cpu_par *par);
void w_contract_int_neon(const w_args *args, const w_cpu_par *par);

#endif
