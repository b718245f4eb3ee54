// SPDX-License-Identifier: Apache-2.0
//
// Weir beside its peers on the CPU: products, elementwise operations, reductions and rows, chains,
// small calls and threads, in one run, everybody on equally many threads.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/common.h"
#include "bench/peers/peers.h"

typedef struct arguments {
    harness_options harness;
    bench_output output;
    const char *html, *markdown, *python, *second_python;
    bool no_python, no_avx2;
} arguments;

static int parse(int argc, char **argv, arguments *a)
{
    harness_options *o = &a->harness;
    *o = (harness_options){.threads = bench_cpus(), .samples = 15, .sample_ms = 2};
    *a = (arguments){.harness = *o, .python = "/usr/bin/python3"};
    const bench_flag flags[] = {
        {"threads", BENCH_COUNT, &o->threads, "N", "of everybody; default: as many as may run", 1,
         1024},
        {"samples", BENCH_COUNT, &o->samples, "N", "of which the median counts; default 15", 1,
         BENCH_SAMPLES},
        {"sample-ms", BENCH_REAL, &o->sample_ms, "MS",
         "a sample repeats a call for so long; default 2", 0.01, 1000},
        {"only", BENCH_TEXT, &o->only, "LIST",
         "of matmul, matmul_f32, matmul_s8, matmul_bf16, elementwise, rows, chains, calls, threads",
         0, 0},
        {"ops", BENCH_TEXT, &o->ops, "LIST", "these operations alone, such as exp,tanh", 0, 0},
        {"sizes", BENCH_TEXT, &o->sizes, "LIST", "these sizes alone, such as 1000,100000", 0, 0},
        {"quick", BENCH_ON, &o->quick, NULL, "small sizes alone", 0, 0},
        {"no-amx", BENCH_ON, &o->no_amx, NULL, "Weir without AMX, which changes the process", 0, 0},
        {"isa", BENCH_TEXT, &o->isa, "NAME", "avx2: nobody uses more; default: the best there is",
         0, 0},
        {"python", BENCH_TEXT, &a->python, "PATH",
         "with NumPy and PyTorch; default /usr/bin/python3", 0, 0},
        {"second-python", BENCH_TEXT, &a->second_python, "PATH", "another one, with other versions",
         0, 0},
        {"no-python", BENCH_ON, &a->no_python, NULL, "without NumPy and PyTorch", 0, 0},
        {"no-avx2", BENCH_ON, &a->no_avx2, NULL,
         "without the products up to AVX2, which are a run of their own", 0, 0},
        {"html", BENCH_TEXT, &a->html, "FILE", "write a page with a plot for each operation", 0, 0},
        {"markdown", BENCH_TEXT, &a->markdown, "FILE", "write it as docs/performance.md", 0, 0},
    };
    return bench_args(
        argc, argv, "peers",
        "Measures Weir and its peers on the CPU in turn: OpenBLAS, BLIS, oneDNN, libmvec, SLEEF,\n"
        "NumPy, PyTorch and ONNX Runtime, each as far as it is here, everybody on equally many threads.",
        flags, sizeof flags / sizeof *flags, &a->output);
}

static int write_file(const harness *h, const char *path, int (*write)(const harness *, FILE *))
{
    if (!path)
        return 0;
    errno = 0;
    FILE *f = fopen(path, "w");
    int failed = !f || write(h, f) != 0;
    if (f && fclose(f) != 0)
        failed = 1;
    return failed ? bench_fail("cannot write %s: %s", path, strerror(errno)) : 0;
}

static void show(const char *text)
{
    if (text)
        bench_status("%.75s", text);
    else
        bench_status(NULL);
}

static int report(harness *h, const arguments *a)
{
    if (h->n_rows == 0)
        return bench_wrong(
            "nothing to measure: no case is in --only, --ops, --sizes and --quick at once");
    harness_summarize(h);
    harness_print(h, stdout);
    int status = write_file(h, a->output.json, harness_write_json);
    status |= write_file(h, a->html, harness_write_page);
    status |= write_file(h, a->markdown, peers_write_markdown);
    if (status || !a->output.baseline)
        return status;
    status = harness_compare(h, a->output.baseline, a->output.tolerance, stdout);
    return status == 2
               ? bench_wrong("--baseline %s: no report of this bench with anything to compare",
                             a->output.baseline)
               : status;
}

static bool wants_narrow(const arguments *a)
{
    bool listed = harness_listed(a->harness.only, "matmul") ||
                  harness_listed(a->harness.only, "matmul_f32") ||
                  harness_listed(a->harness.only, "matmul_f32_avx2");
    return listed && harness_listed(a->harness.ops, "matmul") && !a->no_avx2 && !a->harness.isa;
}

int main(int argc, char **argv)
{
    arguments a;
    const char *flag, *unknown;
    int r = parse(argc, argv, &a);
    if (r >= 0)
        return r;
    unknown = harness_unknown(&a.harness, &flag);
    if (unknown)
        return bench_wrong("%s: there is no \"%s\"", flag, unknown);
    peers_prepare(argv, a.harness.isa);
    a.harness.status = show;
    static harness h;
    if (harness_open(&h, &a.harness) != WEIR_OK)
        return bench_wrong("%s", weir_message(NULL));
    bench_status("looking for the peers");
    // Before the libraries that start threads: a child is made by fork().
    if (!a.no_python)
        peers_join_python(&h, a.python, 0);
    if (!a.no_python && a.second_python)
        peers_join_python(&h, a.second_python, 2);
    peers_join_blas(&h);
    peers_join_dnnl(&h);
    peers_join_vector(&h);
    weir_status s = harness_measure(&h);
    peers_fork_join(&h);
    if (s == WEIR_OK && wants_narrow(&a))
        peers_narrow(&h);
    r = s == WEIR_OK ? report(&h, &a)
                     : bench_fail("%s: %s", weir_status_name(s), weir_message(NULL));
    peers_leave_python();
    harness_close(&h);
    return r;
}
