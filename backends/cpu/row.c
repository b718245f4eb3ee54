// SPDX-License-Identifier: Apache-2.0
//
// REDUCE and ROW operations of phases: row by row, while a row is in the cache. A phase makes the
// terms of a block and gives them to its reducer's own function, so that the order is that of
// reduce.c; a ROW's output is made from the inputs and the results at the end. Rows go to threads;
// where there are fewer rows than threads, or rows are long, blocks do. The second phase of some
// goes with the first, as if that came to 1, and is done again where it does not.
#include "backends/cpu/row.h"

enum {
    CHUNK_BYTES = 4096, // of an input's buffer
    STACK_STATES = 256,
    FAR_BLOCKS = 128, // at least, of a row in no near cache, whose phases are best read at once
};

typedef struct buffers {
    _Alignas(64) char in[W_MAX_IN][CHUNK_BYTES];
    _Alignas(64) char out[CHUNK_BYTES];
} buffers;

// ---------------------------------------------------------------- inputs

// Elements begin.. of a row of each input.
static void fetch(const w_row_job *j, int64_t row, int64_t begin, size_t n, buffers *b,
                  const void **in)
{
    if (j->terms) {
        w_chain_terms(j->terms, row * j->n + begin, n, b->in[0]);
        in[0] = b->in[0];
        return;
    }
    for (uint32_t k = 0; k < j->n_in; k++) {
        const w_operand *o = &j->desc->in[k];
        if (o->tensor < 0) {
            in[k] = j->constant[k];
            continue;
        }
        char *base = w_span_at(&j->kept_in[k], row);
        if (j->direct[k]) {
            in[k] = base + begin * (int64_t)j->table->size;
            continue;
        }
        w_span span = j->row_in[k];
        span.base = base;
        in[k] = b->in[k];
        w_walk_gather(b->in[k], j->table->size, &span, j->table->convert[o->dtype].load, begin, n);
    }
}

// ---------------------------------------------------------------- phases

static w_partial block_state(const w_row_job *j, int64_t row, uint32_t phase,
                             const w_row_results *r, int64_t block)
{
    w_lanes lanes;
    buffers b;
    const void *in[W_MAX_IN];
    w_term_fn *term = j->fns->term[phase];
    char *keep = j->keeps && phase == j->phases->n - 1 ? w_span_at(&j->kept_out, row) : NULL;
    int64_t begin = block * W_BLOCK, end = W_MIN(begin + W_BLOCK, j->n);
    w_row_values v = w_row_values_of(j, r);
    v.first = begin;
    if (j->n && end - begin <= j->chunk) {
        fetch(j, row, begin, (size_t)(end - begin), &b, in);
        return term(in, (size_t)(end - begin), &v, NULL,
                    keep ? keep + begin * (int64_t)j->table->size : NULL);
    }
    w_row_reducer(j, phase)->clear(&lanes, 0);
    for (; v.first < end; v.first += j->chunk) {
        size_t n = (size_t)W_MIN(end - v.first, j->chunk);
        fetch(j, row, v.first, n, &b, in);
        term(in, n, &v, &lanes, keep ? keep + v.first * (int64_t)j->table->size : NULL);
    }
    return w_row_reducer(j, phase)->tree(&lanes);
}

// A block's states in the first two phases, the second's if the first comes to 1.
static w_pair block_pair(const w_row_job *j, int64_t row, int64_t block)
{
    static const w_row_results none;
    w_lanes lanes[2];
    buffers b;
    const void *in[W_MAX_IN];
    int64_t begin = block * W_BLOCK, end = W_MIN(begin + W_BLOCK, j->n);
    w_row_values v = w_row_values_of(j, &none);
    v.first = begin;
    if (j->n && end - begin <= j->chunk) {
        fetch(j, row, begin, (size_t)(end - begin), &b, in);
        return j->pair(in, (size_t)(end - begin), &v, NULL);
    }
    for (uint32_t phase = 0; phase < 2; phase++)
        w_row_reducer(j, phase)->clear(&lanes[phase], 0);
    for (; v.first < end; v.first += j->chunk) {
        size_t n = (size_t)W_MIN(end - v.first, j->chunk);
        fetch(j, row, v.first, n, &b, in);
        j->pair(in, n, &v, lanes);
    }
    return (w_pair){w_row_reducer(j, 0)->tree(&lanes[0]), w_row_reducer(j, 1)->tree(&lanes[1])};
}

