// SPDX-License-Identifier: Apache-2.0
//
// CONTRACT: a group makes a tile of W_TILE x W_TILE elements of the result, a work-item 4 x 4 of
// them, from W_DEPTH values of k at a time in local memory. Each element is its own chain over
// increasing k (runtime/ops/canon.h), so that tiles and groups are free.
//
// STEP, STEP2: the values of k from, and to; a launch that does not begin at 0 goes on from the
// sums in the output or, where its elements are narrower (W_NARROW), in the workspace. The last one
// makes the result of them; W_ACTIVATE(y) is what follows the product.
#define W_TILE 64
#define W_DEPTH 16
#define W_LINE (W_TILE + 4) // keeps a column of the tile off one bank of local memory

#ifdef W_INTEGER // modulo 2^32, zero points taken off as the tiles are filled
typedef uint w_cell;
typedef uint4 w_cells;
#define W_CHAIN(one, four, sum) ((sum) + (w_cells)(one) * (four))
#define W_ZERO_A(m) as_uint(W_LOAD(2, at_c + (m) * W_STRIDE(2, rank - 3u)))
#define W_ZERO_B(n) as_uint(W_LOAD(3, at_zero_b + (n) * W_STRIDE(3, rank - 2u)))
#define W_A(m, at) (as_uint(W_LOAD(0, at)) - W_ZERO_A(m))
#define W_B(n, at) (as_uint(W_LOAD(1, at)) - W_ZERO_B(n))
#define W_CELL_OF(word) as_uint(word)
#else
typedef w_v w_cell;
#ifdef W_IN_F64
typedef double4 w_cells;
#else
typedef float4 w_cells;
#endif
#ifdef W_EXACT_FMA
#define W_CHAIN(one, four, sum)                                                                    \
    (w_cells)(w_fma(one, (four).x, (sum).x), w_fma(one, (four).y, (sum).y),                        \
              w_fma(one, (four).z, (sum).z), w_fma(one, (four).w, (sum).w))
#else
#define W_CHAIN(one, four, sum) fma((w_cells)(one), four, sum)
#endif
#define W_A(m, at) W_LOAD(0, at)
#define W_B(n, at) W_LOAD(1, at)
#define W_CELL_OF(word) (word)
#endif

// The offset of an operand for the batch this group works on.
#define W_BATCH(name, operand)                                                                     \
    uint name = 0u;                                                                                \
    for (uint axis = rank - 3u, left = batch; axis-- > 0u;) {                                      \
        name += (left % W_EXTENT(axis)) * W_STRIDE(operand, axis);                                 \
        left /= W_EXTENT(axis);                                                                    \
    }

// Neighbouring work-items take neighbouring elements: along k where that is the dense axis.
#define W_FILL(tile, operand, axis, from, extent, origin, LOAD)                                    \
    {                                                                                              \
        const uint step_k = W_STRIDE(operand, rank - 1u), step = W_STRIDE(operand, axis);          \
        for (uint cell = item; cell < W_TILE * W_DEPTH; cell += W_GROUP) {                         \
            uint dk = step_k == 1u ? cell % W_DEPTH : cell / W_TILE;                               \
            uint d = step_k == 1u ? cell / W_DEPTH : cell % W_TILE;                                \
            bool inside = k + dk < end && (from) + d < (extent);                                   \
            tile[dk * W_LINE + d] =                                                                \
                inside ? LOAD((from) + d, (origin) + ((from) + d) * step + (k + dk) * step_k) : 0; \
        }                                                                                          \
    }

// An element of the result: row r and column c of this work-item's 4 x 4.
#define W_AT(r, c)                                                                                 \
    (bases.base[W_OUTPUT] + (uint)(to + (row + r) * W_STRIDE(W_OUTPUT, rank - 3u) +                \
                                   (column + c) * W_STRIDE(W_OUTPUT, rank - 2u)))
#define W_EACH_ROW(DO) DO(0) DO(1) DO(2) DO(3)

// Where a sum stands between launches.
#ifdef W_NARROW
#define W_SUM(r, c)                                                                                \
    sums[8u / sizeof(w_cell) * bases.base[W_OUTPUT + 1] +                                          \
         ((ulong)batch * rows + row + (r)) * columns + column + (c)]
#else
#define W_SUM(r, c) out[W_AT(r, c)]
#endif

