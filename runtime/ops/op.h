// SPDX-License-Identifier: Apache-2.0
//
// Descriptors of operations, expanded from ops.def, and what validation makes of a call: a w_desc,
// the one geometry that every family, every device and the router read.
#ifndef W_OP_H
#define W_OP_H

#include "runtime/base/base.h"

enum {
    W_MAX_IN = 8, // operands, after PIXEL has become one a channel
    W_MAX_OUT = 2,
    W_MAX_ATTR = 4,    // that a formula or a loop takes
    W_MAX_OPTIONS = 5, // attributes of an operation
    W_ITER_RANK = 10,  // axes of an iteration space: a rank-8 matmul has 6 + m, n, k
};

typedef enum w_family {
    W_MAP,
    W_REDUCE,
    W_CONTRACT,
    W_MOVE,
    W_ROW,
    W_SAMPLE,
    W_SCAN,
    W_GATHER,
    W_HISTOGRAM,
    W_FAMILIES
} w_family;
extern const char *const w_family_names[W_FAMILIES];

// What a kernel computes in: its values and constants. A row of ops.def with W_BY_DTYPE computes in
// the widest class of its inputs; storage is converted on the way in and out.
typedef enum w_class {
    W_CLASS_F32, // f16, bf16, f32; and small integers where another input is a float
    W_CLASS_I32, // bool, u8, s8, s16, s32: wraps
    W_CLASS_I64,
    W_CLASS_F64,
    W_COMPUTE_CLASSES,
    W_BY_DTYPE = W_COMPUTE_CLASSES,
} w_class;
extern const char *const w_class_names[W_COMPUTE_CLASSES];

typedef enum w_input_kind {
    W_IN,
    W_OPT,
    W_AXIS,
    W_OPT_AXIS,
    W_PIXEL,
    W_HOST,
    W_VARIADIC,
    W_LABELS,
    W_INDICES
} w_input_kind;
typedef enum w_output_rule { W_FIXED, W_SAME, W_SAME_OR, W_ATTR_DTYPE } w_output_rule;
typedef enum w_attr_kind { W_FLOAT, W_INT, W_FLAG, W_INTS, W_DTYPE, W_OPERATION } w_attr_kind;

#define W_LIKE(i) (0x80000000u | (i)) // in w_op_input.dtypes: that of input i
// In w_op_input.dtypes: f64 is not the formula's, but the C library's on the CPU (math_f64.h).
#define W_MATH_F64 0x10000u

typedef struct w_op_input {
    const char *name;
    w_input_kind kind;
    uint32_t dtypes;       // a set of 1 << weir_dtype, or W_LIKE(i)
    uint32_t default_bits; // OPT: the constant's bits; PIXEL: its channels
} w_op_input;

typedef struct w_op_output {
    const char *name;
    w_output_rule rule;
    uint32_t input;   // SAME, SAME_OR
    weir_dtype dtype; // FIXED, SAME_OR
} w_op_output;

typedef struct w_op_attr {
    const char *name;
    w_attr_kind kind;
    float f;          // the default of a FLOAT
    int32_t i;        // of an INT or FLAG; INTS default to none
    const char *text; // the default as ops.def writes it
    // An INT's numbers by name from 0, as "constant|reflect"; NULL where it is a plain number.
    const char *choices;
    bool positive; // a FLOAT that must be above 0
} w_op_attr;

// An attribute's value, its default filled in.
typedef struct w_value {
    bool given; // by the caller
    float f;
    int32_t i;
    int32_t n;
    int32_t ints[WEIR_MAX_RANK];
} w_value;

typedef struct w_op {
    weir_op number;
    const char *name, *onnx;
    w_family family;
    w_class compute;
    uint32_t n_in, n_required, n_out, n_attr;
    w_op_input in[W_MAX_IN];
    w_op_output out[W_MAX_OUT];
    w_op_attr attr[W_MAX_OPTIONS];
    double flops, ulp;
    const char *source, *doc;
    const struct w_chain *chain; // an expression's own operation (chain.h); NULL in the table
} w_op;

