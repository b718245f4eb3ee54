// SPDX-License-Identifier: Apache-2.0
//
// oneDNN 2: products in f32 and s8, with the second factor as it stands and packed once beforehand.
// Its structs are filled by its own functions and never looked at here: room enough will do.
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "bench/peers/peers.h"

enum {
    CPU = 1,
    ANY = 1,
    BF16 = 2,
    S32 = 4,
    S8 = 5,
    F32 = 3,
    WEIGHTS_MD = 131,
    SRC = 1,
    DST = 17,
    WEIGHTS = 33
};

typedef struct opaque {
    _Alignas(16) unsigned char bytes[16384]; // a dnnl_matmul_desc_t takes under 4 KiB
} opaque;

typedef struct argument {
    int which;
    void *memory;
} argument;

typedef struct version {
    int major, minor, patch;
    const char *hash;
    unsigned cpu_runtime, gpu_runtime;
} version;

static struct {
    int (*engine_create)(void **, int kind, size_t index);
    int (*stream_create)(void **, void *engine, unsigned flags);
    int (*stream_wait)(void *);
    int (*md_strides)(void *md, int rank, const int64_t *dims, int dtype, const int64_t *strides);
    int (*md_tag)(void *md, int rank, const int64_t *dims, int dtype, int tag);
    size_t (*md_size)(const void *md);
    int (*matmul)(void *desc, const void *src, const void *weights, const void *bias,
                  const void *dst);
    int (*pd_create)(void **pd, const void *desc, const void *attr, void *engine, const void *hint);
    const void *(*pd_query_md)(const void *pd, int what, int index);
    int (*pd_destroy)(void *pd);
    int (*reorder)(void **pd, const void *from, void *engine, const void *to, void *to_engine,
                   const void *attr);
    int (*create)(void **primitive, const void *pd);
    int (*destroy)(void *primitive);
    int (*execute)(const void *primitive, void *stream, int n, const argument *arguments);
    int (*memory_create)(void **memory, const void *md, void *engine, void *data);
    int (*memory_destroy)(void *memory);
    const version *(*version)(void);
    void *engine, *stream;
} api;

typedef struct product {
    bool packs;
    void *primitive, *src, *weights, *dst;
    void *packed, *y;
} product;

static int type_of(weir_dtype dtype)
{
    return dtype == WEIR_F32    ? F32
           : dtype == WEIR_S8   ? S8
           : dtype == WEIR_BF16 ? BF16
           : dtype == WEIR_S32  ? S32
                                : 0;
}

static bool describe(opaque *md, const weir_array *a, bool transposed)
{
    int64_t rows = a->shape[transposed], columns = a->shape[!transposed];
    const int64_t dims[2] = {rows, columns};
    const int64_t strides[2] = {transposed ? 1 : columns, transposed ? rows : 1};
    int type = type_of(a->dtype);
    return type && api.md_strides(md, 2, dims, type, strides) == 0;
}

static void run(void *arg)
{
    const product *p = arg;
    const argument arguments[] = {{SRC, p->src}, {WEIGHTS, p->weights}, {DST, p->dst}};
    api.execute(p->primitive, api.stream, 3, arguments);
    api.stream_wait(api.stream);
}

static void finish(void *state)
{
    product *p = state;
    if (p->primitive)
        api.destroy(p->primitive);
    void *memories[] = {p->src, p->weights, p->dst};
    for (size_t i = 0; i < 3; i++)
        if (memories[i])
            api.memory_destroy(memories[i]);
    free(p->packed), free(p->y);
    *p = (product){.packs = p->packs};
}

// Brings the second factor into the layout that the primitive likes best.
static bool pack(product *p, const opaque *plain, const void *liked, void *data)
{
    void *from = NULL, *pd = NULL, *primitive = NULL;
    p->packed = bench_try_memory(api.md_size(liked));
    bool good = p->packed && api.memory_create(&from, plain, api.engine, data) == 0 &&
                api.memory_create(&p->weights, liked, api.engine, p->packed) == 0 &&
                api.reorder(&pd, plain, api.engine, liked, api.engine, NULL) == 0 &&
                api.create(&primitive, pd) == 0;
    if (good) {
        const argument arguments[] = {{SRC, from}, {DST, p->weights}};
        good = api.execute(primitive, api.stream, 2, arguments) == 0 &&
               api.stream_wait(api.stream) == 0;
    }
    if (primitive)
        api.destroy(primitive);
    if (pd)
        api.pd_destroy(pd);
    if (from)
        api.memory_destroy(from);
    return good;
}

