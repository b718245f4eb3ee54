// SPDX-License-Identifier: Apache-2.0
//
// The SCAN loop, in the order of runtime/ops/canon.h. A tile holds a block in each column, so that
// a vector carries as many sums as it has lanes: neighbouring rows' blocks, or the next blocks of
// one row. The totals of a row's blocks go up a tower, which gives the next block what it adds to.
#include "backends/cpu/cpu.h"

#include <string.h>

enum {
    BLOCK = W_SCAN_BLOCK,
    LEVELS = 8, // 2^56 elements have 7
    LEAST_BLOCKS = 8,
};

// The totals of blocks as they come, scanned like elements: level 0 takes them.
typedef struct tower {
    uint32_t count[LEVELS];
    bool carried[LEVELS];
    uint64_t sum[LEVELS], carry[LEVELS];
} tower;

typedef struct job {
    const w_scan_table *table;
    const w_scan_fns *fns;
    w_span in, out; // the kept axes
    int64_t in_step, out_step;
    w_load_fn *load;
    w_store_fn *store;
    int64_t rows, n, blocks, late;
    // Rows side by side, `groups` of columns for each index of the other kept axes; or one row's
    // blocks.
    int64_t columns, groups, share;
    bool in_dense, out_dense; // steps of one element of the class's own type
    int64_t row;              // the row whose blocks are spread over tasks
    uint64_t *carries;        // of its blocks: their totals, then what comes before the next
} job;

// Some columns of blocks, `across` elements apart on each side.
typedef struct tile {
    const char *from;
    char *to;
    int64_t in_across, out_across;
    size_t n, columns, width; // width: lanes of a line
    int64_t first;            // the index of line 0
    _Alignas(64) double lines[BLOCK * W_MAX_COLUMNS];
} tile;

// ---------------------------------------------------------------- the tower

// What a row comes to with one more total.
static uint64_t push(tower *t, const w_scan_fns *fns, int k, uint64_t total)
{
    t->sum[k] = t->count[k] ? fns->both(t->sum[k], total) : total;
    uint64_t whole = t->carried[k] ? fns->both(t->carry[k], t->sum[k]) : t->sum[k];
    if (++t->count[k] == BLOCK) {
        t->carry[k] = push(t, fns, k + 1, t->sum[k]);
        t->carried[k] = true;
        t->count[k] = 0;
    }
    return whole;
}

static void clear(tower *t)
{
    memset(t->count, 0, sizeof t->count);
    memset(t->carried, 0, sizeof t->carried);
}

// ---------------------------------------------------------------- tiles

// One column needs no lanes beside it.
static void set_columns(const job *j, tile *t, int64_t columns)
{
    t->columns = (size_t)W_MIN(columns, (int64_t)j->table->width);
    t->width = t->columns == 1 ? 1 : j->table->width;
}

static void load_tile(const job *j, tile *t)
{
    size_t width = t->width, size = j->table->size;
    int64_t in_size = (int64_t)j->in.size;
    char *lines = (char *)t->lines;
    double lying[BLOCK * W_MAX_COLUMNS];
    if (t->in_across == 1 && width > 1) {
        for (size_t i = 0; i < t->n; i++)
            j->load(lines + i * width * size, t->from + (int64_t)i * j->in_step * in_size, 1,
                    t->columns);
    } else if (j->in_dense && width > 1) {
        j->table->turn(lines, (int64_t)width, t->from, t->in_across, t->n, t->columns);
    } else {
        char *to = width > 1 ? (char *)lying : lines;
        for (size_t c = 0; c < t->columns; c++)
            j->load(to + c * BLOCK * size, t->from + (int64_t)c * t->in_across * in_size,
                    j->in_step, t->n);
        if (width > 1)
            j->table->turn(lines, (int64_t)width, lying, BLOCK, t->n, t->columns);
    }
}

