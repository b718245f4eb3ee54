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
    w_v x0 = w_input(0u, W_IN0);
    w_v x1 = w_input(1u, W_IN1);
    w_v x2 = w_input(2u, W_IN2);
    w_v x3 = w_input(3u, W_IN3);
    w_v x4 = w_input(4u, W_IN4);
    w_v x5 = w_input(5u, W_IN5);
    w_v x6 = w_input(6u, W_IN6);
    w_v x7 = w_input(7u, W_IN7);
    w_v y = w_map(W_N_IN, x0, x1, x2, x3, x4, x5, x6, x7, w_v(w_pf(W_P_ATTR)),
                  w_v(w_pf(W_P_ATTR + 1)), w_v(w_pf(W_P_ATTR + 2)), w_v(w_pf(W_P_ATTR + 3)));
    return w_save(y, W_OUT0);
}

void main()
{
    uint unit = w_group() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (unit >= w_units) {
        return;
    }
    uint at;
    uint size_log = w_size_log(W_OUT0);
    if (size_log >= 2u) {
        uvec2 bits = w_element(unit, at);
        if (size_log == 2u) {
            w_out0[at] = bits.x;
        } else {
            w_out0[2u * at] = bits.x;
            w_out0[2u * at + 1u] = bits.y;
        }
        return;
    }
    uint lanes = 4u >> size_log;
    uint count = w_p(W_P_OUTER);
    uint home = (w_offset(W_P_INPUTS) >> (2u - size_log)) + unit;
    uint word = count - lanes * unit < lanes ? w_out0[home] : 0u;
    for (uint lane = 0u; lane < lanes && lanes * unit + lane < count; lane++) {
        word = w_put(word, w_element(lanes * unit + lane, at).x, lane, 1u << size_log);
    }
    w_out0[home] = word;
}
