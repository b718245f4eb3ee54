// SPDX-License-Identifier: Apache-2.0
// The backend: an instance, and the devices found through it.
#include "backends/vulkan/vulkan.h"

#include <stdio.h>

void w_vk_instance_release(w_vk_instance *instance)
{
    if (atomic_fetch_sub(&instance->references, 1) != 1)
        return;
    if (instance->handle)
        instance->vk.DestroyInstance(instance->handle, NULL);
    w_release(instance->host, instance, sizeof *instance);
}

static bool make_instance(w_vk_instance *instance, char why[256])
{
    char buffer[32];
    uint32_t version = 0;
    if (!w_vk_load(&instance->vk, why))
        return false;
    VkResult result = instance->vk.EnumerateInstanceVersion(&version);
    if (result != VK_SUCCESS || version < VK_API_VERSION_1_1) {
        snprintf(why, 256, "the Vulkan loader speaks Vulkan %u.%u; 1.1 is needed",
                 VK_API_VERSION_MAJOR(version), VK_API_VERSION_MINOR(version));
        return false;
    }
    VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                     .pEngineName = "weir",
                                     .apiVersion = VK_API_VERSION_1_2};
    VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                 .pApplicationInfo = &application};
    result = instance->vk.CreateInstance(&info, NULL, &instance->handle);
    if (result == VK_SUCCESS)
        return w_vk_load_instance(&instance->vk, instance->handle, why);
    instance->handle = VK_NULL_HANDLE;
    if (result == VK_ERROR_INCOMPATIBLE_DRIVER)
        snprintf(why, 256, "the Vulkan loader finds no driver (ICD)");
    else
        snprintf(why, 256, "vkCreateInstance: %s", w_vk_result_name(result, buffer));
    return false;
}

static size_t open_devices(w_vk_instance *instance, bool staged, w_device **out_devices,
                           size_t capacity, char why[256])
{
    char buffer[32], reason[256];
    VkPhysicalDevice physical[W_MAX_DEVICES];
    uint32_t found = W_MAX_DEVICES;
    VkResult result = instance->vk.EnumeratePhysicalDevices(instance->handle, &found, physical);
    if (result != VK_SUCCESS && result != VK_INCOMPLETE) {
        snprintf(why, 256, "no Vulkan driver finds a device: %s", w_vk_result_name(result, buffer));
        return 0;
    }
    snprintf(why, 256, "the Vulkan loader finds no device");
    size_t count = 0;
    for (uint32_t i = 0; i < found && count < capacity; i++) {
        w_vk_device *device;
        if (w_vk_device_open(instance, physical[i], count, staged, &device, reason)) {
            out_devices[count++] = &device->base;
            continue;
        }
        w_log(instance->host, "Vulkan: left out: %s", reason);
        snprintf(why, 256, "%s", reason);
    }
    return count;
}

weir_status w_vk_open(const w_bringup *bringup, bool staged, w_device **out_devices,
                      size_t capacity, size_t *out_count, char why[256])
{
    *out_count = 0;
    why[0] = 0;
    w_vk_instance *instance = w_alloc_zeroed(bringup->host, sizeof *instance);
    if (!instance)
        return WEIR_OUT_OF_MEMORY;
    instance->host = bringup->host;
    atomic_store(&instance->references, 1);
    char no_shaderc[256];
    instance->has_shaderc = w_shaderc_load(&instance->shaderc, no_shaderc);
    if (!instance->has_shaderc)
        w_log(instance->host, "Vulkan: %s: expressions run an operation at a time", no_shaderc);
    if (make_instance(instance, why))
        *out_count = open_devices(instance, staged, out_devices, capacity, why);
    w_vk_instance_release(instance);
    return WEIR_OK;
}

static weir_status open_backend(const w_bringup *bringup, w_device **out_devices, size_t capacity,
                                size_t *out_count, char why[256])
{
    return w_vk_open(bringup, false, out_devices, capacity, out_count, why);
}

extern const w_backend w_backend_vulkan;
const w_backend w_backend_vulkan = {"vulkan", open_backend};
