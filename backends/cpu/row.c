// SPDX-License-Identifier: Apache-2.0
//
// REDUCE and ROW operations of phases: row by row, while a row is in the cache. A phase makes the
// terms of a block and gives them to its reducer's own function, so that the order is that of
// reduce.c; a ROW's output is made from the inputs and the results at the end. Rows go to threads;
// where there are fewer rows than threads, blocks do.
#include "backends/cpu/cpu.h"

#include <string.h>

enum {
    CHUNK = 512, // elements of an input's buffer
    STACK_STATES = 256,
};

typedef struct job {
    const w_desc *desc;
    const w_reduce_table *table;
    const w_row_fns *fns;
    const w_phases *phases;
    const w_terms *terms; // instead of the one input
    uint32_t n_in, kept;
    w_span kept_in[W_MAX_IN], row_in[W_MAX_IN]; // rank 0: a constant
    bool direct[W_MAX_IN];                      // neighbours of the class's own type
    w_span kept_out, row_out;
    bool out_direct;
    bool keeps; // the last phase's terms, where the output will be
    int64_t rows, n, blocks, share;
    // Blocks by the task: of this row, in this phase; the last is the output.
    int64_t row;
    uint32_t phase;
    w_row_values values;
    w_partial *states;
} job;

typedef struct buffers {
    _Alignas(64) double in[W_MAX_IN][CHUNK]; // room for the largest element
    _Alignas(64) double out[CHUNK];
} buffers;

static char *span_at(const w_span *s, int64_t i)
{
    return s->base + w_walk_offset(s->rank, s->extent, s->stride, i) * (int64_t)s->size;
}

static const w_reduce_fns *reducer(const job *j, uint32_t phase)
{
    return &j->table->fns[j->phases->reducer[phase]];
}

// ---------------------------------------------------------------- inputs

// Elements begin.. of a row of each input.
static void fetch(const job *j, int64_t row, int64_t begin, size_t n, buffers *b, const void **in)
{
    if (j->terms) {
        w_chain_terms(j->terms, row * j->n + begin, n, b->in[0]);
        in[0] = b->in[0];
        return;
    }
    for (uint32_t k = 0; k < j->n_in; k++) {
        const w_operand *o = &j->desc->in[k];
        w_load_fn *load = j->table->convert[o->dtype].load;
        in[k] = b->in[k];
        if (o->tensor < 0) {
            load(b->in[k], &o->constant, 0, n);
            continue;
        }
        w_span span = j->row_in[k];
        span.base = span_at(&j->kept_in[k], row);
        if (j->direct[k])
            in[k] = span.base + begin * (int64_t)span.size;
        else
            w_walk_gather(b->in[k], j->table->size, &span, load, begin, n);
    }
}

// ---------------------------------------------------------------- phases

static w_partial block_state(const job *j, int64_t row, uint32_t phase, const w_row_values *values,
                             int64_t block)
{
    w_lanes lanes;
    buffers b;
    const void *in[W_MAX_IN];
    char *keep = j->keeps && phase == j->phases->n - 1 ? span_at(&j->kept_out, row) : NULL;
    int64_t begin = block * W_BLOCK, end = W_MIN(begin + W_BLOCK, j->n);
    w_row_values v = *values;
    reducer(j, phase)->clear(&lanes, 0);
    for (v.first = begin; v.first < end; v.first += CHUNK) {
        size_t n = (size_t)W_MIN(end - v.first, CHUNK);
        fetch(j, row, v.first, n, &b, in);
        j->fns->term[phase](in, n, &v, &lanes,
                            keep ? keep + v.first * (int64_t)j->table->size : NULL);
    }
    return reducer(j, phase)->tree(&lanes);
}

// The states of a row's blocks to the phase's result.
static void keep_result(const job *j, uint32_t phase, w_partial s, w_row_values *values)
{
    s = reducer(j, phase)->finish(s, j->n);
    const void *in[] = {&s.a};
    uint64_t result = 0;
    j->fns->result[phase](in, &result, 1, values);
    values->result[phase] = result;
}

static void store_result(const job *j, int64_t row, const w_row_values *values)
{
    j->table->convert[j->desc->out[0].dtype].store(span_at(&j->kept_out, row), 1,
                                                   &values->result[j->phases->n - 1], 1);
}

// ---------------------------------------------------------------- the output of a ROW

