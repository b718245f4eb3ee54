// SPDX-License-Identifier: Apache-2.0
//
// Regret: the time of the automatic choice over the time of the best device, both measured in turn,
// for operations on plain arrays after a calibration.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common.h"

typedef struct problem_row {
    weir_op op;
    int32_t rank; // 1: n elements; 2: n x n
    int64_t n;
} problem_row;

static const problem_row problems[] = {
    {WEIR_OP_ADD, 1, 1000},          {WEIR_OP_ADD, 1, 100000},
    {WEIR_OP_ADD, 1, 4000000},       {WEIR_OP_EXP, 1, 1000},
    {WEIR_OP_EXP, 1, 100000},        {WEIR_OP_EXP, 1, 4000000},
    {WEIR_OP_POW, 1, 1000},          {WEIR_OP_POW, 1, 100000},
    {WEIR_OP_POW, 1, 1000000},       {WEIR_OP_REDUCE_SUM, 1, 1000},
    {WEIR_OP_REDUCE_SUM, 1, 100000}, {WEIR_OP_REDUCE_SUM, 1, 4000000},
    {WEIR_OP_TRANSPOSE, 2, 32},      {WEIR_OP_TRANSPOSE, 2, 256},
    {WEIR_OP_TRANSPOSE, 2, 1500},    {WEIR_OP_MATMUL, 2, 32},
    {WEIR_OP_MATMUL, 2, 128},        {WEIR_OP_MATMUL, 2, 384},
};
enum {
    PROBLEMS = sizeof problems / sizeof *problems,
    MAX_DEVICES = BENCH_CANDIDATES - 1,
    PAIRS = BENCH_SAMPLES
};

typedef struct machine {
    weir_context *context;
    char id[MAX_DEVICES][32];
    size_t index[MAX_DEVICES]; // weir_device_get()'s number
    size_t n;
} machine;

// One operation on one device; NULL: the automatic choice.
typedef struct call {
    weir_context *context;
    const char *device;
    weir_op op;
    size_t n_in;
    weir_array in[2], out;
    weir_status status;
} call;

static void run(void *arg)
{
    call *c = arg;
    weir_call_options options = {.struct_size = sizeof options, .device = c->device};
    weir_status s = weir_run(c->context, c->op, NULL, c->in, c->n_in, &c->out, 1, &options);
    c->status = s == WEIR_OK ? c->status : s;
}

static weir_status make_call(const machine *m, const problem_row *p, call *out)
{
    const int64_t shape[2] = {p->n, p->n};
    size_t count = (size_t)(p->rank == 2 ? p->n * p->n : p->n);
    weir_op_info info;
    weir_status s = weir_op_describe(p->op, &info);
    if (s != WEIR_OK)
        return s;
    *out = (call){.context = m->context, .op = p->op, .n_in = info.required_inputs};
    for (size_t i = 0; i < out->n_in; i++) {
        float *data = bench_memory(count * sizeof *data);
        bench_fill(data, count, (uint32_t)i + 1);
        for (size_t k = 0; k < count; k++)
            data[k] += 1.5f; // pow of positive numbers takes its usual way
        out->in[i] = weir_array_dense(data, WEIR_F32, p->rank, shape);
    }
    s = weir_infer(m->context, p->op, NULL, out->in, out->n_in, &out->out, 1);
    out->out.data = bench_memory(count * sizeof(float));
    return s;
}

static void free_call(call *c)
{
    for (size_t i = 0; i < c->n_in; i++)
        free(c->in[i].data);
    free(c->out.data);
}

// The device of an automatic call on plain arrays: the CPU copies nothing; among several others it
// is the one that is predicted to be best.
static const char *chosen(const machine *m, const problem_row *p, call *c)
{
    weir_stats before, after;
    weir_stats_get(m->context, &before);
    run(c);
    weir_stats_get(m->context, &after);
    size_t best = 0;
    double least = INFINITY;
    if (after.uploads == before.uploads)
        return m->id[0];
    for (size_t d = 1; d < m->n; d++) {
        uint64_t n = (uint64_t)(p->rank == 2 && p->op != WEIR_OP_MATMUL ? p->n * p->n : p->n);
        double ns = weir_predict(m->context, p->op, WEIR_ON_HOST, n, m->index[d]);
        if (ns >= 0 && ns < least) {
            least = ns;
            best = d;
        }
    }
    return m->id[best];
}

