// SPDX-License-Identifier: Apache-2.0
#include "backends/vulkan/shaderc.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

// Numbers of shaderc.h and shaderc/env.h.
enum {
    COMPUTE_SHADER = 2,
    TARGET_VULKAN = 0,
    VULKAN_1_2 = 1 << 22 | 2 << 12,
    SUCCESS = 0,
};

bool w_shaderc_load(w_shaderc *table, char why[256])
{
    static const char *const names[] = {"libshaderc_shared.so.1", "libshaderc.so.1"};
    static const char *const entries[] = {
        "compiler_initialize",
        "compiler_release",
        "compile_options_initialize",
        "compile_options_release",
        "compile_options_set_target_env",
        "compile_into_spv",
        "result_release",
        "result_get_compilation_status",
        "result_get_length",
        "result_get_bytes",
        "result_get_error_message",
    };
    _Static_assert(sizeof *table == W_COUNT(entries) * sizeof(void *), "a pointer for each");
    void *library = NULL, *found[W_COUNT(entries)];
    for (size_t i = 0; i < W_COUNT(names) && !library; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(why, 256, "there is no %s", names[1]);
        return false;
    }
    for (size_t i = 0; i < W_COUNT(entries); i++) {
        char name[64];
        snprintf(name, sizeof name, "shaderc_%s", entries[i]);
        found[i] = dlsym(library, name);
        if (!found[i]) {
            snprintf(why, 256, "libshaderc has no %s", name);
            return false;
        }
    }
    memcpy(table, found, sizeof *table);
    return true;
}

static weir_status take_words(const w_shaderc *s, const w_host *host, void *result,
                              uint32_t **out_words, size_t *out_count)
{
    if (!result)
        return w_fail(WEIR_OUT_OF_MEMORY, "libshaderc gives no result");
    if (s->result_get_compilation_status(result) != SUCCESS)
        return w_fail(WEIR_DEVICE_FAILED, "libshaderc: %.200s",
                      s->result_get_error_message(result));
    size_t bytes = s->result_get_length(result);
    *out_words = w_alloc(host, bytes);
    if (!*out_words)
        return WEIR_OUT_OF_MEMORY;
    memcpy(*out_words, s->result_get_bytes(result), bytes);
    *out_count = bytes / sizeof **out_words;
    return WEIR_OK;
}

weir_status w_shaderc_compile(const w_shaderc *s, const w_host *host, const char *source,
                              size_t size, uint32_t **out_words, size_t *out_count)
{
    void *compiler = s->compiler_initialize(), *options = s->compile_options_initialize();
    weir_status status = WEIR_OUT_OF_MEMORY;
    if (compiler && options) {
        s->compile_options_set_target_env(options, TARGET_VULKAN, VULKAN_1_2);
        void *result = s->compile_into_spv(compiler, source, size, COMPUTE_SHADER, "expression",
                                           "main", options);
        status = take_words(s, host, result, out_words, out_count);
        if (result)
            s->result_release(result);
    } else {
        status = w_fail(WEIR_OUT_OF_MEMORY, "libshaderc makes no compiler");
    }
    if (options)
        s->compile_options_release(options);
    if (compiler)
        s->compiler_release(compiler);
    return status;
}
