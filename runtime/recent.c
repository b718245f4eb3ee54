// SPDX-License-Identifier: Apache-2.0
#include "runtime/recent.h"

#include <string.h>

static const double MOST_WORK = 4e6; // flops and bytes, beyond which the rest is not felt

// An array but for its data, and the first and one past the last byte that it reaches from there.
typedef struct form {
    uint64_t type; // dtype and rank; 0: there is none
    uint64_t strided;
    int64_t low, high;
    uintptr_t misaligned; // bits of an address that are none of an element's
    int64_t shape[WEIR_MAX_RANK], strides[WEIR_MAX_RANK];
} form;

struct w_recent {
    _Atomic bool taken;
    bool routed;     // chosen by the router at `epoch`, not asked for
    uint32_t misses; // calls that looked here and were others
    uint64_t call;   // 0: nobody's
    uint32_t option_bytes;
    unsigned char options[W_RECENT_OPTIONS];
    uint64_t epoch;
    form in[W_MAX_IN], out[W_MAX_OUT];
    w_desc desc;
    uint32_t aliases; // bit i: the output may be input i itself
    w_kernel *kernel;
    size_t workspace;
    void *room;                // of that many bytes
    _Atomic uint64_t launches; // counted here, where no other thread writes
};

// ---------------------------------------------------------------- what is compared

static inline bool is_there(const weir_array *a)
{
    return a && a->dtype != WEIR_DTYPE_NONE;
}

static inline uint64_t type_of(const weir_array *a)
{
    return (uint64_t)(uint32_t)a->rank << 32 | (uint32_t)a->dtype;
}

// 0 where the array has this form and its data may lie where they do by themselves. No branch for
// each extent: all of them are the same nearly always. Nothing beyond the array's rank is read.
static inline uint64_t misfit(const weir_array *a, const form *f)
{
    if (!is_there(a))
        return f->type != 0;
    if (type_of(a) != f->type || a->strided != f->strided)
        return 1;
    uint64_t other = ((uintptr_t)a->data & f->misaligned) | !a->data;
    for (int32_t i = 0; i < a->rank; i++)
        other |= (uint64_t)(a->shape[i] ^ f->shape[i]);
    for (int32_t i = 0; a->strided && i < a->rank; i++)
        other |= a->shape[i] != 1 ? (uint64_t)(a->strides[i] ^ f->strides[i]) : 0;
    return other;
}

// Every options struct begins with how long it is.
static inline uint32_t option_bytes(const void *options)
{
    uint32_t bytes = 0;
    if (options)
        memcpy(&bytes, options, sizeof bytes);
    return bytes;
}

static inline uint64_t mix(uint64_t hash, uint64_t word)
{
    return (hash << 9 | hash >> 55) ^ word;
}

// False where it is no array.
static inline bool mix_array(uint64_t *hash, const weir_array *a)
{
    if (!a || (uint32_t)a->rank > WEIR_MAX_RANK)
        return false;
    uint64_t sum = mix(*hash, type_of(a));
    for (int32_t i = 0; i < a->rank; i++)
        sum = mix(sum, (uint64_t)a->shape[i]);
    *hash = sum;
    return true;
}

// w_op_values() says what is wrong with options that do not fit.
static bool mix_options(uint64_t *hash, const void *options)
{
    uint32_t bytes = option_bytes(options);
    if (bytes < 8 || bytes > W_RECENT_OPTIONS)
        return false;
    for (uint32_t i = 0; i + 8 <= bytes; i += 8) {
        uint64_t word;
        memcpy(&word, (const char *)options + i, sizeof word);
        *hash = mix(*hash, word);
    }
    return true;
}

// The first input and output and the options tell most calls apart; those that differ in what is
// left share a place. Threads that make the same calls at the same time look in different places.
// NULL: the call is none that may be kept.
static inline _Atomic(w_recent *) *place_of(weir_context *context, const w_recent_key *key)
{
    uint64_t hash = key->call, thread = (uint64_t)pthread_self() >> 12;
    if ((key->options && !mix_options(&hash, key->options)) ||
        (key->n_in && !mix_array(&hash, key->in[0])) || !mix_array(&hash, key->out[0]))
        return NULL;
    hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15u; // every word reaches the upper bits
    return &context->recent[(hash >> 32 ^ (thread ^ thread >> 9) * 7) % W_RECENT_ENTRIES];
}

// ---------------------------------------------------------------- where the data lie

static form form_of(const weir_array *a)
{
    int64_t size = (int64_t)weir_dtype_size(a->dtype);
    form f = {type_of(a), a->strided, 0, size, (uintptr_t)size - 1, {0}, {0}};
    w_array_strides(a, f.strides);
    for (int32_t i = 0; i < a->rank; i++) {
        int64_t way = f.strides[i] * (a->shape[i] - 1) * size;
        *(way < 0 ? &f.low : &f.high) += way;
        f.shape[i] = a->shape[i];
    }
    return f;
}

static inline bool meet(const weir_array *a, const form *fa, const weir_array *b, const form *fb)
{
    uintptr_t at_a = (uintptr_t)a->data, at_b = (uintptr_t)b->data;
    return at_a + (uintptr_t)fa->low < at_b + (uintptr_t)fb->high &&
           at_b + (uintptr_t)fb->low < at_a + (uintptr_t)fa->high;
}

