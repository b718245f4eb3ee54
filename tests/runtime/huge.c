// SPDX-License-Identifier: Apache-2.0
// More than 2^32 elements, told apart by their index: u8 in place with a view of stride 0, on the
// CPU and, in pieces, on every device. Takes 4 GiB and minutes: only in a full run.
#include "tests/conformance/conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY = 0xa5 };

// What depends on every byte of the index.
static uint8_t pattern(uint64_t i)
{
    return (uint8_t)((i * UINT64_C(0x9e3779b97f4a7c15)) >> 56);
}

static uint64_t wrong(const uint8_t *x, uint64_t n, uint8_t key)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < n; i++)
        count += x[i] != (pattern(i) ^ key);
    return count;
}

static void test_beyond_32_bits(void **state)
{
    const int64_t n = (INT64_C(1) << 32) + 17;
    uint8_t *x = malloc((size_t)n), one = KEY;
    uint8_t key = 0;
    (void)state;
    if (!x)
        fail_msg("no memory for %lld bytes", (long long)n);
    for (int64_t i = 0; i < n; i++)
        x[i] = pattern((uint64_t)i);
    weir_array all = weir_array_dense(x, WEIR_U8, 1, &n),
               still = weir_array_dense(&one, WEIR_U8, 1, &n);
    still.strided = true; // and stride 0
    for (size_t t = 0; t < target_count; t++) {
        const weir_array in[] = {all, still};
        weir_call_options call = {.struct_size = sizeof call, .device = targets[t].device};
        if (!strcmp(targets[t].name, "scalar"))
            continue;
        if (weir_run(targets[t].context, WEIR_OP_BITWISE_XOR, NULL, in, 2, &all, 1, &call) !=
            WEIR_OK)
            fail_msg("%s: %s", targets[t].name, weir_message(NULL));
        key ^= KEY;
        uint64_t count = wrong(x, (uint64_t)n, key);
        print_message("%s: %lld elements, %llu wrong\n", targets[t].name, (long long)n,
                      (unsigned long long)count);
        assert_int_equal(count, 0);
    }
    free(x);
}

// The last of equals, where an index needs 33 bits.
static void test_indices_beyond_32_bits(void **state)
{
    const int64_t n = (INT64_C(1) << 32) + 17, one_index = 1;
    (void)state;
    float same = -2.5f;
    weir_array in = weir_array_dense(&same, WEIR_F32, 1, &n);
    in.strided = true; // and stride 0
    weir_argmax_options last = {.struct_size = sizeof last, .select_last_index = 1};
    for (size_t t = 0; t < target_count; t++) {
        if (!is_cpu(&targets[t]) || !strcmp(targets[t].name, "scalar"))
            continue;
        int64_t index = -1;
        weir_array out = weir_array_dense(&index, WEIR_S64, 1, &one_index);
        if (weir_argmax(targets[t].context, &last, &in, &out) != WEIR_OK)
            fail_msg("%s: %s", targets[t].name, weir_message(NULL));
        print_message("%s: argmax %lld\n", targets[t].name, (long long)index);
        assert_int_equal(index, n - 1);
        uint8_t *x = calloc((size_t)n, 1);
        if (!x)
            fail_msg("no memory for %lld bytes", (long long)n);
        x[n - 5] = 7;
        weir_array bytes = weir_array_dense(x, WEIR_U8, 1, &n);
        if (weir_argmax(targets[t].context, NULL, &bytes, &out) != WEIR_OK)
            fail_msg("%s: %s", targets[t].name, weir_message(NULL));
        assert_int_equal(index, n - 5);
        uint8_t found = 0;
        weir_array any = weir_array_dense(&found, WEIR_BOOL, 1, &one_index);
        if (weir_any(targets[t].context, NULL, &bytes, &any) != WEIR_OK)
            fail_msg("%s: %s", targets[t].name, weir_message(NULL));
        free(x);
        assert_int_equal(found, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_beyond_32_bits),
                                       cmocka_unit_test(test_indices_beyond_32_bits)};
    if (!full_run()) {
        printf("SKIP huge: 4 GiB and minutes; WEIR_TEST_FULL=1 runs it\n");
        return 77;
    }
    return cmocka_run_group_tests_name("huge", tests, targets_open, targets_close);
}
