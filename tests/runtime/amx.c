// SPDX-License-Identifier: Apache-2.0
// Who asks the kernel for AMX, what is said where it is refused, and that products are right either
// way. Children ask, for what the kernel grants stays with a process.
#include "tests/runtime/check.h"

#include "backends/cpu/isa.h"
#include "runtime/context.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TILE_DATA = 18, SMALL_STACK = 4096 };

// What the kernel has granted this process; 0 where it does not know of such grants.
static unsigned long granted(void)
{
    unsigned long bits = 0;
#if defined(__x86_64__)
    enum { GET_PERMITTED = 0x1022 };
    if (syscall(SYS_arch_prctl, GET_PERMITTED, &bits) != 0)
        return 0;
#endif
    return bits >> TILE_DATA & 1;
}

// The processor's own tiles, which are there to be asked for.
static bool has_tiles(void)
{
#if defined(__x86_64__)
    return (w_isa_detect() & W_TILES) != 0;
#else
    return false;
#endif
}

static weir_context *open_context(uint32_t flags, const char *isa)
{
    weir_context_options o = {.struct_size = sizeof o,
                              .flags = flags | WEIR_CONTEXT_NO_ENVIRONMENT |
                                       WEIR_CONTEXT_NO_PROFILE | WEIR_CONTEXT_CPU_ONLY,
                              .isa = isa};
    weir_context *context;
    if (weir_context_create(&o, &context) != WEIR_OK)
        _exit(90);
    return context;
}

// Whether 33 x 70 by 70 x 40 has its value, which every kernel reaches its edges for.
static bool multiplies(weir_context *context)
{
    enum { M = 33, K = 70, N = 40 };
    static int8_t a[M * K], b[K * N];
    static int32_t y[M * N];
    for (int i = 0; i < M * K; i++)
        a[i] = (int8_t)(i * 37);
    for (int i = 0; i < K * N; i++)
        b[i] = (int8_t)(i * 91);
    weir_array in[2] = {weir_array_dense(a, WEIR_S8, 2, (int64_t[]){M, K}),
                        weir_array_dense(b, WEIR_S8, 2, (int64_t[]){K, N})};
    weir_array out = weir_array_dense(y, WEIR_S32, 2, (int64_t[]){M, N});
    if (weir_run(context, WEIR_OP_MATMUL_INTEGER, NULL, in, 2, &out, 1, NULL) != WEIR_OK)
        return false;
    for (int i = 0; i < M * N; i++) {
        int32_t sum = 0;
        for (int k = 0; k < K; k++)
            sum += a[i / N * K + k] * b[k * N + i % N];
        if (sum != y[i])
            return false;
    }
    return true;
}

static bool driver_says(weir_context *context, const char *what)
{
    weir_device_info info;
    if (weir_device_get(context, 0, &info) != WEIR_OK)
        return false;
    if (!strstr(info.driver, what))
        fprintf(stderr, "the driver is \"%s\", without \"%s\"\n", info.driver, what);
    return strstr(info.driver, what) != NULL;
}

// In a child: its answer is 0 where all holds.
static void in_a_child(int (*run)(void))
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(run());
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int run_without_the_flag(void)
{
    unsigned long before = granted();
    weir_context *context = open_context(0, NULL);
    bool good = granted() == before && multiplies(context);
    weir_context_destroy(context);
    return good ? 0 : 1;
}

static void nobody_asks_without_the_flag(void **state)
{
    weir_device_info info;
    (void)state;
    weir_context *context = open_context(0, NULL);
    check_ok(weir_device_get(context, 0, &info));
    assert_null(strstr(info.driver, "AMX"));
    weir_context_destroy(context);
    in_a_child(run_without_the_flag);
}

static int run_with_the_flag(void)
{
    weir_context *context = open_context(WEIR_CONTEXT_AMX, NULL);
    bool good = driver_says(context, granted()     ? " with AMX"
                                     : has_tiles() ? "no AMX: the kernel"
                                                   : "no AMX: ");
    good = good && multiplies(context);
    weir_context_destroy(context);
    // A context without the flag does without, though the process may.
    context = open_context(0, NULL);
    weir_device_info info;
    good = good && weir_device_get(context, 0, &info) == WEIR_OK && !strstr(info.driver, "AMX");
    good = good && multiplies(context);
    weir_context_destroy(context);
    return good ? 0 : 1;
}

static void the_flag_asks(void **state)
{
    (void)state;
    in_a_child(run_with_the_flag);
}

// With a small alternate signal stack the kernel refuses.
static int run_with_a_small_stack(void)
{
    stack_t stack = {.ss_sp = malloc(SMALL_STACK), .ss_size = SMALL_STACK};
    if (!stack.ss_sp || sigaltstack(&stack, NULL) != 0)
        return 91;
    weir_context *context = open_context(WEIR_CONTEXT_AMX, NULL);
    bool good =
        !granted() && driver_says(context, has_tiles() ? "signal stack is too small" : "no AMX: ");
    good = good && multiplies(context);
    weir_context_destroy(context);
    return good ? 0 : 1;
}

static void a_small_signal_stack_means_no_tiles(void **state)
{
    (void)state;
    if (granted() || !has_tiles()) // before this test began; and there is nothing to refuse
        skip();
    in_a_child(run_with_a_small_stack);
}

// A set that has no tiles asks for none.
static int run_scalar(void)
{
    weir_context *context = open_context(WEIR_CONTEXT_AMX, "scalar");
    bool good = !granted() && driver_says(context, "scalar, ") &&
                driver_says(context, "no AMX: the instruction set has none");
    good = good && multiplies(context);
    weir_context_destroy(context);
    return good ? 0 : 1;
}

static void lesser_sets_ask_for_nothing(void **state)
{
    (void)state;
    if (granted())
        skip();
    in_a_child(run_scalar);
}

int main(void)
{
    print_message("this processor has %stiles\n", has_tiles() ? "" : "no ");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_asks_without_the_flag),
        cmocka_unit_test(the_flag_asks),
        cmocka_unit_test(a_small_signal_stack_means_no_tiles),
        cmocka_unit_test(lesser_sets_ask_for_nothing),
    };
    return cmocka_run_group_tests_name("amx", tests, NULL, NULL);
}
