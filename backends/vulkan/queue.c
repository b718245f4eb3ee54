// SPDX-License-Identifier: Apache-2.0
// Queues: a ring of command buffers, and a timeline semaphore that drives a w_timeline.
#include "backends/vulkan/vulkan.h"

#include <string.h>

// Finishes the downloads that have arrived and tells the timeline. The lock is held.
static void retire(w_queue *q, uint64_t reached)
{
    for (uint32_t i = 0; i < W_VK_STAGES; i++) {
        w_vk_stage *stage = &q->stages[i];
        if (!stage->host || stage->value > reached)
            continue;
        memcpy(stage->host, (char *)q->staging->mapped + i * W_VK_STAGE_BYTES, stage->bytes);
        stage->host = NULL;
    }
    w_timeline_signal(&q->timeline, reached);
}

static void fail_timeline(w_queue *q, weir_status status)
{
    pthread_mutex_lock(&q->lock);
    for (uint32_t i = 0; i < W_VK_STAGES; i++)
        q->stages[i].host = NULL;
    pthread_mutex_unlock(&q->lock);
    w_timeline_fail(&q->timeline, status, w_message());
}

static void drive(w_timeline *timeline, uint64_t value, uint64_t deadline)
{
    w_queue *q = timeline->owner;
    w_vk_device *d = q->device;
    VkResult result = VK_SUCCESS;
    if (deadline) {
        uint64_t now = w_now();
        uint64_t timeout = deadline == WEIR_FOREVER ? UINT64_MAX
                           : deadline > now         ? deadline - now
                                                    : 0;
        VkSemaphoreWaitInfo wait = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                    .semaphoreCount = 1,
                                    .pSemaphores = &q->semaphore,
                                    .pValues = &value};
        result = d->vk.WaitSemaphores(d->handle, &wait, timeout);
    }
    uint64_t reached = 0;
    if (result == VK_SUCCESS || result == VK_TIMEOUT)
        result = d->vk.GetSemaphoreCounterValue(d->handle, q->semaphore, &reached);
    if (result != VK_SUCCESS) {
        fail_timeline(q, w_vk_failed(d, result, "waiting for a timeline semaphore"));
        return;
    }
    pthread_mutex_lock(&q->lock);
    // A lost device may count to the largest number there is.
    if (reached <= q->timeline.issued)
        retire(q, reached);
    bool nonsense = reached > q->timeline.issued;
    pthread_mutex_unlock(&q->lock);
    if (nonsense)
        fail_timeline(q, w_vk_failed(d, VK_ERROR_DEVICE_LOST, "vkGetSemaphoreCounterValue"));
}

weir_status w_vk_queue_reach(w_queue *q, uint64_t value)
{
    return w_point_wait((w_point){&q->timeline, value}, WEIR_FOREVER);
}

static weir_status make_commands(w_queue *q)
{
    w_vk_device *d = q->device;
    VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                    .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                    .queueFamilyIndex = d->family};
    VkResult result = d->vk.CreateCommandPool(d->handle, &pool, NULL, &q->commands);
    if (result != VK_SUCCESS)
        return w_vk_failed(d, result, "vkCreateCommandPool");
    VkCommandBuffer buffers[W_VK_SLOTS];
    VkCommandBufferAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                        .commandPool = q->commands,
                                        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                        .commandBufferCount = W_VK_SLOTS};
    result = d->vk.AllocateCommandBuffers(d->handle, &info, buffers);
    if (result != VK_SUCCESS)
        return w_vk_failed(d, result, "vkAllocateCommandBuffers");
    for (uint32_t i = 0; i < W_VK_SLOTS; i++)
        q->slots[i].commands = buffers[i];
    return WEIR_OK;
}

static weir_status make_sets(w_queue *q)
{
    w_vk_device *d = q->device;
    VkDescriptorPoolSize sizes[] = {
        {VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, W_VK_SLOTS},
        {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, W_VK_SLOTS * W_VK_STORAGE_BUFFERS}};
    VkDescriptorPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                       .maxSets = W_VK_SLOTS,
                                       .poolSizeCount = W_COUNT(sizes),
                                       .pPoolSizes = sizes};
    VkResult result = d->vk.CreateDescriptorPool(d->handle, &pool, NULL, &q->sets);
    if (result != VK_SUCCESS)
        return w_vk_failed(d, result, "vkCreateDescriptorPool");
    VkDescriptorSetLayout layouts[W_VK_SLOTS];
    VkDescriptorSet sets[W_VK_SLOTS];
    for (uint32_t i = 0; i < W_VK_SLOTS; i++)
        layouts[i] = d->set_layout;
    VkDescriptorSetAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                        .descriptorPool = q->sets,
                                        .descriptorSetCount = W_VK_SLOTS,
                                        .pSetLayouts = layouts};
    result = d->vk.AllocateDescriptorSets(d->handle, &info, sets);
    if (result != VK_SUCCESS)
        return w_vk_failed(d, result, "vkAllocateDescriptorSets");
    for (uint32_t i = 0; i < W_VK_SLOTS; i++)
        q->slots[i].set = sets[i];
    return WEIR_OK;
}

static weir_status make_semaphore(w_queue *q)
{
    w_vk_device *d = q->device;
    VkSemaphoreTypeCreateInfo type = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                      .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
    VkSemaphoreCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, .pNext = &type};
    VkResult result = d->vk.CreateSemaphore(d->handle, &info, NULL, &q->semaphore);
    return result == VK_SUCCESS ? WEIR_OK : w_vk_failed(d, result, "vkCreateSemaphore");
}

