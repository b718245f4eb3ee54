// SPDX-License-Identifier: Apache-2.0
//
// What the files of the CPU backend share: loops, and the tables that each instruction set fills.
//
// A loop walks the iteration space (map.c, reduce.c, move.c: once, for the baseline); what it does
// to the elements comes from a table, compiled for each instruction set from loops/*.inc.
#ifndef W_CPU_H
#define W_CPU_H

#include "backends/cpu/threads.h"
#include "runtime/device.h"
#include "runtime/ops/canon.h"

// A loop: runs a whole launch and returns when the outputs are written. Bindings carry host
// pointers, without an offset.
typedef void w_loop(const w_args *args, const w_cpu_par *par);

struct w_mem {
    w_device *device;
    void *data;
    size_t bytes;
};

// A test's: the device has these features of isa.h from now on, whatever the processor has.
uint32_t w_cpu_features(const w_device *device);
void w_cpu_set_features(w_device *device, uint32_t features);

// ---------------------------------------------------------------- elements

// Reads n elements that lie `stride` elements apart (0: one value, n times) as elements of a class.
typedef void w_load_fn(void *to, const void *from, int64_t stride, size_t n);
// Writes them: a float to an integer truncated, saturated, NaN as 0; an integer wraps.
typedef void w_store_fn(void *to, int64_t stride, const void *from, size_t n);

// Writes `rows` rows of `columns` neighbouring elements: element (r, c) comes from
// from[r + c * from_stride] and goes to to[r * to_stride + c]; strides in elements.
typedef void w_transpose_fn(void *to, int64_t to_stride, const void *from, int64_t from_stride,
                            size_t rows, size_t columns);

typedef struct w_convert { // by dtype; NULL where the class does not read it
    w_load_fn *load;
    w_store_fn *store;
} w_convert;

// ---------------------------------------------------------------- MAP

// n dense elements of a class through a formula; `out` may be one of `in`.
typedef void w_map_fn(const void *const *in, uint32_t n_in, void *out, size_t n, const float *attr);

// The table beside an entry: what is called of it in a product's store slot and in a chain.
#define W_TABLE_OF_(entry) entry##_table
#define W_TABLE_OF(entry)  W_TABLE_OF_(entry)

typedef struct w_map_table {
    w_map_fn *const *fns; // by operation number; NULL where the class has no formula
    size_t count;
    const w_convert *convert;
    size_t size;    // of an element
    weir_dtype own; // its dtype
    // Of bool as it is stored, where all operands are; NULL: none.
    const struct w_map_table *bytes;
    // Copies n bytes past the caches, while the same bytes of each of `ahead` are asked for; NULL:
    // the instruction set has no such stores.
    void (*stream)(char *to, const char *from, size_t n, const char *const *ahead,
                   uint32_t n_ahead);
} w_map_table;

// f64 by the C library (math.c).
extern const w_map_table w_map_math_table;

void w_map_run(const w_args *args, const w_cpu_par *par, const w_map_table *table);
void w_sample_run(const w_args *args, const w_cpu_par *par, const w_map_table *table);

// ---------------------------------------------------------------- REDUCE

// Numbers of a class: values, or words of the same width.
typedef union w_numbers {
    int32_t i32[W_LANES];
    int64_t i64[W_LANES];
    float f32[W_LANES];
    double f64[W_LANES];
} w_numbers;

typedef struct w_partial { // one state, of one lane: the bits of a and b
    uint64_t a, b;
} w_partial;

typedef struct w_lanes { // the lanes of a block of states
    _Alignas(64) w_numbers a;
    w_numbers b;
    char apart[64]; // the first lines of many of them do not meet in a cache
} w_lanes;

// A vector's at the most; how many of those columns() takes, and how many columns lanes() does.
enum { W_MAX_COLUMNS = 16, W_COLUMN_VECTORS = 8, W_MOST_COLUMNS = 1024 };

// Columns side by side in memory, a row each `stride` elements.
typedef struct w_columns {
    const void *x;
    int64_t stride;
    size_t n, columns; // rows, at most W_BLOCK; columns
    uint64_t first;    // the index of row 0
    float attr;
    bool far;      // all of the columns are more than the caches hold
    int64_t count; // of a whole column, which this is; below 0: more come, and states are not
                   // finished
    _Alignas(64) double a[W_MOST_COLUMNS], b[W_MOST_COLUMNS]; // the states: elements and words
} w_columns;

