// SPDX-License-Identifier: Apache-2.0
//
// MOVE: a strided gather, one element a work-item; the storage type stands for every dtype of its
// size.
W_KERNEL void w_move(W_PARAMS)
{
    uint rest = (uint)get_global_id(0);
    if (rest >= p.word[W_P_OUTER])
        return;
    uint at = W_OFFSET(W_OUTPUT), from = W_OFFSET(0);
    for (uint axis = p.word[W_P_RANK]; axis-- > 0u;) {
        uint extent = W_EXTENT(axis);
        uint next = axis > 0u ? rest / extent : 0u;
        uint k = rest - next * extent;
        rest = next;
        at += k * W_STRIDE(W_OUTPUT, axis);
        from += k * W_STRIDE(0, axis);
    }
    // The one constant that there is is zero.
    out[bases.base[W_OUTPUT] + at] = W_IS_CONSTANT(0) ? (W_OUT)(0) : in0[bases.base[0] + from];
}

// Where the input is dense along another axis than the output: tiles of those two axes go through
// local memory, so that reads and writes are both of neighbours. STEP: the input's dense axis.
#define W_TILE 32
#define W_LINE (W_TILE + 1) // keeps a column of the tile off one bank of local memory

W_KERNEL void w_move_tile(W_PARAMS)
{
    __local W_OUT tile[W_TILE * W_LINE];
    const uint last = p.word[W_P_RANK] - 1u, dense = p.word[W_P_STEP];
    const uint columns = W_EXTENT(last), rows = W_EXTENT(dense);
    const uint across = (columns + W_TILE - 1u) / W_TILE, down = (rows + W_TILE - 1u) / W_TILE;
    const uint group = (uint)get_group_id(0), item = (uint)get_local_id(0);
    const uint column = (group % across) * W_TILE, row = (group / across % down) * W_TILE;
    const uint fast = item % W_TILE;
    uint at = W_OFFSET(W_OUTPUT), from = W_OFFSET(0), rest = group / across / down;
    for (uint axis = last; axis-- > 0u;) {
        uint k = axis == dense ? 0u : rest % W_EXTENT(axis);
        rest = axis == dense ? rest : rest / W_EXTENT(axis);
        at += k * W_STRIDE(W_OUTPUT, axis);
        from += k * W_STRIDE(0, axis);
    }
    for (uint slow = item / W_TILE; slow < W_TILE; slow += W_GROUP / W_TILE)
        if (row + fast < rows && column + slow < columns)
            tile[slow * W_LINE + fast] =
                in0[bases.base[0] + (uint)(from + (row + fast) * W_STRIDE(0, dense) +
                                           (column + slow) * W_STRIDE(0, last))];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint slow = item / W_TILE; slow < W_TILE; slow += W_GROUP / W_TILE)
        if (row + slow < rows && column + fast < columns)
            out[bases.base[W_OUTPUT] + (uint)(at + (row + slow) * W_STRIDE(W_OUTPUT, dense) +
                                              (column + fast) * W_STRIDE(W_OUTPUT, last))] =
                tile[fast * W_LINE + slow];
}