static bool build(product *p, const harness_case *c)
{
    static opaque a, b, y, wanted, desc;
    void *pd = NULL;
    const int64_t dims[2] = {c->k, c->n};
    if (!describe(&a, &c->in[0], c->trans_a) || !describe(&b, &c->in[1], c->trans_b) ||
        !describe(&y, &c->out, false))
        return false;
    wanted = b;
    if (p->packs && api.md_tag(&wanted, 2, dims, type_of(c->in[1].dtype), ANY) != 0)
        return false;
    if (api.matmul(&desc, &a, &wanted, NULL, &y) != 0 ||
        api.pd_create(&pd, &desc, NULL, api.engine, NULL) != 0)
        return false;
    size_t bytes = (size_t)(c->m * c->n) * weir_dtype_size(c->out.dtype);
    p->y = bench_try_memory(bytes);
    bool good = p->y && api.create(&p->primitive, pd) == 0 &&
                api.memory_create(&p->src, &a, api.engine, c->in[0].data) == 0 &&
                api.memory_create(&p->dst, &y, api.engine, p->y) == 0;
    if (good && p->packs)
        good = pack(p, &b, api.pd_query_md(pd, WEIGHTS_MD, 0), c->in[1].data);
    else if (good)
        good = api.memory_create(&p->weights, &b, api.engine, c->in[1].data) == 0;
    api.pd_destroy(pd);
    return good;
}

static bool prepare(void *state, const harness_case *c, bench_candidate *out)
{
    product *p = state;
    if (!c->m || strncmp(c->group, "matmul_", 7))
        return false;
    out->run = run;
    out->arg = p;
    if (build(p, c))
        return true;
    finish(p);
    return false;
}

static const void *result(void *state, const harness_case *c)
{
    (void)c;
    return ((product *)state)->y;
}

// ---------------------------------------------------------------- joining

static bool load(harness *h, void *library)
{
    const struct {
        const char *name;
        void *to;
    } calls[] = {
        {"dnnl_engine_create", &api.engine_create},
        {"dnnl_stream_create", &api.stream_create},
        {"dnnl_stream_wait", &api.stream_wait},
        {"dnnl_memory_desc_init_by_strides", &api.md_strides},
        {"dnnl_memory_desc_init_by_tag", &api.md_tag},
        {"dnnl_memory_desc_get_size", &api.md_size},
        {"dnnl_matmul_desc_init", &api.matmul},
        {"dnnl_primitive_desc_create", &api.pd_create},
        {"dnnl_primitive_desc_query_md", &api.pd_query_md},
        {"dnnl_primitive_desc_destroy", &api.pd_destroy},
        {"dnnl_reorder_primitive_desc_create", &api.reorder},
        {"dnnl_primitive_create", &api.create},
        {"dnnl_primitive_destroy", &api.destroy},
        {"dnnl_primitive_execute", &api.execute},
        {"dnnl_memory_create", &api.memory_create},
        {"dnnl_memory_destroy", &api.memory_destroy},
        {"dnnl_version", &api.version},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        void *address = peers_symbol(h, library, "oneDNN", calls[i].name);
        if (!address)
            return false;
        memcpy(calls[i].to, &address, sizeof address);
    }
    return api.engine_create(&api.engine, CPU, 0) == 0 &&
           api.stream_create(&api.stream, api.engine, 1) == 0;
}

void peers_join_dnnl(harness *h)
{
    static product plain, packed = {.packs = true};
    void *library = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library || !load(h, library)) {
        harness_note(h, "absent: oneDNN (libdnnl.so.2; Debian: libdnnl2)");
        return;
    }
    peers_openmp_threads(h->options.threads);
    harness_contender c = {.key = "onednn",
                           .name = "oneDNN",
                           .role = HARNESS_PEER,
                           .linger_ms = 10,
                           .state = &plain,
                           .prepare = prepare,
                           .result = result,
                           .finish = finish};
    snprintf(c.version, sizeof c.version, "%d.%d.%d", api.version()->major, api.version()->minor,
             api.version()->patch);
    harness_join(h, &c);
    // Compared with Weir's packed factors (matmul_s8_packed_ratio).
    c.key = "onednn_packed";
    snprintf(c.name, sizeof c.name, "oneDNN packed");
    c.role = HARNESS_OTHER;
    c.state = &packed;
    harness_join(h, &c);
}
