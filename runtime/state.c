// SPDX-License-Identifier: Apache-2.0
#include "runtime/state.h"

#include "runtime/routing/profile.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool w_other_process(const weir_context *context)
{
    return context->fork_pid != getpid();
}

weir_status w_enter_refused(const weir_context *context)
{
    if (!context)
        return w_fail(WEIR_INVALID_ARGUMENT, "the context is NULL");
    if (w_forked(context))
        return w_fail(WEIR_FORKED, "this context was made before fork(); make one in the child");
    return w_fail(WEIR_CANCELLED, "the context has been destroyed");
}

void w_context_retain(weir_context *c)
{
    atomic_fetch_add(&c->references, 1);
}

void w_context_release(weir_context *c)
{
    if (atomic_fetch_sub(&c->references, 1) != 1)
        return;
    if (c->free_streams)
        c->free_streams(c);
    w_model_destroy(c->model);
    w_release(&c->host, c->profile_folder, W_PROFILE_PATH);
    if (c->fork_mark)
        munmap((void *)c->fork_mark, (size_t)sysconf(_SC_PAGESIZE));
    for (uint32_t d = 0; d < W_MAX_DEVICES; d++) {
        w_verdicts *v = &c->slots[d].verdicts;
        pthread_mutex_destroy(&v->mutex);
        w_release(&c->host, v->known, W_MAX_VERDICTS * sizeof *v->known);
    }
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->reference_mutex);
    pthread_mutex_destroy(&c->queue_mutex);
    pthread_mutex_destroy(&c->mutex);
    w_host host = c->host;
    w_release(&host, c, sizeof *c);
}

weir_status w_slot_queue(weir_context *c, uint32_t number, w_queue **out_queue)
{
    w_slot *slot = &c->slots[number];
    weir_status status = WEIR_OK;
    if (atomic_load(&slot->lost))
        return w_fail(WEIR_DEVICE_LOST, "%s was lost", slot->device->info.id);
    pthread_mutex_lock(&c->queue_mutex);
    if (!slot->queue)
        status = slot->device->ops->queue_open(slot->device, &slot->queue);
    *out_queue = slot->queue;
    pthread_mutex_unlock(&c->queue_mutex);
    return status;
}

void w_slot_failed(weir_context *c, uint32_t number, weir_status status)
{
    w_slot *slot = &c->slots[number];
    w_log(&c->host, "%s: %s; the CPU does it", slot->device->info.id, w_message());
    uint32_t failures = status == WEIR_DEVICE_FAILED ? atomic_fetch_add(&slot->failures, 1) + 1 : 0;
    if (status == WEIR_DEVICE_LOST || failures >= W_MAX_FAILURES)
        atomic_store(&slot->lost, true);
}

void w_slot_worked(weir_context *c, uint32_t number)
{
    _Atomic uint32_t *failures = &c->slots[number].failures;
    if (atomic_load_explicit(failures, memory_order_relaxed))
        atomic_store(failures, 0);
}

bool w_slot_find(weir_context *c, const char *id, uint32_t *out_number)
{
    for (uint32_t d = 0; d < atomic_load(&c->n_slots); d++)
        if (!strcmp(c->slots[d].device->info.id, id)) {
            *out_number = d;
            return true;
        }
    return false;
}
