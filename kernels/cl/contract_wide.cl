// SPDX-License-Identifier: Apache-2.0
//
// CONTRACT for CPUs and for few rows: a work-item makes W_HIGH rows of 16 columns in registers,
// without local memory or barriers. Each element is the chain that contract.cl computes.
//
// n is at least 16 and b's rows are dense. At the right edge a work-item reads the last 16 columns
// and at the bottom the last row, and keeps what is its own.
// STEP, STEP2, W_ACTIVATE: as in contract.cl; `sums` is not used, for no element is narrower.
#define W_WIDE 16
#define W_HIGH 4

#ifdef W_INTEGER
typedef uint w_cell;
typedef uint16 w_cells;
#define W_CHAIN(one, many, sum) ((sum) + (w_cells)(one) * (many))
#define W_A(r) (as_uint((int)a##r[(k)*step_a]) - zero##r)
#define W_B (as_uint16(convert_int16(vload16(0, b))) - zero_b)
#define W_CELL_OF(word) as_uint(word)
#define W_RESULT(r, c, cell) as_int(cell)
#else
typedef float w_cell;
typedef float16 w_cells;
#define W_CHAIN(one, many, sum) fma((w_cells)(one), many, sum)
#define W_A(r) a##r[(k)*step_a]
#define W_B vload16(0, b)
#define W_CELL_OF(word) (word)
#define W_WITH_C(r, c, y)                                                                          \
    (W_IS_CONSTANT(2) ? (y)                                                                        \
                      : w_fma(W_ATTR(1), W_LOAD(2, at_c + (row + r) * W_STRIDE(2, rank - 3u) +     \
                                                       (column + (c)) * W_STRIDE(2, rank - 2u)),   \
                              y))
#define W_RESULT(r, c, cell) W_ACTIVATE(W_WITH_C(r, c, W_ATTR(0) * (cell)))
#endif

#define W_BATCH(name, operand)                                                                     \
    uint name = W_OFFSET(operand);                                                                 \
    for (uint axis = rank - 3u, left = batch; axis-- > 0u;) {                                      \
        name += (left % W_EXTENT(axis)) * W_STRIDE(operand, axis);                                 \
        left /= W_EXTENT(axis);                                                                    \
    }

// Row r of this work-item: whether it is there, and where it is read.
#define W_IS_ROW(r) (row + r < rows)
#define W_READ_ROW(r) (W_IS_ROW(r) ? row + r : rows - 1u)
#define W_AT(r, c)                                                                                 \
    (bases.base[W_OUTPUT] + (uint)(to + (row + r) * W_STRIDE(W_OUTPUT, rank - 3u) +                \
                                   (column + (c)) * W_STRIDE(W_OUTPUT, rank - 2u)))
#define W_EACH_ROW(DO) DO(0) DO(1) DO(2) DO(3)

W_KERNEL void w_contract(W_PARAMS, __global float *sums)
{
    const uint rank = p.word[W_P_RANK];
    const uint rows = W_EXTENT(rank - 3u), columns = W_EXTENT(rank - 2u);
    const uint across = (columns + W_WIDE - 1u) / W_WIDE, down = (rows + W_HIGH - 1u) / W_HIGH;
    const uint item = (uint)get_group_id(0) * W_GROUP + (uint)get_local_id(0);
    const uint own = (item % across) * W_WIDE;
    const uint column = own + W_WIDE <= columns ? own : columns - W_WIDE;
    const uint row = (item / across % down) * W_HIGH;
    const uint batch = item / across / down;
    if (batch * rows * columns >= p.word[W_P_OUTER])
        return;
    const uint begin = p.word[W_P_STEP], end = p.word[W_P_STEP2];
    const bool last = end == W_EXTENT(rank - 1u);
    W_BATCH(at_a, 0)
    W_BATCH(at_b, 1)
    W_BATCH(to, W_OUTPUT)
    W_BATCH(at_c, 2)
    const size_t step_a = (size_t)(int)W_STRIDE(0, rank - 1u);
    const size_t step_b = (size_t)(int)W_STRIDE(1, rank - 1u);
    __global const W_IN1 *b = in1 + bases.base[1] + at_b + column + begin * step_b;
#define W_ROW_START(r)                                                                             \
    __global const W_IN0 *a##r =                                                                   \
        in0 + bases.base[0] + (uint)(at_a + W_READ_ROW(r) * W_STRIDE(0, rank - 3u));               \
    w_cells sum##r = 0, part##r = 0;
    W_EACH_ROW(W_ROW_START)
#ifdef W_INTEGER
    W_BATCH(at_zero, 3)
    uint zeros[W_WIDE];
    for (uint c = 0u; c < W_WIDE; c++)
        zeros[c] = as_uint(W_LOAD(3, at_zero + (column + c) * W_STRIDE(3, rank - 2u)));
    const w_cells zero_b = vload16(0, zeros);
#define W_ZERO(r)                                                                                  \
    const uint zero##r = as_uint(W_LOAD(2, at_c + W_READ_ROW(r) * W_STRIDE(2, rank - 3u)));
    W_EACH_ROW(W_ZERO)
#endif
    w_cell cells[W_HIGH * W_WIDE];
    if (begin > 0u) {
#define W_GET(r)                                                                                   \
    for (uint c = 0u; c < W_WIDE; c++)                                                             \
        cells[c] = W_IS_ROW(r) && column + c >= own ? W_CELL_OF(out[W_AT(r, c)]) : 0;              \
    sum##r = vload16(0, cells);
        W_EACH_ROW(W_GET)
    }
    for (uint from = begin; from < end; from += W_SEGMENT) {
        const uint until = end - from < W_SEGMENT ? end : from + W_SEGMENT;
        for (uint k = from; k < until; k++, b += step_b) {
            const w_cells many = W_B;
#define W_MULTIPLY(r) part##r = W_CHAIN(W_A(r), many, part##r);
            W_EACH_ROW(W_MULTIPLY)
        }
#define W_SEGMENT_END(r)                                                                           \
    sum##r = from == 0u ? part##r : sum##r + part##r;                                              \
    part##r = 0;
        W_EACH_ROW(W_SEGMENT_END)
    }
#define W_GIVE(r) vstore16(sum##r, r, cells);
    W_EACH_ROW(W_GIVE)
    // One element after the other, so that what finishes it is compiled once.
    for (uint i = 0u; i < W_HIGH * W_WIDE; i++) {
        const uint r = i / W_WIDE, c = i % W_WIDE;
        if (W_IS_ROW(r) && column + c >= own)
            out[W_AT(r, c)] = last ? W_RESULT(r, c, cells[i]) : cells[i];
    }
}
