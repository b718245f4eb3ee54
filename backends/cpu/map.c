// SPDX-License-Identifier: Apache-2.0
//
// The MAP loop. The space is walked in row-major order, in blocks whose operands fit the first
// cache. An operand is read where it lies if its elements are neighbours and need no conversion;
// else it is converted into a buffer first. What repeats (constants, broadcast vectors) is filled
// in once. An element's result depends on nothing but its inputs.
#include "backends/cpu/cpu.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
    STREAM_BYTES = 32 << 20, // from this size on, an output is written past the caches
    STREAM_BLOCK = 512,      // bytes at a time then: few enough to leave while the next are made
    STREAM_LINE = 64,        // bytes, of the first cache
    STREAM_AHEAD = 2,        // blocks that inputs are asked for ahead
    STREAM_FLOPS = 6,        // from so many on, memory keeps up with plain stores meanwhile
    BLOCK = 1024,            // elements of a buffer
    LONG_ROW = 512,          // from this length on, a block ends where a row ends
};

typedef enum way {
    FILLED,  // in its buffer for the whole launch
    LINEAR,  // equal steps through the whole space
    STRIDED, // equal steps within a row only
} way;

typedef struct view {
    w_span span;
    way way;
    int64_t step;  // in elements; STRIDED: within a row
    bool direct;   // neighbours of the class's own type: no buffer
    bool constant; // FILLED with `value`, of the operand's dtype
    int32_t value;
    int64_t period; // after so many elements it repeats
    const w_convert *convert;
} view;

typedef struct job {
    const w_desc *desc;
    w_map_fn *fn;
    size_t size; // of an element of a buffer
    view in[W_MAX_IN], out;
    int64_t total, block, row, chunk;
    bool by_line; // a range's blocks but the first begin at a line of the output
    void (*stream)(char *to, const char *from, size_t n, const char *const *ahead,
                   uint32_t n_ahead); // writes the output past the caches; NULL: nothing does
} job;

static view make_view(const w_desc *desc, const w_operand *operand, const w_binding *binding,
                      const w_map_table *table)
{
    view v = {.convert = &table->convert[operand->dtype], .period = 1};
    if (operand->tensor < 0) {
        v.constant = true;
        v.value = operand->constant;
        return v;
    }
    size_t size = weir_dtype_size(operand->dtype);
    v.span = (w_span){desc->rank, desc->extent, operand->stride,
                      (char *)binding->host + operand->offset * (int64_t)size, size};
    v.way = w_walk_linear(desc->rank, desc->extent, operand->stride, &v.step) ? LINEAR : STRIDED;
    v.direct = operand->dtype == table->own && v.step == 1;
    for (uint32_t axis = 0; axis < desc->rank; axis++)
        if (operand->stride[axis]) {
            v.period = w_walk_count(desc->rank - axis, desc->extent + axis);
            return v;
        }
    v.way = FILLED; // no stride at all: one element
    return v;
}

// Decides how blocks are cut: at the end of a row where rows are long and some operand is
// contiguous only within one; else across rows, in multiples of the periods of what repeats.
static void plan_blocks(job *j)
{
    const w_desc *desc = j->desc;
    int64_t inner = desc->rank ? desc->extent[desc->rank - 1] : 1;
    bool strided = j->out.way == STRIDED, buffered = !j->out.direct;
    for (uint32_t i = 0; i < desc->n_in; i++)
        strided |= j->in[i].way == STRIDED;
    j->row = strided && inner >= LONG_ROW ? inner : 0;
    int64_t period = 1;
    for (uint32_t i = 0; i < desc->n_in; i++) {
        view *v = &j->in[i];
        if (!j->row && v->way == STRIDED && v->period <= BLOCK && v->period < j->total) {
            v->way = FILLED;
            period = W_MAX(period, v->period);
        }
        // Across rows only a linear operand is contiguous.
        v->direct = v->direct && v->way != FILLED && (v->way == LINEAR || j->row);
        buffered |= !v->direct;
    }
    j->out.direct = j->out.direct && (j->out.way == LINEAR || j->row);
    buffered |= !j->out.direct;
    j->block = buffered ? BLOCK / period * period : INT64_MAX;
}

