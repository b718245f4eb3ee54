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
    out[bases.base[W_OUTPUT] + at] = in0[bases.base[0] + from];
}
