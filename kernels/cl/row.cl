// SPDX-License-Identifier: Apache-2.0
//
// REDUCE in every class, operations of phases, and ROW. A phase is a reduction: a work-item takes one
// block of a row's terms to a state, lane by lane in the order of runtime/ops/canon.h, and w_row_next
// the states of a row that has several blocks. The workspace holds each row's results, W_RESULTS
// words of 64 bits, and behind them the states, two words each. A ROW's output is a pass of its own.
// W_PHASES, W_TERM1.., W_RESULT1.., W_INIT1.., W_STEP1.., W_COMBINE1.., W_FINISH1.. are the
// operation's; W_INDEX says that it gives an index, W_CALL that it is a ROW.
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

static w_state w_row_step(uint phase, w_state s, w_v x, uint i)
{
#if W_PHASES > 1
    if (phase == 1u)
        return W_STEP2(s, x, i);
#endif
#if W_PHASES > 2
    if (phase == 2u)
        return W_STEP3(s, x, i);
#endif
    return W_STEP1(s, x, i);
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

static w_state w_lanes_end(uint phase, w_state *lanes)
{
    for (uint width = W_LANES / 2; width > 0u; width /= 2u)
        for (uint i = 0u; i < width; i++)
            lanes[i] = w_row_combine(phase, lanes[i], lanes[i + width]);
    return lanes[0];
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

// STEP: blocks a row.
W_KERNEL void w_rows(W_PARAMS, __global ulong *space)
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
    w_state lanes[W_LANES];
    for (uint lane = 0u; lane < W_LANES; lane++)
        lanes[lane] = w_row_init(phase, a0);
    for (uint i = first; i < end; i++) {
        W_BEGIN_ELEMENT
        W_EACH_INPUT(W_FETCH)
        row.index = (w_v)i;
        w_v term = W_TERM1;
#if W_PHASES > 1
        if (phase == 1u)
            term = W_TERM2;
#endif
#if W_PHASES > 2
        if (phase == 2u)
            term = W_TERM3;
#endif
        lanes[i % W_LANES] = w_row_step(phase, lanes[i % W_LANES], term, i);
    }
    w_state s = w_lanes_end(phase, lanes);
    if (blocks == 1u) {
        s = w_row_finish(phase, s, row.count);
        W_KEEP_ROW(s)
    } else {
        w_state_put(space + (ulong)p.word[W_P_OUTER] * W_RESULTS + 2ul * task, s);
    }
}

// STEP: states a row. STEP2: the number of the first; what comes of them goes behind.
W_KERNEL void w_rows_next(W_PARAMS, __global ulong *space)
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
    w_state lanes[W_LANES];
    for (uint lane = 0u; lane < W_LANES; lane++)
        lanes[lane] = w_row_init(phase, a0);
    for (uint i = first; i < end; i++)
        lanes[i % W_LANES] =
            w_row_combine(phase, lanes[i % W_LANES],
                          w_state_get(from + 2ul * ((ulong)row_number * count + i)));
    w_state s = w_lanes_end(phase, lanes);
    if (blocks == 1u) {
        s = w_row_finish(phase, s, row.count);
        W_KEEP_ROW(s)
    } else {
        w_state_put(from + 2ul * ((ulong)outer * count + task), s);
    }
}

// One element of a ROW's output a work-item.
W_KERNEL void w_rows_out(W_PARAMS, __global ulong *space)
{
#ifdef W_CALL
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
#endif
}
