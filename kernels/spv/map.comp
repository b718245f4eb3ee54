#version 450
#extension GL_GOOGLE_include_directive : require
// SPDX-License-Identifier: Apache-2.0
//
// MAP: every element of the output is a formula of one element of each input. An invocation owns a
// word of the output: one f32, or four bytes.
#include "lang.glsl"
#include "common.glsl"
#include "map.glsl"

layout(local_size_x = 128) in;

float w_value(uint operand, uint dtype, uint index)
{
    if (dtype == 0u) {
        return w_pf(W_P_STEP);
    }
    uint at = w_is_word(dtype) ? index : index >> 2;
    uint word = 0u;
    switch (operand) {
    case 0: word = w_in0[at]; break;
    case 1: word = w_in1[at]; break;
    case 2: word = w_in2[at]; break;
    case 3: word = w_in3[at]; break;
    case 4: word = w_in4[at]; break;
    case 5: word = w_in5[at]; break;
    case 6: word = w_in6[at]; break;
    default: word = w_in7[at]; break;
    }
    return w_is_word(dtype) ? uintBitsToFloat(word) : float(w_byte(word, index, dtype));
}

// Truncated, saturated, NaN as 0.
uint w_narrow(float y, uint dtype)
{
    float low = dtype == W_S8 ? -128.0 : 0.0;
    float high = dtype == W_S8 ? 127.0 : 255.0;
    y = mix(y, low, y < low);
    y = mix(y, high, y > high);
    int whole = int(mix(y, low, w_isnan(y)));
    return w_isnan(y) ? 0u : uint(whole);
}

// Operand number j's value where the space's index has the coordinates of w_at.
uint w_at[W_P_INPUTS + 1u];

float w_input(uint operand, uint dtype)
{
    return operand < W_N_IN ? w_value(operand, dtype, w_at[operand]) : w_pf(W_P_STEP);
}

// The output's bits for element `i` of the iteration space, and where they go.
uint w_element(uint i, out uint at)
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
    float x0 = w_input(0u, W_IN0);
    float x1 = w_input(1u, W_IN1);
    float x2 = w_input(2u, W_IN2);
    float x3 = w_input(3u, W_IN3);
    float x4 = w_input(4u, W_IN4);
    float x5 = w_input(5u, W_IN5);
    float x6 = w_input(6u, W_IN6);
    float x7 = w_input(7u, W_IN7);
    float y = w_map(W_N_IN, x0, x1, x2, x3, x4, x5, x6, x7, w_pf(W_P_ATTR), w_pf(W_P_ATTR + 1),
                    w_pf(W_P_ATTR + 2), w_pf(W_P_ATTR + 3));
    return w_is_word(W_OUT0) ? floatBitsToUint(y) : w_narrow(y, W_OUT0);
}

void main()
{
    uint unit = w_group() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (unit >= w_units) {
        return;
    }
    uint at;
    if (w_is_word(W_OUT0)) {
        uint bits = w_element(unit, at);
        w_out0[at] = bits;
        return;
    }
    uint count = w_p(W_P_OUTER);
    uint home = (w_offset(W_P_INPUTS) >> 2) + unit;
    uint word = count - 4u * unit < 4u ? w_out0[home] : 0u;
    for (uint lane = 0u; lane < 4u && 4u * unit + lane < count; lane++) {
        word = w_put(word, w_element(4u * unit + lane, at), lane, 1u);
    }
    w_out0[home] = word;
}
