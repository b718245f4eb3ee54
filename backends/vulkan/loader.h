// SPDX-License-Identifier: Apache-2.0
//
// The Vulkan loader, opened at run time: Weir needs Vulkan's headers to build and nothing to link.
// Every entry point that the backend uses stands in the one table below.
#ifndef W_VK_LOADER_H
#define W_VK_LOADER_H

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan_core.h>

#include "runtime/base/base.h"

// G: needs no instance; I: of an instance; D: of a device.
#define W_VK_ENTRIES(G, I, D)                 \
    G(CreateInstance)                         \
    G(EnumerateInstanceVersion)               \
    I(DestroyInstance)                        \
    I(EnumeratePhysicalDevices)               \
    I(GetPhysicalDeviceProperties)            \
    I(GetPhysicalDeviceProperties2)           \
    I(GetPhysicalDeviceFeatures2)             \
    I(GetPhysicalDeviceMemoryProperties)      \
    I(GetPhysicalDeviceQueueFamilyProperties) \
    I(CreateDevice)                           \
    I(GetDeviceProcAddr)                      \
    D(DestroyDevice)                          \
    D(GetDeviceQueue)                         \
    D(DeviceWaitIdle)                         \
    D(QueueSubmit)                            \
    D(CreateSemaphore)                        \
    D(DestroySemaphore)                       \
    D(WaitSemaphores)                         \
    D(GetSemaphoreCounterValue)               \
    D(AllocateMemory)                         \
    D(FreeMemory)                             \
    D(MapMemory)                              \
    D(CreateBuffer)                           \
    D(DestroyBuffer)                          \
    D(GetBufferMemoryRequirements)            \
    D(BindBufferMemory)                       \
    D(CreateCommandPool)                      \
    D(DestroyCommandPool)                     \
    D(AllocateCommandBuffers)                 \
    D(BeginCommandBuffer)                     \
    D(EndCommandBuffer)                       \
    D(CmdBindPipeline)                        \
    D(CmdBindDescriptorSets)                  \
    D(CmdPushConstants)                       \
    D(CmdDispatch)                            \
    D(CmdCopyBuffer)                          \
    D(CmdPipelineBarrier)                     \
    D(CreateDescriptorSetLayout)              \
    D(DestroyDescriptorSetLayout)             \
    D(CreateDescriptorPool)                   \
    D(DestroyDescriptorPool)                  \
    D(AllocateDescriptorSets)                 \
    D(UpdateDescriptorSets)                   \
    D(CreatePipelineLayout)                   \
    D(DestroyPipelineLayout)                  \
    D(CreatePipelineCache)                    \
    D(DestroyPipelineCache)                   \
    D(CreateShaderModule)                     \
    D(DestroyShaderModule)                    \
    D(CreateComputePipelines)                 \
    D(DestroyPipeline)

typedef struct w_vk_table {
    PFN_vkGetInstanceProcAddr GetInstanceProcAddr;
#define W_VK_FIELD(name) PFN_vk##name name;
    W_VK_ENTRIES(W_VK_FIELD, W_VK_FIELD, W_VK_FIELD)
#undef W_VK_FIELD
} w_vk_table;

// Opens the loader and fills in the entry points that need no instance. On failure `why` says what
// is missing and nothing is recorded: a machine without Vulkan is no error. The loader stays open
// for the life of the process; drivers do not survive being unloaded.
bool w_vk_load(w_vk_table *table, char why[256]);
// The entry points of an instance, and of a device. False with `why` where one is missing.
bool w_vk_load_instance(w_vk_table *table, VkInstance instance, char why[256]);
bool w_vk_load_device(w_vk_table *table, VkDevice device, char why[256]);

// "VK_ERROR_DEVICE_LOST"; "VkResult -123" for one that has no name here, written into `buffer`.
const char *w_vk_result_name(VkResult result, char buffer[32]);

#endif
