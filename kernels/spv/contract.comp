#version 450
#extension GL_GOOGLE_include_directive : require
#ifdef W_IN_F64
#extension GL_ARB_gpu_shader_int64 : require
#endif
// SPDX-License-Identifier: Apache-2.0
//
// CONTRACT in the class W_IN_F32 or W_IN_F64: the canonical order of runtime/ops/canon.h for every
// element, and what follows a product, the operation W_OP. Several dispatches share a long k: the output
// itself carries the sum of the segments so far or, where its elements are narrower, the workspace.
#ifdef W_IN_F32
#include "lang.glsl"
#else
#include "lang_other.glsl"
#endif
#include "common.glsl"
#include "numbers.glsl"
#include "operands.glsl"
#include "tile.glsl"
#define W_ACTIVATE
#ifdef W_IN_F32
#include "map_f32.glsl"
#define w_v4 vec4
#define W_OWN W_F32
#else
#include "map_f64.glsl"
#define w_v4 dvec4
#define W_OWN W_F64
#endif

#include "space.glsl"

shared w_v w_a[W_DEPTH][W_TILE + 1u];
shared w_v w_b[W_DEPTH][W_TILE + 1u];
shared w_v w_y[W_TILE][W_TILE + 1u];

w_v4 w_fused4(w_v a, w_v4 b, w_v4 c)
{
    return w_v4(w_fused(a, b.x, c.x), w_fused(a, b.y, c.y), w_fused(a, b.z, c.z),
                w_fused(a, b.w, c.w));
}

// One step of k. Where multiply-adds are dear, a tile of few rows is spared those of the others.
void w_multiply(uint k, uint x, uint y, uint rows, uint columns, inout w_v4 part[4])
{
#ifdef W_IN_F64
    if (W_FMA_MODE != 0u) { // much code, which is there once
        for (uint i = 0u; i * W_SIDE < min(rows, W_TILE); i++) {
            for (uint j = 0u; j * W_SIDE < min(columns, W_TILE); j++) {
                part[i][j] = w_fused_exact(w_a[k][y + i * W_SIDE], w_b[k][x + j * W_SIDE],
                                           part[i][j]);
            }
        }
        return;
    }
#endif
    w_v4 b =
        w_v4(w_b[k][x], w_b[k][x + W_SIDE], w_b[k][x + 2u * W_SIDE], w_b[k][x + 3u * W_SIDE]);
    part[0] = w_fused4(w_a[k][y], b, part[0]);
    if (W_UNROLL != 0u || rows > W_SIDE) {
        part[1] = w_fused4(w_a[k][y + W_SIDE], b, part[1]);
    }
    if (W_UNROLL != 0u || rows > 2u * W_SIDE) {
        part[2] = w_fused4(w_a[k][y + 2u * W_SIDE], b, part[2]);
        part[3] = w_fused4(w_a[k][y + 3u * W_SIDE], b, part[3]);
    }
}

void w_fetch(w_tile_place t, uint k0, uint end, uint m_axis)
{
    uint m_end = w_p(W_P_EXTENT + m_axis), n_end = w_p(W_P_EXTENT + m_axis + 1u);
    uint a_m = w_stride(0u, m_axis), a_k = w_stride(0u, m_axis + 2u);
    uint b_n = w_stride(1u, m_axis + 1u), b_k = w_stride(1u, m_axis + 2u);
    for (uint e = gl_LocalInvocationID.x; e < W_TILE * W_DEPTH; e += 64u) {
        uvec2 s = w_spot(e, a_k == 1u);
        bool there = t.m + s.x < m_end && k0 + s.y < end;
        uint at = there ? t.at0 + (t.m + s.x) * a_m + (k0 + s.y) * a_k : t.at0;
        w_a[s.y][s.x] = w_value(0u, W_IN0, at);
        s = w_spot(e, b_k == 1u);
        there = t.n + s.x < n_end && k0 + s.y < end;
        at = there ? t.at1 + (t.n + s.x) * b_n + (k0 + s.y) * b_k : t.at1;
        w_b[s.y][s.x] = w_value(1u, W_IN1, at);
    }
}

// ---------------------------------------------------------------- elements of the output

