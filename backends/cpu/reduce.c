// SPDX-License-Identifier: Apache-2.0
//
// The REDUCE loop, in the order of runtime/ops/canon.h: a row's elements give one state for each
// block, the blocks' states are reduced again as elements. Rows go to threads; where there are
// fewer rows than threads, blocks do. Columns of a matrix that comes from memory are reduced
// together, row by row as it lies there, and threads share the lanes. None of this changes the
// order within a row.
#include "backends/cpu/cpu.h"

#include <string.h>

enum {
    STACK_STATES = 256,
    SHORT_ROW = 128,      // up to this length rows may be turned into columns
    LEAST_SHORT = 32,     // or this one
    FAR_BYTES = 8 << 20,  // beyond which most caches hold no array
    COLUMN_STATES = 2048, // of the blocks of some columns, which are kept until the columns end
    WHOLE_STATES = 8192,  // the same of whole rows
    WHOLE_BYTES = 256,    // of a row, at least, that is gone through as a whole
};

typedef struct job {
    const w_desc *desc;
    const w_reduce_fns *fns;
    const w_reduce_table *table;
    const w_terms *terms; // instead of the input
    w_row_fn *result;     // of the reduction; NULL: it is the result
    // Of an index: the reduction to the value whose place is looked for.
    const w_reduce_fns *best;
    w_span kept_in, kept_out, reduced;
    w_load_fn *load;
    bool dense;   // a row's elements are neighbours of the class's own type
    int64_t step; // in equal steps: this one
    int64_t rows, n, blocks;
    float attr;
    // Rows by the column, turned into columns first or not: `groups` for each index of the other
    // kept axes.
    bool turned, far;
    int64_t groups, columns, width; // of a group
    int64_t share;                  // of a task: rows, groups of columns or blocks
    // Blocks by the task.
    int64_t row;
    w_partial *states;
} job;

void w_tower_push(w_tower *t, const w_reduce_fns *fns, float attr, w_partial s)
{
    for (int k = 0; k < 2; k++) {
        if (!t->count[k])
            fns->clear(&t->level[k], attr);
        fns->take(&t->level[k], t->count[k] % W_LANES, s);
        if (++t->count[k] < W_BLOCK)
            return;
        s = fns->tree(&t->level[k]);
        t->count[k] = 0;
    }
}

w_partial w_tower_end(w_tower *t, const w_reduce_fns *fns)
{
    if (t->count[0] && t->count[1])
        fns->take(&t->level[1], t->count[1]++ % W_LANES, fns->tree(&t->level[0]));
    return fns->tree(&t->level[t->count[1] ? 1 : 0]);
}

// Whether s changes nothing after `before`: its extreme value is not beyond that one.
static bool adds_nothing(const job *j, const w_partial *before, w_partial s)
{
    w_lanes lanes;
    memcpy(&lanes.a, &before->a, j->table->size);
    memcpy(&lanes.b, &before->b, j->table->size);
    j->best->take(&lanes, 0, s);
    return memcmp(&lanes.a, &before->a, j->table->size) == 0;
}

// Of elements in a row. An index is found in two passes, which take less than to carry it along:
// what the extreme value is, and where it stands; the second is left out where elements `before`
// (NULL: none) decide. The state is theirs then.
static w_partial state_of(const job *j, const void *x, size_t n, int64_t begin,
                          const w_partial *before)
{
    if (!j->best || !n)
        return j->fns->block(x, n, (uint64_t)begin, j->attr);
    bool last = j->attr != 0;
    w_partial s = j->best->block(x, n, 0, 0);
    if (before && !last && adds_nothing(j, before, s))
        return *before;
    s.b = (uint64_t)begin + j->table->find(x, n, s, last);
    if (last)
        s.b |= (uint64_t)1 << (j->table->size * 8 - 1); // as in lib/arg_index.h
    return s;
}

