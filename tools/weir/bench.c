// SPDX-License-Identifier: Apache-2.0
//
// weir bench: times Weir on this CPU, and compares with an earlier run.
#include <string.h>

#include "bench/harness/harness.h"
#include "tools/weir/output.h"
#include "tools/weir/tool.h"

typedef struct bench_arguments {
    harness_options options;
    const char *json, *html, *baseline;
    double band;
} bench_arguments;

static int parse(int argc, char **argv, bench_arguments *a)
{
    harness_options *o = &a->options;
    const tool_flag flags[] = {
        {"only", TOOL_TEXT, &o->only, "LIST",
         "of matmul, matmul_f32, matmul_s8, matmul_bf16, elementwise, rows, chains,\ncalls; "
         "default: all",
         0, 0},
        {"ops", TOOL_TEXT, &o->ops, "LIST", "these operations alone, such as exp,tanh", 0, 0},
        {"sizes", TOOL_TEXT, &o->sizes, "LIST", "these sizes alone, such as 1000,100000", 0, 0},
        {"quick", TOOL_ON, &o->quick, NULL, "small sizes alone", 0, 0},
        {"samples", TOOL_COUNT, &o->samples, "N", "of which the median counts; default: 15", 1,
         BENCH_SAMPLES},
        {"sample-ms", TOOL_REAL, &o->sample_ms, "MS",
         "a sample repeats a call for so long; default: 2", 0.01, 1000},
        {"json", TOOL_TEXT, &a->json, "FILE", "write the report there, too", 0, 0},
        {"html", TOOL_TEXT, &a->html, "FILE", "write a page with a plot for each operation", 0, 0},
        {"baseline", TOOL_TEXT, &a->baseline, "FILE",
         "compare with an earlier --json; exit 1 where a figure or a curve's\n"
         "mean is worse by more than the band, or one size by twice as much",
         0, 0},
        {"band", TOOL_REAL, &a->band, "PART", "what counts as noise; default: 0.15", 0, 100},
        {"no-amx", TOOL_ON, &o->no_amx, NULL, "without AMX where the CPU has it", 0, 0},
        {"isa", TOOL_TEXT, &o->isa, "NAME",
         "the CPU's instruction set: scalar, avx2, avx512, neon;\ndefault: the best this CPU has",
         0, 0},
        {"threads", TOOL_COUNT, &o->threads, "N",
         "CPU threads, 1 to 1024; default: as many as may run", 1, 1024},
    };
    const tool_usage usage = {
        .line = "weir bench [--only LIST] [--ops LIST] [--sizes LIST] [flags]",
        .about =
            "Times products, elementwise operations, reductions, rows, chains and small calls on "
            "the\n"
            "CPU, beside what it can do at best, and prints medians. A report written with --json\n"
            "can be the --baseline of a later run on the same machine.",
        .flags = flags,
        .n_flags = sizeof flags / sizeof flags[0],
        .examples =
            "  weir bench --quick\n  weir bench --only elementwise --ops exp,tanh --html exp.html\n"
            "  weir bench --json before.json\n  weir bench --baseline before.json\n",
    };
    return tool_args(argc, argv, &usage, NULL);
}

static int write_report(const harness *h, const char *path, int (*write)(const harness *, FILE *))
{
    tool_output output = {0};
    if (!path)
        return TOOL_OK;
    if (!tool_output_open(&output, path))
        return TOOL_WRONG;
    if (write(h, output.file)) {
        tool_output_abandon(&output, 1);
        return tool_broken("%s: no memory, or it cannot be written", path);
    }
    return tool_output_commit(&output, 1) ? TOOL_OK : TOOL_BROKEN;
}

static int report(harness *h, const bench_arguments *a)
{
    harness_summarize(h);
    if (h->n_rows == 0)
        return tool_fail(
            "nothing to measure: no case is in --only, --ops, --sizes and --quick at once");
    harness_print(h, stdout);
    int r = write_report(h, a->json, harness_write_json);
    r = r == TOOL_OK ? write_report(h, a->html, harness_write_page) : r;
    if (r != TOOL_OK || !a->baseline)
        return r;
    r = harness_compare(h, a->baseline, a->band, stdout);
    return r == 2 ? tool_fail("--baseline %s: no report of weir bench with anything to compare",
                              a->baseline)
                  : r;
}

int tool_bench(int argc, char **argv)
{
    bench_arguments a = {.options = {.samples = 15, .sample_ms = 2, .status = tool_status},
                         .band = 0.15};
    static harness h;
    const char *flag, *unknown;
    int r = parse(argc, argv, &a);
    if (r >= 0)
        return r;
    unknown = harness_unknown(&a.options, &flag);
    if (unknown)
        return tool_fail("%s: there is no \"%s\"", flag, unknown);
    weir_status s = harness_open(&h, &a.options);
    if (s != WEIR_OK)
        return tool_fail_weir(NULL, s, NULL);
    s = harness_measure(&h);
    r = s == WEIR_OK ? report(&h, &a) : tool_fail_weir(h.context, s, NULL);
    harness_close(&h);
    return r;
}