// The results, each `late` places later; those that would lie behind the row are left out.
static void store_tile(const job *j, const tile *t)
{
    size_t width = t->width, size = j->table->size;
    int64_t out_size = (int64_t)j->out.size;
    const char *lines = (const char *)t->lines;
    char *to = t->to + j->late * j->out_step * out_size;
    double lying[BLOCK * W_MAX_COLUMNS];
    bool behind = t->first + (int64_t)t->n + j->late > j->n; // the last line's results
    if (t->out_across == 1 && width > 1) {
        for (size_t i = 0; i < t->n - behind; i++)
            j->store(to + (int64_t)i * j->out_step * out_size, 1, lines + i * width * size,
                     t->columns);
        return;
    }
    if (j->out_dense && width > 1 && !behind) {
        j->table->turn(to, t->out_across, lines, (int64_t)width, t->columns, t->n);
        return;
    }
    if (width > 1) {
        j->table->turn(lying, BLOCK, lines, (int64_t)width, t->columns, t->n);
        lines = (const char *)lying;
    }
    for (size_t c = 0; c < t->columns; c++)
        j->store(to + (int64_t)c * t->out_across * out_size, j->out_step, lines + c * BLOCK * size,
                 t->n - behind);
}

// What comes out of no element, at the beginning of each row.
static void store_begin(const job *j, char *to, int64_t across, size_t columns)
{
    uint64_t none = j->fns->begin();
    for (size_t c = 0; c < columns && j->late; c++)
        j->store(to + (int64_t)c * across * (int64_t)j->out.size, 0, &none, 1);
}

static uint64_t total_of(const job *j, const tile *t, size_t column)
{
    uint64_t bits = 0;
    size_t place = (t->n - 1) * t->width + column;
    memcpy(&bits, (const char *)t->lines + place * j->table->size, j->table->size);
    return bits;
}

static void add_carries(const job *j, tile *t, const uint64_t *before, size_t without)
{
    _Alignas(64) char packed[W_MAX_COLUMNS * sizeof *before] = {0};
    for (size_t c = 0; c < t->columns; c++)
        memcpy(packed + c * j->table->size, &before[c], j->table->size);
    if (without < t->columns)
        j->fns->carry(t->lines, t->n, t->width, packed, without);
}

// ---------------------------------------------------------------- rows side by side

static void clear_lines(const job *j, tile *t)
{
    if (t->columns < t->width) // lanes beyond the last column are computed with
        memset(t->lines, 0, t->n * t->width * j->table->size);
}

