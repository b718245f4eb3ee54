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
    default: word = w_in3[at]; break;
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

// The output's bits for element `i` of the iteration space, and where they go.
uint w_element(uint i, out uint at)
{
    uint at0 = w_offset(0u), at1 = w_offset(1u), at2 = w_offset(2u), at3 = w_offset(3u);
    at = w_offset(4u);
    if (W_FLAT != 0u) {
        at0 += i * w_stride(0u, 0u);
        at1 += i * w_stride(1u, 0u);
        at2 += i * w_stride(2u, 0u);
        at3 += i * w_stride(3u, 0u);
        at += i * w_stride(4u, 0u);
    } else {
        uint rest = i;
        for (uint axis = w_p(W_P_RANK); axis-- > 0u;) {
            uint extent = w_p(W_P_EXTENT + axis);
            uint left = rest / extent;
            uint c = rest - left * extent;
            rest = left;
            at0 += c * w_stride(0u, axis);
            at1 += c * w_stride(1u, axis);
            at2 += c * w_stride(2u, axis);
            at3 += c * w_stride(3u, axis);
            at += c * w_stride(4u, axis);
        }
    }
    float x0 = w_value(0u, W_IN0, at0);
    float x1 = w_value(1u, W_IN1, at1);
    float x2 = w_value(2u, W_IN2, at2);
    float x3 = w_value(3u, W_IN3, at3);
    float y = w_map(x0, x1, x2, x3, w_pf(W_P_ATTR), w_pf(W_P_ATTR + 1), w_pf(W_P_ATTR + 2),
                    w_pf(W_P_ATTR + 3));
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
    uint home = (w_offset(4u) >> 2) + unit;
    uint word = count - 4u * unit < 4u ? w_out0[home] : 0u;
    for (uint lane = 0u; lane < 4u && 4u * unit + lane < count; lane++) {
        word = w_put(word, w_element(4u * unit + lane, at), lane, 1u);
    }
    w_out0[home] = word;
}
