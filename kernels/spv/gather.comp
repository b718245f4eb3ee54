#version 450
#extension GL_GOOGLE_include_directive : require
// SPDX-License-Identifier: Apache-2.0
//
// GATHER: an invocation owns a word of the output, or both words of an element of 8 bytes. The last
// axis is the gathered one, of which an index says the place; out of range it gives zeros, and nothing
// is read.
#include "common.glsl"

layout(local_size_x = 128) in;
layout(constant_id = 17) const uint W_SIZE = 4u; // bytes of an element

// The place that the index at `at` names, below `limit`; false: none.
bool w_named(uint at, uint limit, out uint place)
{
    uint low = W_IN1 == W_S64 ? w_in1[2u * at] : w_in1[at];
    uint high = W_IN1 == W_S64 ? w_in1[2u * at + 1u] : (low & 0x80000000u) != 0u ? 0xffffffffu : 0u;
    uint back = 0u - low; // of a negative one: how far from the end
    place = high == 0u ? low : limit - back;
    return high == 0u ? low < limit : high == 0xffffffffu && back != 0u && back <= limit;
}

// Where element i comes from, and whether it does.
bool w_place(uint i, out uint from, out uint to)
{
    uint last = w_p(W_P_RANK) - 1u;
    uint at = w_offset(1u);
    from = w_offset(0u);
    to = w_offset(W_P_INPUTS);
    for (uint axis = last; axis-- > 0u;) {
        uint extent = w_p(W_P_EXTENT + axis);
        uint left = i / extent;
        uint c = i - left * extent;
        i = left;
        from += c * w_stride(0u, axis);
        at += c * w_stride(1u, axis);
        to += c * w_stride(W_P_INPUTS, axis);
    }
    uint place;
    bool is = w_named(at, w_p(W_P_EXTENT + last), place);
    from += is ? place * w_stride(0u, last) : 0u;
    return is;
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
        uvec2 bits = uvec2(0u);
        if (w_place(unit, from, to)) {
            bits = W_SIZE == 4u ? uvec2(w_in0[from], 0u)
                                : uvec2(w_in0[2u * from], w_in0[2u * from + 1u]);
        }
        if (W_SIZE == 4u) {
            w_out0[to] = bits.x;
        } else {
            w_out0[2u * to] = bits.x;
            w_out0[2u * to + 1u] = bits.y;
        }
        return;
    }
    uint lanes = 4u / W_SIZE;
    uint count = w_p(W_P_OUTER);
    uint home = w_offset(W_P_INPUTS) / lanes + unit;
    uint word = count - lanes * unit < lanes ? w_out0[home] : 0u;
    for (uint lane = 0u; lane < lanes && lanes * unit + lane < count; lane++) {
        bool is = w_place(lanes * unit + lane, from, to);
        word = w_put(word, is ? w_small(from) : 0u, lane, W_SIZE);
    }
    w_out0[home] = word;
}
