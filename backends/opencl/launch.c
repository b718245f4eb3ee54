// SPDX-License-Identifier: Apache-2.0
// Launches: a family's passes over its kernels, and their arguments.
#include "backends/opencl/opencl.h"
#include "runtime/ops/canon.h"
#include "runtime/ops/params.h"

// As kernels/cl has them.
enum {
    MOVE_TILE = 32,        // move.cl
    PASS = 32 * W_SEGMENT, // values of k in one launch, so that none runs for long
    HISTOGRAM_PART = 128,  // elements a work-item, histogram.cl
    STATE = 8,             // bytes of a word of the workspace: a state of f32
    BASE_OUT = W_MAX_IN,
    BASE_WORKSPACE,
    BASES,
};

typedef struct launch {
    w_queue *queue;
    w_kernel *kernel;
    const w_args *args;
    uint32_t words[W_P_WORDS];
    uint64_t base[BASES];
    cl_mem in[W_MAX_IN], out, workspace;
    bool takes_workspace; // the kernel's last parameter
    w_cl_waits waits;     // of the first pass; the queue keeps the others behind it
    cl_uint n_waits;
} launch;

static uint64_t parts(uint64_t n, uint64_t size)
{
    return (n + size - 1) / size;
}

// ---------------------------------------------------------------- arguments

static weir_status set_argument(launch *l, cl_kernel kernel, cl_uint *i, size_t size,
                                const void *value)
{
    w_cl_device *device = l->queue->device;
    cl_int code = device->cl.clSetKernelArg(kernel, (*i)++, size, value);
    return code == CL_SUCCESS ? WEIR_OK : w_cl_fail(device, "clSetKernelArg", code);
}

static weir_status set_arguments(launch *l, cl_kernel kernel)
{
    cl_uint i = 0;
    weir_status status = set_argument(l, kernel, &i, sizeof l->words, l->words);
    if (status == WEIR_OK)
        status = set_argument(l, kernel, &i, sizeof l->base, l->base);
    if (status == WEIR_OK)
        status = set_argument(l, kernel, &i, sizeof l->out, &l->out);
    for (uint32_t in = 0; in < l->kernel->key.n_in && status == WEIR_OK; in++)
        status = set_argument(l, kernel, &i, sizeof l->in[in], &l->in[in]);
    if (status == WEIR_OK && l->takes_workspace)
        status = set_argument(l, kernel, &i, sizeof l->workspace, &l->workspace);
    return status;
}

// The groups that hold a team for each of `tasks`.
static uint64_t teams(const launch *l, uint64_t tasks)
{
    return parts(tasks, l->kernel->key.row->group / l->kernel->key.row->team);
}

// Enqueues one of the kernel's entries; `last` says that the work is done with it.
static weir_status enqueue(launch *l, int entry, uint64_t groups, bool last)
{
    w_cl_device *device = l->queue->device;
    size_t local = w_cl_group(device, l->kernel->key.row, entry);
    if (groups > INT32_MAX || groups * local > device->max_global)
        return w_fail(WEIR_UNAVAILABLE, "%s: %s would need %llu work-groups of %zu",
                      device->base.info.id, l->args->desc->op->name, (unsigned long long)groups,
                      local);
    weir_status status = set_arguments(l, l->kernel->entry[entry]);
    if (status != WEIR_OK)
        return status;
    size_t global = (size_t)groups * local;
    cl_event event;
    cl_int code = device->cl.clEnqueueNDRangeKernel(l->queue->cl, l->kernel->entry[entry], 1, NULL,
                                                    &global, &local, l->n_waits,
                                                    l->n_waits ? l->waits.events : NULL, &event);
    if (code != CL_SUCCESS)
        return w_cl_fail(device, "clEnqueueNDRangeKernel", code);
    l->n_waits = 0;
    w_cl_pend(l->queue, event, last);
    return WEIR_OK;
}

// ---------------------------------------------------------------- families

// The last axis is dense in the output, and in each input dense or one element throughout.
static bool has_dense_rows(const w_desc *desc)
{
    uint32_t axis = desc->rank - 1;
    bool dense = desc->out[0].stride[axis] == 1 || desc->extent[axis] == 1;
    for (uint32_t i = 0; i < desc->n_in; i++)
        dense = dense && (desc->in[i].tensor < 0 || desc->in[i].stride[axis] == 0 ||
                          desc->in[i].stride[axis] == 1);
    return dense;
}

static weir_status launch_map(launch *l)
{
    const w_desc *desc = l->args->desc;
    uint64_t n = (uint64_t)desc->outer, columns = (uint64_t)desc->extent[desc->rank - 1];
    uint64_t group = l->kernel->key.row->group;
    if (has_dense_rows(desc) && desc->rank == 1)
        return enqueue(l, 1, parts(n, group), true);
    if (has_dense_rows(desc) && columns >= group / 4) // else most of a group would be idle
        return enqueue(l, 2, n / columns * parts(columns, group), true);
    return enqueue(l, 0, parts(n, group), true);
}

