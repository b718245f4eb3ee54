// SPDX-License-Identifier: Apache-2.0
#include "bench/common.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
        printf("  %-22s  %s\n", left, flags[i].help);
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
            printf("  %-22s  this text\n", "--help");
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

// ---------------------------------------------------------------- what benches need of the host

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

void *bench_memory(size_t bytes)
{
    void *memory = bench_try_memory(bytes);
    if (!memory)
        exit(bench_fail("no memory for %zu bytes", bytes));
    return memory;
}
