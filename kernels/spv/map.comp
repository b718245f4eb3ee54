#version 450
#extension GL_GOOGLE_include_directive : require
#if defined W_IN_I64 || defined W_IN_F64
#extension GL_ARB_gpu_shader_int64 : require
#endif
// SPDX-License-Identifier: Apache-2.0
//
// MAP: every element of the output is a formula of one element of each input, computed in the class
// W_IN_F32, W_IN_I32, W_IN_I64 or W_IN_F64. An invocation owns a word of the output, which may hold
// several elements, or both words of one.
#ifdef W_IN_F32
#include "lang.glsl"
#else
#include "lang_other.glsl"
#endif
#include "common.glsl"
#include "numbers.glsl"
#include "operands.glsl"
#if defined W_IN_F32
#include "map_f32.glsl"
#elif defined W_IN_I32
#include "map_i32.glsl"
#elif defined W_IN_I64
#include "map_i64.glsl"
#else
#include "map_f64.glsl"
#endif

layout(local_size_x = 128) in;

#ifdef W_SAMPLED
#include "sample.glsl"
#else
// The output's bits for element `i` of the iteration space, and where they go.
uvec2 w_element(uint i, out uint at)
{
    for (uint operand = 0u; operand < W_N_IN; operand++) {
        w_at[operand] = w_offset(operand);
    }
    at = w_offset(W_P_INPUTS);
    if (W_FLAT != 0u) {
        for (uint operand = 0u; operand < W_N_IN; operand++) {
            w_at[operand] += i * w_stride(operand, 0u);
        }
        at += i * w_stride(W_P_INPUTS, 0u);
    } else {
        uint rest = i;
        for (uint axis = w_p(W_P_RANK); axis-- > 0u;) {
            uint extent = w_p(W_P_EXTENT + axis);
            uint left = rest / extent;
            uint c = rest - left * extent;
            rest = left;
            for (uint operand = 0u; operand < W_N_IN; operand++) {
                w_at[operand] += c * w_stride(operand, axis);
            }
            at += c * w_stride(W_P_INPUTS, axis);
        }
    }
    w_v x[W_P_INPUTS];
    for (uint operand = 0u; operand < W_N_IN; operand++) {
        x[operand] = w_value(operand, w_dtype(operand), w_at[operand]);
    }
    w_v y = w_map(W_N_IN, x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7],
                  w_v(w_pf(W_P_ATTR)), w_v(w_pf(W_P_ATTR + 1)), w_v(w_pf(W_P_ATTR + 2)), w_v(w_pf(W_P_ATTR + 3)));
    return w_save(y, W_OUT0);
}
#endif

void main()
{
    uint unit = w_group() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (unit >= w_units) {
        return;
    }
    uint size_log = w_size_log(W_OUT0);
    uint lanes = size_log >= 2u ? 1u : 4u >> size_log;
    uint count = w_p(W_P_OUTER);
    uint home = (w_offset(W_P_INPUTS) >> (2u - min(size_log, 2u))) + unit;
    uint word = size_log < 2u && count - lanes * unit < lanes ? w_out0[home] : 0u;
    for (uint lane = 0u; lane < lanes && lanes * unit + lane < count; lane++) {
        uint at;
        uvec2 bits = w_element(lanes * unit + lane, at);
        if (size_log < 2u) {
            word = w_put(word, bits.x, lane, 1u << size_log);
        } else if (size_log == 2u) {
            w_out0[at] = bits.x;
        } else {
            w_out0[2u * at] = bits.x;
            w_out0[2u * at + 1u] = bits.y;
        }
    }
    if (size_log < 2u) {
        w_out0[home] = word;
    }
}
