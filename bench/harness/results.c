// SPDX-License-Identifier: Apache-2.0
//
// What is made of the rows: the summary, JSON, the page, the comparison with an earlier report.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <cjson/cJSON.h>

#include "bench/harness/harness.h"

extern const char harness_page[]; // page.html, embedded by the build

// ---------------------------------------------------------------- figures

size_t harness_best_peer(const harness *h, const harness_row *r)
{
    size_t best = 0;
    for (size_t i = 1; i < h->n_contenders; i++)
        if (h->contender[i].role == HARNESS_PEER && isfinite(r->ratio[i]) &&
            (!best || r->ratio[i] < r->ratio[best]))
            best = i;
    return best;
}

void harness_add_figure(harness *h, const char *name, double value, bool more)
{
    if (!isfinite(value) || h->n_figures == sizeof h->figure / sizeof *h->figure)
        return;
    harness_figure *f = &h->figure[h->n_figures++];
    snprintf(f->name, sizeof f->name, "%s", name);
    f->value = value;
    f->more = more;
}

static void worst_ratio(harness *h, const char *group, const char *figure)
{
    double worst = INFINITY;
    for (size_t i = 0; i < h->n_rows; i++) {
        size_t best = strcmp(h->row[i].group, group) ? 0 : harness_best_peer(h, &h->row[i]);
        worst = best ? fmin(worst, h->row[i].ratio[best]) : worst;
    }
    harness_add_figure(h, figure, worst, true);
}

static size_t contender_of(const harness *h, const char *key)
{
    for (size_t i = 0; i < h->n_contenders; i++)
        if (!strcmp(h->contender[i].key, key))
            return i;
    return 0;
}

// The worst over the rows of a group in which this contender took part of its time over Weir's.
static void worst_beside(harness *h, const char *key, const char *group, double from,
                         const char *figure)
{
    size_t who = contender_of(h, key);
    double worst = INFINITY;
    for (size_t i = 0; i < h->n_rows && who; i++) {
        const harness_row *r = &h->row[i];
        if (!strcmp(r->group, group) && r->size >= from && isfinite(r->ratio[who]))
            worst = fmin(worst, r->ratio[who]);
    }
    harness_add_figure(h, figure, worst, true);
}

// The geometric mean of a group's speeds, in 10^9 units of work a second.
static void mean_speed(harness *h, const char *group, const char *figure)
{
    double logs = 0, n = 0;
    for (size_t i = 0; i < h->n_rows; i++)
        if (!strcmp(h->row[i].group, group) && h->row[i].ns[0] > 0) {
            logs += log(h->row[i].work / h->row[i].ns[0]);
            n++;
        }
    harness_add_figure(h, figure, n > 0 ? exp(logs / n) : NAN, true);
}

// Both with the second factor packed: the worst of a group.
static void packed_ratio(harness *h, const char *group, const char *figure)
{
    size_t mine = contender_of(h, "weir_packed"), other = contender_of(h, "onednn_packed");
    double worst = INFINITY;
    for (size_t i = 0; i < h->n_rows && mine && other; i++) {
        const harness_row *r = &h->row[i];
        if (!strcmp(r->group, group) && isfinite(r->ratio[mine]) && isfinite(r->ratio[other]))
            worst = fmin(worst, r->ratio[other] / r->ratio[mine]);
    }
    harness_add_figure(h, figure, worst, true);
}

// How many times as fast squares of bf16 are as those of f32, the least from 1024 up.
static double halves_ratio(const harness *h)
{
    double worst = INFINITY;
    for (size_t i = 0; i < h->n_rows; i++)
        for (size_t k = 0; k < h->n_rows; k++) {
            const harness_row *f = &h->row[i], *b = &h->row[k];
            if (!strcmp(f->group, "matmul_f32") && !strcmp(b->group, "matmul_bf16") &&
                f->size >= 1024 && !strcmp(f->shape, b->shape))
                worst = fmin(worst, f->ns[0] / b->ns[0]);
        }
    return worst;
}

