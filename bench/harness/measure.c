// SPDX-License-Identifier: Apache-2.0
//
// One case after the other: fills its arrays, lets the contenders take turns, keeps the row.
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/harness/harness.h"

const char *const harness_groups[] = {"matmul_f32", "matmul_s8", "matmul_bf16", "elementwise",
                                      "rows",       "chains",    "calls"};
const size_t harness_n_groups = sizeof harness_groups / sizeof *harness_groups;

// ---------------------------------------------------------------- a harness

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
            snprintf(out, n, "%.100s", colon);
            break;
        }
    }
    if (f)
        fclose(f);
}

weir_status harness_context(const harness_options *options, uint32_t flags, weir_context **out)
{
    const weir_context_options context = {.struct_size = sizeof context,
                                          .flags = flags | WEIR_CONTEXT_NO_ENVIRONMENT |
                                                   WEIR_CONTEXT_CPU_ONLY | WEIR_CONTEXT_NO_PROFILE |
                                                   (options->no_amx ? 0 : WEIR_CONTEXT_AMX),
                                          .threads = options->threads,
                                          .isa = options->isa};
    return weir_context_create(&context, out);
}

weir_status harness_open(harness *h, const harness_options *options)
{
    memset(h, 0, sizeof *h);
    h->options = *options;
    if (!h->options.threads)
        h->options.threads = bench_cpus();
    weir_status s = harness_context(&h->options, 0, &h->context);
    if (s != WEIR_OK)
        return s;
    weir_device_info info;
    if (weir_device_get(h->context, 0, &info) == WEIR_OK)
        snprintf(h->weir_cpu, sizeof h->weir_cpu, "%s", info.driver);
    describe_cpu(h->cpu, sizeof h->cpu);
    time_t now = time(NULL);
    struct tm day;
    if (gmtime_r(&now, &day))
        strftime(h->date, sizeof h->date, "%Y-%m-%d", &day);
    double load[1];
    h->load_before = getloadavg(load, 1) == 1 ? load[0] : NAN;
    const harness_contender own[] = {harness_weir(h), harness_packed(h), harness_separate(h),
                                     harness_peak(h), harness_stream(h), harness_loop(h)};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        harness_join(h, &own[i]);
    return WEIR_OK;
}

void harness_close(harness *h)
{
    weir_context_destroy(h->context);
    for (size_t i = 0; i < h->n_notes; i++)
        free(h->note[i]);
    free(h->note);
    free(h->row);
    memset(h, 0, sizeof *h);
}

bool harness_join(harness *h, const harness_contender *contender)
{
    if (h->n_contenders == HARNESS_CONTENDERS) {
        harness_note(h, "%s: no more than %d take part", contender->name, HARNESS_CONTENDERS);
        return false;
    }
    h->contender[h->n_contenders++] = *contender;
    return true;
}

void harness_note(harness *h, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (size_t i = 0; i < h->n_notes; i++)
        if (!strcmp(h->note[i], line))
            return; // once is enough, whatever the sizes
    char **grown = realloc(h->note, (h->n_notes + 1) * sizeof *grown);
    if (!grown)
        return;
    h->note = grown;
    h->note[h->n_notes] = strdup(line);
    h->n_notes += h->note[h->n_notes] != NULL;
}

// ---------------------------------------------------------------- selection

static bool known_group(const char *name)
{
    bool found =
        !strcmp(name, "matmul") || !strcmp(name, "threads") || !strcmp(name, "matmul_f32_avx2");
    for (size_t i = 0; i < harness_n_groups; i++)
        found = found || !strcmp(name, harness_groups[i]);
    return found;
}

static const char *unknown_of(const char *list, bool groups)
{
    static char word[48];
    for (const char *p = list ? list : ""; *p; p += strcspn(p, ","), p += *p == ',') {
        snprintf(word, sizeof word, "%.*s", (int)strcspn(p, ","), p);
        if (groups ? !known_group(word) : !weir_op_find(word))
            return word;
    }
    return NULL;
}

const char *harness_unknown(const harness_options *options, const char **out_flag)
{
    const char *word = unknown_of(options->only, true);
    *out_flag = word ? "--only" : "--ops";
    return word ? word : unknown_of(options->ops, false);
}

