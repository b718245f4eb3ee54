// SPDX-License-Identifier: Apache-2.0
#include "bench/common.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *bench_name = "bench";

// ---------------------------------------------------------------- messages

static void complain(const char *format, va_list args)
{
    bench_status(NULL);
    fprintf(stderr, "%s: ", bench_name);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

int bench_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(format, args);
    va_end(args);
    return 1;
}

int bench_wrong(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(format, args);
    va_end(args);
    return 2;
}

void bench_status(const char *format, ...)
{
    static bool shown;
    if (!isatty(2) || (!format && !shown))
        return;
    fputs("\r\033[K", stderr);
    if (format) {
        va_list args;
        va_start(args, format);
        vfprintf(stderr, format, args);
        va_end(args);
    }
    fflush(stderr);
    shown = format != NULL;
}

// ---------------------------------------------------------------- flags

static void print_flags(const bench_flag *flags, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", flags[i].name, flags[i].value ? " " : "",
                 flags[i].value ? flags[i].value : "");
        printf("  %-18s  %s\n", left, flags[i].help);
    }
}

static int set_flag(const bench_flag *f, const char *value)
{
    if (f->kind == BENCH_ON) {
        *(bool *)f->target = true;
        return -1;
    }
    if (f->kind == BENCH_TEXT) {
        *(const char **)f->target = value;
        return -1;
    }
    char *end;
    double v = strtod(value, &end);
    if (end == value || *end || !isfinite(v) || (f->kind == BENCH_COUNT && v != floor(v)))
        return bench_wrong("--%s %s: not a %snumber", f->name, value,
                           f->kind == BENCH_COUNT ? "whole " : "");
    if (v < f->min || v > f->max)
        return bench_wrong("--%s %s: must be from %g to %g", f->name, value, f->min, f->max);
    if (f->kind == BENCH_COUNT)
        *(uint32_t *)f->target = (uint32_t)v;
    else
        *(double *)f->target = v;
    return -1;
}

static const bench_flag *find_flag(const bench_flag *flags, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(flags[i].name, name))
            return &flags[i];
    return NULL;
}

int bench_args(int argc, char **argv, const char *name, const char *about, const bench_flag *flags,
               size_t n_flags, bench_output *output)
{
    *output = (bench_output){.tolerance = 0.2};
    const bench_flag shared[] = {
        {"json", BENCH_TEXT, &output->json, "FILE", "write the report there, too", 0, 0},
        {"baseline", BENCH_TEXT, &output->baseline, "FILE",
         "compare the summary with that of an earlier --json; exit 1 if worse", 0, 0},
        {"tolerance", BENCH_REAL, &output->tolerance, "PART",
         "by which a figure may be worse than the baseline's; default 0.2", 0, 100},
    };
    const size_t n_shared = sizeof shared / sizeof *shared;
    bench_name = name;
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            printf("usage: %s [FLAG ...]\n\n%s\n\n", name, about);
            print_flags(flags, n_flags);
            print_flags(shared, n_shared);
            printf("  %-18s  this text\n", "--help");
            return 0;
        }
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2))
            return bench_wrong("unexpected argument \"%s\"; --help shows the usage", argv[i]);
        const bench_flag *f = find_flag(flags, n_flags, argv[i] + 2);
        f = f ? f : find_flag(shared, n_shared, argv[i] + 2);
        if (!f)
            return bench_wrong("unknown flag %s; --help lists the flags", argv[i]);
        if (f->kind != BENCH_ON && i + 1 == argc)
            return bench_wrong("--%s needs a value: --%s %s", f->name, f->name, f->value);
        int r = set_flag(f, f->kind == BENCH_ON ? NULL : argv[++i]);
        if (r >= 0)
            return r;
    }
    return -1;
}

// ---------------------------------------------------------------- time