// Whether the second phase was made with the first, which has come to 1.
static bool was_foretold(const w_row_job *j, uint32_t phase, const w_row_results *r)
{
    return j->pair && phase == 1 && memcmp(r->of[0], &j->one, j->table->size) == 0;
}

// ---------------------------------------------------------------- the output of a ROW

static void write_range(const w_row_job *j, int64_t row, const w_row_results *r, int64_t begin,
                        int64_t end)
{
    buffers b;
    const void *in[W_MAX_IN];
    w_row_values v = w_row_values_of(j, r);
    w_span span = j->row_out;
    span.base = w_span_at(&j->kept_out, row);
    if (j->keeps) {
        void *out = span.base + begin * (int64_t)span.size;
        v.first = begin;
        in[0] = out;
        j->fns->end(in, out, (size_t)(end - begin), &v);
        return;
    }
    for (v.first = begin; v.first < end; v.first += j->out_chunk) {
        size_t n = (size_t)W_MIN(end - v.first, j->out_chunk);
        fetch(j, row, v.first, n, &b, in);
        void *out = j->out_direct ? span.base + v.first * (int64_t)span.size : b.out;
        j->fns->out(in, out, n, &v);
        if (!j->out_direct)
            w_walk_scatter(&span, j->table->convert[j->desc->out[0].dtype].store, b.out,
                           j->table->size, v.first, n);
    }
}

// ---------------------------------------------------------------- tasks

static bool is_foretold(const w_op *op)
{
    return w_op_phases(op)->special == W_SPECIAL_FORETOLD;
}

// Whether blocks are shared out, not rows.
static bool by_block(const w_row_job *j, uint32_t threads, uint32_t tasks)
{
    bool far = is_foretold(j->desc->op) && j->blocks >= FAR_BLOCKS;
    return far || (j->rows < threads && j->blocks > 1 && tasks > 1);
}

static w_partial row_state(const w_row_job *j, int64_t row, uint32_t phase, const w_row_results *r)
{
    if (j->blocks == 1)
        return block_state(j, row, phase, r, 0);
    w_tower t;
    t.count[0] = t.count[1] = 0;
    for (int64_t block = 0; block < j->blocks; block++)
        w_tower_push(&t, w_row_reducer(j, phase), 0, block_state(j, row, phase, r, block));
    return w_tower_end(&t, w_row_reducer(j, phase));
}

static w_pair row_pair(const w_row_job *j, int64_t row)
{
    if (j->blocks == 1)
        return block_pair(j, row, 0);
    w_tower t, u;
    t.count[0] = t.count[1] = u.count[0] = u.count[1] = 0;
    for (int64_t block = 0; block < j->blocks; block++) {
        w_pair s = block_pair(j, row, block);
        w_tower_push(&t, w_row_reducer(j, 0), 0, s.first);
        w_tower_push(&u, w_row_reducer(j, 1), 0, s.second);
    }
    return (w_pair){w_tower_end(&t, w_row_reducer(j, 0)), w_tower_end(&u, w_row_reducer(j, 1))};
}

