// SPDX-License-Identifier: Apache-2.0
//
// The CPU as a device like the others. Its memory is the host's, its queue runs a launch on the
// calling thread and the pool and has finished when it returns.
#include "backends/cpu/contract.h"
#include "backends/cpu/contract_dot.h"
#include "backends/cpu/cpu.h"
#include "backends/cpu/isa.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef enum kernel_class {
    CLASS_F32,
    CLASS_I32,
    CLASS_I64,
    CLASS_F64,
    CLASS_MATH,
    CLASS_ANY,
    CLASS_FAST_BF16,
    CLASS_FAST_F32
} kernel_class;

typedef struct kernel_row {
    const char *name;
    w_family family;
    kernel_class class;
    uint32_t needs;
    w_loop *run;
    size_t (*workspace)(const w_desc *desc, uint32_t threads);
    const void *table;   // MAP and REDUCE: what a chain calls (chain.c); CONTRACT: its w_packing
    const char *why_not; // where the needs are not met
} kernel_row;

static size_t w_no_workspace(const w_desc *desc, uint32_t threads)
{
    (void)desc;
    (void)threads;
    return 0;
}

#define TABLE_MAP(entry)    extern const w_map_table entry##_table;
#define TABLE_REDUCE(entry) extern const w_reduce_table entry##_table;
#define TABLE_ROW(entry)
#define TABLE_CONTRACT(entry) extern const w_packing entry##_table;
#define TABLE_MOVE(entry)
#define TABLE_SAMPLE(entry)
#define TABLE_SCAN(entry)
#define TABLE_GATHER(entry)
#define TABLE_HISTOGRAM(entry)
#define KERNEL(name, family, class, needs, entry, workspace) \
    w_loop entry;                                            \
    TABLE_##family(entry)
#include "backends/cpu/kernels.def"
#undef KERNEL
#undef TABLE_MAP
#undef TABLE_REDUCE
#undef TABLE_ROW
#undef TABLE_CONTRACT
#undef TABLE_MOVE
#undef TABLE_SAMPLE
#undef TABLE_SCAN
#undef TABLE_GATHER
#undef TABLE_HISTOGRAM

