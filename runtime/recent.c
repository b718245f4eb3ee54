// SPDX-License-Identifier: Apache-2.0
#include "runtime/recent.h"

#include <string.h>

static const double MOST_WORK = 4e6; // flops and bytes, beyond which the rest is not felt

// First and one past the last byte that an array reaches, from its data on.
typedef struct reach {
    int64_t low, high;
    uintptr_t misaligned; // bits of an address that are none of an element's
} reach;

struct w_recent {
    _Atomic bool taken;
    bool routed;     // chosen by the router at `epoch`, not asked for
    uint32_t misses; // calls that looked here and were others
    uint32_t words;
    uint64_t word[W_RECENT_WORDS];
    uint64_t epoch;
    w_desc desc;
    reach in[W_MAX_IN], out[W_MAX_OUT];
    uint32_t aliases; // bit i: the output may be input i itself
    w_kernel *kernel;
    size_t workspace;
    void *room;                // of that many bytes
    _Atomic uint64_t launches; // counted here, where no other thread writes
};

// ---------------------------------------------------------------- the key

static bool put_array(w_recent_key *key, const weir_array *a)
{
    if (a->dtype == WEIR_DTYPE_NONE) {
        key->word[key->words++] = 0;
        return true;
    }
    if (a->rank < 0 || a->rank > WEIR_MAX_RANK ||
        key->words + 1 + 2 * (uint32_t)a->rank > W_RECENT_WORDS)
        return false;
    key->word[key->words++] =
        (uint64_t)(uint32_t)a->dtype << 32 | (uint64_t)a->rank << 1 | a->strided;
    for (int32_t i = 0; i < a->rank; i++)
        key->word[key->words++] = (uint64_t)a->shape[i];
    for (int32_t i = 0; a->strided && i < a->rank; i++)
        key->word[key->words++] = (uint64_t)a->strides[i];
    return true;
}

static bool put_options(w_recent_key *key, const void *options)
{
    uint32_t size;
    memcpy(&size, options, sizeof size);
    if (size < 8 || size > W_RECENT_WORDS / 2 * 8)
        return false; // w_op_values() says what is wrong with it
    uint32_t words = (size + 7) / 8;
    key->word[key->words + words - 1] = 0; // what is behind the last byte
    memcpy(&key->word[key->words], options, size);
    key->words += words;
    return true;
}

// Products with distinct odd factors, which do not wait for each other.
static uint64_t hash_of(const w_recent_key *key)
{
    uint64_t sum = 0, factor = 0x9e3779b97f4a7c15u;
    for (uint32_t i = 0; i < key->words; i++, factor += 0x3c6ef372fe94f82au)
        sum += (key->word[i] ^ key->word[i] >> 32) * factor;
    return sum ^ sum >> 29;
}

bool w_recent_key_make(w_recent_key *key, const w_op *op, const void *options, int32_t wish,
                       bool tensors, bool fast, const weir_array *in, size_t n_in,
                       const weir_array *out, size_t n_out)
{
    if (op->chain || wish > 0 || n_in > W_MAX_IN || n_out > W_MAX_OUT || !out || (n_in && !in))
        return false;
    key->word[0] = (uint64_t)op->number << 32 | (uint64_t)n_in << 16 | n_out << 8 |
                   (uint64_t)fast << 3 | (uint64_t)tensors << 2 | (wish == 0) << 1 |
                   (options != NULL);
    key->words = 1;
    if (options && !put_options(key, options))
        return false;
    for (size_t i = 0; i < n_in; i++)
        if (!put_array(key, &in[i]))
            return false;
    for (size_t i = 0; i < n_out; i++)
        if (!put_array(key, &out[i]))
            return false;
    key->hash = hash_of(key);
    return true;
}

// ---------------------------------------------------------------- where the data lie

