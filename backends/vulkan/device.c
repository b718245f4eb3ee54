// SPDX-License-Identifier: Apache-2.0
// One physical device: whether it can be used, what it offers, its objects and its end.
#include "backends/vulkan/vulkan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

weir_status w_vk_failed(w_vk_device *d, VkResult result, const char *call)
{
    char buffer[32];
    weir_status status = WEIR_DEVICE_FAILED;
    if (result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY ||
        result == VK_ERROR_OUT_OF_POOL_MEMORY)
        status = WEIR_OUT_OF_MEMORY;
    if (result == VK_ERROR_DEVICE_LOST) {
        atomic_store(&d->lost, true);
        status = WEIR_DEVICE_LOST;
    }
    return w_fail(status, "%s (%s): %s: %s", d->base.info.id, d->base.info.name, call,
                  w_vk_result_name(result, buffer));
}

weir_status w_vk_alive(w_vk_device *d)
{
    if (!atomic_load(&d->lost))
        return WEIR_OK;
    return w_fail(WEIR_DEVICE_LOST, "%s (%s) is lost", d->base.info.id, d->base.info.name);
}

static bool refuse(char why[256], const char *name, const char *what)
{
    snprintf(why, 256, "%.120s: %.120s", name, what);
    return false;
}

static bool find_family(w_vk_device *d)
{
    VkQueueFamilyProperties families[16];
    uint32_t count = W_COUNT(families);
    d->vk.GetPhysicalDeviceQueueFamilyProperties(d->physical, &count, families);
    for (d->family = 0; d->family < count; d->family++)
        if (families[d->family].queueCount && families[d->family].queueFlags & VK_QUEUE_COMPUTE_BIT)
            return true;
    return false;
}

static void describe(w_vk_device *d, const VkPhysicalDeviceProperties *p,
                     const VkPhysicalDeviceDriverProperties *driver,
                     const VkPhysicalDeviceIDProperties *id)
{
    weir_device_info *info = &d->base.info;
    snprintf(info->backend, sizeof info->backend, "vulkan");
    snprintf(info->name, sizeof info->name, "%.127s", p->deviceName);
    snprintf(info->driver, sizeof info->driver, "%.60s %.60s", driver->driverName,
             driver->driverInfo);
    info->software = p->deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
    memcpy(d->base.uuid, id->deviceUUID, sizeof d->base.uuid);
    uint64_t hash = w_vk_hash(UINT64_C(0xcbf29ce484222325), &p->driverVersion, 4);
    hash = w_vk_hash(hash, id->deviceUUID, VK_UUID_SIZE);
    hash = w_vk_hash(hash, id->driverUUID, VK_UUID_SIZE);
    hash = w_vk_hash(hash, info->driver, strlen(info->driver));
    snprintf(d->base.key, sizeof d->base.key, "vulkan-%016" PRIx64, w_vk_modules_hash(hash));
}

static void take_limits(w_vk_device *d, const VkPhysicalDeviceLimits *l, VkDeviceSize max_memory)
{
    d->max_buffer = l->maxStorageBufferRange;
    d->buffer_alignment = W_MAX(l->minStorageBufferOffsetAlignment, 4);
    d->max_groups_x = l->maxComputeWorkGroupCount[0];
    d->max_groups_y = l->maxComputeWorkGroupCount[1];
    d->base.max_alloc = (size_t)(W_MIN(max_memory, d->max_buffer) / 16 * 16);
}

// Whether the device has what the backend cannot do without, and what else it offers.
static bool examine(w_vk_device *d, char why[256])
{
    VkPhysicalDeviceProperties first;
    d->vk.GetPhysicalDeviceProperties(d->physical, &first);
    if (first.apiVersion < VK_API_VERSION_1_2) {
        snprintf(why, 256, "%.100s: it speaks Vulkan %u.%u; 1.2 is needed", first.deviceName,
                 VK_API_VERSION_MAJOR(first.apiVersion), VK_API_VERSION_MINOR(first.apiVersion));
        return false;
    }
    VkPhysicalDeviceFloatControlsProperties floats = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FLOAT_CONTROLS_PROPERTIES};
    VkPhysicalDeviceMaintenance3Properties memory = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES, .pNext = &floats};
    VkPhysicalDeviceIDProperties id = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES,
                                       .pNext = &memory};
    VkPhysicalDeviceDriverProperties driver = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES, .pNext = &id};
    VkPhysicalDeviceProperties2 p = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                     .pNext = &driver};
    d->vk.GetPhysicalDeviceProperties2(d->physical, &p);
    VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES};
    VkPhysicalDeviceFeatures2 features = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                          .pNext = &timeline};
    d->vk.GetPhysicalDeviceFeatures2(d->physical, &features);
    const char *name = p.properties.deviceName;
    if (!timeline.timelineSemaphore)
        return refuse(why, name, "it has no timeline semaphores");
    if (p.properties.limits.maxPerStageDescriptorStorageBuffers < W_VK_STORAGE_BUFFERS)
        return refuse(why, name, "a shader of it reaches too few storage buffers");
    if (!find_family(d))
        return refuse(why, name, "it has no compute queue");
    d->float64 = features.features.shaderFloat64;
    d->int64 = features.features.shaderInt64;
    describe(d, &p.properties, &driver, &id);
    take_limits(d, &p.properties.limits, memory.maxMemoryAllocationSize);
    w_spirv_choose(&floats, &d->modes);
    d->unified = p.properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU ||
                 p.properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU;
    return true;
}

