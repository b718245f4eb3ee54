#version 450
#extension GL_GOOGLE_include_directive : require
#if defined W_IN_I64 || defined W_IN_F64
#extension GL_ARB_gpu_shader_int64 : require
#endif
// SPDX-License-Identifier: Apache-2.0
//
// REDUCE and ROW, computed in the class W_IN_F32, W_IN_I32, W_IN_I64 or W_IN_F64. A dispatch is a
// pass of a phase (runtime/ops/phases.def; a reducer itself has one): a work-group is the lanes of
// one block of a row's terms (runtime/ops/canon.h). A row of one block is finished at once; otherwise
// the blocks' states go to the workspace and are reduced again. Short rows share a work-group: lanes
// without an element would change nothing. A ROW's output is a dispatch of its own, an invocation a
// word of it.
#ifdef W_IN_F32
#include "lang.glsl"
#else
#include "lang_other.glsl"
#endif
#include "common.glsl"
#include "numbers.glsl"
#include "operands.glsl"

layout(local_size_x = W_LANES) in;
layout(constant_id = 11) const uint W_PHASE = 0u; // the phase's number; W_WHOLE: a ROW's output
layout(constant_id = 12) const uint W_LAST = 0u;  // 1: the phase's result is the output
#define W_WHOLE 3u

W_STRUCT w_state
{
    w_v a;
    w_n b;
}
W_STRUCT_END(w_state)
W_STRUCT w_row
{
    w_v index, count, r1, r2, r3;
}
W_STRUCT_END(w_row)

#define W_ATTRIBUTE(i) w_v(w_pf(W_P_ATTR + i))
#if defined W_IN_F32
#include "reduce_f32.glsl"
#elif defined W_IN_I32
#include "reduce_i32.glsl"
#elif defined W_IN_I64
#include "reduce_i64.glsl"
#else
#include "reduce_f64.glsl"
#endif

#include "space.glsl"

shared w_v w_lane_a[W_LANES];
shared w_n w_lane_b[W_LANES];

// ---------------------------------------------------------------- a phase

// Row number `number` with the results of the phases before this one.
w_row w_row_at(uint number)
{
    uint at = w_kept + 3u * W_WIDTH * number;
    w_row row;
    row.index = W_V(0);
    row.count = w_v(int(w_p(W_P_INNER)));
    row.r1 = W_PHASE > 0u ? w_get(at) : W_V(0);
    row.r2 = W_PHASE > 1u ? w_get(at + W_WIDTH) : W_V(0);
    row.r3 = W_PHASE > 2u ? w_get(at + 2u * W_WIDTH) : W_V(0);
    return row;
}

uint w_start[W_P_INPUTS]; // where the row begins in each input

// Sets that, and gives where the row begins in the output.
uint w_begin(uint number)
{
    uint to = w_offset(W_P_INPUTS);
    for (uint operand = 0u; operand < W_N_IN; operand++) {
        w_start[operand] = w_offset(operand);
    }
    for (uint axis = w_p(W_P_RANK) - w_p(W_P_REDUCED); axis-- > 0u;) {
        uint extent = w_p(W_P_EXTENT + axis);
        uint left = number / extent;
        uint c = number - left * extent;
        number = left;
        for (uint operand = 0u; operand < W_N_IN; operand++) {
            w_start[operand] += c * w_stride(operand, axis);
        }
        to += c * w_stride(W_P_INPUTS, axis);
    }
    return to;
}

// Where element i of the row lies.
void w_along(uint i)
{
    uint rank = w_p(W_P_RANK);
    for (uint operand = 0u; operand < W_N_IN; operand++) {
        w_at[operand] = w_start[operand];
    }
    if (W_FLAT != 0u) {
        for (uint operand = 0u; operand < W_N_IN; operand++) {
            w_at[operand] += i * w_stride(operand, rank - 1u);
        }
        return;
    }
    for (uint axis = rank; axis-- > rank - w_p(W_P_REDUCED);) {
        uint extent = w_p(W_P_EXTENT + axis);
        uint left = i / extent;
        uint c = i - left * extent;
        i = left;
        for (uint operand = 0u; operand < W_N_IN; operand++) {
            w_at[operand] += c * w_stride(operand, axis);
        }
    }
}