static void run_group(const job *j, int64_t group)
{
    int64_t width = (int64_t)j->table->width, place = group % j->groups * width;
    int64_t row = group / j->groups * j->columns + place;
    const char *from = w_span_at(&j->in, row);
    char *to = w_span_at(&j->out, row);
    tower towers[W_MAX_COLUMNS];
    uint64_t before[W_MAX_COLUMNS] = {0};
    tile t;
    set_columns(j, &t, j->columns - place);
    t.in_across = j->in.rank ? j->in.stride[j->in.rank - 1] : 0;
    t.out_across = j->out.rank ? j->out.stride[j->out.rank - 1] : 0;
    for (int64_t b = 0; b < j->blocks; b++) {
        t.first = b * BLOCK;
        t.n = (size_t)W_MIN(j->n - t.first, BLOCK);
        t.from = from + t.first * j->in_step * (int64_t)j->in.size;
        t.to = to + t.first * j->out_step * (int64_t)j->out.size;
        clear_lines(j, &t);
        load_tile(j, &t);
        j->fns->tile(t.lines, t.n, t.width);
        uint64_t total[W_MAX_COLUMNS];
        for (size_t c = 0; c < t.columns && b + 1 < j->blocks; c++)
            total[c] = total_of(j, &t, c);
        if (b)
            add_carries(j, &t, before, 0);
        else
            store_begin(j, t.to, t.out_across, t.columns);
        store_tile(j, &t);
        for (size_t c = 0; c < t.columns && b + 1 < j->blocks; c++) {
            if (!b)
                clear(&towers[c]);
            before[c] = push(&towers[c], j->fns, 0, total[c]);
        }
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

// ---------------------------------------------------------------- the blocks of one row

// As many blocks as a tile has columns, from number `block` on; the last one of a row, which may be
// shorter, stands alone.
static void begin_blocks(const job *j, int64_t row, int64_t block, tile *t)
{
    int64_t whole = j->n / BLOCK - block;
    t->first = block * BLOCK;
    set_columns(j, t, W_MAX(whole, 1));
    t->n = whole < 1 ? (size_t)(j->n - t->first) : BLOCK;
    t->in_across = BLOCK * j->in_step;
    t->out_across = BLOCK * j->out_step;
    t->from = w_span_at(&j->in, row) + t->first * j->in_step * (int64_t)j->in.size;
    t->to = w_span_at(&j->out, row) + t->first * j->out_step * (int64_t)j->out.size;
    clear_lines(j, t);
    load_tile(j, t);
    j->fns->tile(t->lines, t->n, t->width);
}

// Column `last` of a tile as the first of another.
static void take_column(const job *j, const tile *t, size_t last, tile *one)
{
    size_t width = t->width, size = j->table->size;
    one->from = t->from + (int64_t)last * t->in_across * (int64_t)j->in.size;
    one->to = t->to + (int64_t)last * t->out_across * (int64_t)j->out.size;
    one->in_across = t->in_across;
    one->out_across = t->out_across;
    one->n = t->n;
    set_columns(j, one, 1);
    one->first = t->first + (int64_t)last * BLOCK;
    for (size_t i = 0; i < t->n; i++)
        memcpy((char *)one->lines + i * size, (const char *)t->lines + (i * width + last) * size,
               size);
}

// The last column may hold the row's last element, whose result falls behind the row: it is stored
// by itself.
static void end_blocks(const job *j, tile *t)
{
    size_t columns = t->columns;
    int64_t end = t->first + (int64_t)(columns - 1) * BLOCK + (int64_t)t->n;
    bool apart = columns > 1 && end + j->late > j->n;
    if (t->first == 0)
        store_begin(j, t->to, 0, 1);
    t->columns = columns - apart;
    store_tile(j, t);
    t->columns = columns;
    if (!apart)
        return;
    tile one;
    take_column(j, t, columns - 1, &one);
    store_tile(j, &one);
}

static void run_row(const job *j, int64_t row)
{
    tower up;
    uint64_t before[W_MAX_COLUMNS + 1] = {0};
    tile t;
    clear(&up);
    for (int64_t b = 0; b < j->blocks; b += (int64_t)t.columns) {
        begin_blocks(j, row, b, &t);
        for (size_t c = 0; c < t.columns; c++)
            before[c + 1] = push(&up, j->fns, 0, total_of(j, &t, c));
        add_carries(j, &t, before, b == 0);
        before[0] = before[t.columns];
        end_blocks(j, &t);
    }
}

static void row_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->rows);
    for (int64_t row = i * j->share; row < end; row++)
        run_row(j, row);
}

static void total_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->blocks);
    tile t;
    for (int64_t b = i * j->share; b < end; b += (int64_t)t.columns) {
        begin_blocks(j, j->row, b, &t);
        for (size_t c = 0; c < t.columns && b + (int64_t)c < end; c++)
            j->carries[b + (int64_t)c] = total_of(j, &t, c);
    }
}

static void block_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->blocks);
    tile t;
    for (int64_t b = i * j->share; b < end; b += (int64_t)t.columns) {
        uint64_t before[W_MAX_COLUMNS] = {0};
        begin_blocks(j, j->row, b, &t);
        for (size_t c = 0; c < t.columns; c++)
            before[c] = b + (int64_t)c ? j->carries[b + (int64_t)c - 1] : 0;
        add_carries(j, &t, before, b == 0);
        end_blocks(j, &t);
    }
}

