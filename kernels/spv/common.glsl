// SPDX-License-Identifier: Apache-2.0
//
// What every shader receives: the parameter block of runtime/ops/params.h as a uniform buffer, a few
// words that differ from dispatch to dispatch as push constants, and one storage buffer an operand.
// Every buffer is an array of words, so that no storage extension is needed; elements smaller than
// a word are packed by the invocation that owns the whole word.
#ifndef W_COMMON_GLSL
#define W_COMMON_GLSL

#include "../../runtime/ops/canon.h"
#include "../../runtime/ops/params.h"

#ifndef W_WORDS
#define W_WORDS W_P_WORDS // a chain has its numbers behind them
#endif
layout(std140, set = 0, binding = 0) uniform W_Parameters { uvec4 w_words[W_WORDS / 4]; };
layout(push_constant) uniform W_Push
{
    uint w_units;  // invocations or work-groups that have work
    uint w_pass;   // number of the dispatch within its launch
    uint w_count;  // REDUCE: elements of a row; CONTRACT: where this chunk of k begins
    uint w_blocks; // REDUCE: blocks of a row; CONTRACT: where this chunk of k ends
    uint w_source; // REDUCE: word of the workspace where the states that are read begin
    uint w_target; // REDUCE: and those that are written
    uint w_span;   // REDUCE: lanes a row has; 64, or fewer where it has that few elements
    uint w_kept;   // REDUCE: word of the workspace where the phases' results begin
};

layout(set = 0, binding = 1) readonly buffer W_In0 { uint w_in0[]; };
layout(set = 0, binding = 2) readonly buffer W_In1 { uint w_in1[]; };
layout(set = 0, binding = 3) readonly buffer W_In2 { uint w_in2[]; };
layout(set = 0, binding = 4) readonly buffer W_In3 { uint w_in3[]; };
layout(set = 0, binding = 5) readonly buffer W_In4 { uint w_in4[]; };
layout(set = 0, binding = 6) readonly buffer W_In5 { uint w_in5[]; };
layout(set = 0, binding = 7) readonly buffer W_In6 { uint w_in6[]; };
layout(set = 0, binding = 8) readonly buffer W_In7 { uint w_in7[]; };
layout(set = 0, binding = 9) buffer W_Out0 { uint w_out0[]; };

// Of weir_dtype in weir.h. An operand that is a constant is read from the parameter block, which is
// bound in its place, so that no shader knows the difference.
#define W_BOOL 1u
#define W_U8   2u
#define W_S8   3u
#define W_S16  4u
#define W_S32  5u
#define W_S64  6u
#define W_F16  7u
#define W_BF16 8u
#define W_F32  9u
#define W_F64  10u

layout(constant_id = 10) const uint W_OP = 0u;
layout(constant_id = 20) const uint W_IN0 = 0u; // dtypes of the operands; 0: there is none
layout(constant_id = 21) const uint W_IN1 = 0u;
layout(constant_id = 22) const uint W_IN2 = 0u;
layout(constant_id = 23) const uint W_IN3 = 0u;
layout(constant_id = 24) const uint W_IN4 = 0u;
layout(constant_id = 25) const uint W_IN5 = 0u;
layout(constant_id = 26) const uint W_IN6 = 0u;
layout(constant_id = 27) const uint W_IN7 = 0u;
layout(constant_id = 15) const uint W_OUT0 = 0u;
layout(constant_id = 19) const uint W_N_IN = 0u; // operands
layout(constant_id = 16) const uint W_FLAT = 0u; // 1: the iteration space has at most one axis

uint w_p(uint i) { return w_words[i >> 2][i & 3u]; }
float w_pf(uint i) { return uintBitsToFloat(w_p(i)); }
uint w_offset(uint operand) { return w_p(W_P_OPERAND + W_P_OPERAND_WORDS * operand); }
uint w_stride(uint operand, uint axis)
{
    return w_p(W_P_OPERAND + W_P_OPERAND_WORDS * operand + 1u + axis);
}

// The number of this work-group in a dispatch that may be wider than one axis allows.
uint w_group() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }

// The logarithm of an element's bytes.
uint w_size_log(uint dtype)
{
    return dtype <= W_S8 ? 0u
           : dtype == W_S16 || dtype == W_F16 || dtype == W_BF16 ? 1u
           : dtype == W_S64 || dtype == W_F64 ? 3u
                                              : 2u;
}

// Element `index` of an array of bytes whose word `word` holds it, as an integer.
int w_byte(uint word, uint index, uint dtype)
{
    uint shift = (index & 3u) << 3;
    uint bits = (word >> shift) & 0xffu;
    return dtype == W_S8 ? int(bits << 24) >> 24 : int(bits);
}

// Puts `bits`, `size` bytes wide, at element `lane` of a word; the words of a dense output have one
// owner each, and the last one keeps the bytes that are beyond the output.
uint w_put(uint word, uint bits, uint lane, uint size)
{
    uint shift = lane * size * 8u;
    uint mask = (size == 1u ? 0xffu : 0xffffu) << shift;
    return (word & ~mask) | ((bits << shift) & mask);
}

#endif
