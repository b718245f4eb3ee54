// SPDX-License-Identifier: Apache-2.0
//
// The GATHER loop: the last axis at a time, which is a run that one index places, or elements with
// an index each. What an index out of range names comes out as zeros.
#include "backends/cpu/cpu.h"

#include <string.h>

typedef struct job {
    const w_desc *desc;
    const char *data, *indices;
    char *to;
    int64_t size, limit, step; // of an element; of the gathered axis
    uint32_t walked, last;     // axes before the last, and that one
    int64_t length, rows, share;
} job;

// Where the element begins that an index names, in elements; -1: nowhere.
static int64_t place_of(const job *j, int64_t at)
{
    int64_t index;
    int32_t narrow;
    if (j->desc->in[1].dtype == WEIR_S64) {
        memcpy(&index, j->indices + at * 8, sizeof index);
    } else {
        memcpy(&narrow, j->indices + at * 4, sizeof narrow);
        index = narrow;
    }
    index += index < 0 ? j->limit : 0;
    return index < 0 || index >= j->limit ? -1 : index;
}

static void copy_elements(char *to, int64_t to_step, const char *from, int64_t from_step, int64_t n,
                          int64_t size)
{
    if (to_step == size && from_step == size) {
        memcpy(to, from, (size_t)(n * size));
        return;
    }
    for (int64_t i = 0; i < n; i++, to += to_step, from += from_step)
        switch (size) { // a copy of known size is one instruction
        case 1:
            *to = *from;
            break;
        case 2:
            memcpy(to, from, 2);
            break;
        case 4:
            memcpy(to, from, 4);
            break;
        default:
            memcpy(to, from, 8);
        }
}

static void clear_elements(char *to, int64_t to_step, int64_t n, int64_t size)
{
    for (int64_t i = 0; i < n; i++, to += to_step)
        memset(to, 0, (size_t)size);
}

// Number `row` of the space of all axes but the last.
static void gather_row(const job *j, int64_t row)
{
    const w_desc *d = j->desc;
    const int64_t *data = d->in[0].stride, *index = d->in[1].stride, *out = d->out[0].stride;
    uint32_t last = j->last;
    const char *from = j->data + w_walk_offset(j->walked, d->extent, data, row) * j->size;
    char *to = j->to + w_walk_offset(j->walked, d->extent, out, row) * j->size;
    int64_t at = w_walk_offset(j->walked, d->extent, index, row);
    int64_t run = index[last] == 0 ? j->length : 1, step = out[last] * j->size;
    for (int64_t i = 0; i < j->length; i += run, at += index[last], to += run * step) {
        int64_t place = place_of(j, at);
        const char *begin = from + (place * j->step + i * data[last]) * j->size;
        if (place >= 0)
            copy_elements(to, step, begin, data[last] * j->size, run, j->size);
        else
            clear_elements(to, step, run, j->size);
    }
}

static void gather_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->rows);
    for (int64_t row = i * j->share; row < end; row++)
        gather_row(j, row);
}

// The axes but the gathered one, which is the last of the descriptor; where there is no other, one
// index names one element.
static job make_job(const w_args *args)
{
    const w_desc *d = args->desc;
    uint32_t gathered = d->rank - 1;
    job j = {.desc = d, .size = (int64_t)weir_dtype_size(d->out[0].dtype)};
    j.data = (const char *)args->in[0].host + d->in[0].offset * j.size;
    j.indices = args->in[1].host;
    j.to = (char *)args->out[0].host + d->out[0].offset * j.size;
    j.limit = d->extent[gathered];
    j.step = d->in[0].stride[gathered];
    j.walked = gathered ? gathered - 1 : 0;
    j.last = j.walked; // with one element: the gathered axis, of which one step is taken
    j.length = gathered ? d->extent[j.last] : 1;
    j.rows = w_walk_count(j.walked, d->extent);
    return j;
}

void w_gather_run(const w_args *args, const w_cpu_par *par)
{
    job j = make_job(args);
    double elements = (double)j.rows * (double)j.length;
    uint32_t tasks =
        w_split(par, elements * (j.desc->in[1].stride[j.last] ? 2 : 0.5), j.desc->bytes);
    tasks = (uint32_t)W_MIN((int64_t)tasks, j.rows);
    j.share = (j.rows + tasks - 1) / tasks;
    w_par_run(par, gather_task, &j, (uint32_t)((j.rows + j.share - 1) / j.share));
}