extern const w_op w_ops[];
extern const size_t w_op_count;
const w_op *w_op_get(weir_op number); // NULL if there is none
// How many inputs of the formula input number i becomes. SAMPLE: four neighbours and two weights.
enum { W_SAMPLE_INPUTS = 6 };
uint32_t w_op_operands(const w_op *op, uint32_t i);
// Where attribute number i (or, for i = n_attr, the end) lies in the options struct. Every field
// has four bytes; INTS are a count and then WEIR_MAX_RANK values.
size_t w_op_attr_offset(const w_op *op, uint32_t i);
// The class that an operation computes in for inputs of these dtypes; and the one of a dtype.
w_class w_op_class(const w_op *op, const weir_array *in, size_t n_in);
w_class w_class_of(weir_dtype dtype);
// The classes that the formula is written for, as a set of 1 << w_class.
uint32_t w_op_formula_classes(const w_op *op);
// Whether a product may pass its results through it: a MAP of one input, with two FLOATs at most.
bool w_op_is_activation(const w_op *op);
// Refuses what the attribute does not take.
weir_status w_op_check_attr(const w_op *op, const w_op_attr *attr, float f);
// The value of the attribute of this name; NULL where the operation has none.
const w_value *w_attr(const w_op *op, const w_value *values, const char *name);

// REDUCE and ROW operations of more than one step (phases.def): phase k reduces a term of the
// inputs and of the earlier phases' results by the operation reducer[k].
enum { W_MAX_PHASES = 3 };
typedef enum w_row_axes { W_AXES_GIVEN, W_AXES_ONE, W_AXES_TAIL } w_row_axes;
typedef enum w_row_out { W_OUT_INPUTS, W_OUT_TERM } w_row_out;
typedef enum w_row_special {
    W_SPECIAL_NOTHING,
    W_SPECIAL_FORETOLD,
    W_SPECIAL_ELEMENTS
} w_row_special;
typedef struct w_phases {
    w_row_axes axes;
    uint32_t n;
    weir_op reducer[W_MAX_PHASES];
    w_row_out out;
    w_row_special special;
} w_phases;
// NULL: an operation that is a reducer itself, or of another family.
const w_phases *w_op_phases(const w_op *op);
// Whether a REDUCE gives an index.
bool w_op_is_index(const w_op *op);
// What a HISTOGRAM gives for each row: a count for each of the 256 values (an output of s32), or
// one value made of them.
enum { W_VALUES = 256 };
int32_t w_op_histogram_values(const w_op *op);

// One view that a kernel reads or writes.
typedef struct w_operand {
    weir_dtype dtype;
    int32_t tensor;              // which of the call's inputs (or outputs) it views; -1: a constant
    int32_t constant;            // s32 or the bits of an f32, by dtype, where tensor is -1
    int64_t offset;              // elements from the tensor's first
    int64_t stride[W_ITER_RANK]; // elements; 0 along an axis that it does not have
} w_operand;

// What a launch computes. The iteration space has `rank` axes, the last `reduced` of which are
// summed away (REDUCE; ROW, SCAN: which the output has as well; CONTRACT: k alone, before it n,
// before it m; GATHER: the data's gathered axis, which in[1], the indices, and the output lack;
// HISTOGRAM: the counts' stride stands behind the last axis, in out[0].stride[rank]). Adjacent axes
// that every operand walks alike have been merged; an extent of 1 has been dropped, but CONTRACT
// always ends in m, n, k and REDUCE always has at least one reduced axis. A zero-size space has
// empty = true.
typedef struct w_desc w_desc;
typedef void w_part_fn(const w_desc *whole, uint32_t i, w_desc *part);
struct w_desc {
    const w_op *op;
    w_class compute;
    uint32_t rank, reduced, n_in, n_out;
    int64_t extent[W_ITER_RANK];
    w_operand in[W_MAX_IN], out[W_MAX_OUT];
    w_value attr[W_MAX_OPTIONS];
    float formula_attr[W_MAX_ATTR]; // what the formula takes after its inputs; CONTRACT of floats:
                                    // alpha, beta, and what the activation takes
    uint32_t n_formula_attr;
    const w_op *activation; // CONTRACT: a MAP of each result; NULL: none
    bool empty;             // no output element
    bool fast;              // WEIR_FAST: w_describe() leaves it false
    int64_t outer, inner;   // products of the kept and of the reduced extents (MAP: inner 1)
    double flops, bytes;
    // A MOVE that no one view describes runs as so many copies, each with a descriptor of its own
    // (w_desc_part()); 0: it runs as it is. `part` narrows a copy of this to number i, `before` and
    // `after` tell it where. The axes of such a descriptor are the output's.
    uint32_t n_parts;
    w_part_fn *part;
    int64_t before[WEIR_MAX_RANK], after[WEIR_MAX_RANK];
    // SAMPLE, whose axes are the output's: the first of the two that are sampled, the second
    // follows it; what the input has along them.
    uint32_t sampled;
    int64_t source[2];
};

void w_desc_part(const w_desc *whole, uint32_t i, w_desc *out_part);

// Where an element of an output of `extent` lies among `source` of the input, pixels being
// intervals that both divide evenly: between first and second, by rest / part from the first.
// Beyond the middle of the outermost ones it is these.
typedef struct w_spot {
    int64_t first, second, rest, part;
} w_spot;
w_spot w_spot_of(int64_t at, int64_t extent, int64_t source);

