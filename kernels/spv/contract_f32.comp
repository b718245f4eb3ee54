#version 450
#extension GL_GOOGLE_include_directive : require
// SPDX-License-Identifier: Apache-2.0
//
// CONTRACT in f32: the canonical order of runtime/ops/canon.h for every element. Several dispatches
// share a long k: the output itself carries the sum of the segments so far.
#include "lang.glsl"
#include "common.glsl"
#include "tile.glsl"

shared float w_a[W_DEPTH][W_TILE + 1u];
shared float w_b[W_DEPTH][W_TILE + 1u];
shared float w_y[W_TILE][W_TILE + 1u];

vec4 w_fma4(float a, vec4 b, vec4 c)
{
    return vec4(w_fma(a, b.x, c.x), w_fma(a, b.y, c.y), w_fma(a, b.z, c.z), w_fma(a, b.w, c.w));
}

// One step of k. Where multiply-adds are dear, a tile of few rows is spared those of the others.
void w_multiply(uint k, uint x, uint y, uint rows, inout vec4 part[4])
{
    vec4 b = vec4(w_b[k][x], w_b[k][x + W_SIDE], w_b[k][x + 2u * W_SIDE], w_b[k][x + 3u * W_SIDE]);
    part[0] = w_fma4(w_a[k][y], b, part[0]);
    if (W_UNROLL != 0u || rows > W_SIDE) {
        part[1] = w_fma4(w_a[k][y + W_SIDE], b, part[1]);
    }
    if (W_UNROLL != 0u || rows > 2u * W_SIDE) {
        part[2] = w_fma4(w_a[k][y + 2u * W_SIDE], b, part[2]);
        part[3] = w_fma4(w_a[k][y + 3u * W_SIDE], b, part[3]);
    }
}

void w_load(w_tile_place t, uint k0, uint end, uint m_axis)
{
    uint m_end = w_p(W_P_EXTENT + m_axis), n_end = w_p(W_P_EXTENT + m_axis + 1u);
    uint a_m = w_stride(0u, m_axis), a_k = w_stride(0u, m_axis + 2u);
    uint b_n = w_stride(1u, m_axis + 1u), b_k = w_stride(1u, m_axis + 2u);
    for (uint e = gl_LocalInvocationID.x; e < W_TILE * W_DEPTH; e += 64u) {
        uvec2 s = w_spot(e, a_k == 1u);
        bool there = t.m + s.x < m_end && k0 + s.y < end;
        uint at = there ? t.at0 + (t.m + s.x) * a_m + (k0 + s.y) * a_k : t.at0;
        w_a[s.y][s.x] = uintBitsToFloat(w_in0[at]);
        s = w_spot(e, b_k == 1u);
        there = t.n + s.x < n_end && k0 + s.y < end;
        at = there ? t.at1 + (t.n + s.x) * b_n + (k0 + s.y) * b_k : t.at1;
        w_b[s.y][s.x] = uintBitsToFloat(w_in1[at]);
    }
}

float w_store(float sum, w_tile_place t, uint m, uint n, uint m_axis, bool last)
{
    if (!last) {
        return sum;
    }
    float y = w_pf(W_P_ATTR) * sum;
    if (W_IN2 != 0u) {
        uint at = t.at2 + m * w_stride(2u, m_axis) + n * w_stride(2u, m_axis + 1u);
        y = w_fma(w_pf(W_P_ATTR + 1), uintBitsToFloat(w_in2[at]), y);
    }
    return y;
}

void main()
{
    uint group = w_group();
    if (group >= w_units) {
        return;
    }
    w_tile_place t = w_tile(group);
    uint m_axis = w_p(W_P_RANK) - 3u;
    uint m_end = w_p(W_P_EXTENT + m_axis), n_end = w_p(W_P_EXTENT + m_axis + 1u);
    uint y_m = w_stride(W_P_INPUTS, m_axis), y_n = w_stride(W_P_INPUTS, m_axis + 1u);
    uint x = gl_LocalInvocationID.x % W_SIDE, y = gl_LocalInvocationID.x / W_SIDE;

    // Sums start from a zero that the compiler cannot see, or it folds the first addition.
    vec4 zero = vec4(w_pf(W_P_STEP));
    vec4 sum[4] = vec4[4](zero, zero, zero, zero);
    if (w_pass != 0u) {
        for (uint e = gl_LocalInvocationID.x; e < W_TILE * W_TILE; e += 64u) {
            uint m = t.m + e / W_TILE, n = t.n + e % W_TILE;
            uint at = m < m_end && n < n_end ? t.to + m * y_m + n * y_n : t.to;
            w_y[e / W_TILE][e % W_TILE] = uintBitsToFloat(w_out0[at]);
        }
        barrier();
        for (uint i = 0u; i < 4u; i++) {
            for (uint j = 0u; j < 4u; j++) {
                sum[i][j] = w_y[y + i * W_SIDE][x + j * W_SIDE];
            }
        }
        barrier();
    }
    vec4 part[4] = vec4[4](zero, zero, zero, zero);
    for (uint k0 = w_count; k0 < w_blocks; k0 += W_DEPTH) {
        w_load(t, k0, w_blocks, m_axis);
        barrier();
        // A step beyond the end would be an addition too many, so that the last tile is cut short.
        if (W_UNROLL != 0u && w_blocks - k0 >= W_DEPTH) {
            for (uint k = 0u; k < W_DEPTH; k++) {
                w_multiply(k, x, y, m_end - t.m, part);
            }
        } else {
            uint depth = min(W_DEPTH, w_blocks - k0);
            for (uint k = 0u; k < depth; k++) {
                w_multiply(k, x, y, m_end - t.m, part);
            }
        }
        barrier();
        uint next = k0 + W_DEPTH;
        if (next % W_SEGMENT == 0u || next >= w_blocks) {
            for (uint i = 0u; i < 4u; i++) {
                sum[i] = k0 < W_SEGMENT ? part[i] : sum[i] + part[i];
                part[i] = zero;
            }
        }
    }
    // Through shared memory, so that the code that finishes an element is there once.
    for (uint i = 0u; i < 4u; i++) {
        for (uint j = 0u; j < 4u; j++) {
            w_y[y + i * W_SIDE][x + j * W_SIDE] = sum[i][j];
        }
    }
    barrier();
    bool last = w_blocks == w_p(W_P_EXTENT + m_axis + 2u);
    for (uint e = gl_LocalInvocationID.x; e < W_TILE * W_TILE; e += 64u) {
        uint m = t.m + e / W_TILE, n = t.n + e % W_TILE;
        if (m < m_end && n < n_end) {
            float value = w_store(w_y[e / W_TILE][e % W_TILE], t, m, n, m_axis, last);
            w_out0[t.to + m * y_m + n * y_n] = floatBitsToUint(value);
        }
    }
}