static bool make_device(w_vk_device *d, char why[256])
{
    char buffer[32];
    VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
        .timelineSemaphore = VK_TRUE};
    VkPhysicalDeviceFeatures features = {.shaderFloat64 = d->float64, .shaderInt64 = d->int64};
    float priority = 1.0f;
    VkDeviceQueueCreateInfo queue = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                     .queueFamilyIndex = d->family,
                                     .queueCount = 1,
                                     .pQueuePriorities = &priority};
    VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                               .pNext = &timeline,
                               .queueCreateInfoCount = 1,
                               .pQueueCreateInfos = &queue,
                               .pEnabledFeatures = &features};
    VkResult result = d->vk.CreateDevice(d->physical, &info, NULL, &d->handle);
    if (result != VK_SUCCESS) {
        d->handle = VK_NULL_HANDLE;
        snprintf(why, 256, "%.120s: vkCreateDevice: %s", d->base.info.name,
                 w_vk_result_name(result, buffer));
        return false;
    }
    if (!w_vk_load_device(&d->vk, d->handle, why)) {
        // vkDestroyDevice may be what is missing; then the device stays behind.
        if (d->vk.DestroyDevice)
            d->vk.DestroyDevice(d->handle, NULL);
        d->handle = VK_NULL_HANDLE;
        return false;
    }
    d->vk.GetDeviceQueue(d->handle, d->family, 0, &d->queue);
    return true;
}

// The first memory type among `bits` that has all of `flags`, or UINT32_MAX.
static uint32_t find_type(const VkPhysicalDeviceMemoryProperties *memory, uint32_t bits,
                          VkMemoryPropertyFlags flags)
{
    for (uint32_t i = 0; i < memory->memoryTypeCount; i++)
        if (bits & (UINT32_C(1) << i) && (memory->memoryTypes[i].propertyFlags & flags) == flags)
            return i;
    return UINT32_MAX;
}

static weir_status choose_memory(w_vk_device *d, bool staged)
{
    VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                               .size = 4096,
                               .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                        VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                        VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    VkBuffer buffer;
    VkResult result = d->vk.CreateBuffer(d->handle, &info, NULL, &buffer);
    if (result != VK_SUCCESS)
        return w_vk_failed(d, result, "vkCreateBuffer");
    VkMemoryRequirements needs;
    d->vk.GetBufferMemoryRequirements(d->handle, buffer, &needs);
    d->vk.DestroyBuffer(d->handle, buffer, NULL);

    VkPhysicalDeviceMemoryProperties memory;
    d->vk.GetPhysicalDeviceMemoryProperties(d->physical, &memory);
    VkMemoryPropertyFlags visible =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    VkMemoryPropertyFlags cached = visible | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    uint32_t bits = needs.memoryTypeBits, own = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
    uint32_t shared = find_type(&memory, bits, own | cached);
    d->unified = d->unified && shared != UINT32_MAX && !staged;
    d->device_type = d->unified ? shared : find_type(&memory, bits, own);
    if (d->device_type == UINT32_MAX)
        d->device_type = find_type(&memory, bits, 0);
    d->host_type = find_type(&memory, bits, cached);
    if (d->host_type == UINT32_MAX)
        d->host_type = find_type(&memory, bits, visible);
    if (d->device_type == UINT32_MAX || d->host_type == UINT32_MAX)
        return w_fail(WEIR_DEVICE_FAILED, "%s: no memory type fits a buffer", d->base.info.name);
    d->base.info.memory = memory.memoryHeaps[memory.memoryTypes[d->device_type].heapIndex].size;
    return WEIR_OK;
}

