// SPDX-License-Identifier: Apache-2.0
// Copies between host and device: by the host where they share memory, else through a ring of
// staging memory, piece by piece.
#include "backends/vulkan/vulkan.h"

#include <string.h>

// The host copies as soon as the memory's last use has finished; later work of the queue that does
// not touch the memory goes on meanwhile.
static weir_status copy_mapped(w_queue *q, const w_copy *copy, w_point *out_signal)
{
    w_mem *mem = copy->mem;
    pthread_mutex_lock(&q->lock);
    uint64_t value = atomic_load(&mem->used_by) == q ? atomic_load(&mem->used_at) : 0;
    value = W_MIN(value, q->timeline.issued);
    pthread_mutex_unlock(&q->lock);
    weir_status status = w_vk_queue_reach(q, value);
    if (status != WEIR_OK)
        return status;
    char *device = (char *)mem->mapped + copy->offset;
    if (copy->to_device)
        memcpy(device, copy->host, copy->bytes);
    else
        memcpy(copy->host, device, copy->bytes);
    *out_signal = (w_point){&q->timeline, value};
    return WEIR_OK;
}

static weir_status need_staging(w_queue *q)
{
    if (q->staging)
        return WEIR_OK;
    w_mem *staging;
    weir_status status = w_vk_mem_create(
        q->device, W_VK_STAGES * W_VK_STAGE_BYTES, q->device->host_type, true,
        VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT, &staging);
    if (status != WEIR_OK)
        return status;
    pthread_mutex_lock(&q->lock);
    q->staging = staging;
    pthread_mutex_unlock(&q->lock);
    return WEIR_OK;
}

// One piece of at most W_VK_STAGE_BYTES through the next part of the ring.
static weir_status copy_piece(w_queue *q, const w_copy *copy, uint64_t *out_value)
{
    w_vk_device *d = q->device;
    w_vk_slot *slot;
    weir_status status = w_vk_begin(q, &slot);
    if (status != WEIR_OK)
        return status;
    uint32_t number = q->next_stage;
    w_vk_stage *stage = &q->stages[number];
    size_t begin = number * W_VK_STAGE_BYTES;
    VkBufferCopy region = {begin, copy->offset, copy->bytes};
    if (copy->to_device) {
        memcpy((char *)q->staging->mapped + begin, copy->host, copy->bytes);
        d->vk.CmdCopyBuffer(slot->commands, q->staging->buffer, copy->mem->buffer, 1, &region);
    } else {
        region = (VkBufferCopy){copy->offset, begin, copy->bytes};
        d->vk.CmdCopyBuffer(slot->commands, copy->mem->buffer, q->staging->buffer, 1, &region);
    }
    uint64_t value = q->timeline.issued + 1;
    w_vk_stage due = {value, copy->to_device ? NULL : copy->host, copy->bytes};
    w_vk_stage before = *stage;
    *stage = due; // before the lock is released: the copy may finish at once
    status = w_vk_submit(q, slot, WEIR_OK, out_value);
    if (status == WEIR_OK)
        q->next_stage = (number + 1) % W_VK_STAGES;
    else
        *stage = before;
    return status;
}

static weir_status copy_staged(w_queue *q, const w_copy *copy, w_point *out_signal)
{
    weir_status status = need_staging(q);
    uint64_t value = 0;
    for (size_t done = 0; done < copy->bytes && status == WEIR_OK;) {
        w_copy piece = {.mem = copy->mem,
                        .offset = copy->offset + done,
                        .bytes = W_MIN(copy->bytes - done, W_VK_STAGE_BYTES),
                        .host = (char *)copy->host + done,
                        .to_device = copy->to_device};
        status = w_vk_queue_reach(q, q->stages[q->next_stage].value);
        if (status == WEIR_OK)
            status = copy_piece(q, &piece, &value);
        done += piece.bytes;
    }
    if (status != WEIR_OK) {
        // The caller may take its memory back now: no earlier piece may still arrive in it.
        if (value)
            (void)w_vk_queue_reach(q, value);
        return w_fail_in(status, "a copy");
    }
    w_vk_mem_used(copy->mem, q, value);
    *out_signal = (w_point){&q->timeline, value};
    return WEIR_OK;
}

weir_status w_vk_copy(w_queue *q, const w_copy *copy, w_waits waits, w_point *out_signal)
{
    w_vk_device *d = q->device;
    weir_status status = w_vk_alive(d);
    if (status == WEIR_OK)
        status = w_waits_foreign(waits, &q->timeline);
    if (status != WEIR_OK)
        return status;
    if (copy->offset > copy->mem->bytes || copy->bytes > copy->mem->bytes - copy->offset)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: %zu bytes at %zu of memory of %zu",
                      d->base.info.id, copy->bytes, copy->offset, copy->mem->bytes);
    if (!copy->bytes) {
        *out_signal = (w_point){NULL, 0};
        return WEIR_OK;
    }
    if (d->unified)
        return copy_mapped(q, copy, out_signal);
    pthread_mutex_lock(&q->copy_lock);
    status = copy_staged(q, copy, out_signal);
    pthread_mutex_unlock(&q->copy_lock);
    return status;
}
