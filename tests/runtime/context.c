// SPDX-License-Identifier: Apache-2.0
// A context's manners: options, environment, what the host lends, threads, fork.
#include "tests/runtime/check.h"

#include <dirent.h>
#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static weir_context_options quiet(void)
{
    return (weir_context_options){.struct_size = sizeof(weir_context_options),
                                  .flags = WEIR_CONTEXT_NO_PROFILE | WEIR_CONTEXT_CPU_ONLY};
}

static void check_neg(weir_context *c)
{
    enum { N = 100000 };
    static float x[N], y[N];
    fill(x, N);
    weir_array in = vector(x, N), out = vector(y, N);
    check_ok(weir_neg(c, &in, &out));
    for (int i = 0; i < N; i++)
        assert_true(y[i] == -x[i]);
}

static void bad_options_are_named(void **state)
{
    (void)state;
    weir_context *c = (weir_context *)8;
    weir_context_options o = quiet();
    o.struct_size = 3;
    check_status(weir_context_create(&o, &c), WEIR_INVALID_ARGUMENT);
    assert_null(c);
    check_message("3");
    struct {
        weir_context_options known;
        uint64_t later;
    } more = {.known = quiet(), .later = 1};
    more.known.struct_size = sizeof more;
    check_status(weir_context_create(&more.known, &c), WEIR_UNSUPPORTED);
    check_message("byte");
    o = quiet();
    o.threads = 5000;
    check_status(weir_context_create(&o, &c), WEIR_INVALID_ARGUMENT);
    check_message("5000");
    check_message("1024");
    o = quiet();
    o.isa = "sse9";
    check_status(weir_context_create(&o, &c), WEIR_UNAVAILABLE);
    check_message("sse9");
    o = quiet();
    o.flags |= 1u << 30;
    check_status(weir_context_create(&o, &c), WEIR_INVALID_ARGUMENT);
    weir_pool pool = {.threads = 2};
    o = quiet();
    o.pool = &pool;
    check_status(weir_context_create(&o, &c), WEIR_INVALID_ARGUMENT);
    check_status(weir_context_create(NULL, NULL), WEIR_INVALID_ARGUMENT);
    o = quiet();
    o.device = "cuda:7";
    check_ok(weir_context_create(&o, &c));
    float x = 1, y;
    weir_array in = vector(&x, 1), out = vector(&y, 1);
    check_status(weir_neg(c, &in, &out), WEIR_UNAVAILABLE);
    check_message("cuda:7");
    check_message("cpu");
    weir_context_destroy(c);
    weir_context_destroy(NULL);
}

static void the_environment_is_read_unless_forbidden(void **state)
{
    (void)state;
    weir_context *c;
    weir_context_options o = quiet();
    setenv("WEIR_THREADS", "zero", 1);
    check_status(weir_context_create(&o, &c), WEIR_INVALID_ARGUMENT);
    check_message("zero");
    o.flags |= WEIR_CONTEXT_NO_ENVIRONMENT;
    check_ok(weir_context_create(&o, &c));
    weir_context_destroy(c);
    o = quiet();
    o.threads = 1; // an option goes before its variable
    check_ok(weir_context_create(&o, &c));
    weir_context_destroy(c);
    setenv("WEIR_THREADS", "1", 1);
    setenv("WEIR_ISA", "scalar", 1);
    o = quiet();
    check_ok(weir_context_create(&o, &c));
    weir_device_info info;
    check_ok(weir_device_get(c, 0, &info));
    assert_non_null(strstr(info.driver, "scalar"));
    weir_context_destroy(c);
    unsetenv("WEIR_THREADS");
    unsetenv("WEIR_ISA");
}

static _Atomic int held;

static void *lend(void *user, size_t bytes)
{
    (void)user;
    atomic_fetch_add(&held, 1);
    return aligned_alloc(64, (bytes + 63) / 64 * 64);
}

static void take_back(void *user, void *memory, size_t bytes)
{
    (void)user;
    (void)bytes;
    atomic_fetch_sub(&held, 1);
    free(memory);
}

static void *lend_nothing(void *user, size_t bytes)
{
    (void)bytes;
    int *left = user;
    return (*left)-- > 0 ? lend(NULL, bytes) : NULL;
}