static w_partial block_state(const job *j, int64_t number, int64_t block, const w_partial *before)
{
    int64_t begin = block * W_BLOCK;
    size_t n = (size_t)W_MIN(j->n - begin, W_BLOCK);
    w_span row = j->reduced;
    row.base = w_span_at(&j->kept_in, number);
    if (j->dense)
        return state_of(j, row.base + begin * (int64_t)j->table->size, n, begin, before);
    _Alignas(64) double buffer[W_BLOCK]; // room for the largest element
    if (j->n && j->terms)
        w_chain_terms(j->terms, number * j->n + begin, n, buffer);
    else if (j->n)
        w_walk_gather(buffer, j->table->size, &row, j->load, begin, n);
    return state_of(j, buffer, n, begin, before);
}

// What reductions have come to becomes n results.
static void make_results(const job *j, void *elements, size_t n)
{
    static const double none = 0;
    const void *in[W_MAX_IN] = {elements};
    w_row_values v = {
        .count = j->n, .result = {&none, &none, &none}, .attr = j->desc->formula_attr};
    if (j->result)
        j->result(in, elements, n, &v);
}

static void write_result(const job *j, int64_t row, w_partial s)
{
    s = j->fns->finish(s, j->n);
    make_results(j, &s.a, 1);
    char *to = w_span_at(&j->kept_out, row);
    if (w_op_is_index(j->desc->op))
        memcpy(to, &s.b, sizeof s.b);
    else
        j->table->convert[j->desc->out[0].dtype].store(to, 1, &s.a, 1);
}

// Finished results of neighbouring columns.
static void write_columns(const job *j, int64_t row, w_columns *c)
{
    make_results(j, c->a, c->columns);
    char *to = w_span_at(&j->kept_out, row);
    int64_t stride = j->kept_out.stride[j->kept_out.rank - 1];
    size_t size = j->table->size;
    if (!w_op_is_index(j->desc->op)) {
        j->table->convert[j->desc->out[0].dtype].store(to, stride, c->a, c->columns);
        return;
    }
    for (size_t k = 0; k < c->columns; k++) {
        uint64_t word = 0;
        memcpy(&word, (const char *)c->b + k * size, size);
        memcpy(to + (int64_t)k * stride * (int64_t)sizeof word, &word, sizeof word);
    }
}

static w_partial column_state(const w_columns *c, size_t k, size_t size)
{
    w_partial s = {0, 0};
    memcpy(&s.a, (const char *)c->a + k * size, size);
    memcpy(&s.b, (const char *)c->b + k * size, size);
    return s;
}

// Of the states of a row's blocks.
static void write_states(const job *j, int64_t row, const w_partial *states)
{
    w_tower t;
    t.count[0] = t.count[1] = 0;
    for (int64_t b = 0; b < j->blocks; b++)
        w_tower_push(&t, j->fns, j->attr, states[b]);
    write_result(j, row, w_tower_end(&t, j->fns));
}

static void run_row(const job *j, int64_t row)
{
    if (j->blocks == 1) {
        write_result(j, row, block_state(j, row, 0, NULL));
        return;
    }
    w_tower t;
    t.count[0] = t.count[1] = 0;
    w_partial s;
    for (int64_t b = 0; b < j->blocks; b++) {
        s = block_state(j, row, b, b ? &s : NULL);
        w_tower_push(&t, j->fns, j->attr, s);
    }
    write_result(j, row, w_tower_end(&t, j->fns));
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
    int64_t begin = i * j->share, end = W_MIN(begin + j->share, j->blocks);
    for (int64_t b = begin; b < end; b++)
        j->states[b] = block_state(j, j->row, b, b > begin ? &j->states[b - 1] : NULL);
}

// Block b of the columns at `base`.
static void set_block(const job *j, const char *base, int64_t b, w_columns *c)
{
    c->first = (uint64_t)(b * W_BLOCK);
    c->x = base + b * W_BLOCK * c->stride * (int64_t)j->table->size;
    c->n = (size_t)W_MIN(j->n - b * W_BLOCK, W_BLOCK);
}

