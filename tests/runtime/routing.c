// SPDX-License-Identifier: Apache-2.0
// The router without devices: predictions, choices, crossovers and the profile
// on planted figures; the tuner on a device that does nothing.
#include "tests/runtime/check.h"

#include "runtime/routing/profile.h"
#include "runtime/routing/route.h"
#include "runtime/routing/tune.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CPU = 1, GPU = 2, BOTH = 3 };

static w_host host;

static w_desc desc_of(weir_op op, uint64_t n)
{
    w_problem p;
    check_ok(w_problem_make(w_op_get(op), WEIR_DTYPE_NONE, W_PLAIN, n, &p));
    return p.desc;
}

// exp on the CPU: 100 ns and 1 ns an element; on device 1: 10 us and 0.01 ns an
// element; a link of 5 us and 10 GB/s.
static w_model *planted(void)
{
    w_model *m;
    w_link link = {5000000, 10000000000u};
    check_ok(w_model_create(&host, &m));
    w_desc d = desc_of(WEIR_OP_EXP, 1024);
    uint32_t c = w_cost_class(&d);
    for (int k = 0; k <= 24; k += 4) {
        uint64_t n = UINT64_C(1) << k;
        check_ok(w_model_set_curve(m, 0, c, n, 100000 + 1000 * n));
        check_ok(w_model_set_curve(m, 1, c, n, 10000000 + 10 * n));
    }
    for (uint32_t device = 0; device < 2; device++)
        check_ok(w_model_set_ratio(m, device, WEIR_OP_EXP, c, 1, W_RATIO_ONE));
    check_ok(w_model_set_link(m, 1, true, &link));
    check_ok(w_model_set_link(m, 1, false, &link));
    return m;
}

static void close_to(double got, double want)
{
    if (!(fabs(got - want) <= 1e-4 * want))
        fail_msg("%g is not %g", got, want);
}

static void test_predictions(void **state)
{
    (void)state;
    w_model *m = planted();
    w_desc d = desc_of(WEIR_OP_EXP, 4096);
    close_to(w_cost_kernel(m, 0, &d), 100 + 4096);
    close_to(w_cost_kernel(m, 1, &d), 10000 + 40.96);
    d = desc_of(WEIR_OP_EXP, UINT64_C(1) << 26); // beyond the last point, in proportion at least
    assert_true(w_cost_kernel(m, 0, &d) >= 0.99 * 4 * ((1 << 24) + 100.0));
    d = desc_of(WEIR_OP_EXP, 20000); // between two points
    assert_true(w_cost_kernel(m, 0, &d) > 4196 && w_cost_kernel(m, 0, &d) < 65636);
    d = desc_of(WEIR_OP_SIN, 4096);
    assert_true(w_cost_kernel(m, 0, &d) < 0); // of the class, but not measured itself
    check_ok(w_model_set_ratio(m, 0, WEIR_OP_SIN, w_cost_class(&d), 4096, 3 * W_RATIO_ONE));
    close_to(w_cost_kernel(m, 0, &d), 3 * 4196);
    // Where the curve bends, what was measured of other operations stays.
    check_ok(w_model_set_curve(m, 0, w_cost_class(&d), 4096, 50000000));
    close_to(w_cost_kernel(m, 0, &d), 3 * 4196);
    d = desc_of(WEIR_OP_EXP, 4096);
    close_to(w_cost_kernel(m, 0, &d), 50000);
    close_to(w_cost_link(m, 1, 1000000, true), 5000 + 100000);
    assert_true(w_cost_link(m, 0, 1000000, true) == 0);
    assert_true(w_cost_link(m, 2, 1, true) < 0);
    check_status(w_model_set_curve(m, 0, 0, 5, 0), WEIR_INVALID_ARGUMENT);
    check_status(w_model_set_curve(m, 16, 0, 5, 5), WEIR_INVALID_ARGUMENT);
    check_status(w_model_set_curve(m, 0, 99, 5, 5), WEIR_INVALID_ARGUMENT);
    w_model_destroy(m);
}

