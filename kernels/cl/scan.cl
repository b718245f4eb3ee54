// SPDX-License-Identifier: Apache-2.0
//
// SCAN, in the order of runtime/ops/canon.h: a work-item takes one block of a row. A first pass leaves
// the blocks' totals in the workspace, which are scanned in the same way, level by level; then each
// block adds what comes before it. Neighbouring work-items have neighbouring rows.
// W_BOTH(before, after) and W_BEGIN(any) are the operation's.
#define W_SPACE (W_P_INPUTS + 1) // of the bases
#define W_NEXT (p.word[W_P_ATTR + 4]) // where the next level's values begin
#define W_TOTALS_ALONE (p.word[W_P_ATTR + 5])

// This work-item's block of `count` elements a row.
#define W_BEGIN_BLOCK                                                                              \
    const uint count = p.word[W_P_STEP], outer = p.word[W_P_OUTER];                                \
    const uint task = (uint)get_global_id(0), block = task / outer, row = task % outer;            \
    const uint first = block * W_SCAN_BLOCK;                                                       \
    if (first >= count)                                                                            \
        return;                                                                                    \
    const uint end = count - first < W_SCAN_BLOCK ? count : first + W_SCAN_BLOCK;                  \
    space += bases.base[W_SPACE];                                                                  \
    __global ulong *totals = space + W_NEXT + (ulong)block * outer + row;

// STEP: elements a row.
W_KERNEL void w_scan(W_PARAMS, __global ulong *space)
{
    W_BEGIN_BLOCK
    const uint last = p.word[W_P_RANK] - 1u, late = W_ATTR(0) == W_V(0) ? 0u : 1u;
    uint from = W_OFFSET(0), to = W_OFFSET(W_OUTPUT), rest = row;
    for (uint axis = last; axis-- > 0u;) {
        uint c = rest % W_EXTENT(axis);
        rest /= W_EXTENT(axis);
        from += c * W_STRIDE(0, axis);
        to += c * W_STRIDE(W_OUTPUT, axis);
    }
    const uint in_step = W_STRIDE(0, last), out_step = W_STRIDE(W_OUTPUT, last);
    w_v sum = W_LOAD(0, from + first * in_step);
    if (W_TOTALS_ALONE) {
        for (uint i = first + 1u; i < end; i++)
            sum = W_BOTH(sum, W_LOAD(0, from + i * in_step));
        *totals = w_to_word(sum);
        return;
    }
    const w_v carry = block ? w_of_word(totals[-(long)outer]) : sum;
    if (block == 0u && late)
        out[bases.base[W_OUTPUT] + to] = W_STORE(W_BEGIN(sum));
    for (uint i = first; i < end; i++) {
        if (i > first)
            sum = W_BOTH(sum, W_LOAD(0, from + i * in_step));
        w_v y = block ? W_BOTH(carry, sum) : sum;
        if (i + late < count)
            out[bases.base[W_OUTPUT] + (uint)(to + (i + late) * out_step)] = W_STORE(y);
    }
}

// STEP: totals a row. STEP2: where they begin.
W_KERNEL void w_scan_level(W_PARAMS, __global ulong *space)
{
    W_BEGIN_BLOCK
    __global ulong *from = space + p.word[W_P_STEP2] + row;
    w_v sum = w_of_word(from[(ulong)first * outer]);
    if (W_TOTALS_ALONE) {
        for (uint i = first + 1u; i < end; i++)
            sum = W_BOTH(sum, w_of_word(from[(ulong)i * outer]));
        *totals = w_to_word(sum);
        return;
    }
    const w_v carry = block ? w_of_word(totals[-(long)outer]) : sum;
    for (uint i = first; i < end; i++) {
        if (i > first)
            sum = W_BOTH(sum, w_of_word(from[(ulong)i * outer]));
        from[(ulong)i * outer] = w_to_word(block ? W_BOTH(carry, sum) : sum);
    }
}
