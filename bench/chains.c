// SPDX-License-Identifier: Apache-2.0
//
// Chains of three operations as an expression, against the same operations called one by one.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common.h"

static const int64_t sizes[] = {1000, 30000, 1000000, 10000000};
enum { SIZES = sizeof sizes / sizeof *sizes, STEPS = 3 };

// A chain over x and w: each step takes the result before it, and w where it takes two inputs.
typedef struct chain {
    const char *text;
    weir_op op[STEPS];
    bool takes_w[STEPS];
} chain;

static const chain chains[] = {
    {"abs(x * w + w)", {WEIR_OP_MUL, WEIR_OP_ADD, WEIR_OP_ABS}, {true, true, false}},
    {"tanh(x + w) * w", {WEIR_OP_ADD, WEIR_OP_TANH, WEIR_OP_MUL}, {true, false, true}},
    {"reduce_sum((x - w)^2)",
     {WEIR_OP_SUB, WEIR_OP_SQUARE, WEIR_OP_REDUCE_SUM},
     {true, false, false}},
};

typedef struct problem {
    weir_context *context;
    weir_stream *stream;
    const chain *chain;
    weir_expr *expr;
    weir_tensor *x, *w, *between[STEPS - 1], *y;
    weir_call_options call;
    weir_status status;
} problem;

static void keep(problem *p, weir_status s)
{
    p->status = s == WEIR_OK ? p->status : s;
}

static void run_one_by_one(void *arg)
{
    problem *p = arg;
    weir_tensor *at = p->x;
    for (int i = 0; i < STEPS; i++) {
        weir_tensor *to = i + 1 < STEPS ? p->between[i] : p->y;
        keep(p, weir_submit(p->stream, p->chain->op[i], NULL, (weir_tensor *[]){at, p->w},
                            p->chain->takes_w[i] ? 2 : 1, &to, 1, &p->call));
        at = to;
    }
    keep(p, weir_stream_wait(p->stream, WEIR_FOREVER));
}

static void run_expression(void *arg)
{
    problem *p = arg;
    keep(p, weir_expr_submit(p->stream, p->expr, (weir_tensor *[]){p->x, p->w}, 2, p->y, &p->call));
    keep(p, weir_stream_wait(p->stream, WEIR_FOREVER));
}

static void build(problem *p)
{
    weir_node x, w, at;
    keep(p, weir_expr_create(p->context, &p->expr));
    if (p->status != WEIR_OK)
        return;
    keep(p, weir_expr_input(p->expr, WEIR_F32, &x));
    keep(p, weir_expr_input(p->expr, WEIR_F32, &w));
    at = x;
    for (int i = 0; i < STEPS && p->status == WEIR_OK; i++)
        keep(p, weir_expr_op(p->expr, p->chain->op[i], NULL, (weir_node[]){at, w},
                             p->chain->takes_w[i] ? 2 : 1, &at));
    if (p->status == WEIR_OK)
        keep(p, weir_expr_output(p->expr, at));
}

static void make_tensors(problem *p, int64_t n)
{
    const int64_t one = 1;
    bool sum = p->chain->op[STEPS - 1] == WEIR_OP_REDUCE_SUM;
    weir_array like = weir_array_dense(NULL, WEIR_F32, 1, &n);
    weir_array result = weir_array_dense(NULL, WEIR_F32, 1, sum ? &one : &n);
    weir_tensor **all[] = {&p->x, &p->w, &p->between[0], &p->between[1]};
    for (size_t i = 0; i < sizeof all / sizeof *all && p->status == WEIR_OK; i++)
        keep(p, weir_tensor_create(p->context, &like, all[i]));
    if (p->status == WEIR_OK)
        keep(p, weir_tensor_create(p->context, &result, &p->y));
    float *values = bench_memory((size_t)n * sizeof *values);
    weir_array a = weir_array_dense(values, WEIR_F32, 1, &n);
    weir_tensor *filled[] = {p->x, p->w};
    for (uint32_t i = 0; i < 2 && p->status == WEIR_OK; i++) {
        bench_fill(values, (size_t)n, i + 1);
        keep(p, weir_tensor_write(filled[i], &a));
    }
    free(values);
}

static void release(problem *p)
{
    weir_tensor *all[] = {p->x, p->w, p->between[0], p->between[1], p->y};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        weir_tensor_release(all[i]);
    weir_expr_release(p->expr);
}

