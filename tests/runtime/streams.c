// SPDX-License-Identifier: Apache-2.0
// Streams and tensors: the asynchronous contract, on a device whose kernels wait at a gate.
#include "tests/runtime/check.h"

#include "tests/scripted/device.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N = 1000 };
static const uint64_t SHORT = 20000000; // 20 ms

static weir_tensor *wrap(weir_context *c, float *data)
{
    weir_tensor *t = NULL;
    weir_array a = vector(data, N);
    check_ok(weir_tensor_wrap(c, &a, &t));
    return t;
}

static weir_tensor *create(weir_context *c)
{
    weir_tensor *t = NULL;
    weir_array a = vector(NULL, N);
    check_ok(weir_tensor_create(c, &a, &t));
    return t;
}

static weir_status unary(weir_stream *s, weir_op op, weir_tensor *x, weir_tensor *y)
{
    return weir_submit(s, op, NULL, &x, 1, &y, 1, NULL);
}

static int setup(void **state)
{
    script_reset();
    *state = scripted_context("scripted:0");
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    script_open_gate();
    weir_context_destroy(*state);
    assert_int_equal(atomic_load(&script.live_memory), 0);
    return 0;
}

// The self-test runs a kernel at first use; it must be over before the gate is closed.
static void prove(weir_context *c, weir_op op)
{
    float x[4] = {1, 2, 3, 4}, y[4];
    weir_array in = vector(x, 4), out = vector(y, 4);
    check_ok(weir_run(c, op, NULL, &in, 1, &out, 1, NULL));
}

static void submit_returns_while_the_kernel_waits(void **state)
{
    weir_context *c = *state;
    weir_stream *s;
    float x[N], y[N];
    fill(x, N);
    prove(c, WEIR_OP_NEG);
    check_ok(weir_stream_create(c, &s));
    weir_tensor *a = wrap(c, x), *b = create(c);
    atomic_store(&script.gate_closed, true);
    check_ok(unary(s, WEIR_OP_NEG, a, b));
    check_status(weir_stream_poll(s), WEIR_PENDING);
    check_status(weir_stream_wait(s, SHORT), WEIR_TIMEOUT);
    check_status(weir_stream_poll(s), WEIR_PENDING);
    script_open_gate();
    check_ok(weir_stream_wait(s, WEIR_FOREVER));
    check_status(weir_stream_poll(s), WEIR_OK);
    weir_array to = vector(y, N);
    check_ok(weir_tensor_read(b, &to));
    for (int i = 0; i < N; i++)
        assert_true(y[i] == -x[i]);
    weir_tensor_release(a);
    weir_tensor_release(b);
    weir_stream_release(s);
}

static void work_in_flight_keeps_its_tensors(void **state)
{
    weir_context *c = *state;
    weir_stream *s;
    float x[N], y[N];
    fill(x, N);
    prove(c, WEIR_OP_ABS);
    check_ok(weir_stream_create(c, &s));
    weir_tensor *a = create(c), *b = create(c), *d = create(c);
    weir_array from = vector(x, N);
    check_ok(weir_tensor_write(a, &from));
    atomic_store(&script.gate_closed, true);
    check_ok(unary(s, WEIR_OP_ABS, a, b));
    check_ok(unary(s, WEIR_OP_ABS, b, d));
    weir_tensor_release(a);
    weir_tensor_release(b);
    script_open_gate();
    weir_array to = vector(y, N);
    check_ok(weir_tensor_read(d, &to));
    for (int i = 0; i < N; i++)
        assert_true(y[i] == (x[i] < 0 ? -x[i] : x[i]));
    weir_tensor_release(d);
    weir_stream_release(s);
}