static void the_hosts_allocator_is_used_and_balanced(void **state)
{
    (void)state;
    weir_allocator lender = {lend, take_back, NULL};
    weir_context *c;
    weir_context_options o = quiet();
    o.allocator = &lender;
    check_ok(weir_context_create(&o, &c));
    assert_true(atomic_load(&held) > 0);
    check_neg(c);
    weir_context_destroy(c);
    assert_int_equal(atomic_load(&held), 0);
    // An allocator that runs dry at each of its first calls: a status, nothing lost.
    for (int n = 0; n < 12; n++) {
        int left = n;
        weir_allocator dry = {lend_nothing, take_back, &left};
        o.allocator = &dry;
        weir_status status = weir_context_create(&o, &c);
        if (status == WEIR_OK)
            weir_context_destroy(c);
        else
            check_status(status, WEIR_OUT_OF_MEMORY);
        assert_int_equal(atomic_load(&held), 0);
    }
}

static _Atomic int pool_runs;

static void serial_pool(void *user, void (*task)(void *arg, uint32_t i), void *arg, uint32_t count)
{
    (void)user;
    atomic_fetch_add(&pool_runs, 1);
    for (uint32_t i = count; i-- > 0;)
        task(arg, i);
}

// Whether a task of this process is a thread of Weir's (a sanitizer has threads of its own).
static bool is_ours(const char *task)
{
    char path[64], name[32] = "";
    snprintf(path, sizeof path, "/proc/self/task/%.20s/comm", task);
    FILE *file = fopen(path, "r");
    bool ours = file && fgets(name, sizeof name, file) && !strncmp(name, "weir-", 5);
    if (file)
        fclose(file);
    return ours;
}

static int count_threads(void)
{
    int n = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *e; (e = readdir(tasks));)
        n += e->d_name[0] != '.' && is_ours(e->d_name);
    closedir(tasks);
    return n;
}

static void the_hosts_pool_is_used(void **state)
{
    (void)state;
    weir_pool pool = {serial_pool, 4, NULL};
    weir_context *c;
    weir_context_options o = quiet();
    o.pool = &pool;
    int before = count_threads();
    check_ok(weir_context_create(&o, &c));
    check_neg(c);
    enum { N = 2000000 };
    float *x = calloc(N, sizeof *x);
    weir_array in = vector(x, N);
    check_ok(weir_exp(c, &in, &in));
    assert_true(x[N - 1] == 1.0f);
    free(x);
    assert_true(atomic_load(&pool_runs) > 0);
    assert_int_equal(count_threads(), before);
    weir_context_destroy(c);
}

static void destroying_joins_every_thread(void **state)
{
    (void)state;
    enum { N = 2000000 };
    float *x = calloc(N, sizeof *x);
    weir_array in = vector(x, N);
    int before = count_threads();
    for (int round = 0; round < 3; round++) {
        weir_context *c;
        weir_context_options o = quiet();
        o.threads = 4;
        check_ok(weir_context_create(&o, &c));
        check_ok(weir_exp(c, &in, &in));
        weir_context_destroy(c);
    }
    for (int i = 0; i < 100 && count_threads() != before; i++)
        usleep(1000); // a joined thread leaves /proc a moment later
    assert_int_equal(count_threads(), before);
    free(x);
}

static bool blocks_sent_signals(const char *task)
{
    static const int own[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGTRAP, SIGSYS};
    char path[64], line[128];
    unsigned long long blocked = 0;
    snprintf(path, sizeof path, "/proc/self/task/%.20s/status", task);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "SigBlk: %llx", &blocked) == 1)
            break;
    if (file)
        fclose(file);
    bool sent = blocked >> (SIGTERM - 1) & blocked >> (SIGUSR1 - 1) & 1;
    bool raised = false;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        raised |= blocked >> (own[i] - 1) & 1;
    return sent && !raised;
}

static int count_blocking(void)
{
    int blocking = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *e; (e = readdir(tasks));)
        if (e->d_name[0] != '.' && is_ours(e->d_name))
            blocking += blocks_sent_signals(e->d_name);
    closedir(tasks);
    return blocking;
}

static void workers_block_signals_that_are_sent(void **state)
{
    (void)state;
    enum { N = 2000000 };
    float *x = calloc(N, sizeof *x);
    weir_array in = vector(x, N);
    weir_context *c;
    weir_context_options o = quiet();
    o.threads = 3;
    check_ok(weir_context_create(&o, &c));
    check_ok(weir_exp(c, &in, &in));
    for (int i = 0; i < 5000 && count_blocking() != 2; i++)
        usleep(1000); // a thread that has not run yet blocks all signals
    assert_int_equal(count_blocking(), 2);
    weir_context_destroy(c);
    free(x);
}

static pid_t a_worker(void)
{
    pid_t id = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *e; (e = readdir(tasks));)
        if (e->d_name[0] != '.' && is_ours(e->d_name))
            id = (pid_t)atoi(e->d_name);
    closedir(tasks);
    return id;
}