static void test_a_series_is_bounded(void **state)
{
    (void)state;
    w_model *m;
    w_cost_point points[W_SERIES_POINTS];
    check_ok(w_model_create(&host, &m));
    for (uint64_t i = W_SERIES_POINTS; i > 0; i--) // in any order
        check_ok(w_model_set_curve(m, 0, 0, i * 10, i));
    check_status(w_model_set_curve(m, 0, 0, 5, 5), WEIR_INVALID_ARGUMENT);
    check_ok(w_model_set_curve(m, 0, 0, 20, 99)); // replaces
    assert_int_equal(w_model_curve(m, 0, 0, points), W_SERIES_POINTS);
    for (uint64_t i = 0; i < W_SERIES_POINTS; i++)
        assert_int_equal(points[i].work, (i + 1) * 10);
    assert_int_equal(points[1].value, 99);
    w_model_destroy(m);
}

static void test_choices(void **state)
{
    (void)state;
    w_model *m = planted(), *empty;
    double cost[W_MAX_DEVICES];
    w_desc small = desc_of(WEIR_OP_EXP, 64), large = desc_of(WEIR_OP_EXP, 1 << 20);
    w_desc unmeasured = desc_of(WEIR_OP_MATMUL, 512);
    w_place on_device = {.eligible = BOTH, .n_in = 1, .in = {{.bytes = 4 << 20, .valid = GPU}}};
    w_place on_host = {.eligible = BOTH,
                       .n_in = 1,
                       .in = {{.bytes = 4 << 20, .valid = CPU}},
                       .out_bytes = 4 << 20,
                       .n_out = 1};
    assert_int_equal(w_route(m, &large, &on_host), 1);
    assert_int_equal(w_route(m, &large, &on_device), 1);
    w_route_costs(m, &large, &on_host, cost);
    close_to(cost[1], 10000 + 10485.76 + 2 * (5000 + 419430.4));
    close_to(cost[0], 100 + 1048576);
    assert_true(cost[2] < 0);
    // Fetching four bytes costs more than computing where they are.
    on_device.in[0].bytes = 256;
    assert_int_equal(w_route(m, &small, &on_device), 0);
    on_device.in[0].bytes = 1 << 30; // but not a gigabyte
    assert_int_equal(w_route(m, &small, &on_device), 1);
    assert_int_equal(w_route(m, &unmeasured, &on_host), 0);
    on_host.eligible = CPU;
    assert_int_equal(w_route(m, &large, &on_host), 0);
    on_host.eligible = GPU; // the only one that may
    assert_int_equal(w_route(m, &small, &on_host), 1);
    on_host.eligible = GPU | 4;
    assert_int_equal(w_route(m, &unmeasured, &on_host), 1);
    double wait[W_MAX_DEVICES] = {[1] = 1e9};
    on_host.eligible = BOTH;
    on_host.wait_ns = wait; // a busy queue counts
    assert_int_equal(w_route(m, &large, &on_host), 0);
    check_ok(w_model_create(&host, &empty));
    assert_int_equal(w_route(empty, &large, &on_host), 0);
    w_model_destroy(empty);
    w_model_destroy(m);
}

// A device must win by the margin.
static void test_margin(void **state)
{
    (void)state;
    w_model *m;
    w_desc d = desc_of(WEIR_OP_ADD, 1000);
    uint32_t c = w_cost_class(&d);
    w_place place = {.eligible = BOTH};
    check_ok(w_model_create(&host, &m));
    check_ok(w_model_set_curve(m, 0, c, 1000, 1000000));
    check_ok(w_model_set_ratio(m, 0, WEIR_OP_ADD, c, 1, W_RATIO_ONE));
    check_ok(w_model_set_ratio(m, 1, WEIR_OP_ADD, c, 1, W_RATIO_ONE));
    check_ok(w_model_set_curve(m, 1, c, 1000, 950000));
    assert_int_equal(w_route(m, &d, &place), 0);
    check_ok(w_model_set_curve(m, 1, c, 1000, 850000));
    assert_int_equal(w_route(m, &d, &place), 1);
    w_model_destroy(m);
}

