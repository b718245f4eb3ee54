// SPDX-License-Identifier: Apache-2.0
//
// Standard problems: the call that stands for an operation at a size, for tuning and for
// explaining.
#ifndef W_PROBLEM_H
#define W_PROBLEM_H

#include "runtime/ops/op.h"

// The shapes that are told apart; n is the size of the first in each family.
//   MAP       W_PLAIN n elements in a row        W_OTHER the same with a short vector broadcast
//   REDUCE    W_PLAIN n elements over all        W_OTHER n elements in rows of 256, each row alone
//   CONTRACT  W_PLAIN n x n x n                  W_OTHER 1 x s x s with about as many products
//   MOVE      W_PLAIN sqrt(n) x sqrt(n) permuted
//   SCAN, HISTOGRAM  as REDUCE
//   GATHER    W_PLAIN n single elements          W_OTHER rows of 256
typedef enum w_problem_shape { W_PLAIN, W_OTHER, W_SHAPES } w_problem_shape;

// Arrays without data; inputs that may be absent are, but those that W_OTHER needs.
typedef struct w_problem {
    const w_op *op;
    uint32_t n_in;
    weir_array in[W_MAX_IN], out[W_MAX_OUT];
    w_desc desc;
} w_problem;

// Makes the problem of size n (at least 1) with `dtype` in the first input, WEIR_DTYPE_NONE for the
// operation's usual one (f32 where it takes that). WEIR_UNSUPPORTED where the operation has no such
// dtype or shape.
weir_status w_problem_make(const w_op *op, weir_dtype dtype, w_problem_shape shape, uint64_t n,
                           w_problem *out);
// Bytes of one array, and of all that a problem has.
uint64_t w_problem_array_bytes(const weir_array *array);
uint64_t w_problem_bytes(const w_problem *problem);
// The size n whose work (cost.h) is about `work`.
uint64_t w_problem_size(const w_op *op, uint64_t work);

#endif