// Enough for a sleeping worker to be asked.
static void work_for_two(weir_context *c)
{
    enum { N = 1000000 };
    static float x[N];
    weir_array in = vector(x, N);
    check_ok(weir_exp(c, &in, &in));
}

// Calls until the worker may use so many processors, asleep or awake; false if that never comes.
static bool comes_to(weir_context *c, pid_t worker, bool work, int count)
{
    cpu_set_t now;
    for (int i = 0; i < 30000; i++) { // half a minute: others may have its processor meanwhile
        if (work)
            work_for_two(c);
        else
            usleep(1000);
        if (sched_getaffinity(worker, sizeof now, &now) == 0 && CPU_COUNT(&now) == count)
            return true;
    }
    return false;
}

// A sleeping worker does without the caller's processor; awake it has all, and what somebody else
// gave it stays.
static void workers_sleep_apart(void **state)
{
    (void)state;
    cpu_set_t all, one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    const int processors = CPU_COUNT(&all);
    if (processors < 2) {
        print_message("SKIP workers_sleep_apart: there is one processor\n");
        skip();
    }
    weir_context *c;
    weir_context_options o = quiet();
    o.threads = 2;
    check_ok(weir_context_create(&o, &c));
    for (int i = 0; i < 100 && !a_worker(); i++)
        work_for_two(c);
    pid_t worker = a_worker();
    assert_true(worker > 0);
    assert_true(comes_to(c, worker, false, processors - 1));
    assert_true(comes_to(c, worker, true, processors));
    assert_true(comes_to(c, worker, false, processors - 1));
    cpu_set_t others;
    assert_int_equal(sched_getaffinity(worker, sizeof others, &others), 0);
    CPU_XOR(&one, &all, &others); // the processor that it does without
    assert_int_equal(sched_setaffinity(worker, sizeof one, &one), 0);
    for (int i = 0; i < 100; i++)
        work_for_two(c);
    usleep(2000);
    assert_int_equal(sched_getaffinity(worker, sizeof others, &others), 0);
    assert_true(CPU_EQUAL(&one, &others));
    weir_context_destroy(c);
}