static void test_crossovers(void **state)
{
    (void)state;
    w_model *m = planted();
    const w_op *op = w_op_get(WEIR_OP_EXP);
    weir_crossover c[4];
    // The device wins where (10000 + 0.01 n) / 0.9 < 100 + n, about 11136, and
    // beside its copies where (20000 + 0.81 n) / 0.9 < 100 + n, about 221222;
    // between points the curves are a little above.
    assert_int_equal(w_route_crossovers(m, op, WEIR_ON_DEVICE, BOTH, c, 4), 2);
    assert_int_equal(c[0].from, 1);
    assert_int_equal(c[0].device, 0);
    assert_int_equal(c[1].device, 1);
    assert_in_range(c[1].from, 8000, 14000);
    for (uint64_t n = c[1].from - 1; n <= c[1].from; n++) { // the very size
        w_desc d = desc_of(WEIR_OP_EXP, n);
        w_place place = {.eligible = BOTH};
        assert_int_equal(w_route(m, &d, &place), n == c[1].from);
    }
    assert_int_equal(w_route_crossovers(m, op, WEIR_ON_HOST, BOTH, c, 4), 2);
    assert_in_range(c[1].from, 150000, 300000);
    assert_int_equal(w_route_crossovers(m, op, WEIR_ON_HOST, CPU, c, 4), 1);
    assert_int_equal(w_route_crossovers(m, op, WEIR_ON_HOST, GPU, c, 4), 1);
    assert_int_equal(c[0].device, 1);
    assert_int_equal(w_route_crossovers(m, op, WEIR_ON_HOST, BOTH, NULL, 0), 2);
    assert_int_equal(w_route_crossovers(m, w_op_get(WEIR_OP_MATMUL), WEIR_ON_HOST, BOTH, c, 4), 0);
    // Several intervals: the device is fast in the middle alone.
    w_desc d = desc_of(WEIR_OP_EXP, 1024);
    for (int k = 0; k <= 24; k += 4)
        check_ok(w_model_set_curve(m, 1, w_cost_class(&d), UINT64_C(1) << k,
                                   k == 12 ? 1000000 : UINT64_C(1) << 40));
    assert_int_equal(w_route_crossovers(m, op, WEIR_ON_DEVICE, BOTH, c, 4), 3);
    assert_int_equal(c[1].device, 1);
    assert_int_equal(c[2].device, 0);
    assert_true(c[1].from < 4096 && c[2].from > 4096);
    w_model_destroy(m);
}

// ---------------------------------------------------------------- the profile

static const w_profile_key key = {"a key"};

static bool equal_models(const w_model *a, const w_model *b)
{
    static char ta[W_PROFILE_MAX], tb[W_PROFILE_MAX];
    size_t na = w_profile_print(a, 1, &key, ta), nb = w_profile_print(b, 1, &key, tb);
    return na && na == nb && !memcmp(ta, tb, na);
}

static void test_profile_text(void **state)
{
    (void)state;
    static char text[W_PROFILE_MAX], copy[W_PROFILE_MAX];
    w_model *m = planted(), *read;
    const char *old = setlocale(LC_NUMERIC, "de_DE.UTF-8"); // a decimal comma, where there is one
    size_t n = w_profile_print(m, 1, &key, text);
    assert_true(n > 0);
    check_ok(w_model_create(&host, &read));
    for (size_t size = 0; size < n; size++) // cut short anywhere
        assert_non_null(w_profile_parse(text, size, &key, read, 1));
    for (size_t at = 0; at < n; at++) // any one bit
        for (int bit = 0; bit < 8; bit++) {
            memcpy(copy, text, n);
            copy[at] = (char)(copy[at] ^ 1 << bit);
            assert_non_null(w_profile_parse(copy, n, &key, read, 1));
        }
    assert_int_equal(w_model_devices(read), 0); // nothing of them was taken
    w_profile_key other = {"another key"};
    assert_non_null(w_profile_parse(text, n, &other, read, 1));
    assert_null(w_profile_parse(text, n, &key, read, 1));
    assert_true(equal_models(m, read));
    if (old)
        setlocale(LC_NUMERIC, "C");
    w_model_destroy(read);
    w_model_destroy(m);
}

