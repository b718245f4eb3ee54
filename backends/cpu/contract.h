// SPDX-License-Identifier: Apache-2.0
//
// Matrix products on the CPU: the blocking that all instruction sets share (contract.c) and what an
// instruction set gives to it (contract_float.inc for f32 and f64, contract_int.inc).
//
// The order of an element's sum is fixed (runtime/ops/canon.h); tiles, blocks and threads are not
// part of it. A float segment is one step of the blocking: the running total of an element stands
// in the output between segments. f16 and bf16 become f32 while they are packed, and the totals of
// such an output stand in a block of their own.
#ifndef W_CPU_CONTRACT_H
#define W_CPU_CONTRACT_H

#include "backends/cpu/cpu.h"

enum {
    W_STEP_WORDS = W_SEGMENT, // words of k that are packed and multiplied at a time
    W_TILE_COLS = 128,        // at most so many columns a tile
    W_TILE_ROWS = 16,         // at most so many rows a tile
    W_ROW_COLS = 1024,        // at most so many columns a tile of row(),
    W_ROW_ROWS = 32,          // so many rows,
    W_ROW_BYTES = 64 << 10,   // and so many words of both, in bytes
    W_ROW_LOADED = 512,       // at most so many columns whose elements are no words yet
    W_PANEL_COLS = 32,        // of b, packed for an a that is read in place; f64: half as many
    W_VECTOR_FAR_COLS = 16,   // a tile of vector() whose b comes from memory
    W_VECTOR_ROWS = 6,        // at most so many rows of it
    W_FAR_BYTES = 8 << 20,    // a b this large is in no cache of a core
};

// One factor: axis x is m (of a) or n (of b), the other axis is k. Strides are in elements.
typedef struct w_factor {
    const char *data;
    int64_t x, k;
    weir_dtype dtype;
    w_load_fn *load;  // floats: how elements become words
    const char *zero; // u8 or s8: the zero points, of the dtype of the data
    int64_t zero_x;
} w_factor;

// One step over k for one tile of the output. The factors are words: an f32, an f64, or two s16 of
// adjacent k. Packed, a's panel holds the tile's rows for one k side by side, b's its columns.
typedef struct w_tile {
    const void *a, *b;
    int64_t a_x, a_k, b_k; // strides of factors that are read in place, in elements
    int64_t b_x;           // vector(): from one column of b to the next
    bool b_far;            // vector(): b comes from memory, not from a cache
    w_load_fn *b_load;     // row(): what makes words of b's elements; NULL: they are words
    size_t b_size;         // and the size of one
    int64_t b_panel;       // from one w_contract_isa.cols columns of b to the next
    int64_t words;         // of k
    int64_t rows, cols;
    void *out;        // columns are adjacent
    int64_t out_row;  // stride in elements
    bool first, last; // of the steps over k
    const void *c;    // NULL: none; columns are adjacent; floats only, as all below
    int64_t c_row;
    double alpha, beta;
} w_tile;

// What an instruction set brings for one class of dtypes.
typedef struct w_contract_isa {
    uint32_t rows, cols; // of a packed tile
    uint32_t place_rows; // at most, of a tile whose a is read in place; W_TILE_COLS columns at most
    // The same of a tile of at most `tall_cols` columns, and of at least `wide_cols`. Floats only,
    // as place().
    uint32_t tall_rows, tall_cols, wide_rows, wide_cols;
    uint32_t depth;         // k's in a word: 1 or 2
    size_t size;            // of a word
    const w_map_table *map; // conversions, and the operations that may follow a product
    // Packs k in [k, k + k_count) of x in [x, x + count) into panel[word][width], zeros where
    // count < width and where a word has one k too many.
    void (*pack)(const w_factor *factor, int64_t x, uint32_t count, uint32_t width, int64_t k,
                 int64_t k_count, void *panel);
    // The same of whole panels one after another, for a factor of words that are adjacent in x;
    // NULL: none.
    void (*pack_across)(const w_factor *factor, int64_t x, int64_t panels, int64_t k,
                        int64_t k_count, void *to);
    void (*tile)(const w_tile *tile);  // both packed
    void (*place)(const w_tile *tile); // a in place, b's columns adjacent; NULL: none
    // Few rows of a and b's columns, which are adjacent; both in place, b as words or not.
    void (*row)(const w_tile *tile);
    // At most `vector_rows` of a and W_PANEL_COLS columns of b, which are adjacent in k; both in
    // place; NULL: none.
    void (*vector)(const w_tile *tile);
    uint32_t vector_rows;
} w_contract_isa;