typedef struct w_reduce_fns {
    // The state of n <= W_BLOCK dense elements, of which the first has the index `first`.
    w_partial (*block)(const void *x, size_t n, uint64_t first, float attr);
    // Those of at most W_COLUMN_VECTORS vectors of columns.
    void (*columns)(w_columns *c);
    // The same of at most W_MOST_COLUMNS by several threads: each takes the rows of some lanes, and
    // when all have, some vectors of columns to their end. `room` is theirs together:
    // w_lanes_room(), aligned to 64 bytes.
    void (*lanes)(const w_columns *c, void *room, size_t begin, size_t end);
    void (*ends)(w_columns *c, void *room, size_t begin, size_t end);
    // A block of states, taken one by one into its lanes.
    void (*clear)(w_lanes *lanes, float attr);
    void (*take)(w_lanes *lanes, uint32_t lane, w_partial s);
    w_partial (*tree)(const w_lanes *lanes);
    w_partial (*finish)(w_partial s, int64_t count);
    // Of n rows side by side, each with its states in the first `used` lanes: what they come to, in
    // lanes[0]; finished as those of `count` elements, but not where it is below 0.
    void (*trees)(w_lanes *lanes, size_t used, size_t n, int64_t count);
} w_reduce_fns;

// Bytes, for columns of elements of so many bytes.
static inline size_t w_lanes_room(size_t columns, size_t size)
{
    return W_LANES * (columns + W_MAX_COLUMNS) * 2 * size;
}

// States of blocks, and of blocks of those, reduced as they come: enough for 2^36 elements.
typedef struct w_tower {
    w_lanes level[2];
    uint32_t count[2];
} w_tower;
void w_tower_push(w_tower *t, const w_reduce_fns *fns, float attr, w_partial s);
w_partial w_tower_end(w_tower *t, const w_reduce_fns *fns);

// Elements of rows that lie side by side: one of each row, `elements` times. Steps from one time to
// the next are in bytes.
typedef struct w_across {
    size_t elements;
    int64_t in[W_MAX_IN], out;
} w_across;

// What the functions of a row know beside their elements.
typedef struct w_row_values {
    int64_t first, count;   // the index of the first element, the elements of a row
    const w_across *across; // NULL: elements are neighbours in one row
    // One each; across: one of each row.
    const void *result[W_MAX_PHASES];
    const float *attr;
} w_row_values;

// n elements of a class: a result (of one), an output. Across: n rows; `in` has W_MAX_IN entries.
typedef void w_row_fn(const void *const *in, void *out, size_t n, const w_row_values *v);
// The terms of n elements, taken into the lanes from the first on; kept in `keep` where that is not
// NULL. Where `lanes` is NULL the elements are a whole block, whose state is returned. Across: of n
// rows, into their part of the lane that the element's index chooses among `lanes`, which the first
// element of a block that reaches it clears.
typedef w_partial w_term_fn(const void *const *in, size_t n, const w_row_values *v, w_lanes *lanes,
                            void *keep);

// The same of the first two phases at once, the second as if the first had come to 1; `lanes` are
// two. Not across.
typedef struct w_pair {
    w_partial first, second;
} w_pair;
typedef w_pair w_pair_fn(const void *const *in, size_t n, const w_row_values *v, w_lanes *lanes);

typedef struct w_row_fns {
    w_term_fn *term[W_MAX_PHASES];
    w_row_fn *result[W_MAX_PHASES], *out; // NULL: the last result is
    w_row_fn *end;                        // of kept terms; NULL: there is none
    w_pair_fn *pair;                      // NULL: the second phase waits for the first
} w_row_fns;

// The place of the first of n elements that equals s.a, or of the last; there is one. NaNs are
// equal.
typedef size_t w_find_fn(const void *x, size_t n, w_partial s, bool last);

typedef struct w_reduce_table {
    const w_reduce_fns *fns; // by operation number, as rows
    const w_row_fns *rows;
    const w_convert *convert;
    w_transpose_fn *turn; // of elements
    w_find_fn *find;
    size_t width;   // columns at a time
    size_t size;    // of an element
    weir_dtype own; // its dtype
} w_reduce_table;

