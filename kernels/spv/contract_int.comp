#version 450
#extension GL_GOOGLE_include_directive : require
// SPDX-License-Identifier: Apache-2.0
//
// CONTRACT of bytes: exact products in s32, which wraps. Zero points are taken off on the way into
// shared memory. Several dispatches share a long k: the output carries the sum.
#include "common.glsl"
#include "tile.glsl"

shared int w_a[W_DEPTH][W_TILE + 1u];
shared int w_b[W_DEPTH][W_TILE + 1u];
shared int w_y[W_TILE][W_TILE + 1u];

int w_zero_a(w_tile_place t, uint m, uint m_axis)
{
    uint at = t.at2 + m * w_stride(2u, m_axis);
    return W_IN2 == W_S32 ? int(w_in2[at]) : w_byte(w_in2[at >> 2], at, W_IN2);
}

int w_zero_b(w_tile_place t, uint n, uint m_axis)
{
    uint at = t.at3 + n * w_stride(3u, m_axis + 1u);
    return W_IN3 == W_S32 ? int(w_in3[at]) : w_byte(w_in3[at >> 2], at, W_IN3);
}

// Elements beyond the operands count as nothing.
void w_load(w_tile_place t, uint k0, uint end, uint m_axis)
{
    uint m_end = w_p(W_P_EXTENT + m_axis), n_end = w_p(W_P_EXTENT + m_axis + 1u);
    uint a_m = w_stride(0u, m_axis), a_k = w_stride(0u, m_axis + 2u);
    uint b_n = w_stride(1u, m_axis + 1u), b_k = w_stride(1u, m_axis + 2u);
    for (uint e = gl_LocalInvocationID.x; e < W_TILE * W_DEPTH; e += 64u) {
        uvec2 s = w_spot(e, a_k == 1u);
        int value = 0;
        if (t.m + s.x < m_end && k0 + s.y < end) {
            uint at = t.at0 + (t.m + s.x) * a_m + (k0 + s.y) * a_k;
            value = w_byte(w_in0[at >> 2], at, W_IN0) - w_zero_a(t, t.m + s.x, m_axis);
        }
        w_a[s.y][s.x] = value;
        s = w_spot(e, b_k == 1u);
        value = 0;
        if (t.n + s.x < n_end && k0 + s.y < end) {
            uint at = t.at1 + (t.n + s.x) * b_n + (k0 + s.y) * b_k;
            value = w_byte(w_in1[at >> 2], at, W_IN1) - w_zero_b(t, t.n + s.x, m_axis);
        }
        w_b[s.y][s.x] = value;
    }
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

    ivec4 sum[4] = ivec4[4](ivec4(0), ivec4(0), ivec4(0), ivec4(0));
    for (uint k0 = w_count; k0 < w_blocks; k0 += W_DEPTH) {
        w_load(t, k0, w_blocks, m_axis);
        barrier();
        uint depth = W_UNROLL != 0u ? W_DEPTH : min(W_DEPTH, w_blocks - k0);
        for (uint k = 0u; k < depth; k++) {
            ivec4 b = ivec4(w_b[k][x], w_b[k][x + W_SIDE], w_b[k][x + 2u * W_SIDE],
                            w_b[k][x + 3u * W_SIDE]);
            sum[0] += w_a[k][y] * b;
            sum[1] += w_a[k][y + W_SIDE] * b;
            sum[2] += w_a[k][y + 2u * W_SIDE] * b;
            sum[3] += w_a[k][y + 3u * W_SIDE] * b;
        }
        barrier();
    }
    // Through shared memory, so that the code that writes an element is there once.
    for (uint i = 0u; i < 4u; i++) {
        for (uint j = 0u; j < 4u; j++) {
            w_y[y + i * W_SIDE][x + j * W_SIDE] = sum[i][j];
        }
    }
    barrier();
    for (uint e = gl_LocalInvocationID.x; e < W_TILE * W_TILE; e += 64u) {
        uint m = t.m + e / W_TILE, n = t.n + e % W_TILE;
        if (m < m_end && n < n_end) {
            uint to = t.to + m * y_m + n * y_n;
            uint before = w_pass != 0u ? w_out0[to] : 0u;
            w_out0[to] = before + uint(w_y[e / W_TILE][e % W_TILE]);
        }
    }
}
