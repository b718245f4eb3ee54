// SPDX-License-Identifier: Apache-2.0
//
// HISTOGRAM: groups count parts of a row in local memory and add that to the row's counts in the
// workspace; whole numbers come out the same in any order. Then W_VALUE(counts, i), the operation's,
// makes the row's W_RESULTS results.
#define W_SPACE (W_P_INPUTS + 1) // of the bases
#define W_VALUES 256u
#define W_PART (W_GROUP * 128u) // elements

W_KERNEL void w_clear(W_PARAMS, __global uint *space)
{
    uint i = (uint)get_global_id(0);
    if (i < p.word[W_P_OUTER] * W_VALUES)
        space[2ul * bases.base[W_SPACE] + i] = 0u;
}

// STEP: parts of a row.
W_KERNEL void w_counts(W_PARAMS, __global uint *space)
{
    __local uint counts[W_VALUES];
    const uint item = (uint)get_local_id(0), parts = p.word[W_P_STEP];
    const uint row = (uint)get_group_id(0) / parts, inner = p.word[W_P_INNER];
    const uint first = ((uint)get_group_id(0) % parts) * W_PART;
    const uint end = inner - first < W_PART ? inner : first + W_PART;
    const uint kept = p.word[W_P_RANK] - p.word[W_P_REDUCED];
    for (uint v = item; v < W_VALUES; v += W_GROUP)
        counts[v] = 0u;
    uint base = W_OFFSET(0), rest = row;
    for (uint axis = kept; axis-- > 0u;) {
        base += (rest % W_EXTENT(axis)) * W_STRIDE(0, axis);
        rest /= W_EXTENT(axis);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint i = first + item; i < end; i += W_GROUP) {
        uint at = base, part = i;
        for (uint axis = p.word[W_P_RANK]; axis-- > kept;) {
            uint next = axis > kept ? part / W_EXTENT(axis) : 0u;
            at += (part - next * W_EXTENT(axis)) * W_STRIDE(0, axis);
            part = next;
        }
        atomic_inc(&counts[in0[bases.base[0] + at]]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint v = item; v < W_VALUES; v += W_GROUP)
        if (counts[v])
            atomic_add(&space[2ul * bases.base[W_SPACE] + row * W_VALUES + v], counts[v]);
}

W_KERNEL void w_values(W_PARAMS, __global uint *space)
{
    const uint i = (uint)get_global_id(0), row = i / W_RESULTS;
    if (row >= p.word[W_P_OUTER])
        return;
    __global const uint *counts = space + 2ul * bases.base[W_SPACE] + row * W_VALUES;
    out[bases.base[W_OUTPUT] + W_OFFSET(W_OUTPUT) + i] = (W_OUT)W_VALUE(counts, i % W_RESULTS);
}