// The second factor of products, laid out for the kernels of `isa`: for each segment of k its
// panels of `cols` columns, as pack() makes them. At the head of the memory that weir_tensor_pack()
// fills.
typedef struct w_packed {
    const void *isa; // whose layout it is
    int64_t n, k;    // its extents
    int64_t x,
        k_step; // strides of what it was made of: whether it is the same factor, or transposed
    _Alignas(64) char data[];
} w_packed;

// How a row of kernels packs (the device's packed_bytes() and pack()).
typedef struct w_packing {
    size_t (*bytes)(const w_desc *desc);
    void (*pack)(const w_desc *desc, const void *value, w_packed *to, const w_cpu_par *par);
} w_packing;

typedef enum w_way {
    W_IN_PLACE, // neither is packed
    W_B_PACKED, // b panel by panel, by the job that needs it
    W_PACKED,   // both
} w_way;

// A matrix product; contract_tile.c finishes its tiles.
typedef struct w_product {
    int64_t m, n, k;
    w_factor a, b;
    char *out;
    int64_t out_m, out_n;
    const char *c; // NULL: none
    int64_t c_m, c_n;
    double alpha, beta;
    w_way way;
    bool swapped;       // a is the call's b
    const char *packed; // b, packed before; NULL: it is not
    bool narrow;        // f16 or bf16: not the dtype of a word
    size_t size;        // of an element of the output
    w_load_fn *load;    // elements of the output become words
    w_store_fn *store;  // and words elements
    w_map_fn *activate; // floats: what follows; NULL: nothing
    const float *attr;
} w_product;

// Where the running totals of a narrow output stand: a dense block of words from row i, column j
// on.
typedef struct w_totals {
    char *data;
    int64_t i, j, row;
} w_totals;

// Runs the tile whose first element is row i, column j of the output. `totals`: narrow outputs
// only.
void w_product_tile(const w_product *p, const w_contract_isa *isa, void (*run)(const w_tile *),
                    w_tile *t, const w_totals *totals, int64_t i, int64_t j);

// Of 8-bit integers; else of floats. And the bytes of a word.
static inline bool w_product_is_integer(const w_desc *desc)
{
    return desc->compute == W_CLASS_I32;
}
static inline size_t w_product_word(const w_desc *desc)
{
    return desc->compute == W_CLASS_F64 ? 8 : 4;
}
// The shape and the way of a product; no pointers yet.
void w_product_shape(const w_desc *desc, w_product *p);
// Few columns would leave most lanes of a tile empty. As rows they need not: a, whose rows are
// adjacent or whose k's are, becomes the matrix that lies in place. Before there are pointers.
void w_product_turn(w_product *p, const w_contract_isa *isa);
// Which way W_PACKED products go that several threads share.
w_way w_product_way_of_threads(const w_product *p, const w_cpu_par *par);

// Bytes of args->workspace that a product needs, whatever the instruction set.
size_t w_contract_workspace(const w_desc *desc, uint32_t threads);

void w_contract_run(const w_args *args, const w_cpu_par *par, const w_contract_isa *isa);

size_t w_contract_packed_bytes(const w_desc *desc, const w_contract_isa *isa);
void w_contract_pack(const w_desc *desc, const void *value, w_packed *to, const w_cpu_par *par,
                     const w_contract_isa *isa);
// The data of a packed factor where it is the one that this product reads; else NULL.
const char *w_packed_data(const w_binding *binding, const void *isa, int64_t n, int64_t k,
                          int64_t x, int64_t k_step);

w_loop w_contract_f32_scalar, w_contract_f32_avx2, w_contract_f32_avx512, w_contract_f32_neon;
w_loop w_contract_f64_scalar, w_contract_f64_avx2, w_contract_f64_avx512, w_contract_f64_neon;
w_loop w_contract_int_scalar, w_contract_int_avx2, w_contract_int_avx512, w_contract_int_neon;

#endif