static char *address(const view *v, int64_t begin)
{
    int64_t offset = v->way == LINEAR
                         ? begin * v->step
                         : w_walk_offset(v->span.rank, v->span.extent, v->span.stride, begin);
    return v->span.base + offset * (int64_t)v->span.size;
}

static const void *fetch(const view *v, int64_t begin, size_t n, void *buffer, size_t size)
{
    if (v->way == FILLED)
        return buffer;
    if (v->direct)
        return address(v, begin);
    if (v->way == LINEAR)
        v->convert->load(buffer, address(v, begin), v->step, n);
    else
        w_walk_gather(buffer, size, &v->span, v->convert->load, begin, n);
    return buffer;
}

static void put(const view *v, int64_t begin, size_t n, const void *buffer, size_t size)
{
    if (v->way == LINEAR)
        v->convert->store(address(v, begin), v->step, buffer, n);
    else
        w_walk_scatter(&v->span, v->convert->store, buffer, size, begin, n);
}

static void fill(const view *v, void *buffer, size_t n, size_t size)
{
    if (v->constant)
        v->convert->load(buffer, &v->value, 0, n);
    else
        w_walk_gather(buffer, size, &v->span, v->convert->load, 0,
                      n); // the space repeats it by itself
}

// A large output that no input shares, soon computed: the call ends long before anybody could find
// it in a cache.
static bool streams(const job *j, const w_args *args)
{
    bool can = j->out.direct && j->out.way == LINEAR &&
               j->total >= (int64_t)(STREAM_BYTES / j->size) && j->desc->op->flops < STREAM_FLOPS;
    for (uint32_t i = 0; can && i < j->desc->n_in; i++)
        can = args->in[i].host != args->out[0].host;
    return can;
}

// A block on its way out, while what the inputs need next is asked for.
static void stream(const job *j, int64_t begin, const void *from, size_t n)
{
    const char *ahead[W_MAX_IN];
    uint32_t n_ahead = 0;
    for (uint32_t k = 0; k < j->desc->n_in; k++)
        if (j->in[k].direct)
            ahead[n_ahead++] =
                address(&j->in[k], W_MIN(begin + STREAM_AHEAD * (int64_t)n, j->total - 1));
    j->stream(address(&j->out, begin), from, n * j->size, ahead, n_ahead);
}

