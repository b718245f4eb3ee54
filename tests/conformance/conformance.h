// SPDX-License-Identifier: Apache-2.0
//
// What the conformance tests share. A problem is one call of one operation, made from numbers alone
// (operation, combination of dtypes, shape, seed); a target is one way to run it; the reference
// says what must come out. All three are generic: a new row in ops.def is covered by a row in
// reference.c.
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include "runtime/ops/op.h"
#include "runtime/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// ---------------------------------------------------------------- values.c

typedef uint64_t random_state;
uint32_t random_bits(random_state *r);
uint32_t random_below(random_state *r, uint32_t n);
// Any bits, many of them special; or moderate: sums stay finite and every term counts.
float random_float(random_state *r, bool moderate);

double load(const void *element, weir_dtype dtype); // s64 is rounded
int64_t load_int(const void *element, weir_dtype dtype);
// The bits of the float of this dtype nearest to a value, ties to even.
uint64_t encode_float(long double value, weir_dtype dtype);
uint64_t load_bits(const void *element, weir_dtype dtype);
bool is_float(weir_dtype dtype);
bool bits_are_nan(uint64_t bits, weir_dtype dtype);
// Equal bits, or two NaNs.
bool same_bits(uint64_t a, uint64_t b, weir_dtype dtype);
uint64_t float_bits(float f);
// |y - exact| in ulp of the correctly rounded result, an ulp being at least 2^-149.
double ulp_error(float y, double exact);
uint64_t fnv1a(uint64_t hash, const void *data, size_t n);
enum { FNV_BEGIN = 0 };

// ---------------------------------------------------------------- held.c

typedef enum layout { DENSE, NEGATIVE, ZERO, TRANSPOSED, GAPS, MIXED, LAYOUTS } layout;

// A view with the memory around it, which holds a pattern wherever there is no element.
typedef struct held {
    weir_array view;
    uint8_t *memory;
    size_t bytes;
} held;

// ZERO strides are for inputs only.
void held_make(held *h, weir_dtype dtype, int32_t rank, const int64_t *shape, layout form,
               bool is_output, random_state *r);
void held_free(held *h);
// The pattern again in all its bytes.
void held_reset(held *h);
// Bytes that are no element's and have changed.
size_t held_damage(const held *h);

// Walks the elements of a shape: for (index = 0...; more; more = next(...)).
bool next_index(const weir_array *a, int64_t index[WEIR_MAX_RANK]);
void *element(const weir_array *a, const int64_t index[WEIR_MAX_RANK]);

// ---------------------------------------------------------------- problem.c, shapes.c

typedef struct attribute {
    bool given;
    float f;
    int32_t i, n, ints[WEIR_MAX_RANK];
} attribute;

typedef struct problem {
    const w_op *op;
    char label[256];
    uint64_t options[32]; // an options struct
    attribute attr[W_MAX_OPTIONS];
    held in[W_MAX_IN], out[W_MAX_OUT];
    size_t n_in;
    bool moderate; // sums are bounded
    bool refused;  // valid but for its sizes: an index among no elements
    weir_array in_views[W_MAX_IN], out_views[W_MAX_OUT];
} problem;

size_t combination_count(const w_op *op);
// The dtypes of the inputs, WEIR_DTYPE_NONE where absent, and as text.
void combination_get(const w_op *op, size_t number, weir_dtype dtypes[W_MAX_IN], char text[64]);
size_t shape_count(const w_op *op);
// Whether the budgeted slice has it; and has these dtypes on devices too.
bool shape_in_slice(const w_op *op, size_t combination, size_t shape, uint32_t seed);
bool device_in_slice(const w_op *op, size_t combination);
// Whether an input is f32.
bool combination_has_f32(const w_op *op, size_t combination);
void problem_make(problem *p, const w_op *op, size_t combination, size_t shape, uint32_t seed);
// Of a shape of one's own.
typedef struct shape_row shape_row;
void problem_make_row(problem *p, const w_op *op, size_t combination, const shape_row *row,
                      random_state r);