static void run_row(const w_row_job *j, int64_t row)
{
    w_row_results r;
    w_pair pair;
    uint32_t phase = 0;
    if (j->pair) {
        pair = row_pair(j, row);
        w_row_keep_result(j, phase++, pair.first, &r);
    }
    if (was_foretold(j, phase, &r))
        w_row_keep_result(j, phase++, pair.second, &r);
    for (; phase < j->phases->n; phase++)
        w_row_keep_result(j, phase, row_state(j, row, phase, &r), &r);
    if (j->fns->out)
        write_range(j, row, &r, 0, j->n);
    else
        w_row_store_result(j, row, &r);
}

static void row_task(void *arg, uint32_t i)
{
    const w_row_job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->rows);
    for (int64_t row = i * j->share; row < end; row++)
        run_row(j, row);
}

static void block_task(void *arg, uint32_t i)
{
    const w_row_job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->blocks);
    for (int64_t block = i * j->share; block < end; block++)
        if (j->pair && j->phase == 0) {
            w_pair pair = block_pair(j, j->row, block);
            j->states[block] = pair.first;
            j->foretold[block] = pair.second;
        } else if (j->phase < j->phases->n) {
            j->states[block] = block_state(j, j->row, j->phase, j->results, block);
        } else {
            write_range(j, j->row, j->results, block * W_BLOCK, W_MIN((block + 1) * W_BLOCK, j->n));
        }
}

static void spread(w_row_job *j, const w_cpu_par *par, w_task task, int64_t count, uint32_t tasks)
{
    j->share = (count + tasks - 1) / tasks;
    w_par_run(par, task, j, (uint32_t)((count + j->share - 1) / j->share));
}

static void run_rows_by_block(w_row_job *j, const w_cpu_par *par, uint32_t tasks, void *workspace)
{
    w_partial own[2 * STACK_STATES];
    w_row_results r;
    j->results = &r;
    j->states = j->blocks <= STACK_STATES ? own : workspace;
    j->foretold = j->states + j->blocks;
    for (j->row = 0; j->row < j->rows; j->row++) {
        for (j->phase = 0; j->phase < j->phases->n; j->phase++) {
            const w_reduce_fns *fns = w_row_reducer(j, j->phase);
            bool known = was_foretold(j, j->phase, &r);
            if (!known)
                spread(j, par, block_task, j->blocks, tasks);
            w_tower t;
            t.count[0] = t.count[1] = 0;
            for (int64_t block = 0; block < j->blocks; block++)
                w_tower_push(&t, fns, 0, known ? j->foretold[block] : j->states[block]);
            w_row_keep_result(j, j->phase, w_tower_end(&t, fns), &r);
        }
        if (j->fns->out)
            spread(j, par, block_task, j->blocks, tasks);
        else
            w_row_store_result(j, j->row, &r);
    }
}

// ---------------------------------------------------------------- the whole

static void make_input(w_row_job *j, const w_args *args, uint32_t k)
{
    const w_desc *desc = j->desc;
    const w_operand *o = &desc->in[k];
    if (o->tensor < 0)
        return;
    size_t size = weir_dtype_size(o->dtype);
    char *from = (char *)args->in[k].host + o->offset * (int64_t)size;
    j->kept_in[k] = (w_span){j->kept, desc->extent, o->stride, from, size};
    j->row_in[k] = (w_span){desc->reduced, desc->extent + j->kept, o->stride + j->kept, from, size};
    int64_t step;
    j->direct[k] =
        o->dtype == j->table->own &&
        w_walk_linear(desc->reduced, desc->extent + j->kept, o->stride + j->kept, &step) &&
        step == 1;
}

static void make_output(w_row_job *j, const w_args *args)
{
    const w_desc *desc = j->desc;
    const w_operand *o = &desc->out[0];
    size_t size = weir_dtype_size(o->dtype);
    char *to = (char *)args->out[0].host + o->offset * (int64_t)size;
    j->kept_out = (w_span){j->kept, desc->extent, o->stride, to, size};
    j->row_out = (w_span){desc->reduced, desc->extent + j->kept, o->stride + j->kept, to, size};
    int64_t step;
    j->out_direct =
        o->dtype == j->table->own &&
        w_walk_linear(desc->reduced, desc->extent + j->kept, o->stride + j->kept, &step) &&
        step == 1;
}

