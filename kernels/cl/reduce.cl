// SPDX-License-Identifier: Apache-2.0
//
// REDUCE, in the order of runtime/ops/canon.h: W_LANES work-items take one block of W_BLOCK
// elements to one state; a group holds several such teams. Blocks of a row that has more than one
// leave their states in the workspace, and w_reduce_next takes those as elements.
// W_INIT(attr), W_STEP, W_COMBINE, W_FINISH are the operation's; W_RESULT(state) what is stored.
#define W_STATES (W_P_INPUTS + 1) // of the bases
#define W_TEAMS (W_GROUP / W_LANES)

// The lanes of each team, by halving. Every work-item of the group calls it.
static w_state w_tree(__local w_f *a, __local w_u *b, uint item, w_state s)
{
    uint lane = item % W_LANES;
    a[item] = s.a;
    b[item] = s.b;
    for (uint half_lanes = W_LANES / 2; half_lanes > 0u; half_lanes /= 2u) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (lane < half_lanes) {
            w_state t;
            t.a = a[item + half_lanes];
            t.b = b[item + half_lanes];
            s = W_COMBINE(s, t);
            a[item] = s.a;
            b[item] = s.b;
        }
    }
    return s;
}

#define W_KEEP(row, s)                                                                             \
    {                                                                                              \
        s = W_FINISH(s, convert_float_rte(p.word[W_P_INNER]));                                     \
        uint left = (row), to = W_OFFSET(W_OUTPUT);                                                \
        for (uint axis = p.word[W_P_RANK] - p.word[W_P_REDUCED]; axis-- > 0u;) {                   \
            to += (left % W_EXTENT(axis)) * W_STRIDE(W_OUTPUT, axis);                              \
            left /= W_EXTENT(axis);                                                                \
        }                                                                                          \
        out[bases.base[W_OUTPUT] + to] = W_RESULT(s);                                              \
    }

// STEP: blocks a row.
W_KERNEL void w_reduce(W_PARAMS, __global uint2 *states)
{
    __local w_f a[W_GROUP];
    __local w_u b[W_GROUP];
    const uint item = (uint)get_local_id(0);
    const uint blocks = p.word[W_P_STEP];
    const uint task = (uint)get_group_id(0) * W_TEAMS + item / W_LANES;
    const uint row = task / blocks, inner = p.word[W_P_INNER];
    const uint first = (task % blocks) * W_BLOCK;
    const uint end = inner - first < W_BLOCK ? inner : first + W_BLOCK;
    const uint kept = p.word[W_P_RANK] - p.word[W_P_REDUCED];

    w_state s = W_INIT(W_ATTR(0));
    if (row < p.word[W_P_OUTER]) {
        uint base = W_OFFSET(0), left = row;
        for (uint axis = kept; axis-- > 0u;) {
            base += (left % W_EXTENT(axis)) * W_STRIDE(0, axis);
            left /= W_EXTENT(axis);
        }
        if (p.word[W_P_REDUCED] == 1u) {
            for (uint i = first + item % W_LANES; i < end; i += W_LANES)
                s = W_STEP(s, W_LOAD(0, base + i * W_STRIDE(0, kept)), i);
        } else {
            for (uint i = first + item % W_LANES; i < end; i += W_LANES) {
                uint at = base, part = i;
                for (uint axis = p.word[W_P_RANK]; axis-- > kept;) {
                    at += (part % W_EXTENT(axis)) * W_STRIDE(0, axis);
                    part /= W_EXTENT(axis);
                }
                s = W_STEP(s, W_LOAD(0, at), i);
            }
        }
    }
    s = w_tree(a, b, item, s);
    if (item % W_LANES == 0u && row < p.word[W_P_OUTER]) {
        if (blocks == 1u)
            W_KEEP(row, s)
        else
            states[bases.base[W_STATES] + task] = (uint2)(as_uint(s.a), s.b);
    }
}

// STEP: states a row. STEP2: where in the workspace they begin; what comes of them goes behind.
W_KERNEL void w_reduce_next(W_PARAMS, __global uint2 *states)
{
    __local w_f a[W_GROUP];
    __local w_u b[W_GROUP];
    const uint item = (uint)get_local_id(0);
    const uint count = p.word[W_P_STEP], outer = p.word[W_P_OUTER];
    const uint blocks = (count + W_BLOCK - 1u) / W_BLOCK;
    const uint task = (uint)get_group_id(0) * W_TEAMS + item / W_LANES;
    const uint row = task / blocks, first = (task % blocks) * W_BLOCK;
    const uint end = count - first < W_BLOCK ? count : first + W_BLOCK;
    __global uint2 *from = states + bases.base[W_STATES] + p.word[W_P_STEP2];

    w_state s = W_INIT(W_ATTR(0));
    if (row < outer) {
        for (uint i = first + item % W_LANES; i < end; i += W_LANES) {
            uint2 word = from[(size_t)row * count + i];
            w_state t;
            t.a = as_float(word.x);
            t.b = word.y;
            s = W_COMBINE(s, t);
        }
    }
    s = w_tree(a, b, item, s);
    if (item % W_LANES == 0u && row < outer) {
        if (blocks == 1u)
            W_KEEP(row, s)
        else
            from[(size_t)outer * count + task] = (uint2)(as_uint(s.a), s.b);
    }
}