void w_reduce()
{
    uint place = gl_LocalInvocationID.x;
    uint lane = place % w_span;
    uint unit = w_group() * (W_LANES / w_span) + place / w_span;
    // A unit beyond the last has no elements; it takes part in the barriers all the same.
    bool beyond = unit >= w_units;
    uint number = beyond ? 0u : unit / w_blocks;
    uint block = beyond ? 0u : unit - number * w_blocks;
    uint to = w_begin(number);
    w_row row = w_row_at(number);
    w_state s = w_init(W_ATTRIBUTE(0));
    uint end = beyond ? 0u : min(w_count, (block + 1u) * W_BLOCK);
    for (uint i = block * W_BLOCK + lane; i < end; i += W_LANES) {
        if (w_pass == 0u) {
            w_along(i);
            row.index = w_v(int(i));
            s = w_step(s, w_term(row), w_n(i));
        } else {
            uint at = w_source + 2u * W_WIDTH * (number * w_count + i);
            w_state t;
            t.a = w_get(at);
            t.b = w_get_n(at + W_WIDTH);
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
    if (lane != 0u || beyond) {
        return;
    }
    if (w_blocks > 1u) {
        uint at = w_target + 2u * W_WIDTH * unit;
        w_set(at, s.a);
        w_set_n(at + W_WIDTH, s.b);
        return;
    }
    s = w_finish(s, row.count);
    row.index = W_V(0);
    w_v y = w_result(s.a, row);
    if (W_LAST == 0u) {
        w_set(w_kept + W_WIDTH * (3u * number + W_PHASE), y);
    } else {
        w_store(to, w_is_index() ? uvec2(uint(s.b), 0u) : w_save(y, W_OUT0));
    }
}

// ---------------------------------------------------------------- the output of a ROW

// The output's bits for the element `e`: of the iteration space, or, where words hold several, of
// the dense output, in which each axis is found by its stride.
uvec2 w_element(uint e, bool dense, out uint to)
{
    uint rest = e;
    uint number = 0u; // in the iteration space
    uint scale = 1u;
    to = w_offset(W_P_INPUTS);
    for (uint operand = 0u; operand < W_N_IN; operand++) {
        w_at[operand] = w_offset(operand);
    }
    for (uint axis = w_p(W_P_RANK); axis-- > 0u;) {
        uint extent = w_p(W_P_EXTENT + axis);
        uint from = dense ? e / max(w_stride(W_P_INPUTS, axis), 1u) : rest;
        uint left = from / extent;
        uint c = from - left * extent;
        rest = left;
        number += c * scale;
        scale *= extent;
        to += c * w_stride(W_P_INPUTS, axis);
        for (uint operand = 0u; operand < W_N_IN; operand++) {
            w_at[operand] += c * w_stride(operand, axis);
        }
    }
    uint inner = w_p(W_P_INNER);
    w_row row = w_row_at(number / inner);
    row.index = w_v(int(number % inner));
    return w_save(w_whole(row), W_OUT0);
}

// Units are words of the output or longer elements; w_count is the number of elements.
void w_write()
{
    uint unit = w_group() * W_LANES + gl_LocalInvocationID.x;
    if (unit >= w_units) {
        return;
    }
    uint to;
    uint size_log = w_size_log(W_OUT0);
    if (size_log >= 2u) {
        uvec2 bits = w_element(unit, false, to);
        w_store(to, bits);
        return;
    }
    uint lanes = 4u >> size_log;
    uint home = (w_offset(W_P_INPUTS) >> (2u - size_log)) + unit;
    uint word = w_count - lanes * unit < lanes ? w_out0[home] : 0u;
    for (uint lane = 0u; lane < lanes && lanes * unit + lane < w_count; lane++) {
        word = w_put(word, w_element(lanes * unit + lane, true, to).x, lane, 1u << size_log);
    }
    w_out0[home] = word;
}

void main()
{
    if (W_PHASE == W_WHOLE) {
        w_write();
    } else {
        w_reduce();
    }
}
