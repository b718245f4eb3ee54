// SPDX-License-Identifier: Apache-2.0
//
// REDUCE with one work-item a block, which walks the W_LANES lanes itself: for many short rows, and
// for CPUs, whose vector units take the lanes. The same states as reduce.cl, in the same order.
#define W_STATES (W_P_INPUTS + 1) // of the bases

typedef struct {
    w_f a[W_LANES];
    w_u b[W_LANES];
} w_lanes;

static w_state w_lane_get(const w_lanes *lanes, uint i)
{
    w_state s;
    s.a = lanes->a[i];
    s.b = lanes->b[i];
    return s;
}

static void w_lane_put(w_lanes *lanes, uint i, w_state s)
{
    lanes->a[i] = s.a;
    lanes->b[i] = s.b;
}

static void w_lanes_begin(w_lanes *lanes, w_f attr)
{
    for (uint i = 0u; i < W_LANES; i++)
        w_lane_put(lanes, i, W_INIT(attr));
}

static w_state w_lanes_end(w_lanes *lanes)
{
    for (uint width = W_LANES / 2; width > 0u; width /= 2u)
        for (uint i = 0u; i < width; i++)
            w_lane_put(lanes, i, W_COMBINE(w_lane_get(lanes, i), w_lane_get(lanes, i + width)));
    return w_lane_get(lanes, 0u);
}

// A row's state to its place in the output.
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
    const uint blocks = p.word[W_P_STEP];
    const uint task = (uint)get_global_id(0);
    const uint row = task / blocks, inner = p.word[W_P_INNER];
    const uint first = (task % blocks) * W_BLOCK;
    const uint end = inner - first < W_BLOCK ? inner : first + W_BLOCK;
    const uint kept = p.word[W_P_RANK] - p.word[W_P_REDUCED];
    if (row >= p.word[W_P_OUTER])
        return;
    uint base = W_OFFSET(0), left = row;
    for (uint axis = kept; axis-- > 0u;) {
        base += (left % W_EXTENT(axis)) * W_STRIDE(0, axis);
        left /= W_EXTENT(axis);
    }
    w_lanes lanes;
    w_lanes_begin(&lanes, W_ATTR(0));
    const uint step = W_STRIDE(0, kept);
    if (p.word[W_P_REDUCED] == 1u && step == 1u) {
        __global const W_IN0 *from = in0 + bases.base[0] + base;
        uint i = first;
        for (; i + W_LANES <= end; i += W_LANES)
            for (uint lane = 0u; lane < W_LANES; lane++)
                w_lane_put(&lanes, lane, W_STEP(w_lane_get(&lanes, lane), from[i + lane], i + lane));
        for (uint lane = 0u; i + lane < end; lane++)
            w_lane_put(&lanes, lane, W_STEP(w_lane_get(&lanes, lane), from[i + lane], i + lane));
    } else {
        for (uint i = first; i < end; i++) {
            uint at = base, part = i;
            for (uint axis = p.word[W_P_RANK]; axis-- > kept;) {
                uint next = axis > kept ? part / W_EXTENT(axis) : 0u;
                at += (part - next * W_EXTENT(axis)) * W_STRIDE(0, axis);
                part = next;
            }
            uint lane = i % W_LANES;
            w_lane_put(&lanes, lane, W_STEP(w_lane_get(&lanes, lane), W_LOAD(0, at), i));
        }
    }
    w_state s = w_lanes_end(&lanes);
    if (blocks == 1u)
        W_KEEP(row, s)
    else
        states[bases.base[W_STATES] + task] = (uint2)(as_uint(s.a), s.b);
}

// STEP: states a row. STEP2: where in the workspace they begin; what comes of them goes behind.
W_KERNEL void w_reduce_next(W_PARAMS, __global uint2 *states)
{
    const uint count = p.word[W_P_STEP], outer = p.word[W_P_OUTER];
    const uint blocks = (count + W_BLOCK - 1u) / W_BLOCK;
    const uint task = (uint)get_global_id(0);
    const uint row = task / blocks, first = (task % blocks) * W_BLOCK;
    const uint end = count - first < W_BLOCK ? count : first + W_BLOCK;
    __global uint2 *from = states + bases.base[W_STATES] + p.word[W_P_STEP2];
    if (row >= outer)
        return;
    w_lanes lanes;
    w_lanes_begin(&lanes, W_ATTR(0));
    for (uint i = first; i < end; i++) {
        uint2 word = from[(size_t)row * count + i];
        w_state t;
        t.a = as_float(word.x);
        t.b = word.y;
        w_lane_put(&lanes, i % W_LANES, W_COMBINE(w_lane_get(&lanes, i % W_LANES), t));
    }
    w_state s = w_lanes_end(&lanes);
    if (blocks == 1u)
        W_KEEP(row, s)
    else
        from[(size_t)outer * count + task] = (uint2)(as_uint(s.a), s.b);
}