// Gives the float attributes of a MAP the values of that number; false: there are no more.
bool problem_attributes(problem *p, size_t number);
void problem_free(problem *p);
const attribute *attribute_get(const problem *p, const char *name);
// Whether input number i of a product is given as its transpose.
bool is_transposed(const problem *p, uint32_t i);

struct shape_row {
    const char *name;
    layout form;
    int mode; // of the families' modes
    int32_t rank;
    int64_t dims[WEIR_MAX_RANK];
};
enum { MAP_SAME, MAP_TAIL, MAP_ONES, MAP_SCALAR };                        // how inputs broadcast
enum { REDUCE_ALL, REDUCE_LAST, REDUCE_FIRST, REDUCE_SOME, REDUCE_NONE }; // which axes go
enum { CONTRACT_MATRIX, CONTRACT_LEFT_VECTOR, CONTRACT_RIGHT_VECTOR, CONTRACT_DOT };
enum { MOVE_DEFAULT, MOVE_RANDOM };
void shape_get(w_family family, size_t number, shape_row *out);
size_t shape_total(w_family family);
bool shape_is_size(w_family family, size_t number); // one of a long list of odd sizes

// ---------------------------------------------------------------- reference.c, canonical.c,
// expect.c

typedef struct product { // one element of a matrix product
    size_t k;
    const double *a, *b;
    bool has[2]; // c; or the zero points of a and b
    double extra[2];
    double alpha, beta;
    double u; // half an ulp of 1
} product;

// One row of a REDUCE or ROW: its inputs' elements, NULL where one is absent.
typedef struct row_case {
    size_t n;
    const double *in[W_MAX_IN];
    double attr[W_MAX_ATTR];
    double u; // half an ulp of 1
} row_case;
// The value of element i (ROW) or of the whole, and how far from it a result may be; 0: exact.
typedef long double row_fn(const row_case *r, size_t i, long double *bound);

typedef struct reference {
    const char *name;
    // MAP: the exact value of an element. Where the stated bound is not above 0.5 ulp it must round
    // to the result. Attributes follow as ops.def has them.
    double (*map)(const double *x, const double *attr);
    // REDUCE: the value or the index among n elements, and how far from it a result may be.
    double (*reduce)(const double *x, size_t n, double attr);
    double (*reduce_bound)(const double *x, size_t n);
    // The other REDUCE operations, and ROW.
    row_fn *row;
    // CONTRACT: the value, and how far from it a result may be.
    double (*contract)(const product *p);
    double (*contract_bound)(const product *p);
    // Where the order of a sum is part of the definition: the very bits.
    float (*canonical_reduce)(const float *x, size_t n);
    double (*canonical_contract)(const product *p, bool wide);
    // MOVE: from an index of the output to one of the input.
    void (*move)(const problem *p, const int64_t *to, int64_t *from);
    // The same where it has several: also the input's number, -1 for a zero.
    int32_t (*source)(const problem *p, const int64_t *to, int64_t *from);
    void (*shape)(const problem *p, weir_array *out); // of the output; NULL: follows from move()
} reference;

// NULL: the table has no row for it, and the test fails.
const reference *reference_find(const w_op *op);
const reference *reference_math(const w_op *op); // what bench/truth.def has
const reference *reference_move(const w_op *op);
const reference *reference_parts(const w_op *op);
const reference *reference_sample(const w_op *op);
// Its rows of REDUCE and ROW, and the sum of another dtype than f32.
const reference *reference_reduce(const w_op *op);
row_fn *reference_sum(void);
// REDUCE of integers; b: NULL or the second input.
int64_t reference_whole_row(const w_op *op, const int64_t *a, const int64_t *b, size_t n, int bits,
                            bool last);
