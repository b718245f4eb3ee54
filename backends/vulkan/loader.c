// SPDX-License-Identifier: Apache-2.0
#include "backends/vulkan/loader.h"

#include <dlfcn.h>
#include <stdio.h>

static bool missing(const char *name, char why[256])
{
    snprintf(why, 256, "the Vulkan loader or driver has no vk%s", name);
    return false;
}

bool w_vk_load(w_vk_table *table, char why[256])
{
    void *library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *error = dlerror();
        snprintf(why, 256, "no Vulkan loader: %s", error ? error : "libvulkan.so.1");
        return false;
    }
    void *entry = dlsym(library, "vkGetInstanceProcAddr");
    if (!entry)
        return missing("GetInstanceProcAddr", why);
    *(void **)&table->GetInstanceProcAddr = entry;
#define SKIP(name)
#define GET(name)                                                             \
    table->name = (PFN_vk##name)table->GetInstanceProcAddr(NULL, "vk" #name); \
    if (!table->name)                                                         \
        return missing(#name, why);
    W_VK_ENTRIES(GET, SKIP, SKIP)
#undef GET
    return true;
}

bool w_vk_load_instance(w_vk_table *table, VkInstance instance, char why[256])
{
#define GET(name)                                                                 \
    table->name = (PFN_vk##name)table->GetInstanceProcAddr(instance, "vk" #name); \
    if (!table->name)                                                             \
        return missing(#name, why);
    W_VK_ENTRIES(SKIP, GET, SKIP)
#undef GET
    return true;
}

bool w_vk_load_device(w_vk_table *table, VkDevice device, char why[256])
{
#define GET(name)                                                             \
    table->name = (PFN_vk##name)table->GetDeviceProcAddr(device, "vk" #name); \
    if (!table->name)                                                         \
        return missing(#name, why);
    W_VK_ENTRIES(SKIP, SKIP, GET)
#undef GET
#undef SKIP
    return true;
}

const char *w_vk_result_name(VkResult result, char buffer[32])
{
    switch (result) {
#define NAME(name) \
    case name:     \
        return #name;
        NAME(VK_SUCCESS)
        NAME(VK_NOT_READY)
        NAME(VK_TIMEOUT)
        NAME(VK_INCOMPLETE)
        NAME(VK_ERROR_OUT_OF_HOST_MEMORY)
        NAME(VK_ERROR_OUT_OF_DEVICE_MEMORY)
        NAME(VK_ERROR_INITIALIZATION_FAILED)
        NAME(VK_ERROR_DEVICE_LOST)
        NAME(VK_ERROR_MEMORY_MAP_FAILED)
        NAME(VK_ERROR_LAYER_NOT_PRESENT)
        NAME(VK_ERROR_EXTENSION_NOT_PRESENT)
        NAME(VK_ERROR_FEATURE_NOT_PRESENT)
        NAME(VK_ERROR_INCOMPATIBLE_DRIVER)
        NAME(VK_ERROR_TOO_MANY_OBJECTS)
        NAME(VK_ERROR_FRAGMENTED_POOL)
        NAME(VK_ERROR_OUT_OF_POOL_MEMORY)
        NAME(VK_ERROR_UNKNOWN)
#undef NAME
    default:
        snprintf(buffer, 32, "VkResult %d", (int)result);
        return buffer;
    }
}