// A device that cannot run it (too large a buffer, no such operation) has no row, but a note.
static void measure_chain(bench_report *r, problem *p, const char *device, int64_t n,
                          const bench_timing *timing)
{
    p->call = (weir_call_options){.struct_size = sizeof p->call, .device = device};
    p->status = WEIR_OK;
    build(p);
    if (p->status == WEIR_OK)
        make_tensors(p, n);
    bench_candidate c[] = {{.run = run_one_by_one, .arg = p}, {.run = run_expression, .arg = p}};
    if (p->status == WEIR_OK)
        bench_time(c, 2, timing);
    if (p->status != WEIR_OK) {
        bench_note(r, "%s of %lld on %s: %s", p->chain->text, (long long)n, device,
                   weir_message(NULL));
    } else {
        double ratio = bench_ratio(&c[1], &c[0], timing->samples);
        bench_text(r, p->chain->text);
        bench_text(r, device);
        bench_number(r, "%.0f", (double)n);
        bench_number(r, "%.3f", c[0].ns / 1e6);
        bench_number(r, "%.3f", c[1].ns / 1e6);
        bench_number(r, "%.2f", ratio);
        if (n == 1000000 && !strcmp(device, "cpu")) {
            char name[64];
            snprintf(name, sizeof name, "chain_%td_cpu_ratio_1m", p->chain - chains);
            bench_summary(r, name, ratio, BENCH_MORE);
        }
    }
    release(p);
}

static weir_status measure(bench_report *r, const char *folder, uint32_t threads, uint32_t samples)
{
    const bench_timing timing = {.samples = samples, .sample_ms = 5, .pause_ms = 1};
    weir_context_options options = {.struct_size = sizeof options,
                                    .flags = WEIR_CONTEXT_NO_ENVIRONMENT,
                                    .threads = threads,
                                    .cache_dir = folder};
    weir_context *context;
    weir_stream *stream = NULL;
    weir_status s = weir_context_create(&options, &context);
    if (s != WEIR_OK)
        return s;
    s = weir_devices_wait(context, WEIR_FOREVER);
    if (s == WEIR_OK)
        s = weir_stream_create(context, &stream);
    for (size_t d = 0; s == WEIR_OK && d < weir_device_count(context); d++) {
        weir_device_info info;
        s = weir_device_get(context, d, &info);
        if (s == WEIR_OK)
            bench_version(r, info.id, info.driver);
        for (size_t k = 0; s == WEIR_OK && k < sizeof chains / sizeof *chains; k++)
            for (size_t i = 0; i < SIZES; i++) {
                problem p = {.context = context, .stream = stream, .chain = &chains[k]};
                bench_status("%s on %s, %lld elements", p.chain->text, info.id,
                             (long long)sizes[i]);
                measure_chain(r, &p, info.id, sizes[i], &timing);
            }
    }
    weir_stream_release(stream);
    weir_context_destroy(context);
    return s;
}

int main(int argc, char **argv)
{
    uint32_t threads = bench_cpus(), samples = 15;
    bench_output output;
    const bench_flag flags[] = {
        {"threads", BENCH_COUNT, &threads, "N", "of the CPU; default: as many as may run", 1, 1024},
        {"samples", BENCH_COUNT, &samples, "N", "of which the median counts; default 15", 1,
         BENCH_SAMPLES},
    };
    int r = bench_args(argc, argv, "chains",
                       "Times chains of three operations as an expression and one by one, on each "
                       "device, with the data there.",
                       flags, sizeof flags / sizeof *flags, &output);
    if (r >= 0)
        return r;
    char folder[512], text[16];
    if (!bench_folder(folder, sizeof folder))
        return 1;
    static const bench_column columns[] = {
        {"chain", "chain", true},
        {"device", "device", true},
        {"n", "elements", false},
        {"separate_ms", "one by one ms", false},
        {"expression_ms", "expression ms", false},
        {"ratio", "times as fast", false},
    };
    bench_report *report = bench_report_open("chains", columns, sizeof columns / sizeof *columns);
    snprintf(text, sizeof text, "%u", threads);
    bench_machine(report, "threads", text);
    weir_status s = measure(report, folder, threads, samples);
    r = bench_report_close(report, &output);
    bench_folder_remove(folder);
    return s == WEIR_OK ? r : bench_fail("%s: %s", weir_status_name(s), weir_message(NULL));
}
