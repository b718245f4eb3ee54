#version 450
#extension GL_GOOGLE_include_directive : require
// SPDX-License-Identifier: Apache-2.0
//
// REDUCE: a work-group is the lanes of one block (runtime/ops/canon.h). A row of one block is
// finished at once; otherwise the blocks' states go to the workspace and are reduced again. Short
// rows share a work-group: lanes without an element would change nothing.
#include "lang.glsl"
#include "common.glsl"

struct w_state {
    float a;
    uint b;
};

#include "reduce.glsl"

layout(local_size_x = W_LANES) in;
layout(set = 0, binding = 10) buffer W_Workspace { uint w_space[]; };

shared float w_lane_a[W_LANES];
shared uint w_lane_b[W_LANES];

// Where the row begins: the kept axes of the input; and of the output.
void w_row(uint row, out uint from, out uint to)
{
    from = w_offset(0u);
    to = w_offset(W_P_INPUTS);
    for (uint axis = w_p(W_P_RANK) - w_p(W_P_REDUCED); axis-- > 0u;) {
        uint extent = w_p(W_P_EXTENT + axis);
        uint left = row / extent;
        uint c = row - left * extent;
        row = left;
        from += c * w_stride(0u, axis);
        to += c * w_stride(W_P_INPUTS, axis);
    }
}

// Where element i of a row lies, counted from the row's begin.
uint w_along(uint i)
{
    uint rank = w_p(W_P_RANK);
    if (W_FLAT != 0u) {
        return i * w_stride(0u, rank - 1u);
    }
    uint at = 0u;
    for (uint axis = rank; axis-- > rank - w_p(W_P_REDUCED);) {
        uint extent = w_p(W_P_EXTENT + axis);
        uint left = i / extent;
        at += (i - left * extent) * w_stride(0u, axis);
        i = left;
    }
    return at;
}

void main()
{
    uint place = gl_LocalInvocationID.x;
    uint lane = place % w_span;
    uint unit = w_group() * (W_LANES / w_span) + place / w_span;
    uint row = unit / w_blocks;
    uint block = unit - row * w_blocks;
    uint from, to;
    w_row(row, from, to);
    w_state s = w_init(w_pf(W_P_ATTR));
    // A unit beyond the last has no elements; it takes part in the barriers all the same.
    uint end = unit < w_units ? min(w_count, (block + 1u) * W_BLOCK) : 0u;
    for (uint i = block * W_BLOCK + lane; i < end; i += W_LANES) {
        if (w_pass == 0u) {
            s = w_step(s, uintBitsToFloat(w_in0[from + w_along(i)]), i);
        } else {
            uint at = w_source + 2u * (row * w_count + i);
            w_state t;
            t.a = uintBitsToFloat(w_space[at]);
            t.b = w_space[at + 1u];
            s = w_combine(s, t);
        }
    }
    for (uint half_lanes = w_span / 2u; half_lanes > 0u; half_lanes >>= 1) {
        w_lane_a[place] = s.a;
        w_lane_b[place] = s.b;
        barrier();
        if (lane < half_lanes) {
            w_state t;
            t.a = w_lane_a[place + half_lanes];
            t.b = w_lane_b[place + half_lanes];
            s = w_combine(s, t);
        }
        barrier();
    }
    if (lane != 0u || unit >= w_units) {
        return;
    }
    if (w_blocks > 1u) {
        uint at = w_target + 2u * unit;
        w_space[at] = floatBitsToUint(s.a);
        w_space[at + 1u] = s.b;
        return;
    }
    s = w_finish(s, float(w_p(W_P_INNER)));
    if (W_OUT0 == W_S64) {
        w_out0[2u * to] = s.b;
        w_out0[2u * to + 1u] = 0u;
    } else {
        w_out0[to] = floatBitsToUint(s.a);
    }
}