// The axis along which the input is dense where that is not the last one, else the last one.
static uint32_t dense_axis(const w_desc *desc)
{
    uint32_t last = desc->rank - 1;
    if (desc->in[0].stride[last] != 1)
        for (uint32_t axis = 0; axis < last; axis++)
            if (desc->in[0].stride[axis] == 1)
                return axis;
    return last;
}

static weir_status launch_move(launch *l)
{
    const w_desc *desc = l->args->desc;
    uint32_t axis = dense_axis(desc);
    uint64_t n = (uint64_t)desc->outer, rows = (uint64_t)desc->extent[axis];
    uint64_t columns = (uint64_t)desc->extent[desc->rank - 1];
    // Tiles that are mostly empty cost more than they bring.
    if (axis == desc->rank - 1 || rows < MOVE_TILE / 4 || columns < MOVE_TILE / 4)
        return enqueue(l, 0, parts(n, l->kernel->key.row->group), true);
    l->words[W_P_STEP] = axis;
    uint64_t tiles = parts(rows, MOVE_TILE) * parts(columns, MOVE_TILE);
    return enqueue(l, 1, n / (rows * columns) * tiles, true);
}

static weir_status launch_sample(launch *l)
{
    return enqueue(l, 0, parts((uint64_t)l->args->desc->outer, l->kernel->key.row->group), true);
}

static uint64_t blocks_of(uint64_t count)
{
    return count > W_BLOCK ? parts(count, W_BLOCK) : 1;
}

// One phase of kernels/cl/row.cl.
static weir_status launch_phase(launch *l, uint32_t phase, bool last)
{
    uint64_t outer = (uint64_t)l->args->desc->outer, at = 0;
    uint64_t count = blocks_of((uint64_t)l->args->desc->inner);
    uint64_t group = w_cl_group(l->queue->device, l->kernel->key.row, 0);
    l->words[W_P_ATTR + W_MAX_ATTR] = phase;
    l->words[W_P_STEP] = (uint32_t)count;
    weir_status status = enqueue(l, 0, parts(outer * count, group), last && count == 1);
    while (count > 1 && status == WEIR_OK) {
        uint64_t left = blocks_of(count);
        l->words[W_P_STEP] = (uint32_t)count;
        l->words[W_P_STEP2] = (uint32_t)at;
        status = enqueue(l, 1, parts(outer * left, group), last && left == 1);
        at += outer * count;
        count = left;
    }
    return status;
}

static weir_status launch_row(launch *l)
{
    const w_desc *desc = l->args->desc;
    const w_phases *phases = w_op_phases(desc->op);
    bool is_row = desc->op->family == W_ROW;
    uint64_t all = (uint64_t)desc->outer * (uint64_t)W_MAX(desc->inner, 1);
    uint32_t n = phases ? phases->n : 1;
    weir_status status = WEIR_OK;
    if (all > INT32_MAX)
        return w_fail(WEIR_UNAVAILABLE, "%s: %llu elements; a launch reaches 2^31",
                      l->queue->device->base.info.id, (unsigned long long)all);
    for (uint32_t k = 0; k < n && status == WEIR_OK; k++)
        status = launch_phase(l, k, !is_row && k + 1 == n);
    if (!is_row || status != WEIR_OK)
        return status;
    uint64_t group = l->kernel->key.row->group;
    if (desc->reduced == 1 && has_dense_rows(desc) && (uint64_t)desc->inner >= group / 4)
        return enqueue(l, 3, (uint64_t)desc->outer * parts((uint64_t)desc->inner, group), true);
    return enqueue(l, 2, parts(all, group), true);
}

static weir_status launch_reduce(launch *l)
{
    if (l->kernel->key.row->compute != W_BY_DTYPE)
        return launch_row(l);
    uint64_t outer = (uint64_t)l->args->desc->outer, at = 0;
    uint64_t count = blocks_of((uint64_t)l->args->desc->inner);
    if (outer * count > INT32_MAX)
        return w_fail(WEIR_UNAVAILABLE, "%s: %llu blocks to reduce; a launch reaches 2^31",
                      l->queue->device->base.info.id, (unsigned long long)(outer * count));
    l->words[W_P_STEP] = (uint32_t)count;
    weir_status status = enqueue(l, 0, teams(l, outer * count), count == 1);
    while (count > 1 && status == WEIR_OK) {
        uint64_t left = blocks_of(count);
        l->words[W_P_STEP] = (uint32_t)count;
        l->words[W_P_STEP2] = (uint32_t)at;
        status = enqueue(l, 1, teams(l, outer * left), left == 1);
        at += outer * count;
        count = left;
    }
    return status;
}