static void columns_block(const job *j, const char *base, int64_t b, w_columns *c)
{
    set_block(j, base, b, c);
    j->fns->columns(c);
}

// Columns of several blocks, whose states wait for each other.
static void run_blocks(const job *j, int64_t row, const char *base, w_columns *c)
{
    w_partial states[COLUMN_STATES];
    for (int64_t b = 0; b < j->blocks; b++) {
        columns_block(j, base, b, c);
        for (size_t k = 0; k < c->columns; k++)
            states[(int64_t)k * j->blocks + b] = column_state(c, k, j->table->size);
    }
    for (size_t k = 0; k < c->columns; k++)
        write_states(j, row + (int64_t)k, states + (int64_t)k * j->blocks);
}

// Columns of so many blocks that each has its tower.
static void run_towers(const job *j, int64_t row, const char *base, w_columns *c)
{
    w_tower towers[W_MAX_COLUMNS];
    for (size_t k = 0; k < c->columns; k++)
        towers[k].count[0] = towers[k].count[1] = 0;
    for (int64_t b = 0; b < j->blocks; b++) {
        columns_block(j, base, b, c);
        for (size_t k = 0; k < c->columns; k++)
            w_tower_push(&towers[k], j->fns, j->attr, column_state(c, k, j->table->size));
    }
    for (size_t k = 0; k < c->columns; k++)
        write_result(j, row + (int64_t)k, w_tower_end(&towers[k], j->fns));
}

// Neighbouring rows whose elements lie side by side, or short ones that are turned so that they
// do: some vectors of rows at a time.
static void run_group(const job *j, int64_t group)
{
    int64_t width = j->width, place = group % j->groups * width;
    int64_t row = group / j->groups * j->columns + place;
    w_columns c;
    c.stride = j->turned ? width : j->step;
    c.attr = j->attr;
    c.far = j->far;
    c.count = j->blocks > 1 ? -1 : j->n;
    c.columns = (size_t)W_MIN(j->columns - place, width);
    const char *base = w_span_at(&j->kept_in, row);
    _Alignas(64) double turned[SHORT_ROW * W_MAX_COLUMNS];
    if (j->turned)
        j->table->turn(turned, width, base, j->kept_in.stride[j->kept_in.rank - 1], (size_t)j->n,
                       c.columns);
    if (j->blocks == 1) {
        columns_block(j, j->turned ? (const char *)turned : base, 0, &c);
        write_columns(j, row, &c);
    } else if (width * j->blocks <= COLUMN_STATES) {
        run_blocks(j, row, base, &c);
    } else {
        run_towers(j, row, base, &c);
    }
}

static void group_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t count = j->rows / j->columns * j->groups;
    int64_t end = W_MIN((i + 1) * j->share, count);
    for (int64_t g = i * j->share; g < end; g++)
        run_group(j, g);
}

// ---------------------------------------------------------------- whole rows

// Columns that come from memory, as whole rows, which is how it is read best. Threads share the
// lanes of a block, then the columns.
typedef struct whole {
    const job *j;
    w_columns c;
    uint32_t tasks;
    int64_t row;        // of the first column
    void *room;         // the states of all lanes
    w_partial *states;  // of each column's blocks
    size_t block, ends; // this one; columns of a vector
} whole;

static void lanes_task(void *arg, uint32_t i)
{
    const whole *w = arg;
    w->j->fns->lanes(&w->c, w->room, w_range_begin(W_LANES, i, w->tasks),
                     w_range_begin(W_LANES, i + 1, w->tasks));
}

static void ends_task(void *arg, uint32_t i)
{
    whole *w = arg;
    const job *j = w->j;
    uint32_t vectors = (uint32_t)((w->c.columns + j->table->width - 1) / j->table->width);
    size_t begin = w_range_begin(vectors, i, w->tasks);
    size_t end = w_range_begin(vectors, i + 1, w->tasks);
    j->fns->ends(&w->c, w->room, begin, end);
    bool last = (int64_t)w->block + 1 == j->blocks;
    end = W_MIN(end * j->table->width, w->c.columns);
    for (size_t k = begin * j->table->width; j->blocks > 1 && k < end; k++) {
        w_partial *states = w->states + (int64_t)k * j->blocks;
        states[w->block] = column_state(&w->c, k, j->table->size);
        if (last)
            write_states(j, w->row + (int64_t)k, states);
    }
}

