// SPDX-License-Identifier: Apache-2.0
// A device that fails: the work is done on the CPU where it can be, and nothing is lost.
#include "tests/runtime/check.h"

#include "runtime/verify.h"
#include "tests/scripted/device.h"

enum { N = 5000 };

typedef struct fixture {
    weir_context *context;
    float x[N], y[N];
    weir_array in, out;
} fixture;

static fixture f;

static int setup(void **state)
{
    script_reset();
    *state = &f;
    f.context = scripted_context(NULL);
    fill(f.x, N);
    memset(f.y, 0, sizeof f.y);
    f.in = vector(f.x, N);
    f.out = vector(f.y, N);
    scripted_set_speed(f.context, true);
    return f.context ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    weir_context_destroy(f.context);
    assert_int_equal(atomic_load(&script.live_memory), 0);
    return 0;
}

static weir_status run(const char *device)
{
    weir_call_options call = {.struct_size = sizeof call, .device = device};
    return weir_run(f.context, WEIR_OP_NEG, NULL, &f.in, 1, &f.out, 1, &call);
}

static void check_result(void)
{
    for (int i = 0; i < N; i++)
        assert_true(f.y[i] == -f.x[i]);
    memset(f.y, 0, sizeof f.y);
}

static uint64_t fallbacks(void)
{
    weir_stats stats;
    weir_stats_get(f.context, &stats);
    return stats.fallbacks;
}

static void traffic_moves_over_once_proved(void **state)
{
    (void)state;
    uint32_t before = atomic_load(&script.launches);
    for (int i = 0; i < 60000 && atomic_load(&script.launches) < before + 10; i++) {
        check_ok(run(NULL));
        check_result();
        struct timespec t = {0, 1000000};
        nanosleep(&t, NULL);
    }
    assert_true(atomic_load(&script.launches) >= before + 10);
}

static void a_slow_device_gets_nothing(void **state)
{
    (void)state;
    check_ok(run("scripted:0")); // proved
    scripted_set_speed(f.context, false);
    uint32_t before = atomic_load(&script.launches);
    for (int i = 0; i < 10; i++)
        check_ok(run(NULL));
    check_result();
    assert_int_equal(atomic_load(&script.launches), before);
}

static void an_unmeasured_device_gets_nothing(void **state)
{
    (void)state;
    weir_context *c = scripted_context(NULL);
    uint32_t before = atomic_load(&script.launches);
    check_ok(weir_run(c, WEIR_OP_NEG, NULL, &f.in, 1, &f.out, 1, NULL));
    check_result();
    assert_int_equal(atomic_load(&script.launches), before);
    weir_context_destroy(c);
}

// Hardware that traffic could use is measured beside it, without being asked.
static void demand_measures_a_device(void **state)
{
    (void)state;
    enum { BIG = 1 << 20 };
    static float x[BIG], y[BIG];
    weir_context *c = scripted_context(NULL);
    weir_array in = vector(x, BIG), out = vector(y, BIG);
    bool measured = false;
    while (!measured) { // or until ctest loses patience
        check_ok(weir_run(c, WEIR_OP_NEG, NULL, &in, 1, &out, 1, NULL));
        measured = weir_predict(c, WEIR_OP_NEG, WEIR_ON_HOST, BIG, 1) > 0;
        struct timespec t = {0, 2000000};
        nanosleep(&t, NULL);
    }
    assert_true(measured);
    weir_context_destroy(c);
}

// The k-th allocation after the self-test fails, for every k that the call makes.
static void out_of_memory_at_each_call_loses_nothing(void **state)
{
    (void)state;
    static float x[4 * N], y[4 * N];
    fill(x, 4 * N);
    for (uint32_t k = 1; k <= 3; k++) {
        weir_context *c = scripted_context(NULL);
        scripted_set_speed(c, true);
        weir_call_options there = {.struct_size = sizeof there, .device = "scripted:0"};
        check_ok(weir_run(c, WEIR_OP_NEG, NULL, &f.in, 1, &f.out, 1, &there));
        uint32_t before = atomic_load(&script.allocs), launches = atomic_load(&script.launches);
        atomic_store(&script.alloc_fails_at, before + k);
        memset(y, 0, sizeof y);
        weir_array in = vector(x, 4 * N), out = vector(y, 4 * N);
        check_ok(weir_run(c, WEIR_OP_NEG, NULL, &in, 1, &out, 1, NULL));
        for (int i = 0; i < 4 * N; i++)
            assert_true(y[i] == -x[i]);
        assert_true(atomic_load(&script.allocs) > before);
        // What was kept is given back and the device asked again: it still does the work.
        assert_int_equal(atomic_load(&script.launches), launches + 1);
        weir_context_destroy(c);
    }
}

