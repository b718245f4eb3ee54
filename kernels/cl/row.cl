// SPDX-License-Identifier: Apache-2.0
//
// REDUCE in every class, operations of phases, and ROW. A phase is a reduction: a work-item takes one
// block of a row's terms to a state, lane by lane in the order of runtime/ops/canon.h, and w_row_next
// the states of a row that has several blocks. The workspace holds each row's results, W_RESULTS
// words of 64 bits, and behind them the states, two words each. A ROW's output is a pass of its own.
// W_PHASES, W_TERM1.., W_RESULT1.., W_INIT1.., W_STEP1.., W_COMBINE1.., W_FINISH1.. are the
// operation's; W_INDEX says that it gives an index, W_CALL that it is a ROW; W_ROWS_GROUP is how
// many work-items a group of w_rows and w_rows_next has.
#define W_ROWS_KERNEL __kernel __attribute__((reqd_work_group_size(W_ROWS_GROUP, 1, 1)))
#define W_SPACE (W_P_INPUTS + 1) // of the bases
#define W_RESULTS 3u
#define W_PHASE (p.word[W_P_ATTR + 4])

static w_state w_row_init(uint phase, w_v a)
{
#if W_PHASES > 1
    if (phase == 1u)
        return W_INIT2(a);
#endif
#if W_PHASES > 2
    if (phase == 2u)
        return W_INIT3(a);
#endif
    return W_INIT1(a);
}

static w_state w_row_combine(uint phase, w_state s, w_state t)
{
#if W_PHASES > 1
    if (phase == 1u)
        return W_COMBINE2(s, t);
#endif
#if W_PHASES > 2
    if (phase == 2u)
        return W_COMBINE3(s, t);
#endif
    return W_COMBINE1(s, t);
}

static w_state w_row_finish(uint phase, w_state s, w_v count)
{
#if W_PHASES > 1
    if (phase == 1u)
        return W_FINISH2(s, count);
#endif
#if W_PHASES > 2
    if (phase == 2u)
        return W_FINISH3(s, count);
#endif
    return W_FINISH1(s, count);
}

static void w_state_put(__global ulong *at, w_state s)
{
    at[0] = w_to_word(s.a);
    at[1] = (ulong)s.b;
}

static w_state w_state_get(__global const ulong *at)
{
    w_state s;
    s.a = w_of_word(at[0]);
    s.b = (w_n)at[1];
    return s;
}

static w_row w_row_get(__global const ulong *results, uint count)
{
    w_row row;
    row.index = W_V(0);
    row.count = (w_v)count;
    row.r1 = w_of_word(results[0]);
    row.r2 = w_of_word(results[1]);
    row.r3 = w_of_word(results[2]);
    return row;
}

