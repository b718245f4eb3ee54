// SPDX-License-Identifier: Apache-2.0
//
// A bench's report: its table, its JSON and the comparison with a baseline.
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "bench/common.h"

enum { MAX_COLUMNS = 24, MAX_ROWS = 512, MAX_CELL = 64 };

struct bench_report {
    const char *name;
    const bench_column *columns;
    size_t n_columns, n_cells;
    char cell[MAX_ROWS * MAX_COLUMNS][MAX_CELL];
    cJSON *root, *machine, *versions, *rows, *notes, *summary, *better;
};

static cJSON *member(cJSON *parent, const char *key, cJSON *value)
{
    if (!value || !cJSON_AddItemToObject(parent, key, value))
        exit(bench_fail("no memory for the report"));
    return value;
}

static cJSON *append(cJSON *array, cJSON *value)
{
    if (!value || !cJSON_AddItemToArray(array, value))
        exit(bench_fail("no memory for the report"));
    return value;
}

// Six significant digits: more of a time is noise, and would make a committed file hard to read.
static cJSON *number(double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", value);
    return isfinite(value) ? cJSON_CreateNumber(strtod(text, NULL)) : cJSON_CreateNull();
}

static void describe_cpu(char *out, size_t n)
{
    char line[512];
    snprintf(out, n, "unknown");
    FILE *f = fopen("/proc/cpuinfo", "r");
    while (f && fgets(line, sizeof line, f)) {
        char *colon = strchr(line, ':');
        if (colon && !strncmp(line, "model name", 10)) {
            colon += 1 + strspn(colon + 1, " ");
            colon[strcspn(colon, "\n")] = '\0';
            snprintf(out, n, "%s", colon);
            break;
        }
    }
    if (f)
        fclose(f);
}

static void describe_load(cJSON *machine, const char *key)
{
    double load[1];
    member(machine, key, number(getloadavg(load, 1) == 1 ? load[0] : NAN));
}

bench_report *bench_report_open(const char *name, const bench_column *columns, size_t n_columns)
{
    bench_report *r = calloc(1, sizeof *r);
    cJSON *root = r ? cJSON_CreateObject() : NULL;
    if (!root)
        exit(bench_fail("no memory for the report"));
    r->name = name;
    r->columns = columns;
    r->n_columns = n_columns;
    r->root = root;
    member(root, "bench", cJSON_CreateString(name));
    r->machine = member(root, "machine", cJSON_CreateObject());
    r->versions = member(root, "versions", cJSON_CreateObject());
    r->rows = member(root, "rows", cJSON_CreateArray());
    r->notes = member(root, "notes", cJSON_CreateArray());
    r->summary = member(root, "summary", cJSON_CreateObject());
    r->better = member(root, "better", cJSON_CreateObject());

    char cpu[256];
    struct utsname host;
    describe_cpu(cpu, sizeof cpu);
    bench_machine(r, "cpu", cpu);
    if (uname(&host) == 0) {
        bench_machine(r, "architecture", host.machine);
        host.release[strcspn(host.release, "-")] = '\0'; // what follows names one machine's build
        bench_version(r, "kernel", host.release);
    }
    member(r->machine, "cpus", number(bench_cpus()));
    describe_load(r->machine, "load_before");
    bench_version(r, "weir", weir_version());
    bench_version(r, "compiler", __VERSION__);
    return r;
}

void bench_machine(bench_report *r, const char *key, const char *value)
{
    member(r->machine, key, cJSON_CreateString(value));
}

void bench_version(bench_report *r, const char *key, const char *value)
{
    member(r->versions, key, cJSON_CreateString(value));
}

static void add_cell(bench_report *r, const char *text, cJSON *value)
{
    size_t column = r->n_cells % r->n_columns;
    if (r->n_cells == sizeof r->cell / sizeof *r->cell)
        exit(bench_fail("a report has at most %zu cells", r->n_cells));
    if (column == 0)
        append(r->rows, cJSON_CreateObject());
    cJSON *row = cJSON_GetArrayItem(r->rows, cJSON_GetArraySize(r->rows) - 1);
    member(row, r->columns[column].key, value);
    snprintf(r->cell[r->n_cells++], MAX_CELL, "%s", text);
}

void bench_text(bench_report *r, const char *text)
{
    add_cell(r, text, cJSON_CreateString(text));
}

void bench_number(bench_report *r, const char *format, double value)
{
    char text[MAX_CELL];
    snprintf(text, sizeof text, format, value);
    add_cell(r, isfinite(value) ? text : "-", number(value));
}

void bench_note(bench_report *r, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    append(r->notes, cJSON_CreateString(line));
}

