// SPDX-License-Identifier: Apache-2.0
//
// MAP: one element a work-item. W_CALL is the formula called with x0.. and a0..
// Any strides, up to W_P_AXES axes.
W_KERNEL void w_map(W_PARAMS)
{
    uint rest = (uint)get_global_id(0);
    if (rest >= p.word[W_P_OUTER])
        return;
    uint at = W_OFFSET(W_OUTPUT);
#define W_START(i) uint at##i = W_OFFSET(i);
    W_EACH_INPUT(W_START)
    for (uint axis = p.word[W_P_RANK]; axis-- > 0u;) {
        uint extent = W_EXTENT(axis);
        uint next = axis > 0u ? rest / extent : 0u;
        uint k = rest - next * extent;
        rest = next;
        at += k * W_STRIDE(W_OUTPUT, axis);
#define W_ADVANCE(i) at##i += k * W_STRIDE(i, axis);
        W_EACH_INPUT(W_ADVANCE)
    }
#define W_FETCH(i) W_X##i x##i = W_LOAD(i, at##i);
    W_EACH_INPUT(W_FETCH)
    W_ATTRIBUTES
    w_v y = W_CALL;
    out[bases.base[W_OUTPUT] + at] = W_STORE(y);
}

// One axis that every operand walks in steps of one element or not at all: nothing to divide, and
// a CPU's compiler turns neighbouring work-items into vector lanes.
W_KERNEL void w_map_dense(W_PARAMS)
{
    size_t i = get_global_id(0);
    size_t n = p.word[W_P_OUTER];
    __global W_OUT *to = out + bases.base[W_OUTPUT] + W_OFFSET(W_OUTPUT);
#define W_DENSE_START(i)                                                                           \
    const bool still##i = W_IS_CONSTANT(i) || W_STRIDE(i, 0) == 0u;                                \
    __global const W_IN##i *from##i = in##i + bases.base[i] + W_OFFSET(i);                         \
    const W_X##i one##i = still##i ? W_LOAD(i, W_OFFSET(i)) : (W_X##i)(0);
    W_EACH_INPUT(W_DENSE_START)
    W_ATTRIBUTES
    if (i < n) {
#define W_DENSE_FETCH(j) W_X##j x##j = still##j ? one##j : W_FROM##j(from##j[i]);
        W_EACH_INPUT(W_DENSE_FETCH)
        w_v y = W_CALL;
        to[i] = W_STORE(y);
    }
}

// Rows that every operand walks in such steps, and any axes before: a group takes W_GROUP columns
// of one row, whose beginning one work-item finds for all.
W_KERNEL void w_map_rows(W_PARAMS)
{
    __local uint start[W_OUTPUT + 1];
    const uint last = p.word[W_P_RANK] - 1u, columns = W_EXTENT(last);
    const uint chunks = (columns + W_GROUP - 1u) / W_GROUP;
    const uint group = (uint)get_group_id(0);
    if (get_local_id(0) == 0u) {
        uint at = W_OFFSET(W_OUTPUT);
        W_EACH_INPUT(W_START)
        uint rest = group / chunks;
        for (uint axis = last; axis-- > 0u;) {
            uint k = rest % W_EXTENT(axis);
            rest /= W_EXTENT(axis);
            at += k * W_STRIDE(W_OUTPUT, axis);
            W_EACH_INPUT(W_ADVANCE)
        }
        start[W_OUTPUT] = at;
#define W_ROW_KEEP(i) start[i] = at##i;
        W_EACH_INPUT(W_ROW_KEEP)
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    const size_t i = (group % chunks) * W_GROUP + get_local_id(0);
    __global W_OUT *to = out + bases.base[W_OUTPUT] + start[W_OUTPUT];
#define W_ROW_START(i)                                                                             \
    const bool still##i = W_IS_CONSTANT(i) || W_STRIDE(i, last) == 0u;                             \
    __global const W_IN##i *from##i = in##i + bases.base[i] + start[i];                            \
    const W_X##i one##i = still##i ? W_LOAD(i, start[i]) : (W_X##i)(0);
    W_EACH_INPUT(W_ROW_START)
    W_ATTRIBUTES
    if (i < columns) {
        W_EACH_INPUT(W_DENSE_FETCH)
        w_v y = W_CALL;
        to[i] = W_STORE(y);
    }
}