static double small_call(const harness *h)
{
    size_t loop = contender_of(h, "loop");
    for (size_t i = 0; i < h->n_rows; i++) {
        const harness_row *r = &h->row[i];
        if (!strcmp(r->group, "calls") && !strcmp(r->name, "neg") && r->size == 100)
            return r->ns[0] - r->ns[loop];
    }
    return NAN;
}

void harness_summarize(harness *h)
{
    h->n_figures = 0;
    worst_ratio(h, "matmul_f32", "matmul_f32_ratio");
    worst_ratio(h, "matmul_f32_avx2", "matmul_f32_avx2_ratio");
    worst_ratio(h, "matmul_s8", "matmul_s8_ratio");
    packed_ratio(h, "matmul_f32", "matmul_f32_packed_ratio");
    packed_ratio(h, "matmul_s8", "matmul_s8_packed_ratio");
    worst_ratio(h, "matmul_bf16", "matmul_bf16_ratio");
    harness_add_figure(h, "matmul_bf16_over_f32", halves_ratio(h), true);
    worst_ratio(h, "elementwise", "elementwise_ratio");
    worst_ratio(h, "rows", "rows_ratio");
    worst_beside(h, "fma_peak", "matmul_f32", 512, "matmul_f32_peak_fraction");
    worst_beside(h, "stream", "elementwise", 0, "bandwidth_fraction");
    worst_beside(h, "weir_separate", "chains", 1e6, "chain_ratio");
    if (h->options.threads == 1)
        worst_beside(h, "libmvec", "elementwise", 1e4, "libmvec_ratio");
    harness_add_figure(h, "small_call_ns", small_call(h), false);
    worst_ratio(h, "threads", "fork_join_ratio");
    for (size_t i = 0; i < h->n_rows; i++)
        if (!strcmp(h->row[i].group, "threads") && !strcmp(h->row[i].name, "fork-join"))
            harness_add_figure(h, "fork_join_us", h->row[i].ns[0] / 1000, false);
    mean_speed(h, "matmul_f32", "matmul_f32_gflops");
    mean_speed(h, "matmul_s8", "matmul_s8_gops");
    mean_speed(h, "elementwise", "elementwise_gbs");
    mean_speed(h, "rows", "rows_gbs");
    mean_speed(h, "chains", "chains_gbs");
}

// ---------------------------------------------------------------- JSON

// Six significant digits: more of a time is noise, and would make a committed file hard to read.
static cJSON *number(double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", value);
    return isfinite(value) ? cJSON_CreateNumber(strtod(text, NULL)) : cJSON_CreateNull();
}

static cJSON *times(const harness *h, const double *value)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < h->n_contenders && object; i++)
        if (isfinite(value[i]))
            cJSON_AddItemToObject(object, h->contender[i].key, number(value[i]));
    return object;
}

static void add_machine(const harness *h, cJSON *root)
{
    cJSON *machine = cJSON_AddObjectToObject(root, "machine");
    struct utsname host;
    double load[1];
    cJSON_AddStringToObject(machine, "cpu", h->cpu);
    cJSON_AddStringToObject(machine, "weir_cpu", h->weir_cpu);
    cJSON_AddNumberToObject(machine, "cpus", bench_cpus());
    cJSON_AddNumberToObject(machine, "threads", h->options.threads);
    if (uname(&host) == 0) {
        cJSON_AddStringToObject(machine, "architecture", host.machine);
        host.release[strcspn(host.release, "-")] = '\0'; // what follows names one machine's build
        cJSON_AddStringToObject(machine, "kernel", host.release);
    }
    cJSON_AddStringToObject(machine, "compiler", __VERSION__);
    cJSON_AddItemToObject(machine, "load_before", number(h->load_before));
    cJSON_AddItemToObject(machine, "load_after", number(getloadavg(load, 1) == 1 ? load[0] : NAN));
}