static void a_chain_moves_each_input_once(void **state)
{
    weir_context *c = *state;
    weir_stream *s;
    float x[N], w[N], y[N];
    fill(x, N);
    fill(w, N);
    w[3] = 7;
    prove(c, WEIR_OP_NEG);
    check_ok(weir_stream_create(c, &s));
    weir_tensor *a = wrap(c, x), *b = wrap(c, w), *p = create(c), *q = create(c), *r = create(c);
    // Twice, since the first round holds the self-tests of add and mul.
    for (int round = 0; round < 2; round++) {
        weir_stats before, after;
        weir_array fx = vector(x, N), fw = vector(w, N);
        check_ok(weir_tensor_write(a, &fx));
        check_ok(weir_tensor_write(b, &fw));
        weir_stats_get(c, &before);
        check_ok(weir_submit(s, WEIR_OP_ADD, NULL, (weir_tensor *[]){a, b}, 2, &p, 1, NULL));
        check_ok(weir_submit(s, WEIR_OP_MUL, NULL, (weir_tensor *[]){p, a}, 2, &q, 1, NULL));
        check_ok(unary(s, WEIR_OP_NEG, q, r));
        weir_array to = vector(y, N);
        check_ok(weir_tensor_read(r, &to));
        weir_stats_get(c, &after);
        for (int i = 0; i < N; i++)
            assert_true(y[i] == -((x[i] + w[i]) * x[i]));
        if (round == 1) {
            assert_int_equal(after.uploads - before.uploads, 2);
            assert_int_equal(after.downloads - before.downloads, 1);
            assert_int_equal(after.upload_bytes - before.upload_bytes, 2 * sizeof x);
            assert_int_equal(after.launches - before.launches, 3);
        }
    }
    weir_tensor *all[] = {a, b, p, q, r};
    for (size_t i = 0; i < W_COUNT(all); i++)
        weir_tensor_release(all[i]);
    weir_stream_release(s);
}

static void the_first_failure_stays_until_read(void **state)
{
    weir_context *c = *state;
    weir_stream *s;
    float x[N], y[N];
    fill(x, N);
    prove(c, WEIR_OP_NEG);
    check_ok(weir_stream_create(c, &s));
    weir_tensor *a = wrap(c, x), *b = create(c), *d = create(c);
    atomic_store(&script.out_of_memory, true);
    check_ok(unary(s, WEIR_OP_NEG, a, b));
    check_ok(unary(s, WEIR_OP_NEG, b, d));
    check_status(weir_stream_wait(s, WEIR_FOREVER), WEIR_OUT_OF_MEMORY);
    check_message("planted");
    check_status(weir_stream_poll(s), WEIR_OK); // it was read
    weir_array to = vector(y, N);
    check_status(weir_tensor_read(d, &to), WEIR_OUT_OF_MEMORY); // it was never written
    atomic_store(&script.out_of_memory, false);
    check_ok(unary(s, WEIR_OP_NEG, a, b));
    check_ok(weir_tensor_read(b, &to));
    assert_true(y[1] == -x[1]);
    weir_tensor_release(a);
    weir_tensor_release(b);
    weir_tensor_release(d);
    weir_stream_release(s);
}

static _Atomic int noted;
static _Atomic int noted_status;

static void note(void *user, weir_status status)
{
    atomic_store(&noted_status, status);
    atomic_fetch_add(&noted, *(int *)user);
}

static void a_callback_comes_once_when_done(void **state)
{
    weir_context *c = *state;
    weir_stream *s;
    float x[N];
    int one = 1;
    fill(x, N);
    prove(c, WEIR_OP_NEG);
    check_ok(weir_stream_create(c, &s));
    weir_tensor *a = wrap(c, x), *b = create(c);
    atomic_store(&noted, 0);
    check_ok(weir_stream_notify(s, note, &one)); // nothing is under way: at once
    assert_int_equal(atomic_load(&noted), 1);
    atomic_store(&script.gate_closed, true);
    check_ok(unary(s, WEIR_OP_NEG, a, b));
    check_ok(weir_stream_notify(s, note, &one));
    assert_int_equal(atomic_load(&noted), 1);
    script_open_gate();
    check_ok(weir_stream_wait(s, WEIR_FOREVER));
    weir_stream_release(s); // waits for the callback too, which is a command like any other
    weir_context_destroy(c);
    assert_int_equal(atomic_load(&noted), 2);
    assert_int_equal(atomic_load(&noted_status), WEIR_OK);
    weir_tensor_release(a); // tensors may outlive their context
    weir_tensor_release(b);
    *state = scripted_context("scripted:0");
}

typedef struct note_threads {
    _Atomic int calls;
    _Atomic pthread_t called, launched; // whose threads: this call's, and of the launch before it
} note_threads;