// What was streamed is there for every thread that is told so afterwards.
static void end_stream(void)
{
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

// Elements between the begin of a line and element i of the output.
static int64_t to_line(const job *j, int64_t i)
{
    return (int64_t)((uintptr_t)address(&j->out, i) % STREAM_LINE / j->size);
}

static void run_range(const job *j, int64_t begin, int64_t end)
{
    _Alignas(64) double buffer[W_MAX_IN + 1][BLOCK]; // room for the largest element
    const void *in[W_MAX_IN];
    const w_desc *desc = j->desc;
    for (uint32_t k = 0; k < desc->n_in; k++)
        if (j->in[k].way == FILLED)
            fill(&j->in[k], buffer[k], (size_t)W_MIN(end - begin, j->block), j->size);
    for (int64_t i = begin; i < end;) {
        int64_t n = W_MIN(end - i, j->block);
        if (j->row)
            n = W_MIN(n, j->row - i % j->row);
        if (j->by_line && i == begin)
            n = W_MIN(n, j->block - to_line(j, i));
        for (uint32_t k = 0; k < desc->n_in; k++)
            in[k] = fetch(&j->in[k], i, (size_t)n, buffer[k], j->size);
        bool direct = j->out.direct && !j->stream;
        void *out = direct ? (void *)address(&j->out, i) : buffer[W_MAX_IN];
        j->fn(in, desc->n_in, out, (size_t)n, desc->formula_attr);
        if (j->stream)
            stream(j, i, out, (size_t)n);
        else if (!direct)
            put(&j->out, i, (size_t)n, out, j->size);
        i += n;
    }
    if (j->stream)
        end_stream();
}

static void run_chunk(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t begin = i * j->chunk;
    run_range(j, begin, W_MIN(begin + j->chunk, j->total));
}

// 0 where its elements are neighbours of this dtype in an array.
static inline uint64_t unlike(const w_operand *operand, weir_dtype own)
{
    return (uint64_t)(operand->dtype ^ own) | (uint64_t)(operand->tensor < 0) |
           (uint64_t)(operand->stride[0] ^ 1);
}

// Its first element; of a constant, which is nowhere, no pointer that may be used.
static inline void *first(const w_operand *operand, const w_binding *binding, size_t size)
{
    return (void *)((uintptr_t)binding->host + (uintptr_t)operand->offset * size);
}

// One run of neighbours of the class's own type, too few to share out: most small calls, for which
// looking at views would cost more than the work. False where it is none.
static bool run_small(const w_args *args, const w_cpu_par *par, const w_map_table *table)
{
    const w_desc *desc = args->desc;
    const void *in[W_MAX_IN];
    uint64_t other = unlike(&desc->out[0], table->own) | (uint64_t)(desc->rank ^ 1) |
                     (uint64_t)(desc->extent[0] > BLOCK);
    for (uint32_t i = 0; i < desc->n_in; i++) {
        other |= unlike(&desc->in[i], table->own);
        in[i] = first(&desc->in[i], &args->in[i], table->size);
    }
    if (other ||
        w_split(par, (double)desc->extent[0] * (desc->op->flops + 2) / 16, desc->bytes) > 1)
        return false;
    table->fns[desc->op->number](in, desc->n_in, first(&desc->out[0], &args->out[0], table->size),
                                 (size_t)desc->extent[0], desc->formula_attr);
    return true;
}

static const w_map_table *in_bytes(const w_desc *desc, const w_map_table *table)
{
    const w_map_table *bytes = table->bytes;
    bool can = bytes && desc->op->number < bytes->count && bytes->fns[desc->op->number] &&
               desc->out[0].dtype == WEIR_BOOL;
    for (uint32_t i = 0; can && i < desc->n_in; i++)
        can = desc->in[i].dtype == WEIR_BOOL;
    return can ? bytes : table;
}

void w_map_run(const w_args *args, const w_cpu_par *par, const w_map_table *table)
{
    table = in_bytes(args->desc, table);
    if (run_small(args, par, table))
        return;
    const w_desc *desc = args->desc;
    job j = {.desc = desc, .fn = table->fns[desc->op->number], .size = table->size};
    j.total = w_walk_count(desc->rank, desc->extent);
    for (uint32_t i = 0; i < desc->n_in; i++)
        j.in[i] = make_view(desc, &desc->in[i], &args->in[i], table);
    j.out = make_view(desc, &desc->out[0], &args->out[0], table);
    if (j.out.way == FILLED) { // one element
        j.out.way = LINEAR;
        j.out.direct = desc->out[0].dtype == table->own;
    }
    plan_blocks(&j);
    j.stream = streams(&j, args) ? table->stream : NULL;
    j.by_line = j.stream && j.block == INT64_MAX;
    if (j.by_line)
        j.block = STREAM_BLOCK / (int64_t)j.size;
    uint32_t tasks = w_split(par, (double)j.total * (desc->op->flops + 2) / 16, desc->bytes);
    if (tasks == 1) {
        run_range(&j, 0, j.total);
        return;
    }
    // Chunks begin at multiples of a block, where what repeats begins too.
    int64_t unit = W_MIN(j.block, BLOCK);
    int64_t units = (j.total + unit - 1) / unit;
    j.chunk = (units + tasks - 1) / tasks * unit;
    w_par_run(par, run_chunk, &j, (uint32_t)((j.total + j.chunk - 1) / j.chunk));
}
