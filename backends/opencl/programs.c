// SPDX-License-Identifier: Apache-2.0
// From a descriptor to a compiled kernel: its row, its text, its build, the cache of them.
#include "backends/opencl/opencl.h"
#include "runtime/ops/canon.h"

#include <stdio.h>
#include <string.h>

#define BIT(dtype)   (1u << WEIR_##dtype)
#define CLASS_ANY    0x7feu
#define CLASS_F32    BIT(F32)
#define CLASS_BYTE   (BIT(U8) | BIT(S8))
#define CLASS_S32    BIT(S32)
#define CLASS_S64    BIT(S64)
#define CLASS_8_BIT  (BIT(BOOL) | BIT(U8) | BIT(S8))
#define CLASS_16_BIT (BIT(S16) | BIT(F16) | BIT(BF16))
#define CLASS_32_BIT (BIT(S32) | BIT(F32))
#define CLASS_64_BIT (BIT(S64) | BIT(F64))
#define ENTRIES(...) \
    {                \
        __VA_ARGS__  \
    }
#define TILE(rows, columns) rows, columns
enum { FMA = W_CL_FMA, OWN_FMA = W_CL_FMA | W_CL_OWN_FMA, F64 = W_CL_F64 };

static const w_cl_row rows[] = {
#define ROW(name, family, compute, in, out, loop, entries, group, team, tile, needs, shape) \
    {#name, family, compute, in, out, #loop, entries, group, team, tile, needs, W_CL_##shape},
#include "backends/opencl/kernels.def"
#undef ROW
};

uint64_t w_cl_hash(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash;
}

uint64_t w_cl_sources_hash(void)
{
    uint64_t hash = W_CL_HASH;
    for (const w_source *f = w_cl_loops; f->name; f++)
        hash = w_cl_hash(hash, f->text);
    for (const w_source *f = w_formulas; f->name; f++)
        hash = w_cl_hash(hash, f->text);
    return hash;
}

// ---------------------------------------------------------------- rows

static const char *why_not(const w_cl_device *device, const w_cl_row *row)
{
    if (row->needs & W_CL_FMA && device->why_no_fma)
        return device->why_no_fma;
    if (row->needs & W_CL_F64 && device->why_no_f64)
        return device->why_no_f64;
    if (row->needs & W_CL_OWN_FMA && device->exact_fma)
        return "the device has no fused multiply-add of its own";
    if (row->shape == W_CL_WIDE && !device->base.info.software)
        return "it is for CPUs";
    if (row->group > device->max_group)
        return "its work-groups are larger than the device's";
    return NULL;
}

bool w_cl_row_get(w_device *base, size_t i, const char **out_name, const char **out_why_not)
{
    if (i >= W_COUNT(rows))
        return false;
    *out_name = rows[i].name;
    *out_why_not = why_not((w_cl_device *)base, &rows[i]);
    return true;
}

// Work-items a group of a kernel. A CPU walks a group in one thread: it takes few blocks of rows as
// one, so that every thread has some.
uint32_t w_cl_group(const w_cl_device *device, const w_cl_row *row, int entry)
{
    bool of_rows = row->family == W_ROW || (row->family == W_REDUCE && row->compute != W_BY_DTYPE);
    return of_rows && entry < 2 && device->base.info.software ? 8 : row->group;
}

// Blocks enough to keep the device busy with one work-item each: on a GPU only where a row would
// leave most of a team idle.
static bool is_many(const w_cl_device *device, const w_desc *desc)
{
    if (!device->base.info.software)
        return desc->inner <= W_LANES && desc->outer >= 4096;
    return desc->outer >= 16 || desc->inner >= 16 * W_BLOCK;
}

static bool has_shape(const w_cl_device *device, w_cl_shape shape, const w_desc *desc)
{
    if (shape == W_CL_MANY)
        return is_many(device, desc);
    if (shape == W_CL_WIDE)
        return desc->extent[desc->rank - 2] >= 16 && desc->in[1].stride[desc->rank - 2] == 1;
    return true;
}

// The loops that compute in a class. That of reductions gives a block to a work-item: hardware is
// slow at that where blocks are few, and then takes what comes before as one pass, the reduction as
// another.
static bool takes_chain(const w_cl_device *device, const w_cl_row *row, const w_desc *desc)
{
    if (row->compute == W_BY_DTYPE)
        return false;
    return row->family == W_MAP || device->base.info.software || is_many(device, desc);
}

static bool takes(const w_cl_device *device, const w_cl_row *row, const w_desc *desc)
{
    if (desc->op->chain && !takes_chain(device, row, desc))
        return false;
    if (row->family != desc->op->family || !(row->out >> desc->out[0].dtype & 1))
        return false;
    if (row->compute != W_BY_DTYPE && row->compute != desc->compute)
        return false;
    if (row->compute == W_BY_DTYPE && w_op_phases(desc->op))
        return false;
    for (uint32_t i = 0; i < desc->n_in; i++)
        if (desc->in[i].tensor >= 0 && !(row->in >> desc->in[i].dtype & 1))
            return false;
    return has_shape(device, row->shape, desc);
}

static bool has_f64(const w_desc *desc)
{
    if (desc->op->chain)
        return w_chain_has_f64(desc->op->chain);
    bool has = desc->compute == W_CLASS_F64 || desc->out[0].dtype == WEIR_F64;
    for (uint32_t i = 0; i < desc->n_in; i++)
        has |= desc->in[i].tensor >= 0 && desc->in[i].dtype == WEIR_F64;
    return has;
}

static const char *why_no_chain(const w_cl_device *device, const w_chain *chain)
{
    if (w_chain_by_library(chain))
        return "an operation of it is computed in f64, on the CPU alone";
    if (w_chain_has_class(chain, W_CLASS_F32) && device->why_no_fma)
        return device->why_no_fma;
    return w_chain_has_f64(chain) ? device->why_no_f64 : NULL;
}

static const char *why_no_map(const w_cl_device *device, const w_desc *desc)
{
    if (desc->op->chain)
        return why_no_chain(device, desc->op->chain);
    if (w_desc_by_library(desc))
        return "in f64 it is computed on the CPU alone";
    return has_f64(desc) ? device->why_no_f64 : NULL;
}

static weir_status choose(const w_cl_device *device, const w_desc *desc, const w_cl_row **out_row)
{
    const char *why = "no kernel takes these dtypes";
    for (size_t i = 0; i < W_COUNT(rows); i++) {
        if (!takes(device, &rows[i], desc))
            continue;
        const char *refusal = why_not(device, &rows[i]);
        if (!refusal && w_cl_has_class(&rows[i]))
            refusal = why_no_map(device, desc);
        if (!refusal) {
            *out_row = &rows[i];
            return WEIR_OK;
        }
        why = refusal;
    }
    return w_fail(WEIR_UNAVAILABLE, "%s: %s of %s to %s: %s", device->base.info.id, desc->op->name,
                  weir_dtype_name(desc->in[0].dtype), weir_dtype_name(desc->out[0].dtype), why);
}

// ---------------------------------------------------------------- builds

static weir_status build_failure(const w_cl_device *device, const w_kernel *kernel, cl_int code)
{
    char log[4096] = "";
    size_t size = 0;
    cl_int got = device->cl.clGetProgramBuildInfo(kernel->program, device->id, CL_PROGRAM_BUILD_LOG,
                                                  0, NULL, &size);
    // A log too long for the buffer is an error to some drivers; then the code must do.
    if (got == CL_SUCCESS && size < sizeof log)
        got = device->cl.clGetProgramBuildInfo(kernel->program, device->id, CL_PROGRAM_BUILD_LOG,
                                               size, log, NULL);
    log[got == CL_SUCCESS && size < sizeof log ? size : 0] = '\0';
    return w_fail(WEIR_DEVICE_FAILED, "%s: the kernel %s of %s does not build: %s (%d): %.160s",
                  device->base.info.id, kernel->key.row->name, kernel->key.op->name,
                  w_cl_code_name(code), code, log);
}

// The formulas of the reductions that the phases name, once each.
static cl_uint add_reducers(const w_op *op, const char **texts, cl_uint n)
{
    const w_phases *phases = w_op_phases(op);
    cl_uint first = n;
    for (uint32_t k = 0; phases && k < phases->n; k++) {
        const char *formula = w_source_find(w_formulas, w_op_get(phases->reducer[k])->name);
        bool there = !formula;
        for (cl_uint i = first; i < n; i++)
            there |= texts[i] == formula;
        if (!there)
            texts[n++] = formula;
    }
    return n;
}

// What a program is made of.
typedef struct sources {
    w_cl_text definitions;
    w_text others, function; // a chain's
    const char *texts[5 + W_MAX_PHASES];
    cl_uint n;
} sources;

// The definitions come first, so that a chain's other classes see the device's.
static weir_status collect(w_cl_device *device, const w_cl_key *key, sources *s)
{
    const w_chain *chain = key->op->chain;
    const char *formula = w_source_find(w_formulas, key->op->name);
    const char *loop = w_source_find(w_cl_loops, key->row->loop);
    bool plain = chain || key->row->family == W_CONTRACT || key->row->family == W_MOVE ||
                 key->row->family == W_GATHER;
    w_cl_put_definitions(&s->definitions, device, key);
    if (!loop || (!formula && !plain))
        return w_fail(WEIR_UNAVAILABLE, "%s: %s has no formula", device->base.info.id,
                      key->op->name);
    if (s->definitions.full)
        return w_fail(WEIR_UNAVAILABLE, "%s: %s has definitions of more than %zu bytes",
                      device->base.info.id, key->op->name, sizeof s->definitions.bytes);
    weir_status status =
        chain ? w_cl_chain_sources(device, chain, &s->others, &s->function) : WEIR_OK;
    if (status != WEIR_OK)
        return status;
    s->texts[s->n++] = s->definitions.bytes;
    if (s->others.used)
        s->texts[s->n++] = s->others.bytes;
    s->texts[s->n++] = w_source_find(w_cl_loops, "common");
    if (formula || chain)
        s->texts[s->n++] = chain ? s->function.bytes : formula;
    s->n = add_reducers(key->op, s->texts, s->n);
    s->texts[s->n++] = loop;
    return WEIR_OK;
}

static weir_status create_program(w_cl_device *device, w_kernel *kernel)
{
    sources s = {.n = 0};
    cl_int code = CL_SUCCESS;
    w_text_begin(&s.others, device->base.host);
    w_text_begin(&s.function, device->base.host);
    weir_status status = collect(device, &kernel->key, &s);
    if (status == WEIR_OK)
        kernel->program =
            device->cl.clCreateProgramWithSource(device->context, s.n, s.texts, NULL, &code);
    w_text_free(&s.others);
    w_text_free(&s.function);
    return code == CL_SUCCESS ? status : w_cl_fail(device, "clCreateProgramWithSource", code);
}

static weir_status build(w_cl_device *device, w_kernel *kernel)
{
    const w_cl *cl = &device->cl;
    const w_cl_key *key = &kernel->key;
    weir_status status = create_program(device, kernel);
    cl_int code;
    if (status != WEIR_OK)
        return status;
    const char *options = device->exact_div
                              ? "-cl-std=CL1.2"
                              : "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt";
    code = cl->clBuildProgram(kernel->program, 1, &device->id, options, NULL, NULL);
    if (code != CL_SUCCESS)
        return build_failure(device, kernel, code);
    for (int i = 0; i < W_CL_ENTRIES_MAX && key->row->entry[i]; i++) {
        kernel->entry[i] = cl->clCreateKernel(kernel->program, key->row->entry[i], &code);
        if (code != CL_SUCCESS)
            return w_cl_fail(device, "clCreateKernel", code);
        size_t most = 0;
        code = cl->clGetKernelWorkGroupInfo(kernel->entry[i], device->id, CL_KERNEL_WORK_GROUP_SIZE,
                                            sizeof most, &most, NULL);
        if (code != CL_SUCCESS)
            return w_cl_fail(device, "clGetKernelWorkGroupInfo", code);
        uint32_t group = w_cl_group(device, key->row, i);
        if (most < group)
            return w_fail(WEIR_UNAVAILABLE, "%s: %s runs in groups of %u, here of %zu at the most",
                          device->base.info.id, key->row->entry[i], group, most);
    }
    return WEIR_OK;
}

// ---------------------------------------------------------------- the cache

// All moves of elements of one size are one program.
static w_cl_key move_key(const w_cl_row *row, const w_desc *desc)
{
    weir_dtype first = WEIR_BOOL;
    while (weir_dtype_size(first) != weir_dtype_size(desc->out[0].dtype))
        first++;
    return (w_cl_key){
        .row = row, .op = w_op_get(WEIR_OP_TRANSPOSE), .n_in = 1, .in = {first}, .out = first};
}

static w_cl_key key_of(const w_cl_row *row, const w_desc *desc)
{
    if (row->family == W_MOVE)
        return move_key(row, desc);
    w_cl_key key = {.row = row,
                    .op = desc->op,
                    .n_in = desc->n_in,
                    .n_attr = desc->n_formula_attr,
                    .out = desc->out[0].dtype,
                    .f64 = w_cl_has_class(row) && has_f64(desc)};
    for (uint32_t i = 0; i < desc->n_in; i++)
        key.in[i] = desc->in[i].dtype;
    // All products are alike but for what follows them, which gives its formula. A c that is absent
    // is a constant to the program.
    if (row->family == W_CONTRACT) {
        key.op = desc->activation ? desc->activation : w_op_get(WEIR_OP_MATMUL);
        if (key.n_in == 2)
            key.in[key.n_in++] = key.in[0];
    }
    return key;
}

static bool same_key(const w_cl_key *a, const w_cl_key *b)
{
    const w_chain *chain = a->op->chain;
    bool op = chain ? w_chain_same(chain, b->op->chain) : a->op == b->op;
    bool same =
        op && a->row == b->row && a->n_in == b->n_in && a->n_attr == b->n_attr && a->out == b->out;
    for (uint32_t i = 0; same && i < a->n_in; i++)
        same = a->in[i] == b->in[i];
    return same;
}

static void release_build(w_cl_device *device, w_kernel *kernel)
{
    for (int i = 0; i < W_CL_ENTRIES_MAX; i++)
        if (kernel->entry[i])
            device->cl.clReleaseKernel(kernel->entry[i]);
    if (kernel->program)
        device->cl.clReleaseProgram(kernel->program);
    memset(kernel->entry, 0, sizeof kernel->entry);
    kernel->program = NULL;
}

static w_kernel *listed(const w_cl_device *device, const w_cl_key *key)
{
    w_kernel *kernel = device->kernels;
    while (kernel && !same_key(&kernel->key, key))
        kernel = kernel->next;
    return kernel;
}

// Puts a kernel that is still to be built onto the list, which is locked.
static w_kernel *list(w_cl_device *device, const w_cl_key *key)
{
    w_kernel *kernel = w_alloc_zeroed(device->base.host, sizeof *kernel);
    if (!kernel)
        return NULL;
    kernel->info.row = key->row->name;
    kernel->key = *key;
    w_chain_retain(key->op->chain);
    kernel->status = WEIR_OUT_OF_MEMORY;
    pthread_mutex_init(&kernel->arguments, NULL);
    kernel->next = device->kernels;
    device->kernels = kernel;
    return kernel;
}

// Finds a kernel or builds it, with the list locked but while it builds: other kernels are found
// meanwhile, and who wants this one waits. A build that failed would fail again, and takes long:
// it is kept as well. Only for memory it is tried anew.
static weir_status find(w_cl_device *device, const w_cl_key *key, w_kernel **out_kernel)
{
    w_kernel *kernel = listed(device, key);
    if (!kernel && !(kernel = list(device, key)))
        return WEIR_OUT_OF_MEMORY;
    while (kernel->status == WEIR_PENDING)
        pthread_cond_wait(&device->built, &device->programs);
    *out_kernel = kernel;
    if (kernel->status == WEIR_OK)
        return WEIR_OK;
    if (kernel->status != WEIR_OUT_OF_MEMORY)
        return w_fail(kernel->status, "%s", kernel->message);
    kernel->status = WEIR_PENDING;
    pthread_mutex_unlock(&device->programs);
    release_build(device, kernel);
    weir_status status = build(device, kernel);
    pthread_mutex_lock(&device->programs);
    if (status != WEIR_OK)
        snprintf(kernel->message, sizeof kernel->message, "%s", w_message());
    kernel->status = status;
    pthread_cond_broadcast(&device->built);
    return status;
}

weir_status w_cl_prepare(w_device *base, const w_desc *desc, w_kernel **out_kernel,
                         size_t *out_workspace)
{
    w_cl_device *device = (w_cl_device *)base;
    const w_cl_row *row = NULL;
    weir_status status = w_cl_alive(device);
    if (status == WEIR_OK)
        status = choose(device, desc, &row);
    if (status != WEIR_OK)
        return status;
    w_cl_key key = key_of(row, desc);
    pthread_mutex_lock(&device->programs);
    status = find(device, &key, out_kernel);
    pthread_mutex_unlock(&device->programs);
    *out_workspace = w_cl_workspace(desc);
    return status;
}

void w_cl_kernels_free(w_cl_device *device)
{
    while (device->kernels) {
        w_kernel *kernel = device->kernels;
        device->kernels = kernel->next;
        release_build(device, kernel);
        w_chain_release(kernel->key.op->chain);
        pthread_mutex_destroy(&kernel->arguments);
        w_release(device->base.host, kernel, sizeof *kernel);
    }
}