static reach reach_of(const weir_array *a)
{
    int64_t strides[WEIR_MAX_RANK], size = (int64_t)weir_dtype_size(a->dtype);
    reach r = {0, size, (uintptr_t)size - 1};
    w_array_strides(a, strides);
    for (int32_t i = 0; i < a->rank; i++) {
        int64_t way = strides[i] * (a->shape[i] - 1) * size;
        *(way < 0 ? &r.low : &r.high) += way;
    }
    return r;
}

static bool valid(const weir_array *a, const reach *r)
{
    return a->data && !((uintptr_t)a->data & r->misaligned);
}

static bool meet(const weir_array *a, const reach *ra, const weir_array *b, const reach *rb)
{
    uintptr_t at_a = (uintptr_t)a->data, at_b = (uintptr_t)b->data;
    return at_a + (uintptr_t)ra->low < at_b + (uintptr_t)rb->high &&
           at_b + (uintptr_t)rb->low < at_a + (uintptr_t)ra->high;
}

// What the long way would say yes to without a closer look.
static bool lie_well(const w_recent *e, const weir_array *in, size_t n_in, const weir_array *out,
                     size_t n_out)
{
    bool well = true;
    for (size_t o = 0; o < n_out; o++)
        well &= valid(&out[o], &e->out[o]);
    for (size_t i = 0; i < n_in && well; i++) {
        if (in[i].dtype == WEIR_DTYPE_NONE)
            continue;
        well = valid(&in[i], &e->in[i]);
        for (size_t o = 0; o < n_out && well; o++)
            well = !meet(&out[o], &e->out[o], &in[i], &e->in[i]) ||
                   (e->aliases >> i & 1 && out[o].data == in[i].data);
    }
    return well && (n_out < 2 || !meet(&out[0], &e->out[0], &out[1], &e->out[1]));
}

// ---------------------------------------------------------------- entries

uint64_t w_recent_epoch(const weir_context *context)
{
    return w_model_version(context->model) + atomic_load(&context->changes);
}

// Threads that make the same calls at the same time look in different places.
static _Atomic(w_recent *) *place_of(weir_context *context, const w_recent_key *key)
{
    uint64_t thread = (uint64_t)pthread_self() >> 12;
    return &context->recent[(key->hash ^ (thread ^ thread >> 9) * 7) % W_RECENT_ENTRIES];
}

static bool same_call(const w_recent *e, const w_recent_key *key)
{
    bool same = e->words == key->words;
    for (uint32_t i = 0; i < key->words && same; i++)
        same = e->word[i] == key->word[i];
    return same;
}

w_recent *w_recent_take(weir_context *context, const w_recent_key *key, const weir_array *in,
                        size_t n_in, const weir_array *out, size_t n_out)
{
    w_recent *e = atomic_load_explicit(place_of(context, key), memory_order_acquire);
    if (!e || atomic_exchange_explicit(&e->taken, true, memory_order_acquire))
        return NULL;
    if (same_call(e, key) && (!e->routed || e->epoch == w_recent_epoch(context)) &&
        lie_well(e, in, n_in, out, n_out))
        return e;
    w_recent_give(e);
    return NULL;
}

void w_recent_give(w_recent *recent)
{
    atomic_store_explicit(&recent->taken, false, memory_order_release);
}

// The place's entry, taken; made where there is none. Calls that share a place would cost each
// other more than they gain if every one replaced the other: one in four does.
static w_recent *entry_at(weir_context *context, _Atomic(w_recent *) *place)
{
    w_recent *e = atomic_load_explicit(place, memory_order_acquire), *none = NULL;
    if (e && atomic_exchange_explicit(&e->taken, true, memory_order_acquire))
        return NULL;
    if (e && e->misses++ % 4 == 0)
        return e;
    if (e) {
        w_recent_give(e);
        return NULL;
    }
    e = w_alloc_zeroed(&context->host, sizeof *e);
    if (!e)
        return NULL;
    e->taken = true;
    if (atomic_compare_exchange_strong(place, &none, e))
        return e;
    w_release(&context->host, e, sizeof *e);
    return NULL;
}