static weir_status launch_contract(launch *l)
{
    const w_desc *desc = l->args->desc;
    uint64_t m = (uint64_t)desc->extent[desc->rank - 3];
    uint64_t n = (uint64_t)desc->extent[desc->rank - 2];
    uint64_t k = (uint64_t)desc->extent[desc->rank - 1], begin = 0;
    const w_cl_row *row = l->kernel->key.row;
    uint64_t tiles = parts(m, row->tile_rows) * parts(n, row->tile_columns);
    tiles *= (uint64_t)desc->outer / (m * n);
    weir_status status;
    do {
        uint64_t end = W_MIN(begin + PASS, k);
        l->words[W_P_STEP] = (uint32_t)begin;
        l->words[W_P_STEP2] = (uint32_t)end;
        status = enqueue(l, 0, teams(l, tiles), end == k);
        begin = end;
    } while (begin < k && status == WEIR_OK);
    return status;
}

// One level of kernels/cl/scan.cl: the elements, or totals that begin at `at` of the workspace.
static weir_status launch_level(launch *l, uint32_t level, uint64_t count, uint64_t at,
                                bool totals_alone)
{
    uint64_t outer = (uint64_t)l->args->desc->outer, blocks = parts(count, W_SCAN_BLOCK);
    uint64_t own = level ? outer * count : 0;
    l->words[W_P_STEP] = (uint32_t)count;
    l->words[W_P_STEP2] = (uint32_t)at;
    l->words[W_P_ATTR + W_MAX_ATTR] = (uint32_t)(at + own);
    l->words[W_P_ATTR + W_MAX_ATTR + 1] = totals_alone;
    uint64_t groups = parts(outer * blocks, l->kernel->key.row->group);
    return enqueue(l, level > 0, groups, level == 0 && !totals_alone);
}

// Up: totals of blocks, until a row has one block of them. Down: what each block comes to.
static weir_status launch_scan(launch *l)
{
    enum { LEVELS = 5 }; // 2^31 elements have 4
    uint64_t outer = (uint64_t)l->args->desc->outer, count[LEVELS], at[LEVELS] = {0};
    uint32_t top = 0;
    count[0] = (uint64_t)l->args->desc->inner;
    if (outer * count[0] > INT32_MAX)
        return w_fail(WEIR_UNAVAILABLE, "%s: %llu elements; a launch reaches 2^31",
                      l->queue->device->base.info.id, (unsigned long long)(outer * count[0]));
    weir_status status = WEIR_OK;
    while (count[top] > W_SCAN_BLOCK && status == WEIR_OK) {
        status = launch_level(l, top, count[top], at[top], true);
        count[top + 1] = parts(count[top], W_SCAN_BLOCK);
        at[top + 1] = at[top] + (top ? outer * count[top] : 0);
        top++;
    }
    for (uint32_t level = top + 1; level-- > 0 && status == WEIR_OK;)
        status = launch_level(l, level, count[level], at[level], false);
    return status;
}

static weir_status launch_gather(launch *l)
{
    return enqueue(l, 0, parts((uint64_t)l->args->desc->outer, l->kernel->key.row->group), true);
}

static weir_status launch_histogram(launch *l)
{
    const w_desc *desc = l->args->desc;
    uint64_t outer = (uint64_t)desc->outer, group = l->kernel->key.row->group;
    uint64_t count = W_MAX(parts((uint64_t)desc->inner, group * HISTOGRAM_PART), 1);
    uint64_t results = outer * (uint64_t)w_op_histogram_values(desc->op);
    if (outer * W_VALUES > INT32_MAX)
        return w_fail(WEIR_UNAVAILABLE, "%s: %llu counts; a launch reaches 2^31",
                      l->queue->device->base.info.id, (unsigned long long)(outer * W_VALUES));
    l->words[W_P_STEP] = (uint32_t)count;
    weir_status status = enqueue(l, 0, parts(outer * W_VALUES, group), false);
    if (status == WEIR_OK)
        status = enqueue(l, 1, outer * count, false);
    return status == WEIR_OK ? enqueue(l, 2, parts(results, group), true) : status;
}

// Whether the workspace is that of kernels/cl/row.cl: all but plain reductions of f32.
static bool takes_row_loop(const w_desc *desc)
{
    return desc->op->family == W_ROW ||
           (desc->op->family == W_REDUCE &&
            (w_op_phases(desc->op) || desc->op->chain || desc->in[0].dtype != WEIR_F32));
}