#define TABLE_MAP(entry)       &entry##_table
#define TABLE_REDUCE(entry)    &entry##_table
#define TABLE_ROW(entry)       NULL
#define TABLE_CONTRACT(entry)  &entry##_table
#define TABLE_MOVE(entry)      NULL
#define TABLE_SCAN(entry)      NULL
#define TABLE_GATHER(entry)    NULL
#define TABLE_HISTOGRAM(entry) NULL
#define TABLE_SAMPLE(entry)    NULL
// clang-format off
#define KERNEL(name, family, class, needs, entry, workspace)                                       \
    {name, W_##family, CLASS_##class, W_##needs, entry, workspace, TABLE_##family(entry),          \
     "needs " #needs ", which this CPU lacks or the context forbids"},
// clang-format on
static const kernel_row rows[] = {
#include "backends/cpu/kernels.def"
};
#undef KERNEL

struct w_kernel {
    w_kernel_info info;
    const kernel_row *row; // NULL: a chain
};

struct w_queue {
    w_timeline timeline;
    w_device *device;
};

typedef struct cpu {
    w_device device;
    const w_isa *isa;
    uint32_t features, threads;
    w_threads *pool;
    weir_pool host_pool;
    bool has_host_pool;
    w_kernel kernels[W_COUNT(rows)], chain;
    w_chain_tables tables;
} cpu;

// ---------------------------------------------------------------- queues and memory

static weir_status queue_open(w_device *device, w_queue **out_queue)
{
    w_queue *queue = w_alloc_zeroed(device->host, sizeof *queue);
    if (!queue)
        return WEIR_OUT_OF_MEMORY;
    w_timeline_init(&queue->timeline);
    queue->device = device;
    *out_queue = queue;
    return WEIR_OK;
}

static void queue_close(w_queue *queue)
{
    w_timeline_destroy(&queue->timeline);
    w_release(queue->device->host, queue, sizeof *queue);
}

static weir_status mem_alloc(w_device *device, size_t bytes, w_mem **out_mem)
{
    w_mem *mem = w_alloc(device->host, sizeof *mem);
    if (!mem)
        return WEIR_OUT_OF_MEMORY;
    *mem = (w_mem){device, w_alloc(device->host, bytes), bytes};
    if (!mem->data) {
        w_release(device->host, mem, sizeof *mem);
        return WEIR_OUT_OF_MEMORY;
    }
    *out_mem = mem;
    return WEIR_OK;
}

static void mem_free(w_mem *mem)
{
    w_release(mem->device->host, mem->data, mem->bytes);
    w_release(mem->device->host, mem, sizeof *mem);
}

static void *mem_map(w_mem *mem)
{
    return mem->data;
}

// ---------------------------------------------------------------- kernels

static const kernel_class classes[W_COMPUTE_CLASSES] = {[W_CLASS_F32] = CLASS_F32,
                                                        [W_CLASS_I32] = CLASS_I32,
                                                        [W_CLASS_I64] = CLASS_I64,
                                                        [W_CLASS_F64] = CLASS_F64};

static kernel_class class_of(const w_desc *desc)
{
    if (desc->op->family == W_MOVE || desc->op->family == W_GATHER ||
        desc->op->family == W_HISTOGRAM)
        return CLASS_ANY;
    bool library = desc->op->family != W_CONTRACT && w_desc_by_library(desc);
    return library ? CLASS_MATH : classes[desc->compute];
}

// The first row that the features allow; W_COUNT(rows): none.
static size_t find_row(const cpu *c, w_family family, kernel_class class)
{
    size_t i = 0;
    while (i < W_COUNT(rows) && (rows[i].family != family || rows[i].class != class ||
                                 (rows[i].needs & ~c->features) != 0))
        i++;
    return i;
}

// The same where WEIR_FAST allows other bits.
static size_t find_fast_row(const cpu *c, w_family family, weir_dtype dtype)
{
    if (dtype == WEIR_BF16)
        return find_row(c, family, CLASS_FAST_BF16);
    return dtype == WEIR_F32 ? find_row(c, family, CLASS_FAST_F32) : W_COUNT(rows);
}

static const void *table_of(const cpu *c, w_family family, kernel_class class)
{
    size_t i = find_row(c, family, class);
    return i < W_COUNT(rows) ? rows[i].table : NULL;
}

static void find_tables(cpu *c)
{
    for (int class = 0; class < W_COMPUTE_CLASSES; class ++) {
        c->tables.map[class] = table_of(c, W_MAP, classes[class]);
        c->tables.reduce[class] = table_of(c, W_REDUCE, classes[class]);
    }
    c->tables.math = table_of(c, W_MAP, CLASS_MATH);
}

static weir_status prepare(w_device *device, const w_desc *desc, w_kernel **out_kernel,
                           size_t *out_workspace)
{
    cpu *c = (cpu *)device;
    if (desc->op->chain) {
        *out_kernel = &c->chain;
        *out_workspace = desc->op->family == W_REDUCE ? w_reduce_workspace(desc, c->threads) : 0;
        return WEIR_OK;
    }
    size_t i = W_COUNT(rows);
    if (desc->fast && desc->compute == W_CLASS_F32)
        i = find_fast_row(c, desc->op->family, desc->in[0].dtype);
    if (i == W_COUNT(rows))
        i = find_row(c, desc->op->family, class_of(desc));
    if (i < W_COUNT(rows)) {
        *out_kernel = &c->kernels[i];
        *out_workspace = rows[i].workspace(desc, c->threads);
        return WEIR_OK;
    }
    return w_fail(WEIR_UNAVAILABLE, "cpu: no kernel for %s of %s", desc->op->name,
                  weir_dtype_name(desc->in[0].dtype));
}

// A binding as a pointer to its first byte. Field by field: a copy of the whole would wait for the
// stores of its parts, 5 ns each time.
static void resolve(const w_binding *binding, w_binding *out)
{
    char *base = binding->mem ? binding->mem->data : binding->host;
    out->mem = NULL;
    out->host = base ? base + binding->offset : NULL;
    out->offset = 0;
    out->bytes = binding->bytes;
    out->packed = binding->packed;
}

static void resolve_all(const w_args *args, w_args *out)
{
    out->desc = args->desc;
    out->max_threads = args->max_threads;
    out->resolved = true;
    for (uint32_t i = 0; i < args->desc->n_in; i++)
        resolve(&args->in[i], &out->in[i]);
    for (uint32_t i = 0; i < args->desc->n_out; i++)
        resolve(&args->out[i], &out->out[i]);
    resolve(&args->workspace, &out->workspace);
}

static weir_status launch(w_queue *queue, w_kernel *kernel, const w_args *args, w_waits waits,
                          w_point *out_signal)
{
    cpu *c = (cpu *)queue->device;
    *out_signal = (w_point){NULL, 0};
    if (waits.count) {
        weir_status status = w_waits_foreign(waits, NULL);
        if (status != WEIR_OK)
            return status;
    }
    if (args->desc->empty)
        return WEIR_OK;
    w_args own; // where a binding is no pointer yet
    if (!args->resolved) {
        resolve_all(args, &own);
        args = &own;
    }
    w_cpu_par par = {c->threads, c->pool, c->has_host_pool ? &c->host_pool : NULL};
    if (args->max_threads && args->max_threads < par.threads)
        par.threads = args->max_threads;
    if (kernel->row)
        kernel->row->run(args, &par);
    else
        w_chain_run(args, &par, &c->tables);
    return WEIR_OK;
}

static weir_status copy(w_queue *queue, const w_copy *what, w_waits waits, w_point *out_signal)
{
    (void)queue;
    *out_signal = (w_point){NULL, 0};
    weir_status status = waits.count ? w_waits_foreign(waits, NULL) : WEIR_OK;
    if (status != WEIR_OK)
        return status;
    char *mem = (char *)what->mem->data + what->offset;
    if (what->bytes)
        memcpy(what->to_device ? mem : what->host, what->to_device ? what->host : mem, what->bytes);
    return WEIR_OK;
}

// How the kernel of a product packs; NULL: it does not.
static const w_packing *packing_of(w_device *device, const w_desc *desc)
{
    w_kernel *kernel;
    size_t workspace;
    if (desc->op->family != W_CONTRACT || prepare(device, desc, &kernel, &workspace) != WEIR_OK)
        return NULL;
    const w_packing *packing = kernel->row->table;
    return packing->bytes ? packing : NULL;
}

static size_t packed_bytes(w_device *device, const w_desc *desc)
{
    const w_packing *packing = packing_of(device, desc);
    return packing ? packing->bytes(desc) : 0;
}

static void pack(w_device *device, const w_desc *desc, const void *value, void *out_packed)
{
    cpu *c = (cpu *)device;
    w_cpu_par par = {c->threads, c->pool, c->has_host_pool ? &c->host_pool : NULL};
    packing_of(device, desc)->pack(desc, value, out_packed, &par);
}

static bool row(w_device *device, size_t i, const char **out_name, const char **out_why_not)
{
    if (i >= W_COUNT(rows))
        return false;
    bool met = (rows[i].needs & ~((cpu *)device)->features) == 0;
    *out_name = rows[i].name;
    *out_why_not = met ? NULL : rows[i].why_not;
    return true;
}

// ---------------------------------------------------------------- opening and closing

uint32_t w_cpu_features(const w_device *device)
{
    return ((const cpu *)device)->features;
}

static void close_device(w_device *device)
{
    cpu *c = (cpu *)device;
    w_threads_destroy(c->pool);
    w_release(device->host, c, sizeof *c);
}

static const w_device_ops ops = {
    .close = close_device,
    .queue_open = queue_open,
    .queue_close = queue_close,
    .mem_alloc = mem_alloc,
    .mem_free = mem_free,
    .mem_map = mem_map,
    .prepare = prepare,
    .launch = launch,
    .copy = copy,
    .packed_bytes = packed_bytes,
    .pack = pack,
    .row = row,
};

static uint64_t hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u; // FNV-1a
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return h;
}