static void add_contenders(const harness *h, cJSON *root)
{
    static const char *const roles[] = {"weir", "peer", "ceiling", "other"};
    cJSON *list = cJSON_AddArrayToObject(root, "contenders");
    for (size_t i = 0; i < h->n_contenders; i++) {
        const harness_contender *c = &h->contender[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "key", c->key);
        cJSON_AddStringToObject(one, "name", c->name);
        cJSON_AddStringToObject(one, "version", c->version);
        cJSON_AddStringToObject(one, "role", roles[c->role]);
        cJSON_AddItemToArray(list, one);
    }
}

static void add_rows(const harness *h, cJSON *root)
{
    cJSON *list = cJSON_AddArrayToObject(root, "rows");
    for (size_t i = 0; i < h->n_rows; i++) {
        const harness_row *r = &h->row[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "group", r->group);
        cJSON_AddStringToObject(one, "name", r->name);
        cJSON_AddStringToObject(one, "shape", r->shape);
        cJSON_AddItemToObject(one, "size", number(r->size));
        cJSON_AddItemToObject(one, "work", number(r->work));
        cJSON_AddStringToObject(one, "unit", r->unit);
        cJSON_AddItemToObject(one, "ns", times(h, r->ns));
        cJSON_AddItemToObject(one, "least_ns", times(h, r->least));
        cJSON_AddItemToObject(one, "ratio", times(h, r->ratio));
        cJSON_AddItemToArray(list, one);
    }
}

// cJSON's own calls do nothing with NULL, so that a lack of memory shows in what is printed: NULL.
static char *report_text(const harness *h, bool pretty)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "bench", "weir");
    cJSON_AddStringToObject(root, "date", h->date);
    cJSON_AddStringToObject(root, "version", weir_version());
    add_machine(h, root);
    add_contenders(h, root);
    cJSON *summary = cJSON_AddObjectToObject(root, "summary");
    cJSON *better = cJSON_AddObjectToObject(root, "better");
    for (size_t i = 0; i < h->n_figures; i++) {
        cJSON_AddItemToObject(summary, h->figure[i].name, number(h->figure[i].value));
        cJSON_AddStringToObject(better, h->figure[i].name, h->figure[i].more ? "more" : "less");
    }
    cJSON *notes = cJSON_AddArrayToObject(root, "notes");
    for (size_t i = 0; i < h->n_notes; i++)
        cJSON_AddItemToArray(notes, cJSON_CreateString(h->note[i]));
    add_rows(h, root);
    char *text = pretty ? cJSON_Print(root) : cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    return text;
}

int harness_write_json(const harness *h, FILE *out)
{
    char *text = report_text(h, true);
    int failed = !text || fprintf(out, "%s\n", text) < 0;
    free(text);
    return failed;
}

int harness_write_page(const harness *h, FILE *out)
{
    static const char mark[] = "@REPORT@";
    char *text = report_text(h, false);
    const char *at = strstr(harness_page, mark);
    if (!text || !at) {
        free(text);
        return 1;
    }
    fwrite(harness_page, 1, (size_t)(at - harness_page), out);
    for (const char *c = text; *c; c++) // no text of ours may end the script element
        if (*c == '<')
            fputs("\\u003c", out);
        else
            fputc(*c, out);
    fputs(at + sizeof mark - 1, out);
    free(text);
    return ferror(out) != 0;
}

// ---------------------------------------------------------------- baseline

struct cJSON *harness_read_json(const char *path)
{
    FILE *f = fopen(path, "r");
    cJSON *root = NULL;
    if (!f)
        return NULL;
    long size = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    char *text = size > 0 && size < 1 << 26 ? calloc(1, (size_t)size + 1) : NULL;
    if (text && fseek(f, 0, SEEK_SET) == 0 && fread(text, 1, (size_t)size, f) == (size_t)size)
        root = cJSON_Parse(text);
    free(text);
    fclose(f);
    return root;
}