static const char *parse_records(const char *records)
{
    char text[1024];
    w_model *m;
    check_ok(w_model_create(&host, &m));
    int n = snprintf(text, sizeof text, "weir-profile 1\nkey a key\n%s", records);
    n += snprintf(text + n, sizeof text - (size_t)n, "end %016llx\n",
                  (unsigned long long)w_profile_hash(text, (size_t)n));
    const char *odd = w_profile_parse(text, (size_t)n, &key, m, 1);
    assert_true(!odd || !w_model_devices(m));
    w_model_destroy(m);
    return odd;
}

static void test_profile_records(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "\n",
        "link\n",
        "link up 1\n",
        "link up 1 0\n",
        "link up 1 -5\n",
        "link up 1 2 3\n",
        "link up 1 2\nlink up 1 2\n",
        "link side 1 2\n",
        "link up 1 1e9\n",
        "link up 1 nan\n",
        "curve map 0\n",
        "curve map 0 \n",
        "curve map 8 1:1\n",
        "curve nap 0 1:1\n",
        "curve map 0 1:0\n",
        "curve map 0 0:1\n",
        "curve map 0 1:1 1:2\n",
        "curve map 0 2:1 1:1\n",
        "curve map 0 1:1,5\n",
        "curve map 0 01:1\n",
        "curve map 0 1:999999999999999999\n",
        "curve map 0 1:1  2:2\n",
        "curve map 0 1:1\ncurve map 0 2:2\n",
        "curve map 0 1\n",
        "curve map 0 1:1 2:2 3:3 4:4 5:5 6:6 7:7 8:8 9:9 10:1 11:1 12:1 13:1\n",
        "ratio nothing 0 1:1\n",
        "ratio add 0\n",
        "ratio add 9 1:1\n",
        "ratio add 0 1:inf\n",
        "ratio add 0 1:1\nratio add 0 1:1\n",
        "other 1\n",
        " curve map 0 1:1\n",
        "curve map 0 1:1",
    };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        if (!parse_records(odd[i]))
            fail_msg("taken: %s", odd[i]);
    assert_null(parse_records(""));
    assert_null(parse_records("link up 0 1\ncurve move 7 1:1 2:2\nratio add 0 1:65536\n"));
}

// Every format ever written stays readable.
static void test_profile_sample(void **state)
{
    (void)state;
    static char text[W_PROFILE_MAX];
    FILE *f = fopen(WEIR_TEST_DATA "/profile-v1.txt", "rb");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    const char *line = strchr(text, '\n') + 1;
    w_profile_key of_file = {""};
    snprintf(of_file.text, sizeof of_file.text, "%.*s", (int)strcspn(line + 4, "\n"), line + 4);
    w_model *m;
    w_cost_point points[W_SERIES_POINTS];
    check_ok(w_model_create(&host, &m));
    assert_null(w_profile_parse(text, n, &of_file, m, 3));
    assert_int_equal(w_model_devices(m), 8);
    assert_int_equal(w_model_curve(m, 3, 0, points), 6);
    assert_int_equal(points[5].value, 42654432);
    w_model_destroy(m);
}