static void note_thread(void *user, weir_status status)
{
    note_threads *n = user;
    (void)status;
    atomic_store(&n->called, pthread_self());
    atomic_store(&n->launched, atomic_load(&script.launched_by));
    atomic_fetch_add(&n->calls, 1);
}

// A thread that waits runs what has not begun, in order, but never the host's callbacks: those of
// Weir's threads and those of this one take turns.
static void a_wait_does_what_has_not_begun(void **state)
{
    weir_context *c = *state;
    weir_stream *s;
    float x[N], y[N];
    fill(x, N);
    prove(c, WEIR_OP_NEG);
    prove(c, WEIR_OP_ABS);
    check_ok(weir_stream_create(c, &s));
    weir_tensor *a = wrap(c, x), *b = create(c), *d = create(c);
    bool helped = false;
    for (int i = 0; i < 100000 && !helped; i++) { // the stream's thread may always be the first
        note_threads n = {0};
        weir_array ones = vector(y, N);
        for (int k = 0; k < N; k++)
            y[k] = 1;
        check_ok(weir_tensor_write(d, &ones));
        check_ok(unary(s, WEIR_OP_NEG, a, b));
        check_ok(weir_stream_notify(s, note_thread, &n));
        check_ok(unary(s, WEIR_OP_ABS, b, d));
        check_ok(unary(s, WEIR_OP_NEG, d, d));
        if (i % 2)
            check_ok(weir_stream_wait(s, WEIR_FOREVER));
        check_ok(weir_tensor_read(d, &ones)); // waits as well
        for (int k = 0; k < N; k++)
            assert_true(y[k] == (x[k] < 0 ? x[k] : -x[k]));
        check_ok(weir_stream_wait(s, WEIR_FOREVER));
        assert_int_equal(atomic_load(&n.calls), 1);
        helped = pthread_equal(n.launched, pthread_self());
        if (helped) // up to the callback
            assert_false(pthread_equal(n.called, pthread_self()));
    }
    assert_true(helped);
    weir_tensor_release(a);
    weir_tensor_release(b);
    weir_tensor_release(d);
    weir_stream_release(s);
}

static void flush_to_zero(void *unused, weir_status status)
{
    (void)unused;
    (void)status;
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#endif
}

// The host's function runs on the stream's thread, which computes for the CPU as well.
static void a_callback_changes_no_results(void **state)
{
    weir_context *c = *state;
    weir_stream *s;
    weir_call_options cpu = {.struct_size = sizeof cpu, .device = "cpu"};
    float x[N], y[N];
    for (int i = 0; i < N; i++)
        x[i] = 1e-40f; // subnormal
    prove(c, WEIR_OP_NEG);
    check_ok(weir_stream_create(c, &s));
    weir_tensor *a = wrap(c, x), *b = create(c), *d = create(c);
    atomic_store(&script.gate_closed, true);
    check_ok(unary(s, WEIR_OP_NEG, a, b));
    check_ok(weir_stream_notify(s, flush_to_zero, NULL));
    check_ok(weir_submit(s, WEIR_OP_ADD, NULL, (weir_tensor *[]){b, b}, 2, &d, 1, &cpu));
    script_open_gate();
    check_ok(weir_stream_wait(s, WEIR_FOREVER));
    weir_array to = vector(y, N);
    check_ok(weir_tensor_read(d, &to));
    for (int i = 0; i < N; i++)
        assert_true(y[i] == -2 * x[i] && y[i] != 0);
    weir_tensor_release(a);
    weir_tensor_release(b);
    weir_tensor_release(d);
    weir_stream_release(s);
}