static void destroy(w_queue *q)
{
    w_vk_device *d = q->device;
    w_vk_mem_free(q->staging);
    w_vk_mem_free(q->parameters);
    d->vk.DestroyDescriptorPool(d->handle, q->sets, NULL);
    d->vk.DestroyCommandPool(d->handle, q->commands, NULL);
    d->vk.DestroySemaphore(d->handle, q->semaphore, NULL);
    pthread_mutex_destroy(&q->copy_lock);
    pthread_mutex_destroy(&q->lock);
    w_timeline_destroy(&q->timeline);
    w_release(d->base.host, q, sizeof *q);
}

weir_status w_vk_queue_open(w_device *device, w_queue **out_queue)
{
    w_vk_device *d = (w_vk_device *)device;
    weir_status status = w_vk_alive(d);
    if (status != WEIR_OK)
        return status;
    w_queue *q = w_alloc_zeroed(device->host, sizeof *q);
    if (!q)
        return WEIR_OUT_OF_MEMORY;
    q->device = d;
    w_timeline_init(&q->timeline);
    q->timeline.drive = drive;
    q->timeline.owner = q;
    pthread_mutex_init(&q->lock, NULL);
    pthread_mutex_init(&q->copy_lock, NULL);
    status = make_semaphore(q);
    if (status == WEIR_OK)
        status = make_commands(q);
    if (status == WEIR_OK)
        status = make_sets(q);
    if (status == WEIR_OK)
        status =
            w_vk_mem_create(d, (size_t)W_VK_SLOTS * W_VK_PARAMETER_BYTES, d->host_type, true,
                            VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT | VK_BUFFER_USAGE_STORAGE_BUFFER_BIT,
                            &q->parameters);
    if (status != WEIR_OK) {
        destroy(q);
        return status;
    }
    *out_queue = q;
    return WEIR_OK;
}

void w_vk_queue_close(w_queue *q)
{
    if (!q)
        return;
    // A failure, a lost device's above all, leaves nothing to wait for.
    (void)w_vk_queue_reach(q, q->timeline.issued);
    destroy(q);
}

void *w_vk_slot_parameters(const w_queue *q, const w_vk_slot *slot)
{
    return (char *)q->parameters->mapped + (size_t)(slot - q->slots) * W_VK_PARAMETER_BYTES;
}

// Everything before comes before everything after, on the device and for the host that waits.
void w_vk_barrier(const w_vk_device *d, VkCommandBuffer commands)
{
    VkPipelineStageFlags work =
        VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
    VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                         VK_ACCESS_UNIFORM_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT |
                         VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_HOST_READ_BIT |
                         VK_ACCESS_HOST_WRITE_BIT};
    d->vk.CmdPipelineBarrier(commands, work, work | VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0,
                             NULL, 0, NULL);
}

weir_status w_vk_begin(w_queue *q, w_vk_slot **out_slot)
{
    w_vk_device *d = q->device;
    weir_status status = w_vk_alive(d);
    if (status != WEIR_OK)
        return status;
    pthread_mutex_lock(&q->lock);
    w_vk_slot *slot = &q->slots[q->next_slot];
    while (atomic_load(&q->timeline.reached) < slot->value) {
        uint64_t value = slot->value;
        pthread_mutex_unlock(&q->lock); // drive() takes it
        status = w_vk_queue_reach(q, value);
        if (status != WEIR_OK)
            return status;
        pthread_mutex_lock(&q->lock);
        slot = &q->slots[q->next_slot];
    }
    status = (weir_status)atomic_load(&q->timeline.status);
    if (status != WEIR_OK) {
        w_fail(status, "%s", q->timeline.message);
        pthread_mutex_unlock(&q->lock);
        return status;
    }
    VkCommandBufferBeginInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                     .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    VkResult result = d->vk.BeginCommandBuffer(slot->commands, &info);
    if (result != VK_SUCCESS) {
        pthread_mutex_unlock(&q->lock);
        return w_vk_failed(d, result, "vkBeginCommandBuffer");
    }
    w_vk_barrier(d, slot->commands);
    *out_slot = slot;
    return WEIR_OK;
}

static weir_status submit(w_queue *q, w_vk_slot *slot, uint64_t value)
{
    w_vk_device *d = q->device;
    VkTimelineSemaphoreSubmitInfo timeline = {.sType =
                                                  VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
                                              .signalSemaphoreValueCount = 1,
                                              .pSignalSemaphoreValues = &value};
    VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                         .pNext = &timeline,
                         .commandBufferCount = 1,
                         .pCommandBuffers = &slot->commands,
                         .signalSemaphoreCount = 1,
                         .pSignalSemaphores = &q->semaphore};
    pthread_mutex_lock(&d->submit_lock);
    VkResult result = d->vk.QueueSubmit(d->queue, 1, &info, VK_NULL_HANDLE);
    pthread_mutex_unlock(&d->submit_lock);
    return result == VK_SUCCESS ? WEIR_OK : w_vk_failed(d, result, "vkQueueSubmit");
}

weir_status w_vk_submit(w_queue *q, w_vk_slot *slot, weir_status recorded, uint64_t *out_value)
{
    w_vk_device *d = q->device;
    w_vk_barrier(d, slot->commands); // what the host waits for is visible to it
    VkResult result = d->vk.EndCommandBuffer(slot->commands);
    weir_status status = recorded;
    if (status == WEIR_OK && result != VK_SUCCESS)
        status = w_vk_failed(d, result, "vkEndCommandBuffer");
    uint64_t value = q->timeline.issued + 1;
    if (status == WEIR_OK)
        status = submit(q, slot, value);
    if (status == WEIR_OK) {
        slot->value = q->timeline.issued = value;
        q->next_slot = (q->next_slot + 1) % W_VK_SLOTS;
        *out_value = value;
    }
    pthread_mutex_unlock(&q->lock);
    return status;
}