static void the_child_of_a_fork_gets_a_status(void **state)
{
    (void)state;
    weir_context *c;
    weir_context_options o = quiet();
    o.threads = 3;
    check_ok(weir_context_create(&o, &c));
    check_neg(c); // its threads are up
    pid_t child = fork();
    if (child == 0) {
        float x = 1, y;
        weir_array in = vector(&x, 1), out = vector(&y, 1);
        alarm(20);
        if (weir_neg(c, &in, &out) != WEIR_FORKED || weir_devices_wait(c, 0) != WEIR_FORKED)
            _exit(1);
        weir_context_destroy(c);
        weir_context *own;
        if (weir_context_create(&o, &own) != WEIR_OK || weir_neg(own, &in, &out) != WEIR_OK ||
            y != -1)
            _exit(2);
        weir_context_destroy(own);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    check_neg(c);
    weir_context_destroy(c);
}

static void data_between_elements_is_refused(void **state)
{
    (void)state;
    weir_context *c;
    weir_context_options o = quiet();
    check_ok(weir_context_create(&o, &c));
    float x[3] = {1, 2, 3};
    weir_array in = vector(x, 2);
    in.data = (char *)x + 1;
    check_status(weir_run(c, WEIR_OP_NEG, NULL, &in, 1, &in, 1, NULL), WEIR_INVALID_ARGUMENT);
    assert_non_null(strstr(weir_message(c), "not a multiple of the 4 bytes of an element of f32"));
    assert_true(x[0] == 1);
    weir_tensor *t = NULL;
    check_status(weir_tensor_wrap(c, &in, &t), WEIR_INVALID_ARGUMENT);
    assert_non_null(strstr(weir_message(c), "not a multiple of the 4 bytes of an element of f32"));
    assert_null(t);
    weir_context_destroy(c);
}

// Where a label has too few bits for the classes, it is said; nothing comes out wrong.
static void more_classes_than_a_label_has_bits(void **state)
{
    (void)state;
    weir_context *c;
    weir_context_options o = quiet();
    check_ok(weir_context_create(&o, &c));
    const int64_t n = 1;
    float score = 0, loss = 0;
    int32_t label = 3;
    weir_array scores[] = {{.data = &score, .dtype = WEIR_F32, .rank = 2, .strided = true},
                           weir_array_dense(&label, WEIR_S32, 1, &n)};
    scores[0].shape[0] = 1;
    scores[0].shape[1] = (1 << 24) + 1;
    weir_array out = weir_array_dense(&loss, WEIR_F32, 1, &n);
    check_status(weir_run(c, WEIR_OP_CROSS_ENTROPY, NULL, scores, 2, &out, 1, NULL),
                 WEIR_UNSUPPORTED);
    assert_non_null(strstr(weir_message(c), "at most 16777216"));
    weir_context_destroy(c);
}

static void messages_belong_to_their_thread(void **state)
{
    (void)state;
    weir_context *c;
    weir_context_options o = quiet();
    check_ok(weir_context_create(&o, &c));
    float x = 1;
    weir_array in = vector(&x, 1);
    check_status(weir_run(c, 4242, NULL, &in, 1, &in, 1, NULL), WEIR_INVALID_ARGUMENT);
    assert_non_null(strstr(weir_message(c), "4242"));
    weir_context_destroy(c);
    assert_string_equal(weir_status_name((weir_status)77), "WEIR_STATUS_?");
    assert_string_equal(weir_dtype_name((weir_dtype)77), "?");
    assert_int_equal(weir_dtype_size((weir_dtype)-1), 0);
}

static void interleaved_views_do_not_overlap(void **state)
{
    (void)state;
    enum { PIXELS = 1000 };
    float pixels[3 * PIXELS];
    weir_context *c;
    weir_context_options o = quiet();
    check_ok(weir_context_create(&o, &c));
    fill(pixels, 3 * PIXELS);
    float second = pixels[4];
    weir_array red = vector(pixels, PIXELS), blue = vector(pixels + 2, PIXELS);
    red.strided = blue.strided = true;
    red.strides[0] = blue.strides[0] = 3;
    check_ok(weir_neg(c, &red, &blue));
    for (int i = 0; i < PIXELS; i++)
        assert_true(pixels[3 * i + 2] == -pixels[3 * i]);
    assert_true(pixels[4] == second);
    check_ok(weir_neg(c, &red, &red));
    blue.data = pixels + 3 * (PIXELS - 1); // red from its end
    blue.strides[0] = -3;
    check_status(weir_neg(c, &red, &blue), WEIR_INVALID_ARGUMENT);
    blue = vector(pixels + 1, PIXELS); // reaches into all
    check_status(weir_neg(c, &red, &blue), WEIR_INVALID_ARGUMENT);
    check_message("overlaps");
    weir_tensor *t;
    red.strides[0] = INT64_MAX;
    check_status(weir_tensor_wrap(c, &red, &t), WEIR_INVALID_SHAPE);
    weir_context_destroy(c);
}

static void the_hosts_exception_flags_stay(void **state)
{
    (void)state;
    weir_context *c;
    weir_context_options o = quiet();
    check_ok(weir_context_create(&o, &c));
    float x[3] = {1.5f, 3e38f, 1e-38f}, y[3];
    weir_array in = vector(x, 3), out = vector(y, 3);
    feclearexcept(FE_ALL_EXCEPT);
    feraiseexcept(FE_DIVBYZERO);
    check_ok(weir_exp(c, &in, &out)); // inexact and overflowing
    check_ok(weir_mul(c, &in, &in, &out));
    assert_int_equal(fetestexcept(FE_ALL_EXCEPT), FE_DIVBYZERO);
    feclearexcept(FE_ALL_EXCEPT);
    weir_context_destroy(c);
}

static void *use(void *arg)
{
    enum { N = 3000 };
    float x[N], y[N];
    fill(x, N);
    weir_array in = vector(x, N), out = vector(y, N);
    for (int i = 0; i < 200; i++)
        if (weir_abs(arg, &in, &out) != WEIR_OK || y[0] != (x[0] < 0 ? -x[0] : x[0]))
            return arg;
    return NULL;
}

static void any_thread_may_call_at_the_same_time(void **state)
{
    (void)state;
    weir_context *c;
    weir_context_options o = quiet();
    o.threads = 3;
    check_ok(weir_context_create(&o, &c));
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use, c), 0);
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    weir_context_destroy(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_options_are_named),
        cmocka_unit_test(the_environment_is_read_unless_forbidden),
        cmocka_unit_test(the_hosts_allocator_is_used_and_balanced),
        cmocka_unit_test(the_hosts_pool_is_used),
        cmocka_unit_test(destroying_joins_every_thread),
        cmocka_unit_test(workers_block_signals_that_are_sent),
        cmocka_unit_test(workers_sleep_apart),
        cmocka_unit_test(the_child_of_a_fork_gets_a_status),
        cmocka_unit_test(messages_belong_to_their_thread),
        cmocka_unit_test(more_classes_than_a_label_has_bits),
        cmocka_unit_test(data_between_elements_is_refused),
        cmocka_unit_test(interleaved_views_do_not_overlap),
        cmocka_unit_test(the_hosts_exception_flags_stay),
        cmocka_unit_test(any_thread_may_call_at_the_same_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
