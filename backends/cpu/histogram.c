// SPDX-License-Identifier: Apache-2.0
//
// The HISTOGRAM loop: rows of bytes are counted by value, in parts where there are few rows; then
// the operation's formula makes the row's results of its counts.
#include "backends/cpu/cpu.h"
#include "backends/cpu/scalar/vec.h"

#include <string.h>

#define W_COUNTS           const uint32_t *
#define w_count(counts, i) ((counts)[i])
#include "formulas_histogram.h"

enum { PART = 1 << 16 }; // elements that are worth counts of their own

// The first results of a row's counts.
typedef void values_fn(const uint32_t *counts, int32_t values, uint32_t *out);

#define VALUES_FN(number, name)                                                         \
    static void values_of_##name(const uint32_t *counts, int32_t values, uint32_t *out) \
    {                                                                                   \
        for (int32_t i = 0; i < values; i++)                                            \
            out[i] = w_op_##name(counts, (uint32_t)i);                                  \
    }
W_HISTOGRAM_LIST(VALUES_FN)
#define VALUES_ENTRY(number, name) [number] = values_of_##name,
static values_fn *const values_fns[] = {W_HISTOGRAM_LIST(VALUES_ENTRY)};

typedef struct job {
    const w_desc *desc;
    values_fn *values;
    w_span in, out, reduced;
    int64_t rows, n, parts, share;
    uint32_t *counts; // of each part of a row, where a row has several
} job;

// Elements begin.. of a row. Neighbours are often alike: four tables keep one count from waiting
// for itself.
static void count_run(const uint8_t *x, int64_t step, int64_t n, uint32_t (*counts)[W_VALUES])
{
    int64_t i = 0;
    for (; i + 4 <= n; i += 4, x += 4 * step) {
        counts[0][x[0]]++;
        counts[1][x[step]]++;
        counts[2][x[2 * step]]++;
        counts[3][x[3 * step]]++;
    }
    for (; i < n; i++, x += step)
        counts[0][*x]++;
}

static void count_part(const job *j, int64_t row, int64_t part, uint32_t *out)
{
    const w_span *s = &j->reduced;
    int64_t at = w_walk_offset(j->in.rank, j->in.extent, j->in.stride, row);
    int64_t begin = j->n / j->parts * part,
            end = part + 1 < j->parts ? begin + j->n / j->parts : j->n;
    int64_t inner = s->extent[s->rank - 1], step = s->stride[s->rank - 1];
    uint32_t counts[4][W_VALUES] = {{0}};
    while (begin < end) {
        int64_t run = W_MIN(end - begin, inner - begin % inner);
        int64_t place = at + w_walk_offset(s->rank, s->extent, s->stride, begin);
        count_run((const uint8_t *)j->in.base + place, step, run, counts);
        begin += run;
    }
    for (int v = 0; v < W_VALUES; v++)
        out[v] = counts[0][v] + counts[1][v] + counts[2][v] + counts[3][v];
}

// An output of s32 holds the values' results along an axis of its own, else there is one.
static void write_row(const job *j, int64_t row, const uint32_t *counts)
{
    const w_operand *out = &j->desc->out[0];
    int32_t values = w_op_histogram_values(j->desc->op);
    int64_t step = out->stride[j->desc->rank] * (int64_t)j->out.size;
    char *to = j->out.base +
               w_walk_offset(j->out.rank, j->out.extent, j->out.stride, row) * (int64_t)j->out.size;
    if (j->out.size == sizeof(uint32_t) && step == sizeof(uint32_t)) {
        j->values(counts, values, (uint32_t *)to);
        return;
    }
    uint32_t result[W_VALUES];
    j->values(counts, values, result);
    for (int32_t i = 0; i < values; i++) {
        uint8_t byte = (uint8_t)result[i];
        memcpy(to + i * step, j->out.size == 1 ? (void *)&byte : (void *)&result[i], j->out.size);
    }
}

static void row_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->rows);
    uint32_t counts[W_VALUES];
    for (int64_t row = i * j->share; row < end; row++) {
        count_part(j, row, 0, counts);
        write_row(j, row, counts);
    }
}

static void part_task(void *arg, uint32_t i)
{
    const job *j = arg;
    count_part(j, i / j->parts, i % j->parts, j->counts + (size_t)i * W_VALUES);
}

static void add_parts(const job *j, int64_t row)
{
    uint32_t *sum = j->counts + (size_t)(row * j->parts) * W_VALUES;
    for (int64_t part = 1; part < j->parts; part++)
        for (int v = 0; v < W_VALUES; v++)
            sum[v] += sum[part * W_VALUES + v];
    write_row(j, row, sum);
}

static int64_t parts_of(const w_desc *desc, uint32_t threads)
{
    if (threads < 2 || desc->outer >= threads)
        return 1;
    return W_MAX(W_MIN(desc->inner / PART, (int64_t)threads), 1);
}

static job make_job(const w_args *args)
{
    const w_desc *desc = args->desc;
    const w_operand *in = &desc->in[0], *out = &desc->out[0];
    uint32_t kept = desc->rank - desc->reduced;
    size_t size = weir_dtype_size(out->dtype);
    job j = {.desc = desc, .values = values_fns[desc->op->number]};
    char *to = (char *)args->out[0].host + out->offset * (int64_t)size;
    j.in = (w_span){kept, desc->extent, in->stride, (char *)args->in[0].host + in->offset, 1};
    j.out = (w_span){kept, desc->extent, out->stride, to, size};
    j.reduced = (w_span){desc->reduced, desc->extent + kept, in->stride + kept, NULL, 1};
    j.rows = w_walk_count(kept, desc->extent);
    j.n = w_walk_count(desc->reduced, desc->extent + kept);
    j.counts = args->workspace.host;
    return j;
}

void w_histogram_run(const w_args *args, const w_cpu_par *par)
{
    job j = make_job(args);
    j.parts = j.counts ? parts_of(j.desc, par->threads) : 1;
    if (j.parts > 1) {
        w_par_run(par, part_task, &j, (uint32_t)(j.rows * j.parts));
        for (int64_t row = 0; row < j.rows; row++)
            add_parts(&j, row);
        return;
    }
    double work = (double)j.rows * ((double)j.n + W_VALUES * 8.0);
    uint32_t tasks = (uint32_t)W_MIN((int64_t)w_split(par, work, j.desc->bytes), j.rows);
    j.share = (j.rows + tasks - 1) / tasks;
    w_par_run(par, row_task, &j, (uint32_t)((j.rows + j.share - 1) / j.share));
}

size_t w_histogram_workspace(const w_desc *desc, uint32_t threads)
{
    int64_t parts = parts_of(desc, threads);
    return parts > 1 ? (size_t)(desc->outer * parts) * W_VALUES * sizeof(uint32_t) : 0;
}