// Where the tile's element m, n lies; and its sum in the workspace, which is dense.
uint w_place(w_tile_place t, uint m, uint n, uint m_axis)
{
    return t.to + m * w_stride(W_P_INPUTS, m_axis) + n * w_stride(W_P_INPUTS, m_axis + 1u);
}

uint w_sum_place(w_tile_place t, uint m, uint n, uint m_axis)
{
    uint rows = w_p(W_P_EXTENT + m_axis), columns = w_p(W_P_EXTENT + m_axis + 1u);
    return w_source + W_WIDTH * ((t.batch * rows + m) * columns + n);
}

w_v w_sum_so_far(w_tile_place t, uint m, uint n, uint m_axis)
{
    if (W_OUT0 != W_OWN) {
        return w_get(w_sum_place(t, m, n, m_axis));
    }
#ifdef W_IN_F64
    uint at = 2u * w_place(t, m, n, m_axis);
    return packDouble2x32(uvec2(w_out0[at], w_out0[at + 1u]));
#else
    return uintBitsToFloat(w_out0[w_place(t, m, n, m_axis)]);
#endif
}

void w_keep_sum(w_tile_place t, uint m, uint n, uint m_axis, w_v sum)
{
    if (W_OUT0 != W_OWN) {
        w_set(w_sum_place(t, m, n, m_axis), sum);
        return;
    }
#ifdef W_IN_F64
    w_store(w_place(t, m, n, m_axis), unpackDouble2x32(sum));
#else
    w_out0[w_place(t, m, n, m_axis)] = floatBitsToUint(sum);
#endif
}

w_v w_attribute(uint i) { return w_v(w_pf(W_P_ATTR + i)); }

void w_finish(w_tile_place t, uint m, uint n, uint m_axis, w_v sum)
{
    w_v y = w_attribute(0u) * sum;
    if (W_IN2 != 0u) {
        uint at = t.at2 + m * w_stride(2u, m_axis) + n * w_stride(2u, m_axis + 1u);
        y = w_fused(w_attribute(1u), w_value(2u, W_IN2, at), y);
    }
    w_v a = w_attribute(2u);
    y = w_map(1u, y, a, a, a, a, a, a, a, a, w_attribute(3u), a, a);
    w_store(w_place(t, m, n, m_axis), w_save(y, W_OUT0));
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
    uint x = gl_LocalInvocationID.x % W_SIDE, y = gl_LocalInvocationID.x / W_SIDE;

    // Sums start from a zero that the compiler cannot see, or it folds the first addition.
    w_v4 zero = w_v4(w_v(w_pf(W_P_STEP)));
    w_v4 sum[4] = w_v4[4](zero, zero, zero, zero);
    if (w_pass != 0u) {
        for (uint e = gl_LocalInvocationID.x; e < W_TILE * W_TILE; e += 64u) {
            uint m = t.m + e / W_TILE, n = t.n + e % W_TILE;
            bool there = m < m_end && n < n_end;
            w_y[e / W_TILE][e % W_TILE] =
                w_sum_so_far(t, there ? m : t.m, there ? n : t.n, m_axis);
        }
        barrier();
        for (uint i = 0u; i < 4u; i++) {
            for (uint j = 0u; j < 4u; j++) {
                sum[i][j] = w_y[y + i * W_SIDE][x + j * W_SIDE];
            }
        }
        barrier();
    }
    w_v4 part[4] = w_v4[4](zero, zero, zero, zero);
    for (uint k0 = w_count; k0 < w_blocks; k0 += W_DEPTH) {
        w_fetch(t, k0, w_blocks, m_axis);
        barrier();
        // A step beyond the end would be an addition too many, so that the last tile is cut short.
        if (W_UNROLL != 0u && w_blocks - k0 >= W_DEPTH) {
            for (uint k = 0u; k < W_DEPTH; k++) {
                w_multiply(k, x, y, m_end - t.m, n_end - t.n, part);
            }
        } else {
            uint depth = min(W_DEPTH, w_blocks - k0);
            for (uint k = 0u; k < depth; k++) {
                w_multiply(k, x, y, m_end - t.m, n_end - t.n, part);
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
            w_v value = w_y[e / W_TILE][e % W_TILE];
            if (last) {
                w_finish(t, m, n, m_axis, value);
            } else {
                w_keep_sum(t, m, n, m_axis, value);
            }
        }
    }
}