// ---------------------------------------------------------------- a case

static size_t elements(const weir_array *a)
{
    size_t n = 1;
    for (int32_t i = 0; i < a->rank; i++)
        n *= (size_t)a->shape[i];
    return n;
}

// Cut off: which of the neighbours it is does not matter here.
static uint16_t bf16_of(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return (uint16_t)(bits >> 16);
}

static float of_bf16(uint16_t half)
{
    uint32_t bits = (uint32_t)half << 16;
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static void fill(weir_array *a, double low, double high, uint32_t seed)
{
    uint32_t x = seed * 2654435761u + 1;
    size_t n = elements(a);
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        double v = low + (high - low) * ((double)(x >> 8) * 0x1p-24);
        if (a->dtype == WEIR_F32)
            ((float *)a->data)[i] = (float)v;
        else if (a->dtype == WEIR_BF16)
            ((uint16_t *)a->data)[i] = bf16_of((float)v);
        else if (a->dtype == WEIR_S32)
            ((int32_t *)a->data)[i] = (int32_t)v;
        else if (a->dtype == WEIR_S64)
            ((int64_t *)a->data)[i] = (int64_t)v;
        else if (a->dtype == WEIR_BOOL)
            ((uint8_t *)a->data)[i] = v >= (low + high) / 2;
        else
            ((uint8_t *)a->data)[i] = (uint8_t)(int)floor(v);
    }
}

static bool make_arrays(harness_case *c)
{
    const harness_inputs *in = harness_inputs_of(c->op_name);
    bool good = true;
    for (size_t i = 0; i < c->n_in; i++) {
        c->in[i].data = bench_try_memory(elements(&c->in[i]) * weir_dtype_size(c->in[i].dtype));
        good = good && c->in[i].data;
        size_t of = i < 3 ? i : 2;
        if (!c->in[i].data)
            break;
        if (c->in[i].dtype == WEIR_S8 && c->m)
            fill(&c->in[i], -128, 128, (uint32_t)i + 1);
        else
            fill(&c->in[i], c->m ? -1 : in->low[of], c->m ? 1 : in->high[of], (uint32_t)i + 1);
    }
    c->out.data = bench_try_memory(elements(&c->out) * weir_dtype_size(c->out.dtype));
    return good && c->out.data;
}

static void free_arrays(harness_case *c)
{
    for (size_t i = 0; i < c->n_in; i++)
        free(c->in[i].data);
    free(c->out.data);
}

static double element(const void *data, weir_dtype dtype, size_t i)
{
    switch (dtype) {
    case WEIR_F32:
        return ((const float *)data)[i];
    case WEIR_BF16:
        return of_bf16(((const uint16_t *)data)[i]);
    case WEIR_S32:
        return ((const int32_t *)data)[i];
    case WEIR_S64:
        return (double)((const int64_t *)data)[i];
    case WEIR_S8:
        return ((const int8_t *)data)[i];
    default:
        return ((const uint8_t *)data)[i];
    }
}

// Whether a contender computed the same thing; by how much results differ is told elsewhere.
static bool agree(const harness_case *c, const void *mine, const void *other, double *out_worst)
{
    size_t n = elements(&c->out);
    double largest = 0, worst = 0;
    if (c->out.dtype == WEIR_F16)
        return true;
    n = n < 65536 ? n : 65536;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(element(mine, c->out.dtype, i)));
    for (size_t i = 0; i < n; i++) {
        double a = element(mine, c->out.dtype, i), b = element(other, c->out.dtype, i);
        if (a != b && !(isnan(a) && isnan(b)))
            worst = fmax(worst, isfinite(a - b) ? fabs(a - b) : INFINITY);
    }
    *out_worst = worst;
    // An integer output may be off by one where a rounding decides.
    double step = c->out.dtype == WEIR_F32 || c->m ? 0 : 1;
    return worst <= c->tolerance * largest + step;
}

