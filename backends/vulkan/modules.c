// SPDX-License-Identifier: Apache-2.0
// The embedded shaders and the rows of kernels.def.
#include "backends/vulkan/vulkan.h"

#define DECLARE(name)                     \
    extern const uint32_t w_spv_##name[]; \
    extern const size_t w_spv_##name##_words;
W_VK_MODULES(DECLARE)
#undef DECLARE

const uint32_t *w_vk_module_words(size_t i, size_t *out_count, const char **out_name)
{
    static const struct {
        const uint32_t *words;
        const size_t *count;
        const char *name;
    } modules[] = {
#define ENTRY(name) {w_spv_##name, &w_spv_##name##_words, #name},
        W_VK_MODULES(ENTRY)
#undef ENTRY
    };
    if (i >= W_VK_MODULE_COUNT)
        return NULL;
    *out_count = *modules[i].count;
    if (out_name)
        *out_name = modules[i].name;
    return modules[i].words;
}

// FNV-1a: it names builds in a profile's key, nothing depends on its strength.
uint64_t w_vk_hash(uint64_t seed, const void *data, size_t bytes)
{
    const unsigned char *c = data;
    for (size_t i = 0; i < bytes; i++)
        seed = (seed ^ c[i]) * UINT64_C(0x100000001b3);
    return seed;
}

uint64_t w_vk_modules_hash(uint64_t seed)
{
    for (size_t i = 0; i < W_VK_MODULE_COUNT; i++) {
        size_t count;
        const uint32_t *words = w_vk_module_words(i, &count, NULL);
        seed = w_vk_hash(seed, words, count * sizeof *words);
    }
    return seed;
}

const w_vk_row w_vk_rows[] = {
#define ROW(name, family, class, module, arithmetic, group) \
    {#name, family, class, W_VK_MODULE_##module, W_VK_MODULE_##module##_f64, arithmetic, group},
#include "backends/vulkan/kernels.def"
#undef ROW
};
const size_t w_vk_row_count = W_COUNT(w_vk_rows);
