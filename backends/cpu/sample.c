// SPDX-License-Identifier: Apache-2.0
//
// The SAMPLE loop. A line of the output is all that lies behind one index of the first sampled
// axis: the second and the axes after it. Blocks of a line's elements are taken one after the
// other, each with its places in the input and its weights through all lines, so that these are
// found once.
#include "backends/cpu/cpu.h"

#include <string.h>

enum { BLOCK = 256, CORNERS = 4 };

typedef struct job {
    const w_desc *desc;
    const w_map_table *table;
    const char *from;
    char *to;
    w_map_fn *fn;
    uint32_t rank;         // axes of a line
    const int64_t *extent; // theirs
    const int64_t *in_stride, *out_stride;
    int64_t line, lines, blocks, share;
    int64_t out_step; // of a line that is walked in equal steps
    bool linear;
} job;

// A block of a line: where its elements' neighbours lie from the beginning of a row of the input.
typedef struct block {
    int64_t begin, first[BLOCK], second[BLOCK];
    float weight[BLOCK];
    size_t n;
} block;

static void find_block(const job *j, int64_t number, block *b)
{
    int64_t source = j->desc->source[1], step = j->in_stride[0];
    int64_t each = w_walk_count(j->rank - 1, j->extent + 1);
    b->begin = number * BLOCK;
    b->n = (size_t)W_MIN(j->line - b->begin, BLOCK);
    for (size_t i = 0; i < b->n; i++) {
        int64_t at = b->begin + (int64_t)i, column = at / each;
        int64_t rest =
            w_walk_offset(j->rank - 1, j->extent + 1, j->in_stride + 1, at - column * each);
        w_spot p = w_spot_of(column, j->extent[0], source);
        b->first[i] = rest + p.first * step;
        b->second[i] = rest + p.second * step;
        b->weight[i] = (float)p.rest / (float)p.part;
    }
}

// Elements that lie anywhere, side by side.
static void gather(void *to, const char *from, const int64_t *at, size_t n, size_t size)
{
    if (size == 1)
        for (size_t i = 0; i < n; i++)
            ((uint8_t *)to)[i] = ((const uint8_t *)from)[at[i]];
    else if (size == 2)
        for (size_t i = 0; i < n; i++)
            ((uint16_t *)to)[i] = ((const uint16_t *)from)[at[i]];
    else
        for (size_t i = 0; i < n; i++)
            ((uint32_t *)to)[i] = ((const uint32_t *)from)[at[i]];
}

static void put(const job *j, int64_t line, const block *b, const float *y)
{
    const w_desc *desc = j->desc;
    size_t size = weir_dtype_size(desc->out[0].dtype);
    w_store_fn *store = j->table->convert[desc->out[0].dtype].store;
    int64_t at = line * j->line + b->begin;
    if (j->linear) {
        int64_t offset = w_walk_offset(desc->sampled + 1, desc->extent, desc->out[0].stride, line);
        offset += b->begin * j->out_step;
        store(j->to + offset * (int64_t)size, j->out_step, y, b->n);
        return;
    }
    w_span span = {desc->rank, desc->extent, desc->out[0].stride, j->to, size};
    w_walk_scatter(&span, store, y, sizeof *y, at, b->n);
}

// Integers are rounded, ties to even, which adding 1.5 * 2^23 does; stored, they are truncated.
static void round_block(float *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = y[i] + 0x1.8p23f - 0x1.8p23f;
}

static void sample_line(const job *j, int64_t line, const block *b)
{
    const w_desc *desc = j->desc;
    const w_operand *in = &desc->in[0];
    const w_convert *convert = &j->table->convert[in->dtype];
    size_t size = weir_dtype_size(in->dtype);
    uint32_t rows = desc->sampled;
    int64_t lead = line / desc->extent[rows], row = line - lead * desc->extent[rows];
    int64_t base = w_walk_offset(rows, desc->extent, in->stride, lead);
    w_spot p = w_spot_of(row, desc->extent[rows], desc->source[0]);
    _Alignas(64) float corner[CORNERS][BLOCK], weight[BLOCK], y[BLOCK];
    _Alignas(64) uint32_t bits[BLOCK];
    const void *inputs[W_SAMPLE_INPUTS] = {corner[0], corner[1], corner[2],
                                           corner[3], weight,    b->weight};
    for (int k = 0; k < CORNERS; k++) {
        int64_t offset = base + (k < 2 ? p.first : p.second) * in->stride[rows];
        gather(bits, j->from + offset * (int64_t)size, k % 2 ? b->second : b->first, b->n, size);
        convert->load(corner[k], bits, 1, b->n);
    }
    for (size_t i = 0; i < b->n; i++)
        weight[i] = (float)p.rest / (float)p.part;
    j->fn(inputs, W_SAMPLE_INPUTS, y, b->n, desc->formula_attr);
    if (desc->out[0].dtype == WEIR_U8)
        round_block(y, b->n);
    put(j, line, b, y);
}

static void sample_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->blocks * j->lines), known = -1;
    block b;
    for (int64_t unit = i * j->share; unit < end; unit++) {
        int64_t number = unit / j->lines;
        if (number != known)
            find_block(j, number, &b);
        known = number;
        sample_line(j, unit - number * j->lines, &b);
    }
}

void w_sample_run(const w_args *args, const w_cpu_par *par, const w_map_table *table)
{
    const w_desc *desc = args->desc;
    const w_operand *in = &desc->in[0], *out = &desc->out[0];
    uint32_t columns = desc->sampled + 1;
    job j = {.desc = desc,
             .table = table,
             .fn = table->fns[desc->op->number],
             .rank = desc->rank - columns,
             .extent = desc->extent + columns,
             .in_stride = in->stride + columns,
             .out_stride = out->stride + columns};
    j.from = (const char *)args->in[0].host + in->offset * (int64_t)weir_dtype_size(in->dtype);
    j.to = (char *)args->out[0].host + out->offset * (int64_t)weir_dtype_size(out->dtype);
    j.linear = w_walk_linear(j.rank, j.extent, j.out_stride, &j.out_step);
    j.line = w_walk_count(j.rank, j.extent);
    j.lines = w_walk_count(columns, desc->extent);
    j.blocks = (j.line + BLOCK - 1) / BLOCK;
    int64_t units = j.blocks * j.lines;
    uint32_t tasks = (uint32_t)W_MIN(w_split(par, (double)desc->outer * 4, desc->bytes), units);
    j.share = (units + tasks - 1) / tasks;
    w_par_run(par, sample_task, &j, (uint32_t)((units + j.share - 1) / j.share));
}