size_t w_cl_workspace(const w_desc *desc)
{
    uint64_t states = 0;
    if (desc->op->family == W_CONTRACT) { // sums that a narrow output cannot keep
        size_t size = desc->compute == W_CLASS_F64 ? 8 : 4;
        bool narrow = weir_dtype_size(desc->out[0].dtype) < size && desc->inner > PASS;
        return narrow ? (size_t)parts((uint64_t)desc->outer * size, STATE) * STATE : 0;
    }
    if (desc->op->family == W_REDUCE || desc->op->family == W_ROW)
        for (uint64_t n = blocks_of((uint64_t)desc->inner); n > 1; n = blocks_of(n))
            states += n;
    if (desc->op->family == W_SCAN)
        for (uint64_t n = (uint64_t)desc->inner; n > W_SCAN_BLOCK;) {
            n = parts(n, W_SCAN_BLOCK);
            states += n;
        }
    if (desc->op->family == W_HISTOGRAM)
        states = W_VALUES / 2; // two counts in a word
    if (takes_row_loop(desc))
        states = 2 * states + W_MAX_PHASES;
    return (size_t)(states * (uint64_t)desc->outer * STATE);
}

// ---------------------------------------------------------------- the call

static weir_status bind(launch *l)
{
    const w_args *args = l->args;
    const w_desc *desc = args->desc;
    weir_status status = w_desc_pack(desc, l->words);
    if (status != WEIR_OK)
        return status;
    if (!args->out[0].mem || (w_cl_workspace(desc) && !args->workspace.mem))
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: %s is not bound to device memory",
                      l->queue->device->base.info.id, args->out[0].mem ? "workspace" : "output");
    l->out = args->out[0].mem->cl;
    l->base[BASE_OUT] = args->out[0].offset / weir_dtype_size(desc->out[0].dtype);
    l->workspace = args->workspace.mem ? args->workspace.mem->cl : l->out;
    l->base[BASE_WORKSPACE] = args->workspace.mem ? args->workspace.offset / STATE : 0;
    for (uint32_t i = desc->n_in; i < l->kernel->key.n_in; i++) {
        l->in[i] = l->out;
        l->words[W_P_CONSTANT] |= 1u << i;
    }
    for (uint32_t i = 0; i < desc->n_in; i++) {
        if (desc->in[i].tensor < 0 || desc->inner == 0) { // never read, but every argument is set
            l->in[i] = l->out;
            continue;
        }
        if (!args->in[i].mem)
            return w_fail(WEIR_INVALID_ARGUMENT, "%s: operand %u is not bound to device memory",
                          l->queue->device->base.info.id, i);
        l->in[i] = args->in[i].mem->cl;
        l->base[i] = args->in[i].offset / weir_dtype_size(desc->in[i].dtype);
    }
    return WEIR_OK;
}

weir_status w_cl_launch(w_queue *queue, w_kernel *kernel, const w_args *args, w_waits waits,
                        w_point *out_signal)
{
    static const struct {
        weir_status (*launch)(launch *);
        bool takes_workspace;
    } families[W_FAMILIES] = {
        [W_MAP] = {launch_map, false},          [W_REDUCE] = {launch_reduce, true},
        [W_CONTRACT] = {launch_contract, true}, [W_MOVE] = {launch_move, false},
        [W_ROW] = {launch_row, true},           [W_SCAN] = {launch_scan, true},
        [W_GATHER] = {launch_gather, false},    [W_HISTOGRAM] = {launch_histogram, true},
        [W_SAMPLE] = {launch_sample, false},
    };
    w_family family = kernel->key.row->family;
    w_cl_device *device = queue->device;
    launch l = {.queue = queue,
                .kernel = kernel,
                .args = args,
                .takes_workspace = families[family].takes_workspace};
    weir_status status = w_cl_alive(device);
    if (status == WEIR_OK && args->desc->empty)
        status = w_waits_foreign(waits, &queue->timeline);
    else if (status == WEIR_OK)
        status = bind(&l);
    if (status == WEIR_OK && !args->desc->empty)
        status = w_cl_waits_begin(queue, waits, &l.waits);
    if (status != WEIR_OK)
        return status;
    l.n_waits = l.waits.count;
    pthread_mutex_lock(&kernel->arguments);
    pthread_mutex_lock(&queue->lock);
    if (!args->desc->empty)
        status = families[family].launch(&l);
    *out_signal = (w_point){&queue->timeline, queue->timeline.issued};
    pthread_mutex_unlock(&queue->lock);
    pthread_mutex_unlock(&kernel->arguments);
    w_cl_waits_end(queue, &l.waits);
    if (status != WEIR_OK)
        return status;
    cl_int code = device->cl.clFlush(queue->cl);
    return code == CL_SUCCESS ? WEIR_OK : w_cl_fail(device, "clFlush", code);
}