// A buffer's worth where anything goes through one, else a block.
static void choose_chunks(w_row_job *j)
{
    int64_t part = CHUNK_BYTES / (int64_t)j->table->size;
    bool direct = !j->terms;
    for (uint32_t k = 0; k < j->n_in; k++)
        direct &= j->direct[k];
    j->chunk = direct ? W_BLOCK : part;
    j->out_chunk = direct && j->out_direct ? W_BLOCK : part;
}

// Fills a buffer for each constant, as much of it as anything reads at a time.
static void fill_constants(w_row_job *j, char room[W_MAX_IN][CHUNK_BYTES])
{
    size_t n = (size_t)W_MAX(W_MIN(j->n, j->chunk), W_LANES);
    for (uint32_t k = 0; k < j->n_in; k++) {
        const w_operand *o = &j->desc->in[k];
        if (o->tensor >= 0)
            continue;
        j->table->convert[o->dtype].load(room[k], &o->constant, 0, n);
        j->constant[k] = room[k];
    }
}

void w_row_run(const w_args *args, const w_cpu_par *par, const w_reduce_table *table,
               const w_terms *terms)
{
    const w_desc *desc = args->desc;
    w_row_job j = {.desc = desc, .table = table, .terms = terms, .n_in = desc->n_in};
    j.fns = &table->rows[desc->op->number];
    j.phases = w_op_phases(desc->op);
    j.kept = desc->rank - desc->reduced;
    for (uint32_t k = 0; k < desc->n_in; k++)
        make_input(&j, args, k);
    make_output(&j, args);
    j.keeps = j.fns->end && j.out_direct;
    j.pair = j.keeps ? NULL : j.fns->pair;
    if (j.pair)
        table->convert[WEIR_F32].load(&j.one, &(float){1}, 0, 1);
    choose_chunks(&j);
    j.rows = w_walk_count(j.kept, desc->extent);
    j.n = w_walk_count(desc->reduced, desc->extent + j.kept);
    j.blocks = j.n ? (j.n + W_BLOCK - 1) / W_BLOCK : 1;
    _Alignas(64) char constants[W_MAX_IN][CHUNK_BYTES];
    fill_constants(&j, constants);
    j.values = (w_row_values){.count = j.n, .attr = desc->formula_attr};
    double work = (double)j.n * (double)j.rows * (desc->op->flops + 1) / 16;
    uint32_t tasks = w_split(par, work + (double)j.rows * 60, desc->bytes);
    uint32_t threads = (uint32_t)W_MIN(tasks, par->threads);
    if (w_row_find_stripes(&j, threads) || w_row_find_short(&j, threads))
        spread(&j, par, w_row_stripe_task, j.rows / j.columns * j.groups,
               (uint32_t)W_MIN(tasks, j.rows / j.columns * j.groups));
    else if (w_row_find_groups(&j, threads))
        spread(&j, par, w_row_group_task, j.rows / j.columns * j.groups,
               (uint32_t)W_MIN(tasks, j.rows / j.columns * j.groups));
    else if (by_block(&j, par->threads, tasks))
        run_rows_by_block(&j, par, (uint32_t)W_MIN(tasks, j.blocks), args->workspace.host);
    else
        spread(&j, par, row_task, j.rows, (uint32_t)W_MIN(tasks, j.rows));
}

size_t w_row_workspace(const w_desc *desc, uint32_t threads)
{
    int64_t blocks = (desc->inner + W_BLOCK - 1) / W_BLOCK;
    bool two = is_foretold(desc->op);
    if (blocks <= STACK_STATES || !(two || (threads > 1 && desc->outer < threads)))
        return 0;
    return (size_t)blocks * (two ? 2 : 1) * sizeof(w_partial);
}