// What multiplies words of several k's, where the set's name does not say it.
static const char *extra_name(const cpu *c)
{
    return c->features & W_TILES         ? " with AMX"
           : c->features & W_AVX512_BF16 ? " with VNNI and BF16"
           : c->features & W_VNNI        ? " with VNNI"
           : c->features & W_AVXVNNI     ? " with AVX-VNNI"
           : c->features & W_I8MM        ? " with I8MM"
           : c->features & W_DOTPROD     ? " with dot products"
                                         : "";
}

// `no_amx`: why it was refused; "" where it was not.
static void describe_device(cpu *c, const char *no_amx)
{
    w_device *d = &c->device;
    weir_device_info *info = &d->info;
    snprintf(info->id, sizeof info->id, "cpu");
    snprintf(info->backend, sizeof info->backend, "cpu");
    w_cpu_name(info->name, sizeof info->name);
    if (!info->name[0])
        snprintf(info->name, sizeof info->name, "CPU");
    snprintf(info->driver, sizeof info->driver, "%s%s, %u thread%s%s%s", c->isa->name,
             extra_name(c), c->threads, c->threads == 1 ? "" : "s", no_amx[0] ? "; no AMX: " : "",
             no_amx);
    info->memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t name = hash(info->name);
    memcpy(d->uuid, &name, sizeof name);
    snprintf(d->key, sizeof d->key, "%016llx %s %x %u %s", (unsigned long long)name, c->isa->name,
             c->features, c->threads, weir_version());
    d->max_alloc = SIZE_MAX / 2;
}

