// SPDX-License-Identifier: Apache-2.0
//
// What every loop stands on. A program is: generated definitions (backends/opencl/programs.c), this
// file, the operation's formula where its family has one, the family's loop.
//
// Definitions that come before: W_GROUP work-items a group, W_N_IN inputs, W_IN0.. and W_OUT the
// storage types, W_X0.. those of values, W_FROM0(x).. and W_CONSTANT0(w).. what is stored and a
// constant's word as a value, W_STORE(y) a result as it is stored. A chain's values are what is
// stored: it loads them in the classes that it needs.
#include "class.cl"
#include "runtime/ops/canon.h"
#include "runtime/ops/params.h"

// The packed descriptor, and for inputs 0..7, output 8 and the workspace the element of the buffer
// that counts as the tensor's first: a sum of its own, since it may need more than 32 bits.
typedef struct {
    uint word[W_P_WORDS];
} w_params;
typedef struct {
    ulong base[W_P_INPUTS + 2];
} w_bases;

#define W_OUTPUT W_P_INPUTS
#define W_EXTENT(axis) (p.word[W_P_EXTENT + (axis)])
#define W_OFFSET(operand) (p.word[W_P_OPERAND + W_P_OPERAND_WORDS * (operand)])
#define W_STRIDE(operand, axis) (p.word[W_P_OPERAND + W_P_OPERAND_WORDS * (operand) + 1 + (axis)])
#define W_WORD(operand) (p.word[W_P_OPERAND + W_P_OPERAND_WORDS * (operand) + 1 + W_P_AXES])
#define W_IS_CONSTANT(operand) ((p.word[W_P_CONSTANT] >> (operand)) & 1u)
#define W_ATTR(i) ((w_v)as_float(p.word[W_P_ATTR + (i)]))

#define W_KERNEL __kernel __attribute__((reqd_work_group_size(W_GROUP, 1, 1)))

// The input buffers, as many as there are, as parameters of a kernel.
#if W_N_IN > 0
#define W_PARAM0 , __global const W_IN0 *in0
#else
#define W_PARAM0
#endif
#if W_N_IN > 1
#define W_PARAM1 , __global const W_IN1 *in1
#else
#define W_PARAM1
#endif
#if W_N_IN > 2
#define W_PARAM2 , __global const W_IN2 *in2
#else
#define W_PARAM2
#endif
#if W_N_IN > 3
#define W_PARAM3 , __global const W_IN3 *in3
#else
#define W_PARAM3
#endif
#if W_N_IN > 4
#define W_PARAM4 , __global const W_IN4 *in4
#else
#define W_PARAM4
#endif
#if W_N_IN > 5
#define W_PARAM5 , __global const W_IN5 *in5
#else
#define W_PARAM5
#endif
#if W_N_IN > 6
#define W_PARAM6 , __global const W_IN6 *in6
#else
#define W_PARAM6
#endif
#if W_N_IN > 7
#define W_PARAM7 , __global const W_IN7 *in7
#else
#define W_PARAM7
#endif
#define W_PARAMS                                                                                   \
    const w_params p, const w_bases bases,                                                         \
        __global W_OUT *out W_PARAM0 W_PARAM1 W_PARAM2 W_PARAM3 W_PARAM4 W_PARAM5 W_PARAM6 W_PARAM7

// One element of an input, from its buffer or from the constant's word; `at` counts from the base.
#define W_LOAD(i, at)                                                                              \
    (W_IS_CONSTANT(i) ? W_CONSTANT##i(W_WORD(i)) : W_FROM##i(in##i[bases.base[i] + (at)]))

// DO(0) DO(1) ... for each input.
#if W_N_IN > 1
#define W_IF1(code) code
#else
#define W_IF1(code)
#endif
#if W_N_IN > 2
#define W_IF2(code) code
#else
#define W_IF2(code)
#endif
#if W_N_IN > 3
#define W_IF3(code) code
#else
#define W_IF3(code)
#endif
#if W_N_IN > 4
#define W_IF4(code) code
#else
#define W_IF4(code)
#endif
#if W_N_IN > 5
#define W_IF5(code) code
#else
#define W_IF5(code)
#endif
#if W_N_IN > 6
#define W_IF6(code) code
#else
#define W_IF6(code)
#endif
#if W_N_IN > 7
#define W_IF7(code) code
#else
#define W_IF7(code)
#endif
#define W_EACH_INPUT(DO)                                                                           \
    DO(0) W_IF1(DO(1)) W_IF2(DO(2)) W_IF3(DO(3)) W_IF4(DO(4)) W_IF5(DO(5)) W_IF6(DO(6)) W_IF7(DO(7))

// The attributes as values of the class.
#define W_ATTRIBUTES                                                                               \
    const w_v a0 = W_ATTR(0), a1 = W_ATTR(1), a2 = W_ATTR(2), a3 = W_ATTR(3);                      \
    W_UNUSED(a0);                                                                                  \
    W_UNUSED(a1);                                                                                  \
    W_UNUSED(a2);                                                                                  \
    W_UNUSED(a3);
