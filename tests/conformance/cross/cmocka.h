// SPDX-License-Identifier: Apache-2.0
//
// The part of cmocka that our tests use, for cross builds, where Debian has no cmocka to link
// (cmake/aarch64.cmake). A failed assertion ends its test; skip() ends it as skipped.
#ifndef CROSS_CMOCKA_H
#define CROSS_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*test_func)(void **state);
    int (*setup_func)(void **state);
    int (*teardown_func)(void **state);
    void *initial_state;
};

// Where a test that ends early goes: 1 failed, 2 skipped. One for all files of a program.
jmp_buf cross_end __attribute__((weak));

static inline void cross_fail(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    longjmp(cross_end, 1);
}

#define print_message(...)            printf(__VA_ARGS__)
#define print_error(...)              fprintf(stderr, __VA_ARGS__)
#define skip()                        longjmp(cross_end, 2)
#define fail()                        cross_fail(__FILE__, __LINE__, "fail()")
#define fail_msg(...)                 (fprintf(stderr, __VA_ARGS__), cross_fail(__FILE__, __LINE__, ""))
#define assert_true(c)                ((c) ? (void)0 : cross_fail(__FILE__, __LINE__, #c))
#define assert_false(c)               assert_true(!(c))
#define assert_non_null(p)            assert_true((p) != NULL)
#define assert_null(p)                assert_true((p) == NULL)
#define assert_int_equal(a, b)        assert_true((intmax_t)(a) == (intmax_t)(b))
#define assert_int_not_equal(a, b)    assert_true((intmax_t)(a) != (intmax_t)(b))
#define assert_ptr_equal(a, b)        assert_true((const void *)(a) == (const void *)(b))
#define assert_string_equal(a, b)     assert_true(strcmp(a, b) == 0)
#define assert_memory_equal(a, b, n)  assert_true(memcmp(a, b, n) == 0)
#define assert_in_range(v, low, high) assert_true((v) >= (low) && (v) <= (high))

#define cmocka_unit_test(f)     \
    {                           \
#f, f, NULL, NULL, NULL \
    }
#define cmocka_unit_test_setup_teardown(f, setup, teardown) \
    {                                                       \
#f, f, setup, teardown, NULL                        \
    }
#define cmocka_run_group_tests(tests, setup, teardown) \
    cross_run(#tests, tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)
#define cmocka_run_group_tests_name(name, tests, setup, teardown) \
    cross_run(name, tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)

static inline int cross_one(const struct CMUnitTest *test, void **state)
{
    int failed = setjmp(cross_end);
    if (failed)
        return failed == 1;
    if (test->setup_func && test->setup_func(state))
        return 1;
    test->test_func(state);
    return test->teardown_func && test->teardown_func(state);
}

static inline int cross_run(const char *name, const struct CMUnitTest *tests, size_t n,
                            int (*setup)(void **), int (*teardown)(void **))
{
    void *group_state = NULL;
    volatile int failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (setjmp(cross_end) || (setup && setup(&group_state))) {
        fprintf(stderr, "%s: the setup failed\n", name);
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        void *state = tests[i].initial_state ? tests[i].initial_state : group_state;
        int bad = cross_one(&tests[i], &state);
        printf("[%s] %s\n", bad ? "  FAILED  " : "       OK ", tests[i].name);
        failed += bad;
    }
    if (setjmp(cross_end) || (teardown && teardown(&group_state)))
        failed++;
    printf("%s: %d of %zu tests failed\n", name, failed, n);
    return failed;
}

#endif