static void a_forced_device_without_memory_says_so(void **state)
{
    (void)state;
    check_ok(run("scripted:0"));
    memset(f.y, 0, sizeof f.y);
    atomic_store(&script.out_of_memory, true);
    static float big_x[4 * N], big_y[4 * N];
    weir_array in = vector(big_x, 4 * N), out = vector(big_y, 4 * N);
    weir_call_options call = {.struct_size = sizeof call, .device = "scripted:0"};
    check_status(weir_run(f.context, WEIR_OP_NEG, NULL, &in, 1, &out, 1, &call),
                 WEIR_OUT_OF_MEMORY);
    check_message("planted");
    uint64_t before = fallbacks();
    check_ok(weir_run(f.context, WEIR_OP_NEG, NULL, &in, 1, &out, 1, NULL));
    assert_int_equal(fallbacks(), before + 1);
}

static void a_self_test_without_memory_is_made_again(void **state)
{
    (void)state;
    atomic_store(&script.out_of_memory, true);
    check_status(run("scripted:0"), WEIR_OUT_OF_MEMORY);
    atomic_store(&script.out_of_memory, false);
    check_ok(run("scripted:0"));
    check_result();
}

static void a_lost_device_is_left_alone(void **state)
{
    (void)state;
    check_ok(run("scripted:0"));
    check_result();
    atomic_store(&script.launch_lost_at, atomic_load(&script.launches) + 1);
    check_ok(run(NULL)); // lost in the middle; the CPU does it
    check_result();
    assert_int_equal(fallbacks(), 1);
    uint32_t before = atomic_load(&script.launches);
    check_ok(run(NULL));
    check_result();
    assert_int_equal(atomic_load(&script.launches), before);
    check_status(run("scripted:0"), WEIR_DEVICE_LOST);
    weir_device_info info;
    check_ok(weir_device_get(f.context, 1, &info));
    assert_string_equal(info.verdict, "lost");
}

static void a_failed_download_is_done_again_here(void **state)
{
    (void)state;
    check_ok(run("scripted:0"));
    memset(f.y, 0, sizeof f.y);
    check_status(run("nowhere"), WEIR_UNAVAILABLE);
    atomic_store(&script.copy_fails_at, atomic_load(&script.copies) + 2); // up, down
    check_ok(run(NULL));
    check_message("nowhere"); // the last call that failed; this one did not
    check_result();
    assert_int_equal(fallbacks(), 1);
}

// A part of the result may have replaced its input: what was computed from it would be wrong.
static void a_failed_download_in_place_is_not_done_again(void **state)
{
    (void)state;
    check_ok(run("scripted:0"));
    atomic_store(&script.copy_fails_at, atomic_load(&script.copies) + 2); // up, down
    assert_int_not_equal(weir_run(f.context, WEIR_OP_NEG, NULL, &f.in, 1, &f.in, 1, NULL), WEIR_OK);
    assert_int_equal(fallbacks(), 0);
}

static void a_driver_that_keeps_failing_is_given_up(void **state)
{
    (void)state;
    check_ok(run("scripted:0"));
    for (int i = 0; i < W_MAX_FAILURES; i++) {
        atomic_store(&script.copy_fails_at, atomic_load(&script.copies) + 1);
        check_ok(run(NULL));
        check_result();
        if (i == 0)
            check_ok(run(NULL)); // it worked: the count begins anew
    }
    uint32_t before = atomic_load(&script.copies);
    check_ok(run(NULL));
    assert_int_equal(atomic_load(&script.copies), before + 2);
    for (int i = 0; i < W_MAX_FAILURES; i++) {
        atomic_store(&script.copy_fails_at, atomic_load(&script.copies) + 1);
        check_ok(run(NULL));
    }
    before = atomic_load(&script.copies);
    check_ok(run(NULL));
    check_result();
    assert_int_equal(atomic_load(&script.copies), before);
}

static void wrong_only_in_the_tail_is_rejected(void **state)
{
    (void)state;
    atomic_store(&script.wrong_tail, true);
    check_status(run("scripted:0"), WEIR_UNAVAILABLE);
    check_message("self-test");
    uint32_t before = atomic_load(&script.launches);
    check_ok(run(NULL));
    check_result();
    assert_int_equal(atomic_load(&script.launches), before);
    weir_device_info info;
    check_ok(weir_device_get(f.context, 1, &info));
    assert_memory_equal(info.verdict, "rejected", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(traffic_moves_over_once_proved, setup, teardown),
        cmocka_unit_test_setup_teardown(a_slow_device_gets_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unmeasured_device_gets_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(demand_measures_a_device, setup, teardown),
        cmocka_unit_test_setup_teardown(out_of_memory_at_each_call_loses_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_forced_device_without_memory_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(a_self_test_without_memory_is_made_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_device_is_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_download_is_done_again_here, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_download_in_place_is_not_done_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_driver_that_keeps_failing_is_given_up, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_only_in_the_tail_is_rejected, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