static void write_range(const job *j, int64_t row, const w_row_values *values, int64_t begin,
                        int64_t end)
{
    buffers b;
    const void *in[W_MAX_IN];
    w_row_values v = *values;
    w_span span = j->row_out;
    span.base = span_at(&j->kept_out, row);
    if (j->keeps) {
        void *out = span.base + begin * (int64_t)span.size;
        v.first = begin;
        in[0] = out;
        j->fns->end(in, out, (size_t)(end - begin), &v);
        return;
    }
    for (v.first = begin; v.first < end; v.first += CHUNK) {
        size_t n = (size_t)W_MIN(end - v.first, CHUNK);
        fetch(j, row, v.first, n, &b, in);
        void *out = j->out_direct ? span.base + v.first * (int64_t)span.size : (char *)b.out;
        j->fns->out(in, out, n, &v);
        if (!j->out_direct)
            w_walk_scatter(&span, j->table->convert[j->desc->out[0].dtype].store, b.out,
                           j->table->size, v.first, n);
    }
}

// ---------------------------------------------------------------- tasks

static void run_row(const job *j, int64_t row)
{
    w_row_values values = j->values;
    for (uint32_t phase = 0; phase < j->phases->n; phase++) {
        w_partial s;
        if (j->blocks == 1) {
            s = block_state(j, row, phase, &values, 0);
        } else {
            w_tower t;
            t.count[0] = t.count[1] = 0;
            for (int64_t block = 0; block < j->blocks; block++)
                w_tower_push(&t, reducer(j, phase), 0, block_state(j, row, phase, &values, block));
            s = w_tower_end(&t, reducer(j, phase));
        }
        keep_result(j, phase, s, &values);
    }
    if (j->fns->out)
        write_range(j, row, &values, 0, j->n);
    else
        store_result(j, row, &values);
}

static void row_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->rows);
    for (int64_t row = i * j->share; row < end; row++)
        run_row(j, row);
}

static void block_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->blocks);
    for (int64_t block = i * j->share; block < end; block++)
        if (j->phase < j->phases->n)
            j->states[block] = block_state(j, j->row, j->phase, &j->values, block);
        else
            write_range(j, j->row, &j->values, block * W_BLOCK, W_MIN((block + 1) * W_BLOCK, j->n));
}

static void spread(job *j, const w_cpu_par *par, w_task task, int64_t count, uint32_t tasks)
{
    j->share = (count + tasks - 1) / tasks;
    w_par_run(par, task, j, (uint32_t)((count + j->share - 1) / j->share));
}

static void run_rows_by_block(job *j, const w_cpu_par *par, uint32_t tasks, void *workspace)
{
    w_partial own[STACK_STATES];
    j->states = j->blocks <= STACK_STATES ? own : workspace;
    for (j->row = 0; j->row < j->rows; j->row++) {
        for (j->phase = 0; j->phase < j->phases->n; j->phase++) {
            const w_reduce_fns *fns = reducer(j, j->phase);
            spread(j, par, block_task, j->blocks, tasks);
            w_tower t;
            t.count[0] = t.count[1] = 0;
            for (int64_t block = 0; block < j->blocks; block++)
                w_tower_push(&t, fns, 0, j->states[block]);
            keep_result(j, j->phase, w_tower_end(&t, fns), &j->values);
        }
        if (j->fns->out)
            spread(j, par, block_task, j->blocks, tasks);
        else
            store_result(j, j->row, &j->values);
    }
}

// ---------------------------------------------------------------- the whole

static void make_input(job *j, const w_args *args, uint32_t k)
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

static void make_output(job *j, const w_args *args)
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

void w_row_run(const w_args *args, const w_cpu_par *par, const w_reduce_table *table,
               const w_terms *terms)
{
    const w_desc *desc = args->desc;
    job j = {.desc = desc, .table = table, .terms = terms, .n_in = desc->n_in};
    j.fns = &table->rows[desc->op->number];
    j.phases = w_op_phases(desc->op);
    j.kept = desc->rank - desc->reduced;
    for (uint32_t k = 0; k < desc->n_in; k++)
        make_input(&j, args, k);
    make_output(&j, args);
    j.keeps = j.fns->end && j.out_direct;
    j.rows = w_walk_count(j.kept, desc->extent);
    j.n = w_walk_count(desc->reduced, desc->extent + j.kept);
    j.blocks = j.n ? (j.n + W_BLOCK - 1) / W_BLOCK : 1;
    j.values = (w_row_values){.count = j.n, .attr = desc->formula_attr};
    double work = (double)j.n * (double)j.rows * (desc->op->flops + 1) / 16;
    uint32_t tasks = w_split(par, work + (double)j.rows * 60, desc->bytes);
    if (j.rows >= par->threads || j.blocks == 1 || tasks == 1)
        spread(&j, par, row_task, j.rows, (uint32_t)W_MIN(tasks, j.rows));
    else
        run_rows_by_block(&j, par, (uint32_t)W_MIN(tasks, j.blocks), args->workspace.host);
}