static void test_profile_file(void **state)
{
    (void)state;
    char top[] = "weir-routing-XXXXXX", folder[64], file[160], real[200];
    assert_non_null(mkdtemp(top));
    snprintf(folder, sizeof folder, "%s/a/b", top);
    snprintf(file, sizeof file, "%s/profile-%016llx.txt", folder,
             (unsigned long long)w_profile_hash(key.text, strlen(key.text)));
    snprintf(real, sizeof real, "%s.real", file);
    w_model *m = planted(), *read;
    struct stat s;
    check_ok(w_model_create(&host, &read));
    assert_false(w_profile_load(&host, folder, &key, read, 1));
    check_ok(w_profile_save(&host, folder, &key, m, 1));
    assert_true(!stat(folder, &s) && (s.st_mode & 0777) == 0700);
    assert_true(!stat(file, &s) && (s.st_mode & 0777) == 0600);
    assert_true(w_profile_load(&host, folder, &key, read, 1));
    assert_true(equal_models(m, read));
    assert_true(!chmod(file, 0622)); // others may write
    assert_false(w_profile_load(&host, folder, &key, read, 1));
    assert_true(!chmod(file, 0600) && !chmod(folder, 0777));
    assert_false(w_profile_load(&host, folder, &key, read, 1));
    check_status(w_profile_save(&host, folder, &key, m, 1), WEIR_IO);
    assert_true(!chmod(folder, 0700) && !rename(file, real));
    assert_true(!symlink(strrchr(real, '/') + 1, file));
    assert_false(w_profile_load(&host, folder, &key, read, 1));
    check_ok(w_profile_save(&host, folder, &key, m, 1)); // replaces the link
    assert_true(w_profile_load(&host, folder, &key, read, 1));
    assert_true(!unlink(file) && !mkfifo(file, 0600));
    assert_false(w_profile_load(&host, folder, &key, read, 1)); // and does not wait on it
    unlink(file);
    assert_true(!truncate(real, W_PROFILE_MAX + 1) && !rename(real, file));
    assert_false(w_profile_load(&host, folder, &key, read, 1));
    unlink(file);
    rmdir(folder);
    *strrchr(folder, '/') = 0;
    rmdir(folder);
    assert_int_equal(rmdir(top), 0); // no temporary file was left
    w_model_destroy(read);
    w_model_destroy(m);
}

// ---------------------------------------------------------------- the tuner

// A device whose kernels do nothing at once; it can refuse, and fail from a
// launch on.
typedef struct idle_device {
    w_device device;
    int launches, fail_at, open; // queues and memories that are open
} idle_device;
struct w_queue {
    w_timeline timeline;
    idle_device *of;
};
struct w_mem {
    idle_device *of;
};
struct w_kernel {
    w_kernel_info info;
};

static weir_status idle_queue_open(w_device *d, w_queue **out)
{
    *out = calloc(1, sizeof **out);
    (*out)->of = (idle_device *)d;
    (*out)->of->open++;
    return WEIR_OK;
}
static void idle_queue_close(w_queue *q)
{
    q->of->open--;
    free(q);
}
static weir_status idle_alloc(w_device *d, size_t bytes, w_mem **out)
{
    (void)bytes;
    *out = calloc(1, sizeof **out);
    (*out)->of = (idle_device *)d;
    (*out)->of->open++;
    return WEIR_OK;
}
static void idle_free(w_mem *m)
{
    m->of->open--;
    free(m);
}
static weir_status idle_prepare(w_device *d, const w_desc *desc, w_kernel **out, size_t *workspace)
{
    static w_kernel kernel;
    (void)d;
    (void)desc;
    *out = &kernel;
    *workspace = 100;
    return WEIR_OK;
}
static weir_status idle_launch(w_queue *q, w_kernel *k, const w_args *a, w_waits w, w_point *out)
{
    (void)k;
    (void)a;
    (void)w;
    *out = (w_point){NULL, 0};
    q->of->launches++;
    return q->of->fail_at && q->of->launches >= q->of->fail_at
               ? w_fail(WEIR_DEVICE_LOST, "lost as the test asked")
               : WEIR_OK;
}
static weir_status idle_copy(w_queue *q, const w_copy *c, w_waits w, w_point *out)
{
    (void)q;
    (void)c;
    (void)w;
    *out = (w_point){NULL, 0};
    return WEIR_OK;
}
static const w_device_ops idle_ops = {.queue_open = idle_queue_open,
                                      .queue_close = idle_queue_close,
                                      .mem_alloc = idle_alloc,
                                      .mem_free = idle_free,
                                      .prepare = idle_prepare,
                                      .launch = idle_launch,
                                      .copy = idle_copy};