static const char *size_text(const problem_row *p, char *out, size_t n)
{
    if (p->rank == 2)
        snprintf(out, n, "%d x %d", (int)p->n, (int)p->n);
    else
        snprintf(out, n, "%d", (int)p->n);
    return out;
}

// Adds a row and returns the regret; negative where a device failed.
static double measure(bench_report *r, const machine *m, const problem_row *p,
                      const bench_timing *timing)
{
    bench_candidate c[BENCH_CANDIDATES];
    call calls[BENCH_CANDIDATES];
    call shared;
    weir_op_info info;
    char size[32];
    if (make_call(m, p, &shared) != WEIR_OK || weir_op_describe(p->op, &info) != WEIR_OK) {
        free_call(&shared);
        return -1;
    }
    bench_status("%s, %s", info.name, size_text(p, size, sizeof size));
    for (size_t i = 0; i <= m->n; i++) {
        calls[i] = shared;
        calls[i].device = i ? m->id[i - 1] : NULL;
        c[i] = (bench_candidate){.run = run, .arg = &calls[i]};
    }
    bench_time(c, m->n + 1, timing);
    const char *choice = chosen(m, p, &calls[0]);
    size_t best = 1;
    weir_status s = calls[0].status;
    for (size_t i = 1; i <= m->n; i++) {
        best = c[i].ns < c[best].ns ? i : best;
        s = calls[i].status == WEIR_OK ? s : calls[i].status;
    }
    // Once more, these two alone: software devices leave caches and clocks changed behind them.
    bench_candidate pair[2] = {c[0], c[best]};
    // Short samples: most of them end before another process is given the core.
    bench_time(pair, 2, &(bench_timing){PAIRS, 1, 1});
    double regret = bench_ratio(&pair[1], &pair[0], PAIRS);
    bench_text(r, info.name);
    bench_text(r, size_text(p, size, sizeof size));
    bench_text(r, choice);
    bench_text(r, m->id[best - 1]);
    bench_number(r, "%.2f", pair[0].ns / 1000);
    bench_number(r, "%.2f", pair[1].ns / 1000);
    bench_number(r, "%.3f", regret);
    for (size_t i = 1; i <= m->n; i++)
        bench_number(r, "%.2f", c[i].ns / 1000);
    free_call(&shared);
    return s == WEIR_OK ? regret : -1;
}

// ---------------------------------------------------------------- bringing the machine up

// Every device that gives identical bits takes part; the router chooses no other.
static weir_status bring_up(machine *m)
{
    bench_status("looking for devices, testing them");
    weir_status s = weir_devices_wait(m->context, WEIR_FOREVER);
    for (size_t i = 0; s == WEIR_OK && i < weir_device_count(m->context); i++) {
        weir_device_info info;
        s = weir_device_get(m->context, i, &info);
        // A test that fails for its device's sake is told by the verdict.
        if (s == WEIR_OK && weir_device_verify(m->context, info.id) == WEIR_OK)
            s = weir_device_get(m->context, i, &info);
        if (s != WEIR_OK || m->n == MAX_DEVICES || strcmp(info.verdict, "identical"))
            continue;
        snprintf(m->id[m->n], sizeof m->id[m->n], "%s", info.id);
        m->index[m->n++] = i;
    }
    return s;
}

static void describe(bench_report *r, const machine *m)
{
    const char *backend, *why;
    for (size_t i = 0, used = 0; i < weir_device_count(m->context); i++) {
        weir_device_info info;
        if (weir_device_get(m->context, i, &info) != WEIR_OK)
            continue;
        bench_version(r, info.id, info.driver);
        if (used < m->n && m->index[used] == i)
            used++;
        else
            bench_note(r, "skipped: %s, %s", info.id, info.verdict);
    }
    for (size_t i = 0; weir_backend_absent(m->context, i, &backend, &why); i++)
        bench_note(r, "skipped: %s, %s", backend, why);
}

static bool progress(void *user, double fraction, const char *what)
{
    (void)user;
    bench_status("calibration %3.0f %%: %s", fraction * 100, what);
    return true;
}