// MAP of integers alone: the value before it wraps, of n operands with so many bits.
typedef int64_t whole_fn(const int64_t *x, size_t n, int bits);
whole_fn *reference_whole(const w_op *op);
// MAP in f64, where it is not the function of reference_find(): NULL.
typedef double wide_fn(const double *x, const double *attr);
wide_fn *reference_wide(const w_op *op);
// VARIADIC, in f32 or f64.
double reference_variadic(const w_op *op, const double *x, size_t n, bool wide);

float canonical_sum(const float *x, size_t n);
double canonical_product(const product *p, bool wide); // in f64, or in f32

// What an output element must be: these bits (NaNs are equal), or within `ulp` of `value`; and
// within `bound` of it.
typedef struct expected {
    uint64_t bits;
    bool exact, any; // any: within `bound`, and no more is said
    double value, ulp, bound;
} expected;

// problem_sample.c
void sample_shape(const problem *p, weir_array *out);
expected sample_value(const problem *p, const reference *ref, const weir_array *out,
                      const int64_t *index);
// expect_rows.c: which axes go, and an element of the output.
void reduced_axes(const problem *p, bool reduced[WEIR_MAX_RANK]);
expected row_value(const problem *p, const reference *ref, const weir_array *out,
                   const int64_t *index);

// expect_whole.c: SCAN, GATHER and HISTOGRAM, a whole output at a time; false: another family.
bool expect_whole(const problem *p, expected *e);
void gather_shape(const problem *p, weir_array *out);
const reference *reference_whole_op(const w_op *op);
// In place, of f32.
void canonical_scan(float *x, size_t n);

// The outputs' dtypes and shapes, from the documentation and not from the library.
void expected_shapes(const problem *p, weir_array out[W_MAX_OUT]);
// One for each element of the outputs, in order; the caller frees. NULL where there is no
// reference.
expected *expect(const problem *p);
// Counts the elements of the outputs that are not as expected and prints the first.
size_t compare_expected(const problem *p, const expected *e, const char *where);

// ---------------------------------------------------------------- targets.c

typedef struct target {
    char name[40]; // "avx2", "opencl:0"
    weir_context *context;
    char device[32];
    w_device *inside;
    weir_device_info info;
    bool *reached; // by row of its kernels.def
    size_t rows;
    uint32_t repeats; // 1 << family, of which an earlier target runs the same rows
} target;

enum { MAX_TARGETS = 24 };
extern target targets[MAX_TARGETS];
extern size_t target_count;
extern size_t target_skips;

bool is_cpu(const target *t);
bool full_run(void);          // WEIR_TEST_FULL
bool every_dtype(void);       // in a slice of the shapes, too: docs/same-bits.md is to be written
uint32_t test_seed(void);     // WEIR_TEST_SEED
uint32_t test_thinning(void); // WEIR_TEST_THIN: how much thinner a slice is than it could be; 1
// One in n of the triples, with each seed others. Not by a sum of them: where two choices are
// made of the same numbers, one would decide the other, and some dtypes would never meet some
// shapes.
bool test_turn(uint32_t seed, size_t a, size_t b, size_t c, size_t n);
bool test_takes(const w_op *op); // WEIR_TEST_OPS: names of those that take part; all
// Opens every instruction set and device, prints the skips. Fails where one that
// WEIR_TEST_REQUIRE names is missing.
int targets_open(void **state);
int targets_close(void **state);
bool target_required(const char *name);
// Runs the problem; outputs begin as the pattern.
weir_status target_call(target *t, problem *p);
// The same, and notes the kernel row that it took.
weir_status target_run(target *t, problem *p);

// The bits of the outputs' elements in order; the caller frees.
uint64_t *take_bits(const problem *p);
// How many elements have other bits; what the first one has.
size_t different(const problem *p, const uint64_t *pivot, char text[128]);
weir_context_options base_options(void);

// Prints at most a few of each kind; returns whether to print.
bool complain(size_t *count);

#endif