static weir_status refuse_exp(void *user, uint32_t device, const w_op *op)
{
    (void)user;
    assert_int_equal(device, 1);
    return op->number == WEIR_OP_EXP ? w_fail(WEIR_UNAVAILABLE, "refused") : WEIR_OK;
}

static bool stop_at_once(void *user, double fraction, const char *what)
{
    (void)user;
    assert_true(fraction >= 0 && fraction <= 1 && what);
    return false;
}

static void test_tuner(void **state)
{
    (void)state;
    static const weir_op ops[] = {WEIR_OP_ADD, WEIR_OP_EXP};
    idle_device cpu = {.device = {.ops = &idle_ops, .host = &host, .info = {.id = "cpu"}}};
    idle_device gpu = {.device = {.ops = &idle_ops, .host = &host, .info = {.id = "idle:0"}}};
    w_device *devices[] = {&cpu.device, &gpu.device};
    w_tuner tuner = {.host = &host, .devices = devices, .n_devices = 2, .verify = refuse_exp};
    weir_tune_options o = {.struct_size = sizeof o,
                           .budget_seconds = 300,
                           .ops = ops,
                           .n_ops = 2,
                           .progress = stop_at_once};
    w_model *m;
    w_cost_point points[W_SERIES_POINTS];
    check_ok(w_model_create(&host, &m));
    check_status(w_tune(&tuner, m, &o), WEIR_CANCELLED);
    o.progress = NULL;
    check_ok(w_tune(&tuner, m, &o));
    w_desc add = desc_of(WEIR_OP_ADD, 4096), exp_desc = desc_of(WEIR_OP_EXP, 4096);
    for (uint32_t d = 0; d < 2; d++)
        assert_true(w_model_curve(m, d, w_cost_class(&add), points) >= 7);
    assert_true(w_cost_kernel(m, 0, &exp_desc) >= 0);
    assert_true(w_cost_kernel(m, 1, &exp_desc) < 0);
    assert_true(w_cost_link(m, 1, 1, true) >= 0 && w_cost_link(m, 1, 1, false) >= 0);
    int before_cpu = cpu.launches, before_gpu = gpu.launches;
    check_ok(w_tune(&tuner, m, &o)); // it holds all of it
    assert_int_equal(cpu.launches, before_cpu);
    assert_int_equal(gpu.launches, before_gpu);
    o.renew = true;
    gpu.fail_at = before_gpu + 5; // the others are measured all the same
    check_ok(w_tune(&tuner, m, &o));
    assert_int_equal(gpu.launches, gpu.fail_at);
    assert_true(cpu.launches > before_cpu);
    assert_int_equal(cpu.open + gpu.open, 0);
    o.struct_size = 1;
    check_status(w_tune(&tuner, m, &o), WEIR_INVALID_ARGUMENT);
    w_model_destroy(m);
}

int main(void)
{
    w_host_init(&host, NULL, NULL, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_predictions),     cmocka_unit_test(test_a_series_is_bounded),
        cmocka_unit_test(test_choices),         cmocka_unit_test(test_margin),
        cmocka_unit_test(test_crossovers),      cmocka_unit_test(test_profile_text),
        cmocka_unit_test(test_profile_records), cmocka_unit_test(test_profile_sample),
        cmocka_unit_test(test_profile_file),    cmocka_unit_test(test_tuner),
    };
    return cmocka_run_group_tests_name("routing", tests, NULL, NULL);
}
