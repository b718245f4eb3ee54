// SPDX-License-Identifier: Apache-2.0
//
// What a device's own float arithmetic is worth: directed triples through kernels/spv/probe.comp,
// compared with the host's. The formulas use the device's own operation where it is correctly
// rounded, and an exact construction where it is not (kernels/spv/lang.glsl).
#include "backends/vulkan/vulkan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TRIPLES = 16384, RESULTS = 5, GROUP = 64 };

static float from_bits(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static uint32_t to_bits(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

static uint32_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

// A number of either sign between 2^low and 2^(low + span).
static float around(uint64_t *state, int low, uint32_t span)
{
    uint32_t r = next_random(state);
    uint32_t exponent = (uint32_t)(low + 127) + next_random(state) % span;
    return from_bits((r & 0x807fffffu) | exponent << 23);
}

static void make_triple(uint32_t i, uint64_t *state, float t[3])
{
    float a = around(state, -8, 16), b = around(state, -8, 16), c;
    switch (i % 8) {
    case 0: // what is left when the rounded product is taken off: an unfused sum gives zero
        c = -(a * b);
        break;
    case 1: // a product of 25 bits lies half way; a tiny addend decides
        a = (float)(4097 + 2 * (next_random(state) % 2000));
        b = (float)(4097 + 2 * (next_random(state) % 2000));
        c = around(state, -60, 20);
        break;
    case 2: // every exponent, infinities and NaNs
        a = from_bits(next_random(state));
        b = from_bits(next_random(state));
        c = from_bits(next_random(state));
        break;
    case 3: // subnormal operands and results
        a = from_bits(next_random(state) & 0x80ffffffu);
        b = around(state, -4, 8);
        c = from_bits(next_random(state) & 0x80ffffffu);
        break;
    case 4: // subnormal quotients and products
        a = around(state, -100, 30);
        b = around(state, i / 8 % 2 ? 40 : -60, 20);
        c = from_bits(next_random(state) & 0x807fffffu);
        break;
    case 5: // a quotient close to half way between two numbers
        c = around(state, 0, 1);
        a = (float)(((double)c + copysign(0x1p-24, c)) * b);
        break;
    case 6: // a root close to half way
        c = fabsf(around(state, 0, 1));
        a = (float)(((double)c + 0x1p-24) * ((double)c + 0x1p-24));
        break;
    default:
        c = around(state, -12, 24);
        break;
    }
    t[0] = a;
    t[1] = b;
    t[2] = c;
}

// What the probe counts: wrong results of each operation, with and without subnormal numbers.
typedef struct w_vk_tally {
    uint32_t normal[RESULTS], subnormal[RESULTS];
} w_vk_tally;

static bool is_subnormal(float f)
{
    return fpclassify(f) == FP_SUBNORMAL;
}

static void judge(w_vk_tally *tally, int which, float got, float want, bool subnormal)
{
    if (to_bits(got) == to_bits(want) || (isnan(got) && isnan(want)))
        return;
    if (subnormal || is_subnormal(want))
        tally->subnormal[which]++;
    else
        tally->normal[which]++;
}

static void judge_triple(w_vk_tally *tally, const float t[3], const float r[RESULTS])
{
    bool a = is_subnormal(t[0]), b = is_subnormal(t[1]), c = is_subnormal(t[2]);
    judge(tally, 0, r[0], fmaf(t[0], t[1], t[2]), a || b || c);
    judge(tally, 1, r[1], t[0] / t[1], a || b);
    judge(tally, 2, r[2], sqrtf(t[0]), a);
    judge(tally, 3, r[3], t[0] * t[1], a || b);
    judge(tally, 4, r[4], t[0] + t[2], a || c);
}

static void conclude(w_vk_device *d, const w_vk_tally *t)
{
    w_vk_probe *p = &d->probe;
    p->fma_native = !t->normal[0];
    p->div_native = !t->normal[1] && !t->normal[2] && !t->subnormal[1] && !t->subnormal[2];
    p->subnormals = !t->subnormal[3] && !t->subnormal[4];
    p->fma_mode = !p->fma_native;
    p->div_mode = !p->div_native;
    p->why_no_float[0] = 0;
    if (t->normal[3] || t->normal[4])
        snprintf(p->why_no_float, sizeof p->why_no_float,
                 "its f32 sums and products are not correctly rounded");
    else if (!p->fma_native && !d->float64)
        snprintf(p->why_no_float, sizeof p->why_no_float,
                 "its multiply-add is not fused, and it has no doubles to make it exact");
    snprintf(p->text, sizeof p->text,
             "fused multiply-add %s, division and square root %s, subnormal numbers %s%s%s",
             p->fma_native ? "its own"
             : d->float64  ? "through doubles"
                           : "missing",
             p->div_native ? "its own" : "by integer correction",
             p->subnormals ? "kept" : "flushed", p->why_no_float[0] ? "; " : "", p->why_no_float);
}

static weir_status dispatch(w_queue *q, VkPipeline pipeline, w_mem *in, w_mem *out,
                            uint64_t *out_value)
{
    w_vk_device *d = q->device;
    w_vk_view views[W_VK_BINDINGS] = {0};
    weir_status status =
        w_vk_view_of(d, &(w_binding){.mem = in, .bytes = in->bytes}, &views[W_VK_IN]);
    if (status == WEIR_OK)
        status = w_vk_view_of(d, &(w_binding){.mem = out, .bytes = out->bytes}, &views[W_VK_OUT]);
    w_vk_slot *slot;
    if (status == WEIR_OK)
        status = w_vk_begin(q, &slot);
    if (status != WEIR_OK)
        return status;
    memset(w_vk_slot_parameters(q, slot), 0, W_P_WORDS * sizeof(uint32_t));
    w_vk_bind(q, slot, views);
    d->vk.CmdBindPipeline(slot->commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
    w_vk_dispatch(q, slot, TRIPLES / GROUP, &(w_vk_push){.units = TRIPLES});
    status = w_vk_submit(q, slot, WEIR_OK, out_value);
    if (status == WEIR_OK) {
        w_vk_mem_used(in, q, *out_value);
        w_vk_mem_used(out, q, *out_value);
    }
    return status;
}

// The triples through the device, and their results back.
static weir_status exchange(w_vk_device *d, w_queue *q, VkPipeline pipeline, float *triples,
                            float *results)
{
    w_mem *in = NULL, *out = NULL;
    size_t in_bytes = TRIPLES * 3 * sizeof(float), out_bytes = TRIPLES * RESULTS * sizeof(float);
    w_point point = {0};
    uint64_t value = 0;
    weir_status status = w_vk_mem_alloc(&d->base, in_bytes, &in);
    if (status == WEIR_OK)
        status = w_vk_mem_alloc(&d->base, out_bytes, &out);
    w_copy up = {.mem = in, .bytes = in_bytes, .host = triples, .to_device = true};
    if (status == WEIR_OK)
        status = w_vk_copy(q, &up, (w_waits){0}, &point);
    if (status == WEIR_OK)
        status = dispatch(q, pipeline, in, out, &value);
    w_copy down = {.mem = out, .bytes = out_bytes, .host = results};
    if (status == WEIR_OK)
        status = w_vk_copy(q, &down, (w_waits){0}, &point);
    if (status == WEIR_OK)
        status = w_point_wait(point, WEIR_FOREVER);
    (void)w_vk_queue_reach(q, value);
    w_vk_mem_free(in);
    w_vk_mem_free(out);
    return status;
}

static weir_status measure(w_vk_device *d, float *triples, float *results)
{
    w_queue *q = NULL;
    VkPipeline pipeline = VK_NULL_HANDLE;
    weir_status status = w_vk_queue_open(&d->base, &q);
    pthread_mutex_lock(&d->kernels_lock);
    if (status == WEIR_OK)
        status = w_vk_pipeline(d, W_VK_MODULE_probe, &(w_vk_special){0}, &pipeline);
    pthread_mutex_unlock(&d->kernels_lock);
    if (status == WEIR_OK)
        status = exchange(d, q, pipeline, triples, results);
    d->vk.DestroyPipeline(d->handle, pipeline, NULL);
    w_vk_queue_close(q);
    return status;
}

weir_status w_vk_probe_run(w_vk_device *d)
{
    size_t in_bytes = TRIPLES * 3 * sizeof(float), out_bytes = TRIPLES * RESULTS * sizeof(float);
    float *triples = w_alloc(d->base.host, in_bytes);
    float *results = w_alloc_zeroed(d->base.host, out_bytes);
    w_fenv host = w_fenv_enter(); // the host's own results are the measure
    uint64_t random = UINT64_C(0x9e3779b97f4a7c15);
    for (uint32_t i = 0; triples && i < TRIPLES; i++)
        make_triple(i, &random, triples + 3 * i);
    weir_status status = triples && results ? measure(d, triples, results) : WEIR_OUT_OF_MEMORY;
    if (status == WEIR_OK) {
        w_vk_tally tally = {0};
        for (uint32_t i = 0; i < TRIPLES; i++)
            judge_triple(&tally, triples + 3 * i, results + RESULTS * i);
        conclude(d, &tally);
    }
    w_fenv_leave(host);
    w_release(d->base.host, triples, in_bytes);
    w_release(d->base.host, results, out_bytes);
    return status;
}
