// SPDX-License-Identifier: Apache-2.0
//
// CONTRACT: a work-group of 8 x 8 computes a tile of 32 x 32 elements, each invocation 4 x 4 of
// them, 8 apart. The tile goes through shared memory 16 steps of k at a time, in f64 8.
#ifndef W_TILE_GLSL
#define W_TILE_GLSL

#define W_TILE 32u
#ifdef W_IN_F64
#define W_DEPTH 8u
#else
#define W_DEPTH 16u
#endif
#define W_SIDE 8u

layout(local_size_x = 64) in;
layout(constant_id = 18) const uint W_UNROLL = 1u; // 0: unrolled loops take too long to compile

// The tile that this work-group computes and where its operands begin: a, b, c (or a's zero point),
// b's zero point, y.
struct w_tile_place {
    uint m, n;
    uint at0, at1, at2, at3, to;
    uint batch; // the number of the matrix in its stack
};

w_tile_place w_tile(uint group)
{
    uint batch_axes = w_p(W_P_RANK) - 3u;
    uint columns = (w_p(W_P_EXTENT + batch_axes + 1u) + W_TILE - 1u) / W_TILE;
    uint rows = (w_p(W_P_EXTENT + batch_axes) + W_TILE - 1u) / W_TILE;
    w_tile_place t;
    t.n = group % columns * W_TILE;
    t.m = group / columns % rows * W_TILE;
    uint rest = group / columns / rows;
    t.batch = rest;
    t.at0 = w_offset(0u);
    t.at1 = w_offset(1u);
    t.at2 = w_offset(2u);
    t.at3 = w_offset(3u);
    t.to = w_offset(W_P_INPUTS);
    for (uint axis = batch_axes; axis-- > 0u;) {
        uint extent = w_p(W_P_EXTENT + axis);
        uint left = rest / extent;
        uint c = rest - left * extent;
        rest = left;
        t.at0 += c * w_stride(0u, axis);
        t.at1 += c * w_stride(1u, axis);
        t.at2 += c * w_stride(2u, axis);
        t.at3 += c * w_stride(3u, axis);
        t.to += c * w_stride(W_P_INPUTS, axis);
    }
    return t;
}

// Element number `e` of a tile of W_TILE x W_DEPTH: x along the tile, y along k. Neighbouring
// invocations take neighbours in memory.
uvec2 w_spot(uint e, bool k_first)
{
    return k_first ? uvec2(e / W_DEPTH, e % W_DEPTH) : uvec2(e % W_TILE, e / W_TILE);
}

#endif
