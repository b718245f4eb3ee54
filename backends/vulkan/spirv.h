// SPDX-License-Identifier: Apache-2.0
//
// Prepares a SPIR-V module for a device before the driver sees it: every floating-point operation
// is decorated NoContraction (glslang leaves some undecorated), the execution modes of float
// controls that the device offers are declared, and of a switch over the operation one case is
// kept. Malformed input gives a status, never a crash.
#ifndef W_VK_SPIRV_H
#define W_VK_SPIRV_H

#include "backends/vulkan/loader.h"

// An execution mode of float controls for one width, and the capability it needs.
typedef struct w_spirv_mode {
    uint32_t mode, capability, width;
    bool with_doubles; // only for a module that has doubles
} w_spirv_mode;

enum { W_SPIRV_MODES = 9 };

typedef struct w_spirv_modes {
    w_spirv_mode mode[W_SPIRV_MODES];
    uint32_t count;
} w_spirv_modes;

// The modes that a device offers for 32 and 64 bits, by its rules of independence: where widths may
// not differ, a mode is declared for all of them or for none.
void w_spirv_choose(const VkPhysicalDeviceFloatControlsProperties *offered, w_spirv_modes *out);

// The specialization constant that holds the operation's number (kernels/spv/common.glsl).
enum { W_SPIRV_OPERATION = 10 };

// Writes the prepared module into new memory of the host: `*out_words` with `*out_count` words, to
// be released as `*out_count * 4` bytes. `operation` is the value that the pipeline gives to
// constant W_SPIRV_OPERATION; 0 keeps every case. WEIR_DEVICE_FAILED for a module that is
// malformed, WEIR_OUT_OF_MEMORY.
weir_status w_spirv_prepare(const w_host *host, const uint32_t *words, size_t count,
                            const w_spirv_modes *modes, uint32_t operation, uint32_t **out_words,
                            size_t *out_count);

#endif