static weir_status make_layout(w_vk_device *d)
{
    VkDescriptorSetLayoutBinding bindings[W_VK_BINDINGS];
    for (uint32_t i = 0; i < W_VK_BINDINGS; i++)
        bindings[i] = (VkDescriptorSetLayoutBinding){
            .binding = i,
            .descriptorType = i == W_VK_PARAMETERS ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER
                                                   : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .descriptorCount = 1,
            .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
    VkDescriptorSetLayoutCreateInfo set = {.sType =
                                               VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
                                           .bindingCount = W_VK_BINDINGS,
                                           .pBindings = bindings};
    VkResult result = d->vk.CreateDescriptorSetLayout(d->handle, &set, NULL, &d->set_layout);
    if (result != VK_SUCCESS)
        return w_vk_failed(d, result, "vkCreateDescriptorSetLayout");
    VkPushConstantRange push = {VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(w_vk_push)};
    VkPipelineLayoutCreateInfo layout = {.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                         .setLayoutCount = 1,
                                         .pSetLayouts = &d->set_layout,
                                         .pushConstantRangeCount = 1,
                                         .pPushConstantRanges = &push};
    result = d->vk.CreatePipelineLayout(d->handle, &layout, NULL, &d->layout);
    if (result != VK_SUCCESS)
        return w_vk_failed(d, result, "vkCreatePipelineLayout");
    VkPipelineCacheCreateInfo cache = {.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO};
    result = d->vk.CreatePipelineCache(d->handle, &cache, NULL, &d->cache);
    return result == VK_SUCCESS ? WEIR_OK : w_vk_failed(d, result, "vkCreatePipelineCache");
}

static void destroy_objects(w_vk_device *d)
{
    for (w_kernel *kernel = d->kernels, *next; kernel; kernel = next) {
        next = kernel->next;
        w_vk_kernel_free(d, kernel);
    }
    d->vk.DestroyPipelineCache(d->handle, d->cache, NULL);
    d->vk.DestroyPipelineLayout(d->handle, d->layout, NULL);
    d->vk.DestroyDescriptorSetLayout(d->handle, d->set_layout, NULL);
    d->vk.DestroyDevice(d->handle, NULL);
}

static void close_device(w_device *device)
{
    w_vk_device *d = (w_vk_device *)device;
    if (d->handle) {
        (void)d->vk.DeviceWaitIdle(d->handle);
        destroy_objects(d);
    }
    pthread_mutex_destroy(&d->submit_lock);
    pthread_mutex_destroy(&d->kernels_lock);
    w_vk_instance_release(d->instance);
    w_release(device->host, d, sizeof *d);
}

const w_device_ops w_vk_device_ops = {
    .close = close_device,
    .queue_open = w_vk_queue_open,
    .queue_close = w_vk_queue_close,
    .mem_alloc = w_vk_mem_alloc,
    .mem_free = w_vk_mem_free,
    .mem_map = w_vk_mem_map,
    .prepare = w_vk_prepare,
    .launch = w_vk_launch,
    .copy = w_vk_copy,
    .row = w_vk_row_at,
};

bool w_vk_device_open(w_vk_instance *instance, VkPhysicalDevice physical, size_t number,
                      bool staged, w_vk_device **out_device, char why[256])
{
    w_vk_device *d = w_alloc_zeroed(instance->host, sizeof *d);
    if (!d) {
        snprintf(why, 256, "%.200s", w_message());
        return false;
    }
    d->base.ops = &w_vk_device_ops;
    d->base.host = instance->host;
    snprintf(d->base.info.id, sizeof d->base.info.id, "vulkan:%zu", number);
    d->instance = instance;
    atomic_fetch_add(&instance->references, 1);
    d->vk = instance->vk;
    d->physical = physical;
    pthread_mutex_init(&d->kernels_lock, NULL);
    pthread_mutex_init(&d->submit_lock, NULL);
    bool good = examine(d, why) && make_device(d, why);
    if (good) {
        weir_status status = choose_memory(d, staged);
        if (status == WEIR_OK)
            status = make_layout(d);
        if (status == WEIR_OK)
            status = w_vk_probe_run(d);
        good = status == WEIR_OK;
        if (!good)
            snprintf(why, 256, "%.255s", w_message());
    }
    if (!good) {
        close_device(&d->base);
        return false;
    }
    w_log(d->base.host, "%s (%s): %s", d->base.info.id, d->base.info.name, d->probe.text);
    *out_device = d;
    return true;
}