#ifdef W_INTEGER
#define W_KEPT(cell) as_int(cell)
#define W_RESULT(r, c, cell) as_int(cell)
#else
#define W_KEPT(cell) (cell)
#define W_WITH_C(r, c, y)                                                                          \
    (W_IS_CONSTANT(2) ? (y)                                                                        \
                      : w_fused(W_ATTR(1), W_LOAD(2, at_c + (row + r) * W_STRIDE(2, rank - 3u) +   \
                                                         (column + c) * W_STRIDE(2, rank - 2u)),   \
                                y))
#define W_RESULT(r, c, cell) W_STORE(W_ACTIVATE(W_WITH_C(r, c, W_ATTR(0) * cell)))
#endif

W_KERNEL void w_contract(W_PARAMS, __global w_cell *sums)
{
    __local w_cell a[W_DEPTH * W_LINE];
    __local w_cell b[W_DEPTH * W_LINE];
    const uint rank = p.word[W_P_RANK], item = (uint)get_local_id(0);
    const uint rows = W_EXTENT(rank - 3u), columns = W_EXTENT(rank - 2u);
    const uint across = (columns + W_TILE - 1u) / W_TILE, down = (rows + W_TILE - 1u) / W_TILE;
    const uint group = (uint)get_group_id(0);
    const uint tile_column = (group % across) * W_TILE;
    const uint tile_row = (group / across % down) * W_TILE;
    const uint batch = group / across / down;
    const uint row = tile_row + item / (W_TILE / 4) * 4u;
    const uint column = tile_column + item % (W_TILE / 4) * 4u;
    const uint begin = p.word[W_P_STEP], end = p.word[W_P_STEP2];
    const bool last = end == W_EXTENT(rank - 1u);
    W_BATCH(at_a, 0)
    W_BATCH(at_b, 1)
    W_BATCH(to, W_OUTPUT)
    W_BATCH(at_c, 2)
    at_c += W_OFFSET(2);
#ifdef W_INTEGER
    W_BATCH(at_zero_b, 3)
    at_zero_b += W_OFFSET(3);
#endif
    at_a += W_OFFSET(0);
    at_b += W_OFFSET(1);
    to += W_OFFSET(W_OUTPUT);

    w_cells sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0, part0 = 0, part1 = 0, part2 = 0, part3 = 0;
    w_cell cells[16];
    if (begin > 0u) {
        for (uint i = 0u; i < 16u; i++)
            cells[i] = row + i / 4u < rows && column + i % 4u < columns
                           ? W_CELL_OF(W_SUM(i / 4u, i % 4u))
                           : 0;
#define W_TAKE(r) sum##r = vload4(r, cells);
        W_EACH_ROW(W_TAKE)
    }
    for (uint k = begin; k < end; k += W_DEPTH) {
        W_FILL(a, 0, rank - 3u, tile_row, rows, at_a, W_A)
        W_FILL(b, 1, rank - 2u, tile_column, columns, at_b, W_B)
        barrier(CLK_LOCAL_MEM_FENCE);
        const uint depth = end - k < W_DEPTH ? end - k : W_DEPTH;
        for (uint dk = 0u; dk < depth; dk++) {
            w_cells x = vload4(0, a + dk * W_LINE + (row - tile_row));
            w_cells y = vload4(0, b + dk * W_LINE + (column - tile_column));
            part0 = W_CHAIN(x.x, y, part0);
            part1 = W_CHAIN(x.y, y, part1);
            part2 = W_CHAIN(x.z, y, part2);
            part3 = W_CHAIN(x.w, y, part3);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        if ((k + W_DEPTH) % W_SEGMENT == 0u || k + W_DEPTH >= end) {
            bool first = k < W_SEGMENT;
            sum0 = first ? part0 : sum0 + part0;
            sum1 = first ? part1 : sum1 + part1;
            sum2 = first ? part2 : sum2 + part2;
            sum3 = first ? part3 : sum3 + part3;
            part0 = part1 = part2 = part3 = 0;
        }
    }
#define W_GIVE(r) vstore4(sum##r, r, cells);
    W_EACH_ROW(W_GIVE)
    // One element after the other, so that what finishes it is compiled once.
    for (uint i = 0u; i < 16u; i++) {
        const uint r = i / 4u, c = i % 4u;
        if (row + r >= rows || column + c >= columns)
            continue;
        if (last)
            out[W_AT(r, c)] = W_RESULT(r, c, cells[i]);
        else
            W_SUM(r, c) = W_KEPT(cells[i]);
    }
}