// Operations of phases go on to w_row_run(). What is reduced is the first input, or where `terms`
// is not NULL what a chain computes.
typedef struct w_terms w_terms;
void w_reduce_run(const w_args *args, const w_cpu_par *par, const w_reduce_table *table,
                  const w_terms *terms);
void w_row_run(const w_args *args, const w_cpu_par *par, const w_reduce_table *table,
               const w_terms *terms);
size_t w_reduce_workspace(const w_desc *desc, uint32_t threads);
size_t w_row_workspace(const w_desc *desc, uint32_t threads);

// ---------------------------------------------------------------- chains

// The tables that a device's features choose, by class; `math` for f64 by the C library.
typedef struct w_chain_tables {
    const w_map_table *map[W_COMPUTE_CLASSES], *math;
    const w_reduce_table *reduce[W_COMPUTE_CLASSES];
} w_chain_tables;

void w_chain_run(const w_args *args, const w_cpu_par *par, const w_chain_tables *tables);
// Elements begin..begin+n-1 of the space, at most W_BLOCK, as elements of the reduction's class.
void w_chain_terms(const w_terms *terms, int64_t begin, size_t n, void *to);
// The class's own dtype.
weir_dtype w_own_dtype(w_class class);

// ---------------------------------------------------------------- SCAN

// Tiles of elements of a class: `n` lines of a width, the table's or 1, a column each block or row.
typedef struct w_scan_fns {
    // Every line but the first becomes the sum of itself and of those above it.
    void (*tile)(void *tile, size_t n, size_t width);
    // What comes before each column, in front of it; the first `without` columns have nothing.
    void (*carry)(void *tile, size_t n, size_t width, const void *before, size_t without);
    uint64_t (*both)(uint64_t before, uint64_t after); // of the bits of two elements
    uint64_t (*begin)(void);                           // of none
} w_scan_fns;

typedef struct w_scan_table {
    const w_scan_fns *fns; // by operation number
    const w_convert *convert;
    w_transpose_fn *turn;
    size_t width, size;
    weir_dtype own;
} w_scan_table;

void w_scan_run(const w_args *args, const w_cpu_par *par, const w_scan_table *table);
size_t w_scan_workspace(const w_desc *desc, uint32_t threads);

// ---------------------------------------------------------------- MOVE

// Copies n elements, `stride` elements apart on each side.
typedef void w_spread_fn(void *to, int64_t to_stride, const void *from, int64_t from_stride,
                         size_t n);

typedef struct w_move_fns {
    w_transpose_fn *transpose;
    w_spread_fn *spread;
} w_move_fns;

typedef struct w_move_table {
    w_move_fns fns[4]; // by the logarithm of the element's size
} w_move_table;

void w_move_run(const w_args *args, const w_cpu_par *par, const w_move_table *table);

// ---------------------------------------------------------------- GATHER

w_loop w_gather_run;

// ---------------------------------------------------------------- HISTOGRAM

w_loop w_histogram_run;
size_t w_histogram_workspace(const w_desc *desc, uint32_t threads);

// ---------------------------------------------------------------- walking

// The distance in elements from a view's first element to number `i` of a space, last axis fastest.
int64_t w_walk_offset(uint32_t rank, const int64_t *extent, const int64_t *stride, int64_t i);
// Whether a space is walked in equal steps, and in which.
bool w_walk_linear(uint32_t rank, const int64_t *extent, const int64_t *stride, int64_t *out_step);
int64_t w_walk_count(uint32_t rank, const int64_t *extent);

typedef struct w_span { // a strided view of a space
    uint32_t rank;
    const int64_t *extent, *stride;
    char *base;
    size_t size; // of an element
} w_span;

// Where element number i of the space is.
char *w_span_at(const w_span *s, int64_t i);

// Elements begin..begin+n-1 of the space, into and out of a dense buffer.
// `size` is that of an element of the buffer.
void w_walk_gather(void *to, size_t size, const w_span *from, w_load_fn *load, int64_t begin,
                   size_t n);
void w_walk_scatter(const w_span *to, w_store_fn *store, const void *from, size_t size,
                    int64_t begin, size_t n);

// Into how many tasks to split `work`, of which a core does two or three units in a nanosecond, on
// so many bytes of memory: 1 where threads don't pay.
uint32_t w_split(const w_cpu_par *par, double work, double bytes);
// What going through so many bytes takes one core at least.
double w_memory_ns(double bytes);

#endif
