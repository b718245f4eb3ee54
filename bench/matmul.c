// SPDX-License-Identifier: Apache-2.0
//
// Square products: f32 against OpenBLAS, which is loaded while it runs and may be absent, int8,
// bf16 by the canonical order and under WEIR_FAST, f32 under it. The context asks for AMX where it
// is let.
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/common.h"

static const int64_t sizes[] = {16, 64, 256, 512, 1024, 2048};
enum { SIZES = sizeof sizes / sizeof *sizes };

typedef struct peer {
    void (*sgemm)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha,
                  const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);
    void (*set_num_threads)(int n);
    int (*get_num_threads)(void);
    const char *(*corename)(void), *(*config)(void);
} peer;

typedef struct problem {
    weir_context *context;
    const peer *peer;
    int64_t n;
    weir_array a, b, y;
    bool fast;
    float *peer_y;
    weir_status status;
} problem;

// ---------------------------------------------------------------- the peer

// OpenBLAS chooses its kernels by the CPU's model number, which virtual machines mask: version
// 0.3.21 then takes those for a CPU of 2004. The variable is read when the library is loaded, by
// the loader's constructors, so that it must stand in the environment from the start.
static void choose_core_type(char **argv)
{
    const char *type = NULL;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        type = "SkylakeX";
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        type = "Haswell";
#endif
    if (!type || getenv("OPENBLAS_CORETYPE") || setenv("OPENBLAS_CORETYPE", type, 1) != 0)
        return;
    execv("/proc/self/exe", argv); // returns only if it fails; the peer's own choice stands then
}

static void *symbol(void *library, const char *name)
{
    void *address = dlsym(library, name);
    if (!address)
        bench_fail("OpenBLAS has no %s", name);
    return address;
}

static bool load_peer(peer *out)
{
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return false;
    *(void **)&out->sgemm = symbol(library, "cblas_sgemm");
    *(void **)&out->set_num_threads = symbol(library, "openblas_set_num_threads");
    *(void **)&out->get_num_threads = symbol(library, "openblas_get_num_threads");
    *(void **)&out->corename = symbol(library, "openblas_get_corename");
    *(void **)&out->config = symbol(library, "openblas_get_config");
    return out->sgemm && out->set_num_threads && out->get_num_threads && out->corename &&
           out->config;
}

// ---------------------------------------------------------------- what is timed

static void run_weir(void *arg)
{
    problem *p = arg;
    const weir_array in[2] = {p->a, p->b};
    weir_call_options call = {.struct_size = sizeof call, .flags = p->fast ? WEIR_FAST : 0};
    weir_status s =
        weir_run(p->context, p->y.dtype == WEIR_S32 ? WEIR_OP_MATMUL_INTEGER : WEIR_OP_MATMUL, NULL,
                 in, 2, &p->y, 1, &call);
    p->status = s == WEIR_OK ? p->status : s;
}

static void run_peer(void *arg)
{
    enum { ROW_MAJOR = 101, NO_TRANS = 111 };
    problem *p = arg;
    int n = (int)p->n;
    p->peer->sgemm(ROW_MAJOR, NO_TRANS, NO_TRANS, n, n, n, 1, p->a.data, n, p->b.data, n, 0,
                   p->peer_y, n);
}

// Sums of n products of numbers up to 1 may differ by their roundings, and no more.
static bool agree(const problem *p)
{
    const float *y = p->y.data;
    for (int64_t i = 0; i < p->n * p->n; i++)
        if (!(fabsf(y[i] - p->peer_y[i]) <= (float)p->n * 0x1p-22f))
            return false;
    return true;
}

static void make_operand(weir_array *out, weir_dtype dtype, int64_t n, uint32_t seed)
{
    const int64_t shape[2] = {n, n};
    size_t count = (size_t)(n * n);
    void *data = bench_memory(count * weir_dtype_size(dtype));
    *out = weir_array_dense(data, dtype, 2, shape);
    if (dtype == WEIR_F32) {
        bench_fill(data, count, seed);
    } else if (dtype == WEIR_BF16) {
        for (size_t i = 0; i < count; i++) // from 1/2 to 1, of either sign
            ((uint16_t *)data)[i] =
                (uint16_t)(0x3f00 | ((seed + (uint32_t)i * 2654435761u) >> 16 & 0x807f));
    } else if (dtype != WEIR_S32) {
        for (size_t i = 0; i < count; i++)
            ((uint8_t *)data)[i] = (uint8_t)((seed + (uint32_t)i * 2654435761u) >> 24);
    }
}

