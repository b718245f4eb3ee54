// SPDX-License-Identifier: Apache-2.0
// A context's life.
#include "runtime/context.h"

#include "runtime/bringup.h"
#include "runtime/exit_guard.h"
#include "runtime/memory/tensor.h"
#include "runtime/recent.h"
#include "runtime/routing/profile.h"
#include "runtime/stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_THREADS = 1024 };

const char *weir_message(const weir_context *context)
{
    (void)context; // a thread's message is its own, whatever the context
    w_message_settle(true);
    return w_message();
}

// ------------------------------------------------------------------------------------- the options

static const char *from_environment(const weir_context *c, const char *option, const char *name)
{
    if (option || (c->flags & WEIR_CONTEXT_NO_ENVIRONMENT))
        return option;
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static weir_status set_text(char *to, size_t size, const char *value, const char *what)
{
    if (!value)
        return WEIR_OK;
    if (strlen(value) >= size)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s is longer than %zu characters: \"%.40s...\"", what,
                      size - 1, value);
    memcpy(to, value, strlen(value) + 1);
    return WEIR_OK;
}

static weir_status set_threads(weir_context *c, uint32_t option)
{
    const char *text = option ? NULL : from_environment(c, NULL, "WEIR_THREADS");
    unsigned long n = option;
    if (text) {
        char *end;
        n = strtoul(text, &end, 10);
        if (*end || *text == '-' || n == 0)
            return w_fail(WEIR_INVALID_ARGUMENT, "WEIR_THREADS is \"%s\", not a number in 1..%d",
                          text, MAX_THREADS);
    }
    if (n > MAX_THREADS)
        return w_fail(WEIR_INVALID_ARGUMENT, "%lu threads; at most %d", n, MAX_THREADS);
    c->threads = (uint32_t)n;
    return WEIR_OK;
}

static weir_status set_folders(weir_context *c, const char *option)
{
    // Empty is an answer here: no folder.
    const char *folder =
        option || (c->flags & WEIR_CONTEXT_NO_ENVIRONMENT) ? option : getenv("WEIR_CACHE_DIR");
    c->profile_folder = w_alloc(&c->host, W_PROFILE_PATH);
    if (!c->profile_folder)
        return WEIR_OUT_OF_MEMORY;
    bool forbidden = (c->flags & WEIR_CONTEXT_NO_ENVIRONMENT) && !folder;
    w_profile_folder(forbidden ? "" : folder, c->profile_folder);
    if (strlen(c->profile_folder) < sizeof c->cache_dir)
        strcpy(c->cache_dir, c->profile_folder);
    return WEIR_OK;
}

static weir_status set_options(weir_context *c, const weir_context_options *o)
{
    static const weir_context_options defaults = {.struct_size = sizeof(weir_context_options)};
    o = o ? o : &defaults;
    c->flags = o->flags;
    if (o->pool)
        c->host_pool = *o->pool;
    if (from_environment(c, NULL, "WEIR_CPU_ONLY"))
        c->flags |= WEIR_CONTEXT_CPU_ONLY;
    weir_status status = set_threads(c, o->threads);
    if (status == WEIR_OK)
        status = set_text(c->isa, sizeof c->isa, from_environment(c, o->isa, "WEIR_ISA"), "isa");
    if (status == WEIR_OK)
        status = set_text(c->device, sizeof c->device,
                          from_environment(c, o->device, "WEIR_DEVICE"), "device");
    return status == WEIR_OK ? set_folders(c, o->cache_dir) : status;
}

static weir_status check_options(const weir_context_options *o)
{
    if (!o)
        return WEIR_OK;
    if (o->struct_size < sizeof *o || o->struct_size > 4096)
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "options.struct_size is %zu; set it to sizeof(weir_context_options), %zu",
                      o->struct_size, sizeof *o);
    size_t unknown = w_unknown_byte(o, sizeof *o, o->struct_size);
    if (unknown)
        return w_fail(WEIR_UNSUPPORTED, "options has a field at byte %zu that this version lacks",
                      unknown);
    const uint32_t known = WEIR_CONTEXT_NO_ENVIRONMENT | WEIR_CONTEXT_CPU_ONLY |
                           WEIR_CONTEXT_NO_PROFILE | WEIR_CONTEXT_AMX | WEIR_CONTEXT_FAST;
    if (o->flags & ~known)
        return w_fail(WEIR_INVALID_ARGUMENT, "options.flags 0x%" PRIx32 " has an unknown bit",
                      o->flags);
    if (o->allocator && (!o->allocator->allocate || !o->allocator->release))
        return w_fail(WEIR_INVALID_ARGUMENT, "the allocator lacks a function");
    if (o->pool && (!o->pool->run || o->pool->threads == 0 || o->pool->threads > MAX_THREADS))
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "the pool lacks run() or has %" PRIu32 " threads, not 1..%d",
                      o->pool->threads, MAX_THREADS);
    return WEIR_OK;
}

