// SPDX-License-Identifier: Apache-2.0
//
// The rows as tables on a terminal, a table for each group.
#include <math.h>
#include <string.h>

#include "bench/harness/harness.h"

const char *harness_time_text(double ns, char *out, size_t n)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    size_t u = 0;
    if (!isfinite(ns)) {
        snprintf(out, n, "-");
        return out;
    }
    for (; u < 3 && fabs(ns) >= 999.5; u++)
        ns /= 1000;
    snprintf(out, n, "%.*f %s", fabs(ns) >= 99.95 ? 0 : fabs(ns) >= 9.995 ? 1 : 2, ns, units[u]);
    return out;
}

// "flop" becomes GFLOP/s.
static const char *speed_unit(const char *unit)
{
    return !strcmp(unit, "flop")   ? "GFLOP/s"
           : !strcmp(unit, "op")   ? "GOP/s"
           : !strcmp(unit, "byte") ? "GB/s"
                                   : "G/s";
}

enum { CELL = 24, COLUMNS = HARNESS_CONTENDERS + 6 };

typedef struct line {
    char cell[COLUMNS][64];
    size_t n;
} line;

static char *next(line *l)
{
    return l->cell[l->n < COLUMNS - 1 ? l->n++ : l->n];
}

static void head_line(const harness *h, const char *group, const char *unit, const bool *part,
                      line *l)
{
    l->n = 0;
    snprintf(next(l), 64, "%s", group);
    snprintf(next(l), 64, "size");
    snprintf(next(l), 64, "%s", speed_unit(unit));
    for (size_t i = 0; i < h->n_contenders; i++)
        if (part[i])
            snprintf(next(l), 64, "%s", h->contender[i].name);
    snprintf(next(l), 64, "ratio");
}

// The ratio: times as fast as the best peer.
static void row_line(const harness *h, const harness_row *r, const bool *part, line *l)
{
    l->n = 0;
    snprintf(next(l), 64, "%s", r->name);
    snprintf(next(l), 64, "%s", r->shape);
    snprintf(next(l), 64, "%.3g", r->work / r->ns[0]);
    for (size_t i = 0; i < h->n_contenders; i++)
        if (part[i])
            harness_time_text(r->ns[i], next(l), 64);
    size_t best = harness_best_peer(h, r);
    if (best)
        snprintf(next(l), 64, "%.2f", r->ratio[best]);
    else
        snprintf(next(l), 64, "-");
}

static void widen(const line *l, int *width)
{
    for (size_t i = 0; i < l->n; i++)
        width[i] = (int)strlen(l->cell[i]) > width[i] ? (int)strlen(l->cell[i]) : width[i];
}

static void put(const line *l, const int *width, FILE *out)
{
    for (size_t i = 0; i < l->n; i++)
        fprintf(out, "%s%*s", i ? "  " : "", i ? width[i] : -width[i], l->cell[i]);
    fputc('\n', out);
}

static void print_group(const harness *h, size_t first, FILE *out)
{
    const char *group = h->row[first].group;
    bool part[HARNESS_CONTENDERS] = {0};
    int width[COLUMNS] = {0};
    line l;
    for (size_t i = first; i < h->n_rows; i++)
        for (size_t k = 0; k < h->n_contenders && !strcmp(h->row[i].group, group); k++)
            part[k] = part[k] || isfinite(h->row[i].ns[k]);
    for (int pass = 0; pass < 2; pass++) {
        head_line(h, group, h->row[first].unit, part, &l);
        pass ? put(&l, width, out) : widen(&l, width);
        for (size_t i = first; i < h->n_rows; i++) {
            if (strcmp(h->row[i].group, group))
                continue;
            row_line(h, &h->row[i], part, &l);
            pass ? put(&l, width, out) : widen(&l, width);
        }
    }
    fputc('\n', out);
}

void harness_print(const harness *h, FILE *out)
{
    fprintf(out, "%s, %s; %u thread%s; load %.2f\n", h->cpu, h->weir_cpu, h->options.threads,
            h->options.threads == 1 ? "" : "s", h->load_before);
    for (size_t i = 0; i < h->n_contenders; i++)
        if (h->contender[i].role <= HARNESS_PEER)
            fprintf(out, "  %s %s\n", h->contender[i].name, h->contender[i].version);
    fputc('\n', out);
    for (size_t i = 0; i < h->n_rows; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first = first && strcmp(h->row[k].group, h->row[i].group);
        if (first)
            print_group(h, i, out);
    }
    for (size_t i = 0; i < h->n_notes; i++)
        fprintf(out, "%s\n", h->note[i]);
    for (size_t i = 0; i < h->n_figures; i++)
        fprintf(out, "%-28s %.4g\n", h->figure[i].name, h->figure[i].value);
}
