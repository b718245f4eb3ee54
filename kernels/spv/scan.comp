#version 450
#extension GL_GOOGLE_include_directive : require
#if defined W_IN_I64 || defined W_IN_F64
#extension GL_ARB_gpu_shader_int64 : require
#endif
// SPDX-License-Identifier: Apache-2.0
//
// SCAN, in the order of runtime/ops/canon.h, computed in the class W_IN_F32, W_IN_I32, W_IN_I64 or
// W_IN_F64: an invocation takes one block of a row. A first pass leaves the blocks' totals in the
// workspace, which are scanned in the same way, level by level; then each block adds what comes before
// it. Neighbouring invocations have neighbouring rows.
#ifdef W_IN_F32
#include "lang.glsl"
#else
#include "lang_other.glsl"
#endif
#include "common.glsl"
#include "numbers.glsl"
#include "operands.glsl"
#include "space.glsl"
#if defined W_IN_F32
#include "scan_f32.glsl"
#elif defined W_IN_I32
#include "scan_i32.glsl"
#elif defined W_IN_I64
#include "scan_i64.glsl"
#else
#include "scan_f64.glsl"
#endif

layout(local_size_x = 64) in;

// Of w_pass.
#define W_ABOVE  1u // the elements are totals, at w_source
#define W_TOTALS 2u // this level's totals go to w_target; else what they have come to is there

uint w_row;  // this invocation's
uint w_from; // and where it begins in the input, or in the workspace
uint w_to;

w_v w_element(uint i)
{
    if ((w_pass & W_ABOVE) != 0u) {
        return w_get(w_from + W_WIDTH * i * w_p(W_P_OUTER));
    }
    return w_value(0u, W_IN0, w_from + i * w_stride(0u, w_p(W_P_RANK) - 1u));
}

void w_result(uint i, w_v y)
{
    if ((w_pass & W_ABOVE) != 0u) {
        w_set(w_from + W_WIDTH * i * w_p(W_P_OUTER), y);
        return;
    }
    uint late = w_pf(W_P_ATTR) != 0.0 ? 1u : 0u;
    if (i + late < w_count) {
        w_store(w_to + (i + late) * w_stride(W_P_INPUTS, w_p(W_P_RANK) - 1u), w_save(y, W_OUT0));
    }
    if (i == 0u && late != 0u) {
        w_store(w_to, w_save(w_begin(y), W_OUT0));
    }
}

void w_find_row()
{
    if ((w_pass & W_ABOVE) != 0u) {
        w_from = w_source + W_WIDTH * w_row;
        return;
    }
    uint rest = w_row;
    w_from = w_offset(0u);
    w_to = w_offset(W_P_INPUTS);
    for (uint axis = w_p(W_P_RANK) - 1u; axis-- > 0u;) {
        uint extent = w_p(W_P_EXTENT + axis);
        uint left = rest / extent;
        uint c = rest - left * extent;
        rest = left;
        w_from += c * w_stride(0u, axis);
        w_to += c * w_stride(W_P_INPUTS, axis);
    }
}

void main()
{
    uint unit = w_group() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (unit >= w_units) {
        return;
    }
    uint block = unit / w_p(W_P_OUTER);
    w_row = unit - block * w_p(W_P_OUTER);
    uint first = block * W_SCAN_BLOCK;
    uint end = min(first + W_SCAN_BLOCK, w_count);
    w_find_row();
    w_v sum = w_element(first);
    if ((w_pass & W_TOTALS) != 0u) {
        for (uint i = first + 1u; i < end; i++) {
            sum = w_both_of(sum, w_element(i));
        }
        w_set(w_target + W_WIDTH * unit, sum);
        return;
    }
    w_v carry = sum;
    if (block > 0u) {
        carry = w_get(w_target + W_WIDTH * (unit - w_p(W_P_OUTER)));
    }
    for (uint i = first; i < end; i++) {
        if (i > first) {
            sum = w_both_of(sum, w_element(i));
        }
        if (block > 0u) {
            w_result(i, w_both_of(carry, sum));
        } else {
            w_result(i, sum);
        }
    }
}
