// SPDX-License-Identifier: Apache-2.0
//
// What a call costs beside its kernel: plain calls and submissions on few elements, and contexts.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common.h"

static const int64_t sizes[] = {8, 100, 1000};
enum { SIZES = sizeof sizes / sizeof *sizes };

typedef struct problem {
    weir_context *context;
    weir_stream *stream;
    weir_tensor *in, *out;
    weir_array x, y;
    weir_status status;
} problem;

static void keep(problem *p, weir_status s)
{
    p->status = s == WEIR_OK ? p->status : s;
}

static void run_call(void *arg)
{
    problem *p = arg;
    keep(p, weir_neg(p->context, &p->x, &p->y));
}

static void run_submit(void *arg)
{
    problem *p = arg;
    keep(p, weir_submit(p->stream, WEIR_OP_NEG, NULL, &p->in, 1, &p->out, 1, NULL));
    keep(p, weir_stream_wait(p->stream, WEIR_FOREVER));
}

// What a kernel that is called directly takes: a loop that the compiler vectorizes.
__attribute__((noinline)) static void negate(const float *restrict x, float *restrict y, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = -x[i];
}

static void run_loop(void *arg)
{
    problem *p = arg;
    negate(p->x.data, p->y.data, p->x.shape[0]);
}

static void add_row(bench_report *r, const char *what, double n, double ns, double kernel_ns)
{
    bench_text(r, what);
    bench_number(r, "%.0f", n);
    bench_number(r, "%.0f", ns);
    bench_number(r, "%.1f", kernel_ns);
    bench_number(r, "%.0f", ns - kernel_ns);
}

// `where` tells the rows of one context from those of the other; `figure` begins the figures'
// names.
static weir_status measure_calls(bench_report *r, problem *p, const char *where, const char *figure,
                                 const bench_timing *timing)
{
    char text[64];
    for (size_t i = 0; i < SIZES && p->status == WEIR_OK; i++) {
        float *x = bench_memory((size_t)sizes[i] * sizeof *x);
        float *y = bench_memory((size_t)sizes[i] * sizeof *y);
        bench_fill(x, (size_t)sizes[i], 1);
        p->x = weir_array_dense(x, WEIR_F32, 1, &sizes[i]);
        p->y = weir_array_dense(y, WEIR_F32, 1, &sizes[i]);
        keep(p, weir_tensor_wrap(p->context, &p->x, &p->in));
        keep(p, weir_tensor_wrap(p->context, &p->y, &p->out));
        bench_candidate c[] = {{.run = run_call, .arg = p},
                               {.run = run_submit, .arg = p},
                               {.run = run_loop, .arg = p}};
        if (p->status == WEIR_OK)
            bench_time(c, 3, timing);
        if (p->status == WEIR_OK) {
            snprintf(text, sizeof text, "weir_neg, %s", where);
            add_row(r, text, (double)sizes[i], c[0].ns, c[2].ns);
            snprintf(text, sizeof text, "weir_submit and wait, %s", where);
            add_row(r, text, (double)sizes[i], c[1].ns, c[2].ns);
        }
        if (p->status == WEIR_OK && i == 0) {
            snprintf(text, sizeof text, "%s_call_ns", figure);
            bench_summary(r, text, c[0].ns, BENCH_LESS);
            snprintf(text, sizeof text, "%s_submit_ns", figure);
            bench_summary(r, text, c[1].ns, BENCH_LESS);
        }
        weir_tensor_release(p->in);
        weir_tensor_release(p->out);
        p->in = p->out = NULL;
        free(x), free(y);
    }
    return p->status;
}

// ---------------------------------------------------------------- contexts

typedef struct creation {
    double create[BENCH_SAMPLES], first[BENCH_SAMPLES], destroy[BENCH_SAMPLES];
} creation;

static weir_status create_once(const weir_context_options *options, creation *out, uint32_t i)
{
    float x[8] = {1}, y[8];
    const int64_t n = 8;
    weir_array in = weir_array_dense(x, WEIR_F32, 1, &n),
               result = weir_array_dense(y, WEIR_F32, 1, &n);
    weir_context *context;
    double start = bench_now();
    weir_status s = weir_context_create(options, &context);
    out->create[i] = bench_now() - start;
    if (s != WEIR_OK)
        return s;
    start = bench_now();
    s = weir_neg(context, &in, &result);
    out->first[i] = bench_now() - start;
    start = bench_now();
    weir_context_destroy(context);
    out->destroy[i] = bench_now() - start;
    return s;
}

static weir_status measure_contexts(bench_report *r, const weir_context_options *options,
                                    uint32_t samples, const char *what, double *out_us)
{
    static creation c;
    char name[64];
    create_once(options, &c, 0); // whose pages nobody has touched yet
    for (uint32_t i = 0; i < samples; i++) {
        weir_status s = create_once(options, &c, i);
        if (s != WEIR_OK)
            return s;
    }
    *out_us = bench_median(c.create, samples) / 1000;
    snprintf(name, sizeof name, "context create, %s", what);
    add_row(r, name, NAN, *out_us * 1000, NAN);
    snprintf(name, sizeof name, "first weir_neg, %s", what);
    add_row(r, name, 8, bench_median(c.first, samples), NAN);
    snprintf(name, sizeof name, "context destroy, %s", what);
    add_row(r, name, NAN, bench_median(c.destroy, samples), NAN);
    return WEIR_OK;
}