// As a structure of arrays, so that a CPU's vector units take the lanes.
typedef struct {
    w_v a[W_LANES];
    w_n b[W_LANES];
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

static void w_lanes_begin(w_lanes *lanes, uint phase, w_v attr)
{
    const w_state s = w_row_init(phase, attr);
    for (uint i = 0u; i < W_LANES; i++)
        w_lane_put(lanes, i, s);
}

static w_state w_lanes_end(w_lanes *lanes, uint phase)
{
    for (uint width = W_LANES / 2; width > 0u; width /= 2u)
        for (uint i = 0u; i < width; i++)
            w_lane_put(lanes, i,
                       w_row_combine(phase, w_lane_get(lanes, i), w_lane_get(lanes, i + width)));
    return w_lane_get(lanes, 0u);
}

#define W_START(i) uint start##i = W_OFFSET(i);
#define W_KEPT_STEP(i) start##i += c * W_STRIDE(i, axis);
#define W_ALONG(i) uint at##i = start##i;
#define W_ALONG_STEP(i) at##i += c * W_STRIDE(i, axis);
#define W_FETCH(i) W_X##i x##i = W_LOAD(i, at##i);
// Where row `row` begins, for each input and `to` for the output.
#define W_BEGIN_ROW                                                                                \
    W_EACH_INPUT(W_START)                                                                          \
    uint to = W_OFFSET(W_OUTPUT);                                                                  \
    {                                                                                              \
        uint rest = row;                                                                           \
        for (uint axis = kept; axis-- > 0u;) {                                                     \
            uint c = rest % W_EXTENT(axis);                                                        \
            rest /= W_EXTENT(axis);                                                                \
            W_EACH_INPUT(W_KEPT_STEP)                                                              \
            to += c * W_STRIDE(W_OUTPUT, axis);                                                    \
        }                                                                                          \
    }
// Where element i of the row lies.
#define W_BEGIN_ELEMENT                                                                            \
    W_EACH_INPUT(W_ALONG)                                                                          \
    uint at = to;                                                                                  \
    {                                                                                              \
        uint rest = i;                                                                             \
        for (uint axis = p.word[W_P_RANK]; axis-- > kept;) {                                       \
            uint next = axis > kept ? rest / W_EXTENT(axis) : 0u;                                  \
            uint c = rest - next * W_EXTENT(axis);                                                 \
            rest = next;                                                                           \
            W_EACH_INPUT(W_ALONG_STEP)                                                             \
            at += c * W_STRIDE(W_OUTPUT, axis);                                                    \
        }                                                                                          \
    }

// A row's state becomes the phase's result, the last one of a REDUCE its output.
#if defined W_INDEX
#define W_KEEP_ROW(s) out[bases.base[W_OUTPUT] + to] = (long)(s).b;
#elif defined W_PLAIN
#define W_KEEP_ROW(s) out[bases.base[W_OUTPUT] + to] = W_STORE((s).a);
#else
#if W_PHASES > 2
#define W_RESULT_OF (phase == 0u ? W_RESULT1 : phase == 1u ? W_RESULT2 : W_RESULT3)
#elif W_PHASES > 1
#define W_RESULT_OF (phase == 0u ? W_RESULT1 : W_RESULT2)
#else
#define W_RESULT_OF W_RESULT1
#endif
#ifdef W_CALL
#define W_LAST W_PHASES
#else
#define W_LAST (W_PHASES - 1)
#endif
#define W_KEEP_ROW(s)                                                                              \
    {                                                                                              \
        w_v x0 = (s).a;                                                                            \
        w_v y = W_RESULT_OF;                                                                       \
        if (phase == W_LAST)                                                                       \
            out[bases.base[W_OUTPUT] + to] = W_STORE(y);                                           \
        else                                                                                       \
            space[(ulong)row_number * W_RESULTS + phase] = w_to_word(y);                           \
    }
#endif

// Lane `lane` takes element `i`.
#define W_TAKE(TERM, STEP, lane, i)                                                                \
    row.index = (w_v)(i);                                                                          \
    w_lane_put(&lanes, lane, STEP(w_lane_get(&lanes, lane), TERM, i));
#define W_ANY_LOOP(TERM, STEP)                                                                     \
    for (uint i = first; i < end; i++) {                                                           \
        W_BEGIN_ELEMENT                                                                            \
        W_EACH_INPUT(W_FETCH)                                                                      \
        W_TAKE(TERM, STEP, i % W_LANES, i)                                                         \
    }
// One axis that every operand walks in steps of one element or not at all.
#define W_AND_DENSE(i) && (W_IS_CONSTANT(i) || W_STRIDE(i, kept) <= 1u)
#define W_DENSE_START(i)                                                                           \
    const bool still##i = W_IS_CONSTANT(i) || W_STRIDE(i, kept) == 0u;                             \
    __global const W_IN##i *from##i = in##i + bases.base[i] + start##i;                            \
    const W_X##i one##i = still##i ? W_LOAD(i, start##i) : (W_X##i)(0);
#define W_DENSE_FETCH(j) W_X##j x##j = still##j ? one##j : W_FROM##j(from##j[at + lane]);
#define W_DENSE_LOOP(TERM, STEP)                                                                   \
    for (size_t at = first; at < end; at += W_LANES) {                                             \
        const uint n = end - at < W_LANES ? end - at : W_LANES;                                    \
        for (uint lane = 0u; lane < n; lane++) {                                                   \
            W_EACH_INPUT(W_DENSE_FETCH)                                                            \
            W_TAKE(TERM, STEP, lane, (uint)at + lane)                                              \
        }                                                                                          \
    }
// Each phase has a loop of its own: compilers make no vector code of one that chooses a phase.
#if W_PHASES > 2
#define W_OF_PHASE(LOOP)                                                                           \
    if (phase == 0u) {                                                                             \
        LOOP(W_TERM1, W_STEP1)                                                                     \
    } else if (phase == 1u) {                                                                      \
        LOOP(W_TERM2, W_STEP2)                                                                     \
    } else {                                                                                       \
        LOOP(W_TERM3, W_STEP3)                                                                     \
    }
#elif W_PHASES > 1
#define W_OF_PHASE(LOOP)                                                                           \
    if (phase == 0u) {                                                                             \
        LOOP(W_TERM1, W_STEP1)                                                                     \
    } else {                                                                                       \
        LOOP(W_TERM2, W_STEP2)                                                                     \
    }
#else
#define W_OF_PHASE(LOOP) LOOP(W_TERM1, W_STEP1)
#endif

// STEP: blocks a row.
W_ROWS_KERNEL void w_rows(W_PARAMS, __global ulong *space)
{
    const uint blocks = p.word[W_P_STEP], inner = p.word[W_P_INNER], phase = W_PHASE;
    const uint task = (uint)get_global_id(0), row_number = task / blocks;
    const uint first = (task % blocks) * W_BLOCK;
    const uint end = inner - first < W_BLOCK ? inner : first + W_BLOCK;
    const uint kept = p.word[W_P_RANK] - p.word[W_P_REDUCED];
    if (row_number >= p.word[W_P_OUTER])
        return;
    space += bases.base[W_SPACE];
    const uint row_at = row_number;
    W_ATTRIBUTES
#define row row_at
    W_BEGIN_ROW
#undef row
    w_row row = w_row_get(space + (ulong)row_number * W_RESULTS, inner);
    w_lanes lanes;
    w_lanes_begin(&lanes, phase, a0);
    if (first < end && p.word[W_P_REDUCED] == 1u W_EACH_INPUT(W_AND_DENSE)) {
        W_EACH_INPUT(W_DENSE_START)
        W_OF_PHASE(W_DENSE_LOOP)
    } else {
        W_OF_PHASE(W_ANY_LOOP)
    }
    w_state s = w_lanes_end(&lanes, phase);
    if (blocks == 1u) {
        s = w_row_finish(phase, s, row.count);
        W_KEEP_ROW(s)
    } else {
        w_state_put(space + (ulong)p.word[W_P_OUTER] * W_RESULTS + 2ul * task, s);
    }
}

// STEP: states a row. STEP2: the number of the first; what comes of them goes behind.
W_ROWS_KERNEL void w_rows_next(W_PARAMS, __global ulong *space)
{
    const uint count = p.word[W_P_STEP], outer = p.word[W_P_OUTER], phase = W_PHASE;
    const uint blocks = (count + W_BLOCK - 1u) / W_BLOCK;
    const uint task = (uint)get_global_id(0), row_number = task / blocks;
    const uint first = (task % blocks) * W_BLOCK;
    const uint end = count - first < W_BLOCK ? count : first + W_BLOCK;
    const uint kept = p.word[W_P_RANK] - p.word[W_P_REDUCED];
    if (row_number >= outer)
        return;
    space += bases.base[W_SPACE];
    __global ulong *from = space + (ulong)outer * W_RESULTS + 2ul * p.word[W_P_STEP2];
    const uint row_at = row_number;
    W_ATTRIBUTES
#define row row_at
    W_BEGIN_ROW
#undef row
    w_row row = w_row_get(space + (ulong)row_number * W_RESULTS, p.word[W_P_INNER]);
    w_lanes lanes;
    w_lanes_begin(&lanes, phase, a0);
    for (uint i = first; i < end; i++)
        w_lane_put(&lanes, i % W_LANES,
                   w_row_combine(phase, w_lane_get(&lanes, i % W_LANES),
                                 w_state_get(from + 2ul * ((ulong)row_number * count + i))));
    w_state s = w_lanes_end(&lanes, phase);
    if (blocks == 1u) {
        s = w_row_finish(phase, s, row.count);
        W_KEEP_ROW(s)
    } else {
        w_state_put(from + 2ul * ((ulong)outer * count + task), s);
    }
}

#ifdef W_CALL
// One element of a ROW's output a work-item.
W_KERNEL void w_rows_out(W_PARAMS, __global ulong *space)
{
    const uint task = (uint)get_global_id(0), inner = p.word[W_P_INNER];
    const uint row_number = task / inner, i = task % inner;
    const uint kept = p.word[W_P_RANK] - p.word[W_P_REDUCED];
    if (row_number >= p.word[W_P_OUTER])
        return;
    const uint row_at = row_number;
    W_ATTRIBUTES
#define row row_at
    W_BEGIN_ROW
#undef row
    w_row row = w_row_get(space + bases.base[W_SPACE] + (ulong)row_number * W_RESULTS, inner);
    W_BEGIN_ELEMENT
    W_EACH_INPUT(W_FETCH)
    row.index = (w_v)i;
    w_v y = W_CALL;
    out[bases.base[W_OUTPUT] + at] = W_STORE(y);
}

// The same where the row is one axis that every operand walks in steps of one element or not at
// all: a group takes W_GROUP columns of a row, whose beginning one work-item finds for all.
W_KERNEL void w_rows_out_dense(W_PARAMS, __global ulong *space)
{
    __local uint begin[W_OUTPUT + 1];
    const uint inner = p.word[W_P_INNER], chunks = (inner + W_GROUP - 1u) / W_GROUP;
    const uint group = (uint)get_group_id(0), row_at = group / chunks;
    const uint kept = p.word[W_P_RANK] - 1u;
    if (get_local_id(0) == 0u) {
#define row row_at
        W_BEGIN_ROW
#undef row
#define W_SHARE(i) begin[i] = start##i;
        W_EACH_INPUT(W_SHARE)
        begin[W_OUTPUT] = to;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    const size_t at = (group % chunks) * W_GROUP, lane = get_local_id(0);
#define W_SHARED(i) const uint start##i = begin[i];
    W_EACH_INPUT(W_SHARED)
    W_EACH_INPUT(W_DENSE_START)
    __global W_OUT *out_row = out + bases.base[W_OUTPUT] + begin[W_OUTPUT];
    W_ATTRIBUTES
    w_row row = w_row_get(space + bases.base[W_SPACE] + (ulong)row_at * W_RESULTS, inner);
    if (at + lane < inner) {
        W_EACH_INPUT(W_DENSE_FETCH)
        row.index = (w_v)(uint)(at + lane);
        w_v y = W_CALL;
        out_row[at + lane] = W_STORE(y);
    }
}
#endif
