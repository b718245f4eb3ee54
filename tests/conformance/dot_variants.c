// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/dot.h"
#include "tests/conformance/tiles.h"

#include "backends/cpu/cpu.h"
#include "backends/cpu/isa.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

variant variants[16];
size_t variant_count;
bool has_tiles;
const weir_dtype eight[2] = {WEIR_U8, WEIR_S8};
static bool emulated;

// ---------------------------------------------------------------- the host's threads

// Two threads, one of which comes and goes.
typedef struct share {
    void (*task)(void *arg, uint32_t i);
    void *arg;
    uint32_t i;
} share;

static void *run_share(void *arg)
{
    share *s = arg;
    s->task(s->arg, s->i);
    if (tiles_configured())
        abort(); // a task gives its tiles back
    return NULL;
}

static void run_pool(void *user, void (*task)(void *arg, uint32_t i), void *arg, uint32_t count)
{
    (void)user;
    for (uint32_t i = 0; i + 1 < count; i += 2) {
        share s = {task, arg, i};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, run_share, &s), 0);
        task(arg, i + 1);
        pthread_join(thread, NULL);
    }
    if (count % 2)
        task(arg, count - 1);
}

static const weir_pool pool = {.run = run_pool, .threads = 2};

static void add_variant(const char *isa, uint32_t features, const char *row)
{
    weir_context_options o = base_options();
    o.flags |= WEIR_CONTEXT_CPU_ONLY;
    o.isa = isa;
    o.pool = &pool;
    for (int threads = 1; threads <= 2; threads++) {
        variant *v = &variants[variant_count++];
        o.threads = (uint32_t)threads;
        assert_int_equal(weir_context_create(&o, &v->context), WEIR_OK);
        w_cpu_set_features(v->context->slots[0].device, features);
        v->packs = features & (W_AVXVNNI | W_VNNI | W_DOTPROD);
        snprintf(v->row, sizeof v->row, "contract_int.%s", row);
        snprintf(v->name, sizeof v->name, "%s, %d threads", row, threads);
    }
}

int open_variants(void **state)
{
    uint32_t detected = w_isa_detect();
    (void)state;
    add_variant("scalar", 0, "scalar");
#if defined(__x86_64__)
    if (detected & W_AVX2)
        add_variant("avx2", W_AVX2, "avx2");
    if (detected & W_AVXVNNI)
        add_variant("avx2", W_AVX2 | W_AVXVNNI, "avxvnni");
    if (detected & W_AVX512)
        add_variant("avx512", W_AVX2 | W_AVX512, "avx512");
    if (!(detected & W_AVX512_BF16))
        print_message("SKIP bf16 by AVX-512: the processor lacks its instruction\n");
    if (detected & W_VNNI)
        add_variant("avx512", W_AVX2 | W_AVX512 | W_VNNI | (detected & W_AVX512_BF16), "vnni");
    // The code around the tiles is AVX-512 with VNNI.
    char why[64];
    bool native = (detected & W_TILES) == W_TILES && w_isa_permit_tiles(why);
    emulated = !native;
    has_tiles = (detected & W_VNNI) && (native || tiles_emulate());
    if (has_tiles) {
        print_message("AMX is %s\n", native ? "the processor's own" : "emulated");
        add_variant("avx512", W_AVX2 | W_AVX512 | W_VNNI | W_TILES, "amx");
    } else {
        print_message("SKIP AMX: its kernels need AVX-512 with VNNI around them\n");
    }
#else
    add_variant("neon", W_NEON, "neon");
    if (!(detected & W_DOTPROD) || !(detected & W_I8MM))
        print_message("SKIP dotprod or i8mm: the processor lacks them\n");
    if (detected & W_DOTPROD)
        add_variant("neon", W_NEON | W_DOTPROD, "dotprod");
    if (detected & W_I8MM)
        add_variant("neon", W_NEON | W_DOTPROD | W_I8MM, "i8mm");
#endif
    return 0;
}

const char *row_of(const variant *v, weir_op op, weir_dtype dtype, bool fast)
{
    weir_array a = weir_array_dense(NULL, dtype, 2, (int64_t[]){40, 40}), y = a;
    w_device *device = v->context->slots[0].device;
    w_desc desc;
    w_kernel *kernel;
    size_t workspace;
    assert_int_equal(w_describe(w_op_get(op), NULL, (weir_array[]){a, a}, 2, &y, 1, true, &desc),
                     WEIR_OK);
    desc.fast = fast;
    assert_int_equal(device->ops->prepare(device, &desc, &kernel, &workspace), WEIR_OK);
    return ((const w_kernel_info *)kernel)->row;
}

void take_tiles(void)
{
    assert_true(!has_tiles || !emulated || tiles_emulate());
}

weir_status run_on(const variant *v, weir_op op, const void *options, const weir_array *in,
                   size_t n, const weir_array *y, const weir_call_options *call)
{
    take_tiles();
    return weir_run(v->context, op, options, in, n, y, 1, call);
}

void run_packed(const variant *v, weir_array *in, weir_array *y, int64_t m, weir_op op)
{
    weir_tensor *t[3];
    weir_stream *stream;
    in[0].shape[0] = y->shape[0] = m;
    for (int i = 0; i < 2; i++)
        assert_int_equal(weir_tensor_wrap(v->context, &in[i], &t[i]), WEIR_OK);
    assert_int_equal(weir_tensor_wrap(v->context, y, &t[2]), WEIR_OK);
    assert_int_equal(weir_stream_create(v->context, &stream), WEIR_OK);
    take_tiles();
    weir_status status = weir_tensor_pack(t[1], op, NULL);
    if (v->packs)
        assert_int_equal(status, WEIR_OK);
    assert_int_equal(weir_submit(stream, op, NULL, t, 2, &t[2], 1, NULL), WEIR_OK);
    assert_int_equal(weir_stream_wait(stream, WEIR_FOREVER), WEIR_OK);
    weir_stream_release(stream);
    for (int i = 0; i < 3; i++)
        weir_tensor_release(t[i]);
}

int close_variants(void **state)
{
    (void)state;
    for (size_t v = 0; v < variant_count; v++)
        weir_context_destroy(variants[v].context);
    return 0;
}
