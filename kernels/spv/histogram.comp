#version 450
#extension GL_GOOGLE_include_directive : require
// SPDX-License-Identifier: Apache-2.0
//
// HISTOGRAM in three dispatches: the counts are cleared; work-groups count parts of a row in shared
// memory and add that to the row's counts in the workspace, where whole numbers come out the same in
// any order; the operation's formula makes the row's results of them.
#define W_IN_F32
#include "lang.glsl"
#include "common.glsl"
#include "numbers.glsl"
#include "operands.glsl"
#include "space.glsl"

#define W_COUNTS uint // where they begin in the workspace
#define w_count(counts, i) (w_space[(counts) + uint(i)])
#include "histogram.glsl"

#define W_VALUES 256u
#define W_GROUP  128u
#define W_PART   (W_GROUP * 128u) // elements of a work-group
layout(local_size_x = 128) in;

shared uint w_counts[W_VALUES];

void w_count_part()
{
    uint item = gl_LocalInvocationID.x;
    uint group = w_group();
    bool beyond = group >= w_units; // it takes part in the barriers all the same
    uint row = beyond ? 0u : group / w_blocks;
    uint first = beyond ? 0u : (group - row * w_blocks) * W_PART;
    uint end = beyond ? 0u : min(first + W_PART, w_p(W_P_INNER));
    uint rank = w_p(W_P_RANK);
    uint kept = rank - w_p(W_P_REDUCED);
    for (uint v = item; v < W_VALUES; v += W_GROUP) {
        w_counts[v] = 0u;
    }
    uint base = w_offset(0u);
    uint rest = row;
    for (uint axis = kept; axis-- > 0u;) {
        uint left = rest / w_p(W_P_EXTENT + axis);
        base += (rest - left * w_p(W_P_EXTENT + axis)) * w_stride(0u, axis);
        rest = left;
    }
    barrier();
    for (uint i = first + item; i < end; i += W_GROUP) {
        uint at = base;
        uint part = i;
        for (uint axis = rank; axis-- > kept;) {
            uint left = part / w_p(W_P_EXTENT + axis);
            at += (part - left * w_p(W_P_EXTENT + axis)) * w_stride(0u, axis);
            part = left;
        }
        atomicAdd(w_counts[(w_in0[at >> 2] >> ((at & 3u) << 3)) & 0xffu], 1u);
    }
    barrier();
    for (uint v = item; v < W_VALUES && !beyond; v += W_GROUP) {
        if (w_counts[v] != 0u) {
            atomicAdd(w_space[w_source + row * W_VALUES + v], w_counts[v]);
        }
    }
}

void main()
{
    uint unit = w_group() * W_GROUP + gl_LocalInvocationID.x;
    if (w_pass == 1u) {
        w_count_part();
    } else if (unit < w_units) {
        if (w_pass == 0u) {
            w_space[w_source + unit] = 0u;
        } else {
            uint row = unit / w_span; // which has so many results
            uint value = w_result(w_source + row * W_VALUES, unit - row * w_span);
            w_store(w_offset(W_P_INPUTS) + unit, uvec2(value, 0u));
        }
    }
}
