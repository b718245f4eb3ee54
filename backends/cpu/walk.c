// SPDX-License-Identifier: Apache-2.0
// Walking strided spaces, and how much work is worth a thread.
#include "backends/cpu/cpu.h"

weir_dtype w_own_dtype(w_class class)
{
    static const weir_dtype own[W_COMPUTE_CLASSES] = {[W_CLASS_F32] = WEIR_F32,
                                                      [W_CLASS_I32] = WEIR_S32,
                                                      [W_CLASS_I64] = WEIR_S64,
                                                      [W_CLASS_F64] = WEIR_F64};
    return own[class];
}

int64_t w_walk_count(uint32_t rank, const int64_t *extent)
{
    int64_t n = 1;
    for (uint32_t i = 0; i < rank; i++)
        n *= extent[i];
    return n;
}

int64_t w_walk_offset(uint32_t rank, const int64_t *extent, const int64_t *stride, int64_t i)
{
    if (rank == 1)
        return i * stride[0];
    int64_t offset = 0;
    for (uint32_t axis = rank; axis-- > 0 && i;) {
        int64_t outer = i / extent[axis];
        offset += (i - outer * extent[axis]) * stride[axis];
        i = outer;
    }
    return offset;
}

char *w_span_at(const w_span *s, int64_t i)
{
    return s->base + w_walk_offset(s->rank, s->extent, s->stride, i) * (int64_t)s->size;
}

bool w_walk_linear(uint32_t rank, const int64_t *extent, const int64_t *stride, int64_t *out_step)
{
    *out_step = rank ? stride[rank - 1] : 0;
    for (uint32_t axis = 1; axis < rank; axis++)
        if (stride[axis - 1] != stride[axis] * extent[axis])
            return false;
    return true;
}

// The neighbours along the last axis that follow element `begin`, and where they lie.
static size_t run_of(const w_span *s, int64_t begin, size_t n, int64_t *out_offset)
{
    int64_t inner = s->rank ? s->extent[s->rank - 1] : 1;
    *out_offset = w_walk_offset(s->rank, s->extent, s->stride, begin);
    return (size_t)W_MIN((int64_t)n, inner - begin % inner);
}

void w_walk_gather(void *to, size_t size, const w_span *from, w_load_fn *load, int64_t begin,
                   size_t n)
{
    int64_t step = from->rank ? from->stride[from->rank - 1] : 0;
    while (n) {
        int64_t offset;
        size_t run = run_of(from, begin, n, &offset);
        load(to, from->base + offset * (int64_t)from->size, step, run);
        to = (char *)to + run * size;
        begin += (int64_t)run;
        n -= run;
    }
}

void w_walk_scatter(const w_span *to, w_store_fn *store, const void *from, size_t size,
                    int64_t begin, size_t n)
{
    int64_t step = to->rank ? to->stride[to->rank - 1] : 0;
    while (n) {
        int64_t offset;
        size_t run = run_of(to, begin, n, &offset);
        store(to->base + offset * (int64_t)to->size, step, from, run);
        from = (const char *)from + run * size;
        begin += (int64_t)run;
        n -= run;
    }
}

// A task should last longer than handing it out takes; four tasks a thread even out what the
// machine does beside.
enum { LEAST_TASK_NS = 1200, TASKS_PER_THREAD = 4 };
static const double NS = 0.4;        // of a unit of work
static const double BYTES_A_NS = 32; // that one thread reads and writes at best

double w_memory_ns(double bytes)
{
    return bytes / BYTES_A_NS;
}

uint32_t w_split(const w_cpu_par *par, double work, double bytes)
{
    double nanoseconds = W_MAX(work * NS, w_memory_ns(bytes));
    if (!w_par_pays(par, nanoseconds))
        return 1;
    double tasks = nanoseconds / LEAST_TASK_NS;
    uint32_t most = par->threads * TASKS_PER_THREAD;
    return tasks < most ? W_MAX((uint32_t)tasks, 1u) : most;
}