void bench_summary(bench_report *r, const char *name, double value, bench_better better)
{
    if (!isfinite(value))
        return; // left out by the caller's flags
    member(r->summary, name, number(value));
    member(r->better, name, cJSON_CreateString(better == BENCH_MORE ? "more" : "less"));
}

// ---------------------------------------------------------------- printing

static void print_object(const cJSON *object, const char *skip)
{
    const cJSON *item;
    const char *comma = "";
    cJSON_ArrayForEach(item, object)
    {
        if (skip && !strcmp(item->string, skip))
            continue;
        if (cJSON_IsString(item))
            printf("%s%s %s", comma, item->string, item->valuestring);
        else
            printf("%s%s %g", comma, item->string, item->valuedouble);
        comma = ", ";
    }
    putchar('\n');
}

static void print_table(const bench_report *r)
{
    int width[MAX_COLUMNS];
    for (size_t c = 0; c < r->n_columns; c++)
        width[c] = (int)strlen(r->columns[c].head);
    for (size_t i = 0; i < r->n_cells; i++) {
        int w = (int)strlen(r->cell[i]);
        width[i % r->n_columns] = w > width[i % r->n_columns] ? w : width[i % r->n_columns];
    }
    int blanks = 0; // not yet written, so that no line ends in one
    for (size_t i = 0; i < r->n_cells + r->n_columns; i++) {
        size_t c = i % r->n_columns;
        const char *text = i < r->n_columns ? r->columns[c].head : r->cell[i - r->n_columns];
        int pad = width[c] - (int)strlen(text);
        blanks = c == 0 ? 0 : blanks + 2;
        blanks += r->columns[c].left ? 0 : pad;
        if (*text) {
            printf("%*s%s", blanks, "", text);
            blanks = 0;
        }
        blanks += r->columns[c].left ? pad : 0;
        if (c + 1 == r->n_columns)
            putchar('\n');
    }
}

static void print_report(const bench_report *r)
{
    const cJSON *note, *figure;
    printf("%s\n  machine: ", r->name);
    print_object(r->machine, NULL);
    printf("  versions: ");
    print_object(r->versions, NULL);
    putchar('\n');
    print_table(r);
    cJSON_ArrayForEach(note, r->notes)
    {
        printf("%s\n", note->valuestring);
    }
    putchar('\n');
    cJSON_ArrayForEach(figure, r->summary)
    {
        printf("%-32s %.4g\n", figure->string, figure->valuedouble);
    }
}

static int write_json(const bench_report *r, const char *path)
{
    char *text = cJSON_Print(r->root);
    FILE *f = text ? fopen(path, "w") : NULL;
    bool good = f && fprintf(f, "%s\n", text) > 0;
    good = f && fclose(f) == 0 && good;
    free(text);
    return good ? 0 : bench_fail("cannot write %s: %s", path, strerror(errno));
}

// ---------------------------------------------------------------- baseline

static cJSON *read_json(const char *path)
{
    enum { LIMIT = 1 << 20 };
    char *text = calloc(1, LIMIT + 1);
    FILE *f = text ? fopen(path, "r") : NULL;
    cJSON *root = f && fread(text, 1, LIMIT, f) > 0 ? cJSON_Parse(text) : NULL;
    if (f)
        fclose(f);
    free(text);
    return root;
}

static int compare(const bench_report *r, const bench_output *output)
{
    cJSON *root = read_json(output->baseline);
    const cJSON *summary = cJSON_GetObjectItemCaseSensitive(root, "summary"), *now;
    if (!summary) {
        cJSON_Delete(root);
        return bench_wrong("--baseline %s: no report of a bench", output->baseline);
    }
    int status = 0;
    printf("\nagainst the baseline, tolerance %g:\n", output->tolerance);
    cJSON_ArrayForEach(now, r->summary)
    {
        const cJSON *then = cJSON_GetObjectItemCaseSensitive(summary, now->string);
        const cJSON *better = cJSON_GetObjectItemCaseSensitive(r->better, now->string);
        if (!cJSON_IsNumber(then)) {
            printf("%-32s not in the baseline\n", now->string);
            continue;
        }
        double a = then->valuedouble, b = now->valuedouble;
        bool more = !strcmp(better->valuestring, "more");
        bool good = more ? b * (1 + output->tolerance) >= a : b <= a * (1 + output->tolerance);
        printf("%-32s %.4g, was %.4g%s\n", now->string, b, a, good ? "" : ": WORSE");
        status |= !good;
    }
    cJSON_Delete(root);
    return status;
}

int bench_report_close(bench_report *r, const bench_output *output)
{
    bench_status(NULL);
    describe_load(r->machine, "load_after");
    print_report(r);
    int status = output->json ? write_json(r, output->json) : 0;
    if (status == 0 && output->baseline)
        status = compare(r, output);
    fflush(stdout);
    cJSON_Delete(r->root);
    free(r);
    return status;
}