// ------------------------------------------------------------------------------------ up and down

static weir_status make_fork_mark(weir_context *c)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *mark = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mark == MAP_FAILED)
        return w_fail(WEIR_OUT_OF_MEMORY, "the host has no page left");
    if (madvise(mark, page, MADV_WIPEONFORK) != 0)
        c->fork_pid = getpid(); // before Linux 4.14
    *(uint8_t *)mark = 1;
    c->fork_mark = mark;
    return WEIR_OK;
}

static weir_status open_cpu(weir_context *c)
{
    w_bringup what = {.host = &c->host,
                      .pool = c->host_pool.run ? &c->host_pool : NULL,
                      .threads = c->threads,
                      .amx = (c->flags & WEIR_CONTEXT_AMX) != 0,
                      .isa = c->isa[0] ? c->isa : NULL};
    size_t count = 0;
    char why[256] = "";
    w_slot *slot = &c->slots[0];
    weir_status status = c->backends[0]->open(&what, &slot->device, 1, &count, why);
    if (status == WEIR_OK && !count)
        status = w_fail(WEIR_UNAVAILABLE, "%s", why);
    if (status != WEIR_OK)
        return status;
    w_pool_init(&slot->pool, slot->device);
    atomic_store(&c->n_slots, 1);
    if (!(c->flags & WEIR_CONTEXT_NO_PROFILE)) {
        w_profile_key key;
        w_profile_key_make(slot->device, slot->device->info.driver, c->threads, slot->device, &key);
        w_profile_load(&c->host, c->profile_folder, &key, c->model, 0);
    }
    return slot->device->ops->queue_open(slot->device, &slot->queue);
}

static weir_status build(weir_context *c, const weir_context_options *options)
{
    weir_status status = set_options(c, options);
    if (status == WEIR_OK)
        status = make_fork_mark(c);
    if (status == WEIR_OK)
        status = w_model_create(&c->host, &c->model);
    return status == WEIR_OK ? open_cpu(c) : status;
}

static void close_devices(weir_context *c)
{
    for (uint32_t d = atomic_load(&c->n_slots); d-- > 0;) {
        w_slot *slot = &c->slots[d];
        if (slot->queue)
            slot->device->ops->queue_close(slot->queue);
        w_pool_close(&slot->pool);
        slot->device->ops->close(slot->device);
    }
    if (c->reference_queue)
        c->reference->ops->queue_close(c->reference_queue);
    if (c->reference)
        c->reference->ops->close(c->reference);
}

weir_status w_context_create(const weir_context_options *options, const w_backend *const *backends,
                             weir_context **out_context)
{
    if (!out_context)
        return w_fail(WEIR_INVALID_ARGUMENT, "out_context is NULL");
    *out_context = NULL;
    weir_status status = check_options(options);
    if (status != WEIR_OK)
        return status;
    w_host host;
    w_host_init(&host, options ? options->allocator : NULL, options ? options->log : NULL,
                options ? options->log_user : NULL);
    weir_context *c = w_alloc_zeroed(&host, sizeof *c);
    if (!c)
        return WEIR_OUT_OF_MEMORY;
    c->host = host;
    c->backends = backends;
    c->references = 1;
    pthread_mutex_init(&c->mutex, NULL);
    pthread_mutex_init(&c->queue_mutex, NULL);
    pthread_mutex_init(&c->reference_mutex, NULL);
    w_cond_init(&c->changed);
    for (uint32_t d = 0; d < W_MAX_DEVICES; d++)
        pthread_mutex_init(&c->slots[d].verdicts.mutex, NULL);
    w_fenv fenv = w_fenv_enter();
    w_exit_guard_thread();
    status = build(c, options);
    if (status == WEIR_OK) {
        *out_context = c;
    } else {
        close_devices(c);
        w_context_release(c);
    }
    return w_leave(fenv, status);
}

weir_status weir_context_create(const weir_context_options *options, weir_context **out_context)
{
    return w_context_create(options, w_backends, out_context);
}

void weir_context_destroy(weir_context *context)
{
    if (!context || w_forked(context))
        return;
    w_fenv fenv = w_fenv_enter();
    atomic_store(&context->closing, true);
    w_streams_stop(context);
    w_bringup_join(context);
    if (!w_exit_guard_enter(W_HOST_THREAD)) { // the drivers may be gone: they take all with them
        w_fenv_leave(fenv);
        return;
    }
    pthread_mutex_lock(&context->mutex);
    for (weir_tensor *t = context->tensors; t; t = t->next)
        w_tensor_abandon(t);
    pthread_mutex_unlock(&context->mutex);
    w_recent_free(context);
    close_devices(context);
    w_exit_guard_leave(W_HOST_THREAD);
    w_context_release(context);
    w_fenv_leave(fenv);
}