static void run_whole_rows(const job *j, const w_cpu_par *par, uint32_t tasks, void *workspace)
{
    whole w = {.j = j, .tasks = tasks, .room = workspace};
    w.c.columns = (size_t)j->columns;
    w.c.stride = j->step;
    w.c.attr = j->attr;
    w.c.count = j->blocks > 1 ? -1 : j->n;
    w.states = (w_partial *)(void *)((char *)workspace + w_lanes_room(w.c.columns, j->table->size));
    for (w.row = 0; w.row < j->rows; w.row += j->columns) {
        for (w.block = 0; (int64_t)w.block < j->blocks; w.block++) {
            set_block(j, w_span_at(&j->kept_in, w.row), (int64_t)w.block, &w.c);
            w_par_run(par, lanes_task, &w, tasks);
            w_par_run(par, ends_task, &w, tasks);
        }
        if (j->blocks == 1)
            write_columns(j, w.row, &w.c);
    }
}

// Whether columns are reduced as whole rows: of the shape alone, and where they are one step apart.
static bool may_be_whole(const w_desc *desc)
{
    uint32_t kept = desc->rank - desc->reduced;
    if (!kept || desc->empty || desc->in[0].stride[kept - 1] != 1)
        return false;
    double size = (double)weir_dtype_size(desc->in[0].dtype);
    double columns = (double)desc->extent[kept - 1], n = (double)desc->inner;
    return columns <= W_MOST_COLUMNS && columns * size >= WHOLE_BYTES &&
           columns * n * size > FAR_BYTES && columns * (n / W_BLOCK + 1) <= WHOLE_STATES;
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
    for (int64_t row = 0; row < j->rows; row++) {
        j->row = row;
        spread(j, par, block_task, j->blocks, tasks);
        write_states(j, row, j->states);
    }
}

// Up to which length rows are turned into columns, which takes the less the wider vectors are,
// rather than joining the lanes of each, which takes the less the fewer vectors hold them. An index
// is found soonest where its value is known.
static int64_t short_row(const job *j)
{
    int64_t width = (int64_t)j->table->width, most = W_MAX(width * width / 2, LEAST_SHORT);
    return W_MIN(j->best ? most / 2 : most, SHORT_ROW);
}

static bool by_column(job *j, uint32_t threads)
{
    const w_desc *desc = j->desc;
    uint32_t kept = desc->rank - desc->reduced;
    if (!kept || !j->n || j->terms || desc->in[0].dtype != j->table->own)
        return false;
    j->turned = j->dense && j->n <= short_row(j);
    bool side_by_side = desc->in[0].stride[kept - 1] == 1 && j->step && j->step != 1;
    j->columns = desc->extent[kept - 1];
    j->far = (double)j->n * (double)j->columns * (double)j->table->size > FAR_BYTES;
    // Several vectors at a time, but where each column needs a tower or is turned, and not so many
    // that threads are left without.
    int64_t vectors = COLUMN_STATES / (j->blocks * (int64_t)j->table->width);
    int64_t share = j->rows / ((int64_t)threads * (int64_t)j->table->width);
    vectors = j->turned ? 1 : W_MAX(1, W_MIN(W_MIN(vectors, share), W_COLUMN_VECTORS));
    j->width = (int64_t)j->table->width * vectors;
    j->groups = (j->columns + j->width - 1) / j->width;
    return (j->turned || side_by_side) && (j->columns > 2 || j->table->width == 1);
}