// With every device up and measured, so that the router has a choice to make in each call.
static weir_status bring_up(weir_context *context)
{
    const weir_op op = WEIR_OP_NEG;
    const weir_tune_options options = {
        .struct_size = sizeof options, .budget_seconds = 2, .ops = &op, .n_ops = 1};
    bench_status("bringing devices up, measuring them");
    weir_status s = weir_devices_wait(context, WEIR_FOREVER);
    for (size_t i = 0; s == WEIR_OK && i < weir_device_count(context); i++) {
        weir_device_info info;
        s = weir_device_get(context, i, &info);
        if (s == WEIR_OK)
            weir_device_verify(context, info.id); // what it finds is the verdict's to tell
    }
    s = s == WEIR_OK ? weir_tune(context, &options) : s;
    return s == WEIR_TIMEOUT ? WEIR_OK : s; // what was measured until then counts
}

static weir_status measure_in_context(bench_report *r, const weir_context_options *options,
                                      uint32_t samples, const char *where, const char *figure)
{
    const bench_timing timing = {.samples = samples, .sample_ms = 1, .pause_ms = 1};
    problem p = {0};
    weir_device_info info;
    keep(&p, weir_context_create(options, &p.context));
    if (p.status == WEIR_OK && !(options->flags & WEIR_CONTEXT_CPU_ONLY))
        keep(&p, bring_up(p.context));
    if (p.status == WEIR_OK)
        keep(&p, weir_stream_create(p.context, &p.stream));
    bench_status("calls, %s", where);
    if (p.status == WEIR_OK)
        measure_calls(r, &p, where, figure, &timing);
    bool only = options->flags & WEIR_CONTEXT_CPU_ONLY;
    for (size_t i = 0; p.context && !only && i < weir_device_count(p.context); i++)
        if (weir_device_get(p.context, i, &info) == WEIR_OK)
            bench_version(r, info.id, info.driver);
    weir_stream_release(p.stream);
    weir_context_destroy(p.context);
    return p.status;
}

static weir_status measure(bench_report *r, const char *folder, uint32_t threads, uint32_t samples)
{
    weir_context_options options = {.struct_size = sizeof options,
                                    .flags = WEIR_CONTEXT_NO_ENVIRONMENT,
                                    .threads = threads,
                                    .cache_dir = folder};
    double us, cpu_us;
    bench_status("contexts");
    weir_status s = measure_contexts(r, &options, samples, "every backend", &us);
    options.flags |= WEIR_CONTEXT_CPU_ONLY | WEIR_CONTEXT_NO_PROFILE;
    if (s == WEIR_OK)
        s = measure_contexts(r, &options, samples, "CPU alone", &cpu_us);
    if (s != WEIR_OK)
        return s;
    bench_summary(r, "context_create_us", us, BENCH_LESS);
    bench_summary(r, "context_create_cpu_us", cpu_us, BENCH_LESS);
    s = measure_in_context(r, &options, samples, "CPU alone", "small");
    options.flags = WEIR_CONTEXT_NO_ENVIRONMENT;
    return s == WEIR_OK ? measure_in_context(r, &options, samples, "devices up", "routed") : s;
}

int main(int argc, char **argv)
{
    uint32_t threads = bench_cpus(), samples = 41;
    bench_output output;
    const bench_flag flags[] = {
        {"threads", BENCH_COUNT, &threads, "N", "of the context; default: as many as may run", 1,
         1024},
        {"samples", BENCH_COUNT, &samples, "N", "of which the median counts; default 41", 1,
         BENCH_SAMPLES},
    };
    int r = bench_args(argc, argv, "calls",
                       "Times calls on so few elements that their kernel takes no time to speak "
                       "of, and the creation of contexts.",
                       flags, sizeof flags / sizeof *flags, &output);
    if (r >= 0)
        return r;
    char folder[512];
    if (!bench_folder(folder, sizeof folder))
        return 1;
    static const bench_column columns[] = {
        {"what", "what", true},
        {"n", "floats", false},
        {"ns", "ns", false},
        {"kernel_ns", "plain loop ns", false},
        {"overhead_ns", "overhead ns", false},
    };
    bench_report *report = bench_report_open("calls", columns, sizeof columns / sizeof *columns);
    char text[16];
    snprintf(text, sizeof text, "%u", threads);
    bench_machine(report, "threads", text);
    weir_status s = measure(report, folder, threads, samples);
    r = bench_report_close(report, &output);
    bench_folder_remove(folder);
    return s == WEIR_OK ? r : bench_fail("%s: %s", weir_status_name(s), weir_message(NULL));
}
