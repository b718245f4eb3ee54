#version 450
#extension GL_GOOGLE_include_directive : require
// SPDX-License-Identifier: Apache-2.0
//
// MOVE: an affine gather. An invocation owns a word of the output, or both words of an element of
// 8 bytes. Where words of the output have several owners (W_P_STEP), elements smaller than a word
// are put into them one by one.
#include "common.glsl"

layout(local_size_x = 128) in;
layout(constant_id = 17) const uint W_SIZE = 4u; // bytes of an element

void w_place(uint i, out uint from, out uint to)
{
    from = w_offset(0u);
    to = w_offset(W_P_INPUTS);
    for (uint axis = w_p(W_P_RANK); axis-- > 0u;) {
        uint extent = w_p(W_P_EXTENT + axis);
        uint left = i / extent;
        uint c = i - left * extent;
        i = left;
        from += c * w_stride(0u, axis);
        to += c * w_stride(W_P_INPUTS, axis);
    }
}

uint w_small(uint from)
{
    if (W_SIZE == 1u) {
        return w_in0[from >> 2] >> ((from & 3u) << 3);
    }
    return w_in0[from >> 1] >> ((from & 1u) << 4);
}

void main()
{
    uint unit = w_group() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (unit >= w_units) {
        return;
    }
    uint from, to;
    if (W_SIZE >= 4u) {
        w_place(unit, from, to);
        if (W_SIZE == 4u) {
            w_out0[to] = w_in0[from];
        } else {
            w_out0[2u * to] = w_in0[2u * from];
            w_out0[2u * to + 1u] = w_in0[2u * from + 1u];
        }
        return;
    }
    uint lanes = 4u / W_SIZE;
    if (w_p(W_P_STEP) != 0u) {
        w_place(unit, from, to);
        uint shift = to % lanes * W_SIZE * 8u;
        uint mask = (W_SIZE == 1u ? 0xffu : 0xffffu) << shift;
        atomicAnd(w_out0[to / lanes], ~mask);
        atomicOr(w_out0[to / lanes], (w_small(from) << shift) & mask);
        return;
    }
    uint count = w_p(W_P_OUTER);
    uint home = w_offset(W_P_INPUTS) / lanes + unit;
    uint word = count - lanes * unit < lanes ? w_out0[home] : 0u;
    for (uint lane = 0u; lane < lanes && lanes * unit + lane < count; lane++) {
        w_place(lanes * unit + lane, from, to);
        word = w_put(word, w_small(from), lane, W_SIZE);
    }
    w_out0[home] = word;
}
