// SPDX-License-Identifier: Apache-2.0
//
// libshaderc, which makes SPIR-V of GLSL at run time: opened where it is installed, by its C
// interface, of which this declares what is called (shaderc.h of its sources).
#ifndef W_VK_SHADERC_H
#define W_VK_SHADERC_H

#include "runtime/base/base.h"

typedef struct w_shaderc {
    void *(*compiler_initialize)(void);
    void (*compiler_release)(void *compiler);
    void *(*compile_options_initialize)(void);
    void (*compile_options_release)(void *options);
    void (*compile_options_set_target_env)(void *options, int target, uint32_t version);
    void *(*compile_into_spv)(const void *compiler, const char *source, size_t size, int kind,
                              const char *file, const char *entry, const void *options);
    void (*result_release)(void *result);
    int (*result_get_compilation_status)(const void *result);
    size_t (*result_get_length)(const void *result);
    const char *(*result_get_bytes)(const void *result);
    const char *(*result_get_error_message)(const void *result);
} w_shaderc;

// False, with a reason, where it is not installed. It is never unloaded.
bool w_shaderc_load(w_shaderc *table, char why[256]);

// Compiles a compute shader for Vulkan 1.2 to words in new memory of the host. WEIR_DEVICE_FAILED
// with the compiler's message, WEIR_OUT_OF_MEMORY.
weir_status w_shaderc_compile(const w_shaderc *table, const w_host *host, const char *source,
                              size_t size, uint32_t **out_words, size_t *out_count);

#endif