// A kernel, and memory for it to work in.
static bool prepare(weir_context *context, w_recent *e, const w_desc *desc)
{
    w_device *cpu = context->slots[0].device;
    size_t workspace = 0;
    if (cpu->ops->prepare(cpu, desc, &e->kernel, &workspace) != WEIR_OK ||
        workspace > W_RECENT_ROOM)
        return false;
    if (workspace != e->workspace) {
        w_release(&context->host, e->room, e->workspace);
        e->room = workspace ? w_alloc(&context->host, workspace) : NULL;
        e->workspace = e->room ? workspace : 0;
    }
    return e->workspace == workspace;
}

bool w_recent_worth(const w_desc *desc, const weir_array *in, size_t n_in)
{
    if (desc->n_parts || desc->op->family == W_GATHER || desc->flops + desc->bytes > MOST_WORK)
        return false;
    for (size_t i = 0; i < n_in; i++)
        if (desc->op->in[i].kind == W_HOST && in[i].dtype != WEIR_DTYPE_NONE)
            return false; // its values are part of the descriptor
    return true;
}

void w_recent_keep(weir_context *context, const w_recent_key *key, uint64_t epoch,
                   const w_desc *desc, const weir_array *in, size_t n_in, const weir_array *out,
                   size_t n_out)
{
    w_recent *e = entry_at(context, place_of(context, key));
    if (!e)
        return;
    e->words = 0; // nobody's, until all of it is there
    if (prepare(context, e, desc)) {
        e->desc = *desc;
        e->aliases = 0;
        for (size_t i = 0; i < n_in; i++) {
            if (in[i].dtype == WEIR_DTYPE_NONE)
                continue;
            e->in[i] = reach_of(&in[i]);
            e->aliases |= (uint32_t)w_may_be_output(desc->op, (uint32_t)i, &in[i], &out[0]) << i;
        }
        for (size_t o = 0; o < n_out; o++)
            e->out[o] = reach_of(&out[o]);
        e->routed = !(key->word[0] >> 1 & 1);
        e->epoch = epoch;
        memcpy(e->word, key->word, key->words * sizeof *key->word);
        e->words = key->words;
    }
    w_recent_give(e);
}

weir_status w_recent_run(weir_context *context, w_recent *e, const weir_array *in,
                         const weir_array *out, weir_tensor *const *tensors, uint32_t max_threads)
{
    w_slot *cpu = &context->slots[0];
    w_args args;
    w_point done;
    uint64_t launches = atomic_load_explicit(&e->launches, memory_order_relaxed);
    atomic_store_explicit(&e->launches, launches + 1, memory_order_relaxed);
    args.desc = &e->desc;
    args.max_threads = max_threads;
    args.workspace = (w_binding){.host = e->room, .bytes = e->workspace};
    for (uint32_t i = 0; i < e->desc.n_in; i++) {
        int32_t tensor = e->desc.in[i].tensor;
        args.in[i] = (w_binding){.host = tensor < 0 ? NULL : in[tensor].data};
        if (tensors && tensor >= 0)
            args.in[i].packed = tensors[tensor]->packed;
    }
    for (uint32_t i = 0; i < e->desc.n_out; i++)
        args.out[i] = (w_binding){.host = out[e->desc.out[i].tensor].data};
    return cpu->device->ops->launch(cpu->queue, e->kernel, &args, (w_waits){0}, &done);
}

uint64_t w_recent_launches(weir_context *context)
{
    uint64_t launches = 0;
    for (uint32_t i = 0; i < W_RECENT_ENTRIES; i++) {
        w_recent *e = atomic_load_explicit(&context->recent[i], memory_order_acquire);
        if (e)
            launches += atomic_load_explicit(&e->launches, memory_order_relaxed);
    }
    return launches;
}

void w_recent_free(weir_context *context)
{
    for (uint32_t i = 0; i < W_RECENT_ENTRIES; i++) {
        w_recent *e = context->recent[i];
        if (!e)
            continue;
        w_release(&context->host, e->room, e->workspace);
        w_release(&context->host, e, sizeof *e);
    }
}