double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(const double *values, size_t n)
{
    double sorted[BENCH_SAMPLES];
    n = n < BENCH_SAMPLES ? n : BENCH_SAMPLES;
    if (n == 0)
        return NAN;
    memcpy(sorted, values, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static double run_calls(const bench_candidate *c)
{
    double start = bench_now();
    for (uint64_t i = 0; i < c->calls; i++)
        c->run(c->arg);
    return bench_now() - start;
}

static void rest(double ms)
{
    struct timespec t = {(time_t)(ms / 1000), (long)(fmod(ms, 1000) * 1e6)};
    while (nanosleep(&t, &t) && errno == EINTR)
        continue;
}

static void warm_up(bench_candidate *c, double sample_ms)
{
    c->calls = 1;
    run_calls(c);
    for (double ns; (ns = run_calls(c)) < sample_ms * 1e6;) {
        double more = ns > 0 ? 1.2 * sample_ms * 1e6 / ns : 10;
        c->calls = (uint64_t)ceil((double)c->calls * (more < 10 ? more : 10));
    }
}

// Another order each turn: in the same one each would always meet the caches of the same other.
static void shuffle(size_t *order, size_t n, uint32_t *state)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i > 1; i--) {
        *state = *state * 1664525u + 1013904223u;
        size_t k = (*state >> 8) % i, t = order[k];
        order[k] = order[i - 1];
        order[i - 1] = t;
    }
}

void bench_time(bench_candidate *candidates, size_t n, const bench_timing *timing)
{
    uint32_t samples = timing->samples < BENCH_SAMPLES ? timing->samples : BENCH_SAMPLES;
    uint32_t state = 1;
    size_t order[BENCH_CANDIDATES];
    n = n < BENCH_CANDIDATES ? n : BENCH_CANDIDATES;
    for (size_t i = 0; i < n; i++) {
        rest(timing->pause_ms);
        warm_up(&candidates[i], timing->sample_ms);
    }
    for (uint32_t s = 0; s < samples; s++) {
        shuffle(order, n, &state);
        for (size_t i = 0; i < n; i++) {
            bench_candidate *c = &candidates[order[i]];
            rest(timing->pause_ms);
            c->run(c->arg); // wakes its own threads
            c->sample[s] = run_calls(c) / (double)c->calls;
        }
    }
    for (size_t i = 0; i < n; i++)
        candidates[i].ns = bench_median(candidates[i].sample, samples);
}

double bench_ratio(const bench_candidate *a, const bench_candidate *b, uint32_t samples)
{
    double ratio[BENCH_SAMPLES];
    samples = samples < BENCH_SAMPLES ? samples : BENCH_SAMPLES;
    for (uint32_t s = 0; s < samples; s++)
        ratio[s] = b->sample[s] / a->sample[s];
    return bench_median(ratio, samples);
}

// ---------------------------------------------------------------- what benches need of the host

uint32_t bench_cpus(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n > 0 ? (uint32_t)n : 1;
}

bool bench_folder(char *out, size_t n)
{
    const char *base = getenv("TMPDIR");
    int length = snprintf(out, n, "%s/weir-bench-XXXXXX", base && *base ? base : "/tmp");
    if (length > 0 && (size_t)length < n && mkdtemp(out))
        return true;
    bench_fail("cannot make a folder like %s: %s", out, strerror(errno));
    return false;
}

void bench_folder_remove(const char *folder)
{
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
            unlinkat(dirfd(dir), e->d_name, 0);
    }
    if (dir)
        closedir(dir);
    rmdir(folder);
}

void bench_fill(float *out, size_t n, uint32_t seed)
{
    uint32_t x = seed * 2654435761u + 1;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        out[i] = (float)(int32_t)(x & 0xffffff00u) * 0x1p-31f;
    }
}

void *bench_memory(size_t bytes)
{
    size_t rounded = (bytes + 63) / 64 * 64;
    void *memory = aligned_alloc(64, rounded ? rounded : 64);
    if (!memory)
        exit(bench_fail("no memory for %zu bytes", bytes));
    return memset(memory, 0, rounded);
}
