// SPDX-License-Identifier: Apache-2.0
//
// GATHER: one element a work-item. The last axis is the gathered one, of which an index says the
// place; out of range it gives zeros, and nothing is read.
W_KERNEL void w_gather(W_PARAMS)
{
    const uint last = p.word[W_P_RANK] - 1u;
    uint rest = (uint)get_global_id(0);
    if (rest >= p.word[W_P_OUTER])
        return;
    uint at = W_OFFSET(W_OUTPUT), from = W_OFFSET(0), index_at = W_OFFSET(1);
    for (uint axis = last; axis-- > 0u;) {
        uint extent = W_EXTENT(axis);
        uint next = axis > 0u ? rest / extent : 0u;
        uint k = rest - next * extent;
        rest = next;
        at += k * W_STRIDE(W_OUTPUT, axis);
        from += k * W_STRIDE(0, axis);
        index_at += k * W_STRIDE(1, axis);
    }
    const long limit = (long)W_EXTENT(last);
    long index = in1[bases.base[1] + index_at];
    index += index < 0 ? limit : 0;
    W_OUT y = (W_OUT)(0);
    if (index >= 0 && index < limit)
        y = in0[bases.base[0] + (uint)(from + (uint)index * W_STRIDE(0, last))];
    out[bases.base[W_OUTPUT] + at] = y;
}