static void spread(job *j, const w_cpu_par *par, w_task task, int64_t count, uint32_t tasks)
{
    j->share = (count + tasks - 1) / tasks;
    w_par_run(par, task, j, (uint32_t)((count + j->share - 1) / j->share));
}

// The blocks' totals by several tasks, what comes before each of them, and the blocks again.
static void run_by_block(job *j, const w_cpu_par *par, uint32_t tasks)
{
    for (j->row = 0; j->row < j->rows; j->row++) {
        tower up;
        clear(&up);
        int64_t width = (int64_t)j->table->width, tiles = (j->blocks + width - 1) / width;
        j->share = (tiles + tasks - 1) / tasks * width; // whole tiles
        uint32_t count = (uint32_t)((j->blocks + j->share - 1) / j->share);
        w_par_run(par, total_task, j, count);
        for (int64_t b = 0; b < j->blocks; b++)
            j->carries[b] = push(&up, j->fns, 0, j->carries[b]);
        w_par_run(par, block_task, j, count);
    }
}

// ---------------------------------------------------------------- the call

static job make_job(const w_args *args, const w_scan_table *table)
{
    const w_desc *desc = args->desc;
    const w_operand *in = &desc->in[0], *out = &desc->out[0];
    uint32_t kept = desc->rank - desc->reduced;
    size_t in_size = weir_dtype_size(in->dtype), out_size = weir_dtype_size(out->dtype);
    job j = {.table = table, .fns = &table->fns[desc->op->number]};
    char *from = (char *)args->in[0].host + in->offset * (int64_t)in_size;
    char *to = (char *)args->out[0].host + out->offset * (int64_t)out_size;
    j.in = (w_span){kept, desc->extent, in->stride, from, in_size};
    j.out = (w_span){kept, desc->extent, out->stride, to, out_size};
    j.in_step = in->stride[kept];
    j.out_step = out->stride[kept];
    j.load = table->convert[in->dtype].load;
    j.store = table->convert[out->dtype].store;
    j.in_dense = in->dtype == table->own && j.in_step == 1;
    j.out_dense = out->dtype == table->own && j.out_step == 1;
    j.rows = w_walk_count(kept, desc->extent);
    j.n = desc->extent[kept];
    j.blocks = (j.n + BLOCK - 1) / BLOCK;
    j.late = desc->formula_attr[0] != 0;
    j.columns = kept ? desc->extent[kept - 1] : 1;
    j.groups = (j.columns + (int64_t)table->width - 1) / (int64_t)table->width;
    return j;
}

void w_scan_run(const w_args *args, const w_cpu_par *par, const w_scan_table *table)
{
    job j = make_job(args, table);
    double work = (double)j.n * (double)j.rows * 2;
    uint32_t tasks = w_split(par, work, args->desc->bytes);
    int64_t groups = j.rows / j.columns * j.groups, threads = par->threads;
    // Tiles that a thread has to do, where each one's columns are rows, or are blocks of a row.
    int64_t width = (int64_t)table->width, whole = j.n / BLOCK;
    int64_t row_tiles = (whole + width - 1) / width + (j.n % BLOCK != 0);
    if (groups * j.blocks * W_MIN(j.rows, threads) <= j.rows * row_tiles * W_MIN(groups, threads))
        spread(&j, par, group_task, groups, (uint32_t)W_MIN(tasks, groups));
    else if (j.rows >= par->threads || tasks == 1 || !args->workspace.host)
        spread(&j, par, row_task, j.rows, (uint32_t)W_MIN(tasks, j.rows));
    else {
        j.carries = args->workspace.host;
        run_by_block(&j, par, tasks);
    }
}

size_t w_scan_workspace(const w_desc *desc, uint32_t threads)
{
    int64_t blocks = (desc->inner + BLOCK - 1) / BLOCK;
    bool by_block = threads > 1 && desc->outer < threads && blocks >= LEAST_BLOCKS;
    return by_block ? (size_t)blocks * sizeof(uint64_t) : 0;
}
