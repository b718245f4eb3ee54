// SPDX-License-Identifier: Apache-2.0
// Every shader, prepared as a device gets it: no float operation may be contracted, and spirv-val
// (where it is installed) accepts it.
#include "tests/runtime/check.h"

#include "backends/vulkan/spirv.h"
#include "backends/vulkan/vulkan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OP_DECORATE = 71, NO_CONTRACTION = 42, HEADER = 5 };

static bool is_arithmetic(uint32_t opcode)
{
    // FNegate, FAdd, FSub, FMul, FDiv, FRem, FMod, VectorTimesScalar .. OuterProduct, Dot
    static const uint32_t codes[] = {127, 129, 131, 133, 136, 140, 141,
                                     142, 143, 144, 145, 146, 147, 148};
    for (size_t i = 0; i < W_COUNT(codes); i++)
        if (opcode == codes[i])
            return true;
    return false;
}

// Counts float operations and those of them that are decorated.
static void count(const uint32_t *words, size_t n, size_t *operations, size_t *decorated)
{
    bool *marked = calloc(words[3], sizeof *marked);
    for (size_t at = HEADER; at < n; at += words[at] >> 16)
        if ((words[at] & 0xffff) == OP_DECORATE && words[at + 2] == NO_CONTRACTION)
            marked[words[at + 1]] = true;
    for (size_t at = HEADER; at < n; at += words[at] >> 16)
        if (is_arithmetic(words[at] & 0xffff)) {
            ++*operations;
            *decorated += marked[words[at + 2]];
        }
    free(marked);
}

// Under a sanitizer it would see the same words once more.
static const char *why_no_validator(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return "it is left to the other builds";
#else
    return system("command -v spirv-val >/dev/null 2>&1") ? "it is not installed" : NULL;
#endif
}

// A slice has each module with the device's modes or without.
static bool in_slice(size_t i)
{
    const char *full = getenv("WEIR_TEST_FULL"), *seed = getenv("WEIR_TEST_SEED");
    return (full && !strcmp(full, "1")) || !seed || (strtoul(seed, NULL, 0) + i) % 2;
}

static void validate(const char *name, const uint32_t *words, size_t n)
{
    char path[] = "/tmp/weir-spirv-XXXXXX", command[128];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, words, n * 4), (ssize_t)(n * 4));
    close(fd);
    snprintf(command, sizeof command, "spirv-val --target-env vulkan1.2 %s", path);
    int status = system(command);
    unlink(path);
    if (status)
        fail_msg("spirv-val refuses %s", name);
}

static void every_float_operation_is_kept_apart(void **state)
{
    (void)state;
    w_host host;
    w_host_init(&host, NULL, NULL, NULL);
    VkPhysicalDeviceFloatControlsProperties all;
    memset(&all, 1, sizeof all); // a device that offers every mode
    w_spirv_modes none = {.count = 0}, modes;
    all.denormBehaviorIndependence = all.roundingModeIndependence =
        VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_ALL;
    w_spirv_choose(&all, &modes);
    assert_true(modes.count > 0);
    const char *why_not = why_no_validator();
    size_t operations = 0, modules = 0, validated = 0;
    for (size_t i = 0; i < W_VK_MODULE_COUNT; i++) {
        const char *name;
        size_t n;
        const uint32_t *raw = w_vk_module_words(i, &n, &name);
        for (int offered = 0; offered < 2; offered++) {
            uint32_t *words;
            size_t prepared_n, here = 0, decorated = 0;
            check_ok(
                w_spirv_prepare(&host, raw, n, offered ? &modes : &none, 0, &words, &prepared_n));
            count(words, prepared_n, &here, &decorated);
            if (here != decorated)
                fail_msg("%s: %zu of %zu float operations may be contracted", name,
                         here - decorated, here);
            if (!why_not && in_slice(i + (size_t)offered)) {
                validate(name, words, prepared_n);
                validated++;
            }
            operations += here;
            modules++;
            w_release(&host, words, prepared_n * 4);
        }
    }
    assert_true(operations > 100);
    printf("%zu modules, %zu float operations; spirv-val accepts %zu%s%s\n", modules, operations,
           validated, why_not ? "; SKIPPED: " : "", why_not ? why_not : "");
}

static void hostile_modules_are_refused(void **state)
{
    (void)state;
    w_host host;
    w_host_init(&host, NULL, NULL, NULL);
    w_spirv_modes none = {.count = 0};
    size_t n;
    const uint32_t *raw = w_vk_module_words(0, &n, NULL);
    uint32_t *copy = malloc(n * 4), *words, seed = 1;
    size_t refused = 0;
    for (int round = 0; round < 2000; round++) {
        memcpy(copy, raw, n * 4);
        for (int k = 0; k < 3; k++) {
            seed = seed * 1664525u + 1013904223u;
            copy[(seed >> 8) % n] = seed ^ seed << 11;
        }
        size_t length = round % 3 ? n : (seed >> 7) % n, out;
        if (w_spirv_prepare(&host, copy, length, &none, 0, &words, &out) == WEIR_OK)
            w_release(&host, words, out * 4);
        else
            refused++;
    }
    free(copy);
    assert_true(refused > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_float_operation_is_kept_apart),
        cmocka_unit_test(hostile_modules_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