static bool check(harness *h, const harness_case *c, size_t i, const void *mine,
                  bench_candidate *candidate)
{
    const harness_contender *who = &h->contender[i];
    double worst = 0;
    if (!who->result || who->role != HARNESS_PEER)
        return true;
    if (candidate->repeat)
        candidate->repeat(candidate->arg, 1);
    else
        candidate->run(candidate->arg);
    const void *other = who->result(who->state, c);
    if (!other || agree(c, mine, other, &worst))
        return true;
    harness_note(h, "%s and Weir differ by %.3g in %s, %s: not compared", who->name, worst, c->name,
                 c->shape);
    return false;
}

harness_row *harness_new_row(harness *h)
{
    if (h->n_rows == h->rows_room) {
        size_t room = h->rows_room ? h->rows_room * 2 : 128;
        harness_row *grown = realloc(h->row, room * sizeof *grown);
        if (!grown)
            return NULL;
        h->row = grown;
        h->rows_room = room;
    }
    harness_row *r = &h->row[h->n_rows++];
    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < HARNESS_CONTENDERS; i++)
        r->ns[i] = r->least[i] = r->ratio[i] = NAN;
    return r;
}

void harness_keep_row(harness *h, const harness_case *c, const bench_candidate *timed,
                      const size_t *who, size_t n, uint32_t samples)
{
    harness_row *r = harness_new_row(h);
    if (!r)
        return;
    r->group = c->group;
    r->unit = c->unit;
    r->size = c->size;
    r->work = c->work;
    memcpy(r->name, c->name, sizeof r->name);
    memcpy(r->shape, c->shape, sizeof r->shape);
    for (size_t i = 0; i < n; i++) {
        r->ns[who[i]] = timed[i].ns;
        r->ratio[who[i]] = bench_ratio(&timed[0], &timed[i], samples);
        double least = INFINITY;
        for (uint32_t s = 0; s < samples; s++)
            least = fmin(least, timed[i].sample[s]);
        r->least[who[i]] = least;
    }
}

void harness_measure_case(harness *h, harness_case *c)
{
    bench_candidate timed[HARNESS_CONTENDERS] = {0};
    size_t who[HARNESS_CONTENDERS], n = 0;
    char line[128];
    if (h->failure != WEIR_OK || !harness_listed(h->options.only, c->group)) {
        bool product = c->m && harness_listed(h->options.only, "matmul");
        if (h->failure != WEIR_OK || !product)
            return;
    }
    snprintf(line, sizeof line, "%s: %s, %s", c->group, c->name, c->shape);
    if (h->options.status)
        h->options.status(line);
    if (!make_arrays(c)) {
        harness_note(h, "no memory for %s, %s", c->name, c->shape);
        free_arrays(c);
        return;
    }
    size_t bytes = elements(&c->out) * weir_dtype_size(c->out.dtype);
    void *mine = malloc(bytes ? bytes : 1);
    for (size_t i = 0; i < h->n_contenders && mine; i++) {
        harness_contender *p = &h->contender[i];
        bench_candidate *t = &timed[n];
        *t = (bench_candidate){.linger_ms = h->options.threads > 1 ? p->linger_ms : 0};
        if (!p->prepare(p->state, c, t))
            continue;
        if (i == 0) {
            t->run(t->arg);
            memcpy(mine, c->out.data, bytes);
        } else if (!check(h, c, i, mine, t)) {
            if (p->finish)
                p->finish(p->state);
            continue;
        }
        who[n++] = i;
    }
    uint32_t samples =
        c->samples && c->samples < h->options.samples ? c->samples : h->options.samples;
    const bench_timing timing = {
        .samples = samples, .sample_ms = h->options.sample_ms, .pause_ms = 0.2};
    if (n && who[0] == 0 && h->failure == WEIR_OK) {
        bench_time(timed, n, &timing);
        harness_keep_row(h, c, timed, who, n, samples);
    }
    for (size_t i = 0; i < n; i++)
        if (h->contender[who[i]].finish)
            h->contender[who[i]].finish(h->contender[who[i]].state);
    free(mine);
    free_arrays(c);
}

weir_status harness_measure(harness *h)
{
    harness_products(h);
    harness_elementwise(h);
    harness_rows(h);
    harness_chains(h);
    harness_calls(h);
    if (h->options.status)
        h->options.status(NULL);
    return h->failure;
}