// Reads an options struct (NULL: defaults) into values. Errors name the attribute and the limit.
weir_status w_op_values(const w_op *op, const void *options, w_value *out);

// Validates a call and makes its geometry. `out` is filled in where infer is true, else checked.
// Inputs' data is read for HOST inputs only.
weir_status w_describe(const w_op *op, const void *options, const weir_array *in, size_t n_in,
                       weir_array *out, size_t n_out, bool infer, w_desc *out_desc);

// Whether an output of this layout may be input number i itself, where they begin at the same
// place.
bool w_may_be_output(const w_op *op, uint32_t i, const weir_array *in, const weir_array *out);

// Families' own parts of w_describe(): given checked dtypes and attributes in `desc`.
weir_status w_describe_map(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc);
weir_status w_describe_row(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc);
weir_status w_describe_contract(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc);
weir_status w_describe_move(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc);
// The attribute trans_NAME of a product's input; false where it has none.
bool w_contract_transposed(const w_desc *desc, uint32_t i);
weir_status w_describe_sample(const weir_array *in, weir_array *out, w_desc *desc);
weir_status w_describe_concat(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc);
weir_status w_describe_pad(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc);
// Input number i, a vector of at most `most` integers that is read on the host. Absent: n is -1, or
// a failure where it is needed.
weir_status w_host_list(const w_op *op, const weir_array *in, size_t n_in, uint32_t i, bool needed,
                        int64_t most, int64_t *list, int32_t *out_n);

// What such a list or value needs: data, aligned.
weir_status w_check_values(const w_op *op, const char *name, const weir_array *a);

// Whether the C library computes it, on the CPU alone: in f64, what has no formula there.
bool w_desc_by_library(const w_desc *desc);
weir_status w_describe_gather(const weir_array *in, size_t n_in, weir_array *out, w_desc *desc);

// GATHER: WEIR_INVALID_ARGUMENT for an index that is out of range, naming it. For indices that the
// host holds.
weir_status w_check_indices(const w_desc *desc, const weir_array *indices);

// Merges and drops axes as w_desc says, keeping the last `keep` apart (CONTRACT 3).
void w_desc_simplify(w_desc *desc, uint32_t keep);

// Packs a descriptor into W_P_WORDS words (params.h). WEIR_UNAVAILABLE where an extent, an offset
// or a stride needs more than 31 bits.
weir_status w_desc_pack(const w_desc *desc, uint32_t *words);

// Elements of an array, or -1 where they are more than 2^59; strides as they count; a dense copy.
int64_t w_array_count(const weir_array *a);
// Fails for that: "op: `what` f32[...], more than 2^59 elements".
weir_status w_fail_count(const w_op *op, const char *what, const weir_array *a);
// A copy of what counts in an array, or an absent one where it is NULL.
static inline void w_array_take(weir_array *to, const weir_array *from)
{
    if (!from) { // field by field: compilers clear the whole with an instruction that takes 10 ns
        to->data = NULL;
        to->dtype = WEIR_DTYPE_NONE;
        to->rank = 0;
        to->strided = false;
        return;
    }
    to->data = from->data;
    to->dtype = from->dtype;
    to->rank = from->rank;
    to->strided = from->strided;
    for (int32_t i = 0; i < from->rank && i < WEIR_MAX_RANK; i++)
        to->shape[i] = from->shape[i];
    for (int32_t i = 0; from->strided && i < from->rank && i < WEIR_MAX_RANK; i++)
        to->strides[i] = from->strides[i];
}
// Whether its data begin at a multiple of an element's size.
bool w_array_is_aligned(const weir_array *a);
// Nothing is walked along an axis of extent 1: there the stride of a strided array counts as 0.
void w_array_strides(const weir_array *a, int64_t strides[WEIR_MAX_RANK]);
bool w_array_is_dense(const weir_array *a);
// The first axis along which a strided array would reach beyond 2^56 elements; -1: none.
int32_t w_array_far_axis(const weir_array *a);
// Counts an axis of the first input, of this rank, from the front; refuses one that it lacks.
weir_status w_check_axis(const w_op *op, int32_t rank, int64_t *axis);
// Every array with elements must have data. Errors name the one that has none.
weir_status w_check_data(const w_op *op, const weir_array *in, size_t n_in, const weir_array *out,
                         size_t n_out);
// Copies between two arrays of one dtype and shape, any strides.
void w_array_copy(const weir_array *to, const weir_array *from);
// "f32[3,4]" for messages; writes at most n bytes.
const char *w_array_text(const weir_array *a, char *buffer, size_t n);

#endif
