// SPDX-License-Identifier: Apache-2.0
//
// Matrix products by instructions that multiply words of several k's and add them up: the walk that
// all of them share (contract_dot.c) and what an instruction set gives to it (contract_dot.inc for
// VNNI, avx512/amx.c, neon/dot.inc).
//
// Integers: a is taken as what the instructions multiply, b always as s8; what that moves a factor
// by is part of its zero point. With za and zb the zero points so moved, modulo 2^32,
//
//     sum (a - za)(b - zb) = sum a b - za (colsum(b) - k zb) - zb rowsum(a)
//
// so that the bits are those of any other order. Column sums stand beside the packed b.
//
// bf16: sums in f32, in an order of the processor's own, which WEIR_FAST allows. They stand in a
// block of the task's workspace until they are whole; then alpha, c and what follows are applied,
// in f32, and one rounding to bf16.
//
// f32, where WEIR_FAST allows it: an element is the sum of three bf16 (its 24 bits are 8 of each),
// in order of size, and six of the nine products of parts are added up; the others are smaller than
// an f32's rounding (avx512/amx_split.c).
#ifndef W_CPU_CONTRACT_DOT_H
#define W_CPU_CONTRACT_DOT_H

#include "backends/cpu/contract.h"

enum {
    W_DOT_COLS = 32,  // of a panel of b
    W_DOT_UNIT = 16,  // a panel has a multiple of so many words of k
    W_DOT_ROWS = 128, // of a, at most so many a job
    W_DOT_STEP = 256, // words of k at a time: a panel of b stays in the first cache
    W_DOT_BESIDE = 8, // panels of b that are packed together
    // Rows of b that are called for, into a second cache, while packing: where rows are 4 KiB apart
    // a first one has room for no more than 8 or 12 of their lines.
    W_DOT_AHEAD = 128,
    W_DOT_LINE = 64, // bytes of a cache line
    W_DOT_WORD = 4,  // bytes of a word
    W_DOT_PARTS = 3, // of an f32
};

typedef struct w_dot_tile {
    const uint8_t *a;
    int64_t a_row;     // bytes from row to row
    const uint32_t *b; // a panel, from the first word on
    int64_t words;     // of k
    int64_t rows, cols;
    uint32_t *out; // or floats; columns are adjacent
    int64_t out_row;
    bool first, last; // of the steps over k; the first does not read `out`
    bool a_signed;    // a is s8
    const uint32_t
        *col_base; // W_DOT_COLS values and one a row: the last step of integers adds both
    const uint32_t *row_base;
} w_dot_tile;

// What the general case subtracts: row_zero[i] * col_sum[j] + col_zero[j] * row_sum[i].
typedef struct w_dot_correction {
    const uint32_t *row_zero, *row_sum, *col_zero, *col_sum;
} w_dot_correction;

// How a may be taken.
enum { W_DOT_U8 = 1, W_DOT_S8 = 2 };

// A few rows of a, and columns of b that are adjacent, as they lie.
enum { W_DOT_FEW = 16 };
typedef struct w_dot_few {
    int64_t rows;     // at most W_DOT_FEW and one more
    const uint8_t *a; // of each row k bytes, and zeros up to a whole word
    int64_t a_row;    // from row to row of a
    const uint8_t *b;
    int64_t b_k;     // from row to row of b
    int64_t k, cols; // not 0; at least as many as the instruction set asks for
    // k's at a time, whole words. While they are read the next ones are called for.
    int64_t deep;
    uint8_t flip;                 // turns b's bytes
    bool a_signed, b_signed;      // are s8
    uint32_t *out[W_DOT_FEW + 1]; // a row each; adjacent
} w_dot_few;

// Rows of a, whose k's are adjacent, times a few columns of b, whose k's are adjacent as well, with
// zeros behind them up to a whole line.
typedef struct w_dot_cols {
    int64_t rows, cols, k;
    const uint8_t *a;
    int64_t a_row; // from row to row
    uint8_t flip;  // turns a's bytes
    const uint8_t *b;
    int64_t b_col;    // from column to column
    int64_t sums_col; // the same of the sums; rows are adjacent
} w_dot_cols;