static job make_job(const w_args *args, const w_reduce_table *table, const w_terms *terms)
{
    const w_desc *desc = args->desc;
    const w_operand *in = &desc->in[0], *out = &desc->out[0];
    uint32_t kept = desc->rank - desc->reduced;
    size_t in_size = weir_dtype_size(in->dtype), out_size = weir_dtype_size(out->dtype);
    job j = {.desc = desc, .table = table, .terms = terms};
    const w_phases *phases = w_op_phases(desc->op);
    j.fns = &table->fns[phases ? phases->reducer[0] : desc->op->number];
    j.result = phases ? table->rows[desc->op->number].result[0] : NULL;
    char *from = (char *)args->in[0].host + in->offset * (int64_t)in_size;
    char *to = (char *)args->out[0].host + out->offset * (int64_t)out_size;
    j.kept_in = (w_span){kept, desc->extent, in->stride, from, in_size};
    j.kept_out = (w_span){kept, desc->extent, out->stride, to, out_size};
    j.reduced = (w_span){desc->reduced, desc->extent + kept, in->stride + kept, from, in_size};
    if (w_op_is_index(desc->op))
        j.best = &table->fns[desc->op->number == WEIR_OP_ARGMAX ? WEIR_OP_REDUCE_MAX
                                                                : WEIR_OP_REDUCE_MIN];
    j.load = table->convert[in->dtype].load;
    if (!w_walk_linear(desc->reduced, j.reduced.extent, j.reduced.stride, &j.step))
        j.step = 0;
    j.dense = !terms && in->dtype == table->own && j.step == 1;
    j.rows = w_walk_count(kept, desc->extent);
    j.n = w_walk_count(desc->reduced, desc->extent + kept);
    j.blocks = j.n ? (j.n + W_BLOCK - 1) / W_BLOCK : 1;
    j.attr = desc->n_formula_attr ? desc->formula_attr[0] : 0;
    return j;
}

void w_reduce_run(const w_args *args, const w_cpu_par *par, const w_reduce_table *table,
                  const w_terms *terms)
{
    const w_phases *phases = w_op_phases(args->desc->op);
    if (phases && phases->special != W_SPECIAL_ELEMENTS) {
        w_row_run(args, par, table, terms);
        return;
    }
    job j = make_job(args, table, terms);
    double work = (double)j.n * (double)j.rows * (j.desc->op->flops + 1) / 16;
    uint32_t tasks = w_split(par, work + (double)j.rows * 20, j.desc->bytes);
    bool columns = by_column(&j, W_MIN(tasks, par->threads));
    if (columns && !j.turned && may_be_whole(j.desc)) {
        run_whole_rows(&j, par, W_MIN(W_MIN(tasks, par->threads), W_LANES), args->workspace.host);
    } else if (columns) {
        int64_t groups = j.rows / j.columns * j.groups;
        spread(&j, par, group_task, groups, (uint32_t)W_MIN(tasks, groups));
    } else if (phases && !j.dense) {
        w_row_run(args, par, table, terms);
    } else if (j.rows >= par->threads || j.blocks == 1 || tasks == 1) {
        spread(&j, par, row_task, j.rows, (uint32_t)W_MIN(tasks, j.rows));
    } else {
        run_rows_by_block(&j, par, (uint32_t)W_MIN(tasks, j.blocks), args->workspace.host);
    }
}

size_t w_reduce_workspace(const w_desc *desc, uint32_t threads)
{
    const w_phases *phases = w_op_phases(desc->op);
    if (phases && phases->special != W_SPECIAL_ELEMENTS)
        return w_row_workspace(desc, threads);
    int64_t blocks = (desc->inner + W_BLOCK - 1) / W_BLOCK;
    size_t columns = may_be_whole(desc) ? (size_t)desc->extent[desc->rank - desc->reduced - 1] : 0;
    if (columns)
        return w_lanes_room(columns, weir_dtype_size(desc->in[0].dtype)) +
               columns * (size_t)blocks * sizeof(w_partial);
    bool by_block = threads > 1 && desc->outer < threads && blocks > STACK_STATES;
    return by_block ? (size_t)blocks * sizeof(w_partial) : 0;
}
