// SPDX-License-Identifier: Apache-2.0
//
// The MOVE loop: a copy from one strided view into another. Where both have neighbours along the
// last axis, whole runs are copied; where the input has them along another axis, squares of those
// two axes; else single elements.
#include "backends/cpu/cpu.h"

#include <string.h>

enum { STRIP = 64 }; // rows of a transpose that one task takes at a time

typedef struct job {
    const w_desc *desc;
    const w_move_fns *fns;
    const char *from;
    char *to;
    size_t size;
    uint32_t last;  // the last axis
    uint32_t along; // TRANSPOSE: the axis along which the input has its neighbours
    bool transpose;
    // The axes that are walked one index at a time, and strips of `along`.
    uint32_t rank;
    int64_t extent[W_ITER_RANK], in_stride[W_ITER_RANK], out_stride[W_ITER_RANK];
    int64_t strips, piece, pieces; // pieces: a long run is cut up
    int64_t count, share;
} job;

static void move_run(const job *j, const char *from, char *to, size_t n)
{
    int64_t in = j->desc->in[0].stride[j->last], out = j->desc->out[0].stride[j->last];
    if (in == 1 && out == 1)
        memcpy(to, from, n * j->size);
    else
        j->fns->spread(to, out, from, in, n);
}

static void move_unit(const job *j, int64_t unit)
{
    const w_operand *in = &j->desc->in[0], *out = &j->desc->out[0];
    int64_t piece = unit % j->pieces, rest = unit / j->pieces, strip = rest % j->strips;
    int64_t at = rest / j->strips, size = (int64_t)j->size;
    int64_t begin = piece * j->piece, strip_begin = strip * STRIP;
    size_t n = (size_t)W_MIN(j->piece, j->desc->extent[j->last] - begin);
    int64_t i = w_walk_offset(j->rank, j->extent, j->in_stride, at) + begin * in->stride[j->last];
    int64_t o = w_walk_offset(j->rank, j->extent, j->out_stride, at) + begin * out->stride[j->last];
    if (!j->transpose) {
        move_run(j, j->from + i * size, j->to + o * size, n);
        return;
    }
    o += strip_begin * out->stride[j->along];
    size_t rows = (size_t)W_MIN(STRIP, j->desc->extent[j->along] - strip_begin);
    j->fns->transpose(j->to + o * size, out->stride[j->along], j->from + (i + strip_begin) * size,
                      in->stride[j->last], rows, n);
}

static void move_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->count);
    for (int64_t unit = i * j->share; unit < end; unit++)
        move_unit(j, unit);
}

static void find_transpose(job *j)
{
    const w_operand *in = &j->desc->in[0], *out = &j->desc->out[0];
    if (in->stride[j->last] == 1 || out->stride[j->last] != 1)
        return;
    for (uint32_t axis = 0; axis < j->last && !j->transpose; axis++)
        if (in->stride[axis] == 1) {
            j->transpose = true;
            j->along = axis;
        }
}

static size_t log2_of(size_t size)
{
    return size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;
}

void w_move_run(const w_args *args, const w_cpu_par *par, const w_move_table *table)
{
    const w_desc *desc = args->desc;
    const w_operand *in = &desc->in[0], *out = &desc->out[0];
    size_t size = weir_dtype_size(out->dtype);
    static const char zero[8]; // the one constant that there is
    job j = {.desc = desc, .fns = &table->fns[log2_of(size)], .size = size, .from = zero};
    if (in->tensor >= 0)
        j.from = (const char *)args->in[0].host + in->offset * (int64_t)size;
    j.to = (char *)args->out[0].host + out->offset * (int64_t)size;
    if (desc->rank == 0) {
        memcpy(j.to, j.from, size);
        return;
    }
    j.last = desc->rank - 1;
    find_transpose(&j);
    for (uint32_t axis = 0; axis < j.last; axis++)
        if (!j.transpose || axis != j.along) {
            j.extent[j.rank] = desc->extent[axis];
            j.in_stride[j.rank] = in->stride[axis];
            j.out_stride[j.rank++] = out->stride[axis];
        }
    j.strips = j.transpose ? (desc->extent[j.along] + STRIP - 1) / STRIP : 1;
    j.piece = W_MIN(desc->extent[j.last], j.transpose ? 1024 : 1 << 16);
    j.pieces = (desc->extent[j.last] + j.piece - 1) / j.piece;
    j.count = w_walk_count(j.rank, j.extent) * j.strips * j.pieces;
    double bytes = (double)w_walk_count(desc->rank, desc->extent) * (double)size;
    uint32_t tasks =
        (uint32_t)W_MIN(w_split(par, bytes / (j.transpose ? 4 : 16), desc->bytes), j.count);
    j.share = (j.count + tasks - 1) / tasks;
    w_par_run(par, move_task, &j, (uint32_t)((j.count + j.share - 1) / j.share));
}