static void row_head(bench_report *r, const char *what, int64_t n)
{
    bench_text(r, what);
    bench_number(r, "%.0f", (double)n);
}

// The ratio of speeds, Weir's over the peer's; NAN without a peer, negative where it failed.
static double bench_f32(bench_report *r, problem *p, const bench_timing *timing)
{
    bench_candidate c[2] = {{.run = run_weir, .arg = p}, {.run = run_peer, .arg = p}};
    make_operand(&p->a, WEIR_F32, p->n, 1);
    make_operand(&p->b, WEIR_F32, p->n, 2);
    make_operand(&p->y, WEIR_F32, p->n, 3);
    p->peer_y = bench_memory((size_t)(p->n * p->n) * sizeof(float));
    bench_time(c, p->peer ? 2 : 1, timing);
    double work = 2.0 * (double)p->n * (double)p->n * (double)p->n;
    double ratio = p->peer ? bench_ratio(&c[0], &c[1], timing->samples) : NAN;
    row_head(r, "f32", p->n);
    bench_number(r, "%.2f", c[0].ns / 1000);
    bench_number(r, "%.1f", work / c[0].ns);
    bench_number(r, "%.1f", p->peer ? work / c[1].ns : NAN);
    bench_number(r, "%.2f", ratio);
    bool good = p->status == WEIR_OK && (!p->peer || agree(p));
    free(p->a.data), free(p->b.data), free(p->y.data), free(p->peer_y);
    return good ? ratio : -1;
}

// A product without a peer.
typedef struct lone {
    const char *name;
    weir_dtype a, b, y;
    bool fast;
} lone;

static const lone lones[] = {
    {"s8 x s8", WEIR_S8, WEIR_S8, WEIR_S32, false},
    {"u8 x s8", WEIR_U8, WEIR_S8, WEIR_S32, false},
    {"bf16", WEIR_BF16, WEIR_BF16, WEIR_BF16, false},
    {"bf16 fast", WEIR_BF16, WEIR_BF16, WEIR_BF16, true},
    {"f32 fast", WEIR_F32, WEIR_F32, WEIR_F32, true},
};
enum { LONES = sizeof lones / sizeof *lones, S8_BY_S8 = 0, BF16_FAST = 3, F32_FAST = 4 };

static double bench_lone(bench_report *r, problem *p, const lone *what, const bench_timing *timing)
{
    bench_candidate c = {.run = run_weir, .arg = p};
    make_operand(&p->a, what->a, p->n, 1);
    make_operand(&p->b, what->b, p->n, 2);
    make_operand(&p->y, what->y, p->n, 3);
    p->fast = what->fast;
    bench_time(&c, 1, timing);
    double speed = 2.0 * (double)p->n * (double)p->n * (double)p->n / c.ns;
    row_head(r, what->name, p->n);
    bench_number(r, "%.2f", c.ns / 1000);
    bench_number(r, "%.1f", speed);
    bench_number(r, "%.1f", NAN);
    bench_number(r, "%.2f", NAN);
    free(p->a.data), free(p->b.data), free(p->y.data);
    return p->status == WEIR_OK ? speed : -1;
}

// ---------------------------------------------------------------- main

static int fail(weir_context *context, bench_report *report, const bench_output *output)
{
    bench_report_close(report, &(bench_output){.tolerance = output->tolerance});
    return bench_fail("%s", *weir_message(context) ? weir_message(context)
                                                   : "Weir and OpenBLAS do not agree");
}

