// SPDX-License-Identifier: Apache-2.0
// Outputs so large that the CPU writes them past its caches: each element is there, and nothing
// beside them, wherever the output begins.
#include "tests/conformance/conformance.h"

#include <stdlib.h>

enum { COUNT = (32 << 20) / sizeof(float) + 4099, MARGIN = 32 };

static void test_streamed(void **state)
{
    const float untouched = -1;
    const int64_t n = COUNT;
    float *x = malloc(COUNT * sizeof *x), *y = malloc((COUNT + 2 * MARGIN) * sizeof *y);
    (void)state;
    assert_non_null(x);
    assert_non_null(y);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(i % 4093);
    for (size_t t = 0; t < target_count; t++)
        for (int64_t first = MARGIN; is_cpu(&targets[t]) && first < MARGIN + 2; first++) {
            for (int64_t i = 0; i < n + 2 * MARGIN; i++)
                y[i] = untouched;
            weir_array in = weir_array_dense(x, WEIR_F32, 1, &n),
                       out = weir_array_dense(y + first, WEIR_F32, 1, &n);
            assert_int_equal(
                weir_run(targets[t].context, WEIR_OP_SQUARE, NULL, &in, 1, &out, 1, NULL), WEIR_OK);
            int64_t wrong = 0;
            for (int64_t i = 0; i < n + 2 * MARGIN; i++) {
                bool inside = i >= first && i < first + n;
                wrong += y[i] != (inside ? x[i - first] * x[i - first] : untouched);
            }
            if (wrong)
                fail_msg("%s: %lld of %lld are wrong", targets[t].name, (long long)wrong,
                         (long long)n);
        }
    free(x);
    free(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_streamed)};
    return cmocka_run_group_tests_name("large", tests, targets_open, targets_close);
}