void w_cpu_set_features(w_device *device, uint32_t features)
{
    cpu *c = (cpu *)device;
    c->features = features;
    find_tables(c);
    describe_device(c, "");
}

// Tiles are used where the processor has them and the kernel lets the process.
static void allow_tiles(cpu *c, uint32_t tiles, char why[64])
{
    if (!tiles)
        snprintf(why, 64,
                 c->isa->features & W_TILES ? "this processor has none here"
                                            : "the instruction set has none");
    else if (w_isa_permit_tiles(why))
        c->features |= tiles;
}

// What the processor has, the instruction set allows and pays here; tiles are asked for apart.
static uint32_t usable(uint32_t detected, const w_isa *isa)
{
    uint32_t features = detected & isa->features & ~(uint32_t)W_TILES;
#if defined(__x86_64__)
    if ((features & W_AVX512_BF16) && !w_contract_bf16_pays())
        features &= ~(uint32_t)W_AVX512_BF16;
#endif
    return features;
}

static weir_status open_device(const w_bringup *bringup, w_device **out_devices, size_t capacity,
                               size_t *out_count, char why[256])
{
    uint32_t detected = w_isa_detect();
    const w_isa *isa;
    char no_amx[64] = "";
    *out_count = 0;
    weir_status status = w_isa_choose(bringup->isa, detected, &isa);
    if (status != WEIR_OK || !capacity) {
        snprintf(why, 256, "%s", status != WEIR_OK ? w_message() : "no room for a device");
        return status;
    }
    cpu *c = w_alloc_zeroed(bringup->host, sizeof *c);
    if (!c)
        return WEIR_OUT_OF_MEMORY;
    c->device.ops = &ops;
    c->device.host = bringup->host;
    c->isa = isa;
    c->features = usable(detected, isa);
    if (bringup->amx)
        allow_tiles(c, detected & isa->features & W_TILES, no_amx);
    c->has_host_pool = bringup->pool != NULL;
    if (c->has_host_pool)
        c->host_pool = *bringup->pool;
    c->threads = bringup->threads   ? bringup->threads
                 : c->has_host_pool ? W_MAX(1u, c->host_pool.threads)
                                    : w_threads_available();
    for (size_t i = 0; i < W_COUNT(rows); i++)
        c->kernels[i] = (w_kernel){{rows[i].name}, &rows[i]};
    c->chain = (w_kernel){{"chain"}, NULL};
    find_tables(c);
    if (!c->has_host_pool) {
        status = w_threads_create(bringup->host, c->threads, &c->pool);
        if (status != WEIR_OK) {
            w_release(bringup->host, c, sizeof *c);
            return status;
        }
    }
    describe_device(c, no_amx);
    out_devices[0] = &c->device;
    *out_count = 1;
    return WEIR_OK;
}

extern const w_backend w_backend_cpu;
const w_backend w_backend_cpu = {"cpu", open_device};