static weir_status tune(weir_context *context, double budget)
{
    weir_op ops[PROBLEMS];
    size_t n = 0;
    for (size_t i = 0; i < PROBLEMS; i++)
        if (i == 0 || problems[i].op != problems[i - 1].op)
            ops[n++] = problems[i].op;
    const weir_tune_options options = {.struct_size = sizeof options,
                                       .budget_seconds = budget,
                                       .ops = ops,
                                       .n_ops = n,
                                       .progress = progress};
    weir_status s = weir_tune(context, &options);
    return s == WEIR_TIMEOUT ? WEIR_OK : s; // what was measured until then counts
}

static bench_report *open_report(const machine *m)
{
    static bench_column columns[BENCH_CANDIDATES + 7];
    static char heads[MAX_DEVICES][48];
    const bench_column first[] = {
        {"op", "operation", true},   {"size", "size", true},     {"chosen", "chosen", true},
        {"best", "best", true},      {"us", "chosen us", false}, {"best_us", "best us", false},
        {"regret", "regret", false},
    };
    size_t n = sizeof first / sizeof *first;
    memcpy(columns, first, sizeof first);
    for (size_t i = 0; i < m->n; i++, n++) {
        snprintf(heads[i], sizeof heads[i], "%s us", m->id[i]);
        columns[n] = (bench_column){m->id[i], heads[i], false};
    }
    return bench_report_open("routing", columns, n);
}

static int measure_all(bench_report *r, const machine *m, const bench_timing *timing,
                       const bench_output *output)
{
    double worst = 0, sum = 0;
    int near = 0;
    for (size_t i = 0; i < PROBLEMS; i++) {
        double regret = measure(r, m, &problems[i], timing);
        if (regret < 0) {
            bench_report_close(r, &(bench_output){.tolerance = output->tolerance});
            return bench_fail("%s", weir_message(NULL));
        }
        worst = regret > worst ? regret : worst;
        sum += regret;
        near += regret <= 1.05;
    }
    bench_note(
        r,
        "%d of %d choices within 5 %% of the best device; where the choice is the best device, "
        "what is not 1 is its own cost, and noise",
        near, PROBLEMS);
    bench_summary(r, "regret_worst", worst, BENCH_LESS);
    bench_summary(r, "regret_mean", sum / PROBLEMS, BENCH_LESS);
    return bench_report_close(r, output);
}

int main(int argc, char **argv)
{
    uint32_t threads = bench_cpus(), samples = 5;
    double budget = 10;
    const char *isa = NULL;
    bench_output output;
    const bench_flag flags[] = {
        {"isa", BENCH_TEXT, &isa, "NAME", "the CPU's instruction set; default: the best there is",
         0, 0},
        {"threads", BENCH_COUNT, &threads, "N", "of the CPU; default: as many as may run", 1, 1024},
        {"budget", BENCH_REAL, &budget, "SECONDS", "of the calibration before; default 10", 0.1,
         3600},
        {"samples", BENCH_COUNT, &samples, "N", "to find the best device by; default 5", 1,
         BENCH_SAMPLES},
    };
    int r = bench_args(argc, argv, "routing",
                       "Calibrates, then times operations on plain arrays on the automatic choice "
                       "and on every device.",
                       flags, sizeof flags / sizeof *flags, &output);
    if (r >= 0)
        return r;
    char folder[512];
    if (!bench_folder(folder, sizeof folder))
        return 1;
    const weir_context_options options = {.struct_size = sizeof options,
                                          .flags = WEIR_CONTEXT_NO_ENVIRONMENT,
                                          .threads = threads,
                                          .isa = isa,
                                          .cache_dir = folder};
    static machine m;
    if (weir_context_create(&options, &m.context) != WEIR_OK) {
        bench_folder_remove(folder);
        return bench_wrong("%s", weir_message(NULL));
    }
    weir_status s = bring_up(&m);
    bench_report *report = open_report(&m);
    describe(report, &m);
    s = s == WEIR_OK ? tune(m.context, budget) : s;
    if (s == WEIR_OK) {
        r = measure_all(report, &m, &(bench_timing){samples, 10, 2}, &output);
    } else {
        r = bench_fail("%s: %s", weir_status_name(s), weir_message(NULL));
    }
    weir_context_destroy(m.context);
    bench_folder_remove(folder);
    return r;
}