static const char *text_of(const cJSON *row, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(row, key);
    return cJSON_IsString(item) ? item->valuestring : "";
}

// Weir's time of the same case in the earlier report; NAN where it has none.
static double earlier(const cJSON *rows, const harness_row *r)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, rows)
    {
        if (strcmp(text_of(row, "group"), r->group) || strcmp(text_of(row, "name"), r->name) ||
            strcmp(text_of(row, "shape"), r->shape))
            continue;
        const cJSON *ns = cJSON_GetObjectItemCaseSensitive(row, "ns");
        const cJSON *weir = cJSON_GetObjectItemCaseSensitive(ns, "weir");
        return cJSON_IsNumber(weir) && weir->valuedouble > 0 ? weir->valuedouble : NAN;
    }
    return NAN;
}

static bool same_curve(const harness_row *a, const harness_row *b)
{
    return !strcmp(a->group, b->group) && !strcmp(a->name, b->name);
}

// A curve is worse where the geometric mean of its sizes is, by more than the band, or a single
// size by more than twice the band.
static size_t compare_curves(const harness *h, const cJSON *rows, double band, size_t *compared,
                             FILE *out)
{
    size_t worse = 0;
    for (size_t i = 0; i < h->n_rows; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first = first && !same_curve(&h->row[k], &h->row[i]);
        if (!first)
            continue;
        double logs = 0, n = 0, most = 0;
        const harness_row *at = NULL;
        for (size_t k = i; k < h->n_rows; k++) {
            double then = same_curve(&h->row[k], &h->row[i]) ? earlier(rows, &h->row[k]) : NAN;
            if (!isfinite(then))
                continue;
            double ratio = h->row[k].ns[0] / then;
            logs += log(ratio);
            n++;
            at = ratio > most ? &h->row[k] : at;
            most = fmax(most, ratio);
        }
        if (n == 0)
            continue;
        *compared += 1;
        double mean = exp(logs / n);
        bool bad = mean > 1 + band || most > 1 + 2 * band;
        worse += bad;
        if (bad)
            fprintf(out, "WORSE  %s, %s: %.2f times as long, %.2f at %s\n", h->row[i].group,
                    h->row[i].name, mean, most, at->shape);
    }
    return worse;
}

static size_t compare_figures(const harness *h, const cJSON *summary, double band, size_t *compared,
                              FILE *out)
{
    size_t worse = 0;
    for (size_t i = 0; i < h->n_figures; i++) {
        const cJSON *then = cJSON_GetObjectItemCaseSensitive(summary, h->figure[i].name);
        if (!cJSON_IsNumber(then))
            continue;
        double a = then->valuedouble, b = h->figure[i].value;
        bool good = h->figure[i].more ? b * (1 + band) >= a : b <= a * (1 + band);
        *compared += 1;
        worse += !good;
        fprintf(out, "%-6s %s: %.4g, was %.4g\n", good ? "" : "WORSE", h->figure[i].name, b, a);
    }
    return worse;
}

int harness_compare(const harness *h, const char *path, double band, FILE *out)
{
    cJSON *root = harness_read_json(path);
    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(root, "rows");
    const cJSON *summary = cJSON_GetObjectItemCaseSensitive(root, "summary");
    size_t compared = 0;
    if (!cJSON_IsArray(rows) || !cJSON_IsObject(summary)) {
        cJSON_Delete(root);
        return 2;
    }
    fprintf(out, "\nagainst %s, within a band of %g:\n", path, band);
    size_t worse = compare_figures(h, summary, band, &compared, out);
    worse += compare_curves(h, rows, band, &compared, out);
    fprintf(out, "%zu figures and curves compared, %zu worse\n", compared, worse);
    cJSON_Delete(root);
    return compared == 0 ? 2 : worse > 0;
}
