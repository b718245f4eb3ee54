#version 450
#extension GL_GOOGLE_include_directive : require
// SPDX-License-Identifier: Apache-2.0
//
// The bring-up probe: what the device's own arithmetic makes of directed triples.
#include "common.glsl"

layout(local_size_x = 64) in;

void main()
{
    uint unit = w_group() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (unit >= w_units) {
        return;
    }
    float a = uintBitsToFloat(w_in0[3u * unit]);
    float b = uintBitsToFloat(w_in0[3u * unit + 1u]);
    float c = uintBitsToFloat(w_in0[3u * unit + 2u]);
    w_out0[5u * unit] = floatBitsToUint(fma(a, b, c));
    w_out0[5u * unit + 1u] = floatBitsToUint(a / b);
    w_out0[5u * unit + 2u] = floatBitsToUint(sqrt(a));
    w_out0[5u * unit + 3u] = floatBitsToUint(a * b);
    w_out0[5u * unit + 4u] = floatBitsToUint(a + c);
}