static int measure(bench_report *r, problem *p, const bench_timing *timing, uint32_t largest,
                   const bench_output *output)
{
    double worst = INFINITY, at_1024 = NAN, lone_at_1024[LONES] = {NAN, NAN, NAN, NAN, NAN};
    for (size_t i = 0; i < SIZES && sizes[i] <= largest; i++) {
        bench_status("f32, n = %d", (int)sizes[i]);
        p->n = sizes[i];
        double ratio = bench_f32(r, p, timing);
        if (ratio < 0)
            return fail(p->context, r, output);
        worst = ratio < worst ? ratio : worst;
        at_1024 = p->n == 1024 ? ratio : at_1024;
    }
    for (size_t d = 0; d < LONES; d++)
        for (size_t i = 0; i < SIZES && sizes[i] <= largest; i++) {
            bench_status("%s, n = %d", lones[d].name, (int)sizes[i]);
            p->n = sizes[i];
            double speed = bench_lone(r, p, &lones[d], timing);
            if (speed < 0)
                return fail(p->context, r, output);
            lone_at_1024[d] = p->n == 1024 ? speed : lone_at_1024[d];
        }
    if (p->peer) {
        bench_summary(r, "matmul_f32_ratio_1024", at_1024, BENCH_MORE);
        bench_summary(r, "matmul_f32_ratio_worst", worst, BENCH_MORE);
    }
    bench_summary(r, "matmul_int8_gops_1024", lone_at_1024[S8_BY_S8], BENCH_MORE);
    bench_summary(r, "matmul_bf16_fast_gops_1024", lone_at_1024[BF16_FAST], BENCH_MORE);
    bench_summary(r, "matmul_f32_fast_gflops_1024", lone_at_1024[F32_FAST], BENCH_MORE);
    return bench_report_close(r, output);
}

static void describe(bench_report *r, weir_context *context, uint32_t threads, peer *blas)
{
    char text[16];
    weir_device_info info;
    if (weir_device_get(context, 0, &info) == WEIR_OK)
        bench_machine(r, "weir_cpu", info.driver);
    snprintf(text, sizeof text, "%u", threads);
    bench_machine(r, "threads", text);
    if (!blas) {
        bench_version(r, "openblas", "absent");
        bench_note(r, "skipped: OpenBLAS, for there is no usable libopenblas.so.0");
        return;
    }
    blas->set_num_threads((int)threads);
    bench_version(r, "openblas", blas->config());
    bench_version(r, "openblas_core", blas->corename());
    if (blas->get_num_threads() != (int)threads)
        bench_note(r, "OpenBLAS uses %d threads", blas->get_num_threads());
}

int main(int argc, char **argv)
{
    uint32_t threads = bench_cpus(), samples = 15, largest = 2048;
    const char *isa = NULL;
    bench_output output;
    const bench_flag flags[] = {
        {"isa", BENCH_TEXT, &isa, "NAME", "Weir's instruction set; default: the best there is", 0,
         0},
        {"threads", BENCH_COUNT, &threads, "N", "of both; default: as many as may run", 1, 1024},
        {"samples", BENCH_COUNT, &samples, "N", "of which the median counts; default 15", 1,
         BENCH_SAMPLES},
        {"largest", BENCH_COUNT, &largest, "N", "leave out larger products; default 2048", 16,
         2048},
    };
    int r = bench_args(argc, argv, "matmul",
                       "Times square products: f32 of Weir and of OpenBLAS in turn, int8 and bf16 "
                       "of Weir.",
                       flags, sizeof flags / sizeof *flags, &output);
    if (r >= 0)
        return r;
    choose_core_type(argv);
    const weir_context_options options = {.struct_size = sizeof options,
                                          .flags = WEIR_CONTEXT_NO_ENVIRONMENT |
                                                   WEIR_CONTEXT_CPU_ONLY | WEIR_CONTEXT_NO_PROFILE |
                                                   WEIR_CONTEXT_AMX,
                                          .threads = threads,
                                          .isa = isa};
    problem p = {0};
    if (weir_context_create(&options, &p.context) != WEIR_OK)
        return bench_wrong("%s", weir_message(NULL));
    static const bench_column columns[] = {
        {"operands", "operands", true},         {"n", "n", false},
        {"weir_us", "Weir us", false},          {"weir_gops", "Weir GOP/s", false},
        {"peer_gops", "OpenBLAS GOP/s", false}, {"ratio", "ratio", false},
    };
    peer blas;
    p.peer = load_peer(&blas) ? &blas : NULL;
    bench_report *report = bench_report_open("matmul", columns, sizeof columns / sizeof *columns);
    describe(report, p.context, threads, p.peer ? &blas : NULL);
    // OpenBLAS's threads spin for 2^26 cycles once they have nothing to do.
    bench_timing timing = {.samples = samples, .sample_ms = 2, .pause_ms = p.peer ? 40 : 1};
    r = measure(report, &p, &timing, largest, &output);
    weir_context_destroy(p.context);
    return r;
}