// Whether no output lies where it must not.
static inline bool lie_apart(const w_recent *e, const w_recent_key *key)
{
    for (uint32_t o = 0; o < key->n_out; o++)
        for (uint32_t i = 0; i < key->n_in; i++)
            if (e->in[i].type && meet(key->out[o], &e->out[o], key->in[i], &e->in[i]) &&
                !(e->aliases >> i & 1 && key->out[o]->data == key->in[i]->data))
                return false;
    return key->n_out < 2 || !meet(key->out[0], &e->out[0], key->out[1], &e->out[1]);
}

// ---------------------------------------------------------------- entries

uint64_t w_recent_epoch(const weir_context *context)
{
    return w_model_version(context->model) + atomic_load(&context->changes);
}

static inline bool same_call(const w_recent *e, const w_recent_key *key)
{
    if (e->call != key->call || e->option_bytes != option_bytes(key->options) ||
        (e->option_bytes && memcmp(e->options, key->options, e->option_bytes)))
        return false;
    uint64_t other = 0;
    for (uint32_t i = 0; i < key->n_in; i++)
        other |= misfit(key->in[i], &e->in[i]);
    for (uint32_t o = 0; o < key->n_out; o++)
        other |= misfit(key->out[o], &e->out[o]);
    return !other;
}

static inline w_recent *take(weir_context *context, const w_recent_key *key)
{
    _Atomic(w_recent *) *place = place_of(context, key);
    w_recent *e = place ? atomic_load_explicit(place, memory_order_acquire) : NULL;
    if (!e || atomic_exchange_explicit(&e->taken, true, memory_order_acquire))
        return NULL;
    if (same_call(e, key) && (!e->routed || e->epoch == w_recent_epoch(context)) &&
        lie_apart(e, key))
        return e;
    w_recent_give(e);
    return NULL;
}

w_recent *w_recent_take(weir_context *context, const w_recent_key *key)
{
    return take(context, key);
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

bool w_recent_worth(const w_desc *desc, const w_recent_key *key)
{
    if (desc->n_parts || desc->op->family == W_GATHER || desc->flops + desc->bytes > MOST_WORK)
        return false;
    for (uint32_t i = 0; i < key->n_in; i++)
        if (desc->op->in[i].kind == W_HOST && is_there(key->in[i]))
            return false; // its values are part of the descriptor
    return true;
}

void w_recent_keep(weir_context *context, const w_recent_key *key, uint64_t epoch,
                   const w_desc *desc)
{
    _Atomic(w_recent *) *place = place_of(context, key);
    w_recent *e = place ? entry_at(context, place) : NULL;
    if (!e)
        return;
    e->call = 0; // nobody's, until all of it is there
    if (prepare(context, e, desc)) {
        e->desc = *desc;
        e->aliases = 0;
        for (uint32_t i = 0; i < key->n_in; i++) {
            bool there = is_there(key->in[i]);
            e->in[i] = there ? form_of(key->in[i]) : (form){0};
            if (there && w_may_be_output(desc->op, i, key->in[i], key->out[0]))
                e->aliases |= 1u << i;
        }
        for (uint32_t o = 0; o < key->n_out; o++)
            e->out[o] = form_of(key->out[o]);
        e->routed = !(key->call >> 1 & 1);
        e->epoch = epoch;
        e->option_bytes = W_MIN(option_bytes(key->options), W_RECENT_OPTIONS); // read anew
        if (key->options)
            memcpy(e->options, key->options, e->option_bytes);
        e->call = key->call;
    }
    w_recent_give(e);
}

// Field by field: stores of a whole would wait for those of its parts.
static inline void bind(w_binding *b, void *host, size_t bytes, const void *packed)
{
    b->mem = NULL;
    b->host = host;
    b->bytes = bytes;
    b->offset = 0;
    b->packed = packed;
}

static inline weir_status run(weir_context *context, w_recent *e, const w_recent_key *key,
                              weir_tensor *const *tensors, uint32_t max_threads)
{
    w_slot *cpu = &context->slots[0];
    const w_desc *desc = &e->desc;
    w_args args;
    w_point done;
    uint64_t launches = atomic_load_explicit(&e->launches, memory_order_relaxed);
    atomic_store_explicit(&e->launches, launches + 1, memory_order_relaxed);
    args.desc = desc;
    args.max_threads = max_threads;
    args.resolved = true;
    bind(&args.workspace, e->room, e->workspace, NULL);
    for (uint32_t i = 0; i < desc->n_in; i++) {
        int32_t tensor = desc->in[i].tensor;
        bool there = tensor >= 0;
        bind(&args.in[i], there ? key->in[tensor]->data : NULL, 0,
             there && tensors ? tensors[tensor]->packed : NULL);
    }
    for (uint32_t i = 0; i < desc->n_out; i++)
        bind(&args.out[i], key->out[desc->out[i].tensor]->data, 0, NULL);
    return cpu->device->ops->launch(cpu->queue, e->kernel, &args, (w_waits){0}, &done);
}

weir_status w_recent_run(weir_context *context, w_recent *e, const w_recent_key *key,
                         weir_tensor *const *tensors, uint32_t max_threads)
{
    return run(context, e, key, tensors, max_threads);
}

bool w_recent_call(weir_context *context, const w_recent_key *key, uint32_t max_threads,
                   weir_status *out_status)
{
    w_recent *e = take(context, key);
    if (!e)
        return false;
    *out_status = run(context, e, key, NULL, max_threads);
    w_recent_give(e);
    return true;
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