static void streams_wait_for_each_other_through_tensors(void **state)
{
    weir_context *c = *state;
    weir_stream *s, *t;
    float x[N], y[N];
    fill(x, N);
    prove(c, WEIR_OP_NEG);
    prove(c, WEIR_OP_ABS);
    check_ok(weir_stream_create(c, &s));
    check_ok(weir_stream_create(c, &t));
    weir_tensor *a = wrap(c, x), *b = create(c), *d = create(c);
    atomic_store(&script.gate_closed, true);
    check_ok(unary(s, WEIR_OP_NEG, a, b));
    check_ok(unary(t, WEIR_OP_ABS, b, d));
    check_status(weir_stream_wait(t, SHORT), WEIR_TIMEOUT);
    script_open_gate();
    check_ok(weir_stream_wait(t, WEIR_FOREVER));
    weir_array to = vector(y, N);
    check_ok(weir_tensor_read(d, &to));
    for (int i = 0; i < N; i++)
        assert_true(y[i] == (x[i] < 0 ? -x[i] : x[i]));
    weir_tensor_release(a);
    weir_tensor_release(b);
    weir_tensor_release(d);
    weir_stream_release(s);
    weir_stream_release(t);
}

static void destroying_cancels_what_has_not_begun(void **state)
{
    weir_context *c = *state;
    weir_stream *s;
    float x[N];
    fill(x, N);
    prove(c, WEIR_OP_NEG);
    check_ok(weir_stream_create(c, &s));
    weir_tensor *a = wrap(c, x), *b = create(c);
    for (int i = 0; i < 20; i++)
        check_ok(unary(s, WEIR_OP_NEG, i % 2 ? b : a, i % 2 ? a : b));
    weir_context_destroy(c);
    check_status(weir_stream_wait(s, WEIR_FOREVER), WEIR_CANCELLED);
    check_status(unary(s, WEIR_OP_NEG, a, b), WEIR_CANCELLED);
    weir_tensor_release(a);
    weir_tensor_release(b);
    weir_stream_release(s);
    *state = scripted_context("scripted:0");
}

static void small_work_on_the_cpu_is_done_at_once(void **state)
{
    (void)state;
    weir_context *c = scripted_context("cpu");
    weir_stream *s;
    float x[N], y[N];
    fill(x, N);
    check_ok(weir_stream_create(c, &s));
    weir_tensor *a = wrap(c, x), *b = wrap(c, y);
    check_ok(unary(s, WEIR_OP_NEG, a, b));
    assert_true(y[N - 1] == -x[N - 1]); // without a wait
    check_status(weir_stream_poll(s), WEIR_OK);
    weir_tensor_release(a);
    weir_tensor_release(b);
    weir_stream_release(s);
    weir_context_destroy(c);
}

static void bad_submissions_are_refused_at_once(void **state)
{
    weir_context *c = *state, *other = scripted_context(NULL);
    weir_stream *s;
    float x[N];
    fill(x, N);
    check_ok(weir_stream_create(c, &s));
    weir_tensor *a = wrap(c, x), *b = create(c), *foreign = create(other);
    check_status(unary(s, 9999, a, b), WEIR_INVALID_ARGUMENT);
    check_message("9999");
    check_status(unary(s, WEIR_OP_NEG, NULL, b), WEIR_INVALID_DTYPE);
    check_status(unary(s, WEIR_OP_NEG, a, NULL), WEIR_INVALID_ARGUMENT);
    check_status(unary(s, WEIR_OP_NEG, a, foreign), WEIR_INVALID_ARGUMENT);
    check_message("another context");
    check_status(unary(s, WEIR_OP_REDUCE_SUM, a, b), WEIR_INVALID_SHAPE);
    check_status(unary(NULL, WEIR_OP_NEG, a, b), WEIR_INVALID_ARGUMENT);
    check_status(weir_stream_poll(s), WEIR_OK);
    weir_array to = vector(x, N);
    check_status(weir_tensor_read(b, &to), WEIR_INVALID_ARGUMENT);
    check_message("before it was written");
    weir_tensor_release(a);
    weir_tensor_release(b);
    weir_tensor_release(foreign);
    weir_stream_release(s);
    weir_context_destroy(other);
}

typedef struct shared {
    weir_context *context;
    weir_tensor *tensor[3];
    unsigned seed;
    bool torn;
} shared;

