// SPDX-License-Identifier: Apache-2.0
// Device memory: one buffer over one allocation.
#include "backends/vulkan/vulkan.h"

static weir_status allocate(w_vk_device *d, w_mem *mem, uint32_t type, bool map)
{
    VkMemoryRequirements needs;
    d->vk.GetBufferMemoryRequirements(d->handle, mem->buffer, &needs);
    if (!(needs.memoryTypeBits & (UINT32_C(1) << type)))
        return w_fail(WEIR_DEVICE_FAILED, "%s: a buffer cannot lie in memory type %u",
                      d->base.info.id, type);
    VkMemoryAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                 .allocationSize = needs.size,
                                 .memoryTypeIndex = type};
    VkResult result = d->vk.AllocateMemory(d->handle, &info, NULL, &mem->memory);
    // Too many allocations at once is a want of memory too: fewer, or none, will do.
    if (result == VK_ERROR_TOO_MANY_OBJECTS)
        result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
    if (result != VK_SUCCESS)
        return w_vk_failed(d, result, "vkAllocateMemory");
    result = d->vk.BindBufferMemory(d->handle, mem->buffer, mem->memory, 0);
    if (result != VK_SUCCESS)
        return w_vk_failed(d, result, "vkBindBufferMemory");
    if (map)
        result = d->vk.MapMemory(d->handle, mem->memory, 0, VK_WHOLE_SIZE, 0, &mem->mapped);
    return result == VK_SUCCESS ? WEIR_OK : w_vk_failed(d, result, "vkMapMemory");
}

weir_status w_vk_mem_create(w_vk_device *d, size_t bytes, uint32_t type, bool map,
                            VkBufferUsageFlags usage, w_mem **out_mem)
{
    w_mem *mem = w_alloc_zeroed(d->base.host, sizeof *mem);
    if (!mem)
        return WEIR_OUT_OF_MEMORY;
    mem->device = d;
    // Whole words, since kernels read and write whole words; never empty.
    mem->bytes = (bytes + 15) / 16 * 16 + (bytes == 0 ? 16 : 0);
    VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                               .size = mem->bytes,
                               .usage = usage,
                               .sharingMode = VK_SHARING_MODE_EXCLUSIVE};
    VkResult result = d->vk.CreateBuffer(d->handle, &info, NULL, &mem->buffer);
    weir_status status = result == VK_SUCCESS ? allocate(d, mem, type, map)
                                              : w_vk_failed(d, result, "vkCreateBuffer");
    if (status != WEIR_OK) {
        w_vk_mem_free(mem);
        return status;
    }
    *out_mem = mem;
    return WEIR_OK;
}

weir_status w_vk_mem_alloc(w_device *device, size_t bytes, w_mem **out_mem)
{
    w_vk_device *d = (w_vk_device *)device;
    weir_status status = w_vk_alive(d);
    if (status != WEIR_OK)
        return status;
    if (bytes > d->base.max_alloc)
        return w_fail(WEIR_OUT_OF_MEMORY, "%s: %zu bytes in one piece; it gives %zu at most",
                      d->base.info.id, bytes, d->base.max_alloc);
    return w_vk_mem_create(d, bytes, d->device_type, d->unified,
                           VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                               VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                           out_mem);
}

// The caller has waited for the work that uses it.
void w_vk_mem_free(w_mem *mem)
{
    if (!mem)
        return;
    w_vk_device *d = mem->device;
    d->vk.DestroyBuffer(d->handle, mem->buffer, NULL);
    d->vk.FreeMemory(d->handle, mem->memory, NULL); // unmaps it
    w_release(d->base.host, mem, sizeof *mem);
}

void *w_vk_mem_map(w_mem *mem)
{
    return mem->device->unified ? mem->mapped : NULL;
}

void w_vk_mem_used(w_mem *mem, w_queue *queue, uint64_t value)
{
    atomic_store(&mem->used_at, value);
    atomic_store(&mem->used_by, queue);
}