typedef struct w_dot_isa {
    uint32_t rows; // at most so many a tile
    uint32_t unit; // words of k are read in such multiples: what is not there is zero
    // W_DOT_* for a; what it does not take is turned into the other while it is copied.
    uint32_t takes;
    // Packs all k of columns x.. x + count - 1 (at most W_DOT_BESIDE panels) into panels that are
    // `apart` words from each other, zeros where a panel has more columns or words than b; and
    // their sums.
    void (*pack)(const w_factor *b, int64_t x, int64_t count, int64_t k, uint32_t *panel,
                 int64_t apart, uint32_t *sums);
    // Rows of a, from k on, each k_count elements and zeros up to a whole line.
    void (*copy)(const w_factor *a, int64_t x, int64_t rows, int64_t k, int64_t k_count,
                 uint8_t flip, uint8_t *to, int64_t to_row);
    // Products of few rows or columns; NULL: there are none.
    void (*few)(const w_dot_few *f);
    uint32_t few_rows, few_cols; // of a at most, of b at least so many
    void (*cols)(const w_dot_cols *w, uint32_t *sums);
    // Both take b as a is taken: as u8 or as s8; else cols() takes a as u8 and b as s8, and few()
    // takes a as it is and b as the other.
    bool few_alike;
    // sums[r] += the `bytes` bytes of row r.
    void (*row_sums)(const uint8_t *a, int64_t a_row, int64_t rows, int64_t bytes, bool a_signed,
                     uint32_t *sums);
    void (*tile)(const w_dot_tile *t);
    void (*correct)(const w_dot_correction *c, uint32_t *out, int64_t out_row, int64_t rows,
                    int64_t cols);
    void (*begin)(void), (*end)(void); // of a task; NULL: nothing
    // Floats: the conversions and the operations that may follow a product; alpha times the sums,
    // and fma(beta, c, that) where there is a c. False where a sum is not finite.
    const w_map_table *map;
    bool (*scale)(float *sums, size_t n, float alpha, float beta, const float *c);
} w_dot_isa;

// What the dtype of the factors says of their words.
typedef struct w_dot_form {
    int64_t depth; // k's in a word
    int64_t parts; // that an element is taken apart into, each with words of its own
    int64_t size;  // bytes of an element
} w_dot_form;

// A product: the shape alone is what the workspace depends on.
typedef struct w_dot {
    int64_t m, n, k;
    w_dot_form form;
    w_factor a, b;
    char *out;
    int64_t out_m, out_n;
    bool swapped;       // a is the call's b
    bool direct;        // tiles are written where they belong
    const void *packed; // b as it was laid out before; NULL: it was not
    bool floats;        // bf16 or f32; what follows is theirs
    const char *c;      // NULL: none
    int64_t c_m, c_n;
    float alpha, beta;
    const float *attr; // of the operation that follows
    const w_op *activation;
} w_dot;

// A zero point as the factor is taken: u8 -> s8 or s8 -> u8 where its sign bit is turned.
static inline uint32_t w_dot_zero_at(const w_factor *f, int64_t x, uint8_t flip, bool as_signed)
{
    uint8_t byte = (uint8_t)f->zero[x * f->zero_x] ^ flip;
    return as_signed ? (uint32_t)(int32_t)(int8_t)byte : byte;
}

static inline bool w_dot_zeros_differ(const w_factor *f, int64_t extent)
{
    for (int64_t x = 1; f->zero_x && x < extent; x++)
        if (f->zero[x * f->zero_x] != f->zero[0])
            return true;
    return false;
}

// Products that need no packed b (contract_dot_few.c): of one column, of a few rows. `room` has
// space for the packed b. False where a product is none of these.
bool w_dot_few_cols(const w_dot *p, const w_cpu_par *par, const w_dot_isa *isa, void *room);
bool w_dot_few_rows(const w_dot *p, const w_cpu_par *par, const w_dot_isa *isa, void *room);

// b, packed: a panel for each W_DOT_COLS columns, after it the next. A panel is [words][W_DOT_COLS]
// words, each of adjacent k's: 4 of 8-bit integers, 2 of bf16; words is a multiple of W_DOT_UNIT.
// Of f32 each W_DOT_UNIT words are there W_DOT_PARTS times, once for each part. Behind the panels
// stand the columns' sums (u32 each), as many as the panels have columns. What is beyond b is zero.
// All of it stands behind the head that weir_tensor_pack()'s memory begins with (w_packing).
size_t w_dot_packing_bytes(const w_desc *desc);
void w_dot_packing(const w_desc *desc, const void *value, w_packed *to, const w_cpu_par *par,
                   const w_dot_isa *isa);

// Bytes of args->workspace of a product of 8-bit integers, of bf16 and of parts of f32.
size_t w_dot_workspace(const w_desc *desc, uint32_t threads);
// Measures, in some microseconds, whether products of bf16 by AVX-512's instruction are faster than
// those of f32. It needs W_AVX512_BF16.
bool w_contract_bf16_pays(void);
// False where a sum of products of parts was not finite: then the output is not what it should be.
bool w_dot_run(const w_args *args, const w_cpu_par *par, const w_dot_isa *isa);

w_loop w_contract_int_vnni, w_contract_int_avxvnni, w_contract_int_amx, w_contract_bf16_amx,
    w_contract_bf16_avx512, w_contract_f32_amx, w_contract_f32_avx512, w_contract_int_dotprod,
    w_contract_int_i8mm;

#endif