// Every value written has all its elements equal: an operation that runs into another one shows.
static void *submit_and_read(void *arg)
{
    shared *sh = arg;
    weir_stream *s;
    float x[N];
    if (weir_stream_create(sh->context, &s) != WEIR_OK)
        return NULL;
    for (int i = 0; i < 1000; i++) {
        unsigned r = sh->seed = sh->seed * 1103515245 + 12345;
        weir_tensor *in[] = {sh->tensor[r >> 16 & 1], sh->tensor[r >> 17 & 1]};
        weir_array all = vector(x, N);
        for (int k = 0; k < N; k++)
            x[k] = (float)i;
        if (r >> 18 & 1)
            weir_tensor_write(sh->tensor[2], &all);
        weir_submit(s, WEIR_OP_MAX, NULL, in, 2, &sh->tensor[(r >> 19) % 3], 1, NULL);
        weir_submit(s, WEIR_OP_MIN, NULL, (weir_tensor *[]){sh->tensor[2], in[0]}, 2,
                    &sh->tensor[r >> 20 & 1], 1, NULL);
        weir_tensor_read(in[0], &all);
        for (int k = 1; k < N; k++)
            sh->torn |= x[k] != x[0];
    }
    weir_stream_release(s);
    return NULL;
}

static void threads_that_share_tensors_take_turns(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    shared all = {.context = scripted_context("cpu")}, sh[THREADS];
    float x[N] = {0};
    pthread_t thread[THREADS];
    for (int i = 0; i < 3; i++) {
        weir_array zeros = vector(x, N);
        all.tensor[i] = create(all.context);
        check_ok(weir_tensor_write(all.tensor[i], &zeros));
    }
    for (unsigned i = 0; i < THREADS; i++) {
        sh[i] = all;
        sh[i].seed = i;
        assert_int_equal(pthread_create(&thread[i], NULL, submit_and_read, &sh[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        assert_false(sh[i].torn);
    }
    for (int i = 0; i < 3; i++)
        weir_tensor_release(all.tensor[i]);
    weir_context_destroy(all.context);
}

// A forked child cannot free what it inherits, and the leak checker need not ask it to.
static bool is_child;
int __lsan_is_turned_off(void) __attribute__((visibility("default")));
int __lsan_is_turned_off(void)
{
    return is_child;
}

// The child has none of the threads, one of which is inside a driver as it forks.
static void a_forked_child_ends_by_itself(void **state)
{
    weir_context *c = *state;
    weir_stream *s;
    float x[N];
    fill(x, N);
    prove(c, WEIR_OP_NEG);
    check_ok(weir_stream_create(c, &s));
    weir_tensor *a = wrap(c, x), *b = create(c);
    uint32_t launches = atomic_load(&script.launches);
    atomic_store(&script.gate_closed, true);
    check_ok(unary(s, WEIR_OP_NEG, a, b));
    while (atomic_load(&script.launches) == launches)
        usleep(1000);
    pid_t child = fork();
    if (child == 0) {
        is_child = true;
        alarm(20);
        bool right = unary(s, WEIR_OP_NEG, a, b) == WEIR_FORKED &&
                     weir_stream_wait(s, WEIR_FOREVER) == WEIR_FORKED;
        weir_tensor_release(b);
        weir_stream_release(s);
        weir_context_destroy(c);
        exit(right ? 7 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    script_open_gate();
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
    check_ok(weir_stream_wait(s, WEIR_FOREVER));
    weir_tensor_release(a);
    weir_tensor_release(b);
    weir_stream_release(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(submit_returns_while_the_kernel_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(work_in_flight_keeps_its_tensors, setup, teardown),
        cmocka_unit_test_setup_teardown(a_chain_moves_each_input_once, setup, teardown),
        cmocka_unit_test_setup_teardown(the_first_failure_stays_until_read, setup, teardown),
        cmocka_unit_test_setup_teardown(a_callback_comes_once_when_done, setup, teardown),
        cmocka_unit_test_setup_teardown(a_wait_does_what_has_not_begun, setup, teardown),
        cmocka_unit_test_setup_teardown(a_callback_changes_no_results, setup, teardown),
        cmocka_unit_test_setup_teardown(streams_wait_for_each_other_through_tensors, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(destroying_cancels_what_has_not_begun, setup, teardown),
        cmocka_unit_test_setup_teardown(small_work_on_the_cpu_is_done_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_submissions_are_refused_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(threads_that_share_tensors_take_turns, setup, teardown),
        cmocka_unit_test_setup_teardown(a_forked_child_ends_by_itself, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
