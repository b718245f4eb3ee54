// SPDX-License-Identifier: Apache-2.0
//
// Measures every elementwise operation over f32 against the truth, in ulp of the correctly rounded
// result, on any instruction set or device: a unary one on all 2^32 inputs or every N-th, the
// others on random and directed operands. Exit status 1 where a stated bound is broken.
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common.h"
#include "bench/ulp.h"

enum { CHUNK = 1 << 18, MAX_SUBJECTS = 512, MAX_THREADS = 64 };

// The stated bounds, by number. The library's list of operations does not hold them.
#define OP(number, name, onnx, family, compute, inputs, outputs, attributes, flops, ulp, source, doc) \
    [number] = ulp,
static const double bounds[] = {
#include "runtime/ops/ops.def"
};
#undef OP

// An operation of the library's, or a part.
typedef struct subject {
    const char *name;
    uint32_t arity;
    double bound;
    weir_op op;
    const ulp_part *part;
    const ulp_truth *truth;
} subject;

typedef struct setting {
    weir_context *context;
    const char *isa, *device, *only;
    uint32_t threads, stride, pairs;
    float *in[ULP_ARITY], *out;
    bool hash;
    const char *page;
} setting;

typedef struct findings {
    uint64_t tried, wrong, hash;
    double worst;
    float at[ULP_ARITY], result;
} findings;

// ---------------------------------------------------------------- what is measured

// Whether the operation makes n floats of n floats, with what it leaves optional absent.
static bool is_elementwise(weir_context *context, const subject *s)
{
    const int64_t n = 7;
    weir_op_info info;
    weir_array in[ULP_ARITY], out;
    if (weir_op_describe(s->op, &info) != WEIR_OK || strcmp(info.family, "map") ||
        s->arity > ULP_ARITY)
        return false;
    for (uint32_t i = 0; i < s->arity; i++)
        in[i] = weir_array_dense(NULL, WEIR_F32, 1, &n);
    return weir_infer(context, s->op, NULL, in, s->arity, &out, 1) == WEIR_OK &&
           out.dtype == WEIR_F32 && out.rank == 1 && out.shape[0] == n;
}

// Fills in `out` and returns 0, or the exit status after a line on stderr.
static int list_subjects(const setting *o, bench_report *r, subject *out, size_t *out_n)
{
    weir_op ops[MAX_SUBJECTS];
    size_t n_ops = weir_op_list(ops, MAX_SUBJECTS), n = 0;
    for (size_t i = 0; i < n_ops && i < MAX_SUBJECTS; i++) {
        weir_op_info info;
        if (weir_op_describe(ops[i], &info) != WEIR_OK || (o->only && strcmp(o->only, info.name)))
            continue;
        subject s = {.name = info.name, .arity = info.required_inputs, .op = ops[i]};
        s.bound = ops[i] < sizeof bounds / sizeof *bounds ? bounds[ops[i]] : -1;
        if (info.inputs == 8) // of several inputs, two
            s.arity = 2;
        if (!is_elementwise(o->context, &s))
            continue;
        if (s.bound < 0) {
            bench_note(r, "left out: %s, whose bound is not stated in ulp", s.name);
            continue;
        }
        s.truth = ulp_truth_find(s.name);
        if (!s.truth)
            return bench_fail("%s has no truth to be measured against: add a row to the table in "
                              "bench/truth.def",
                              s.name);
        out[n++] = s;
    }
    for (size_t i = 0; i < ulp_part_count && n < MAX_SUBJECTS; i++)
        if (!o->only || !strcmp(o->only, ulp_parts[i].name))
            out[n++] = (subject){.name = ulp_parts[i].name,
                                 .arity = ulp_parts[i].arity,
                                 .part = &ulp_parts[i],
                                 .truth = ulp_truth_find(ulp_parts[i].truth)};
    *out_n = n;
    return n ? 0
             : bench_wrong(
                   "--op %s: no elementwise operation over f32 whose bound is stated in ulp",
                   o->only);
}

// ---------------------------------------------------------------- measuring

static void judge(const subject *s, const float *x, float y, findings *f)
{
    double truth = s->truth->quick ? s->truth->quick(x) : s->truth->value(x);
    float rounded = (float)truth;
    bool right = ulp_bits(y) == ulp_bits(rounded) || (isnan(y) && isnan(rounded));
    f->wrong += !right;
    if (right && f->worst >= 0.5)
        return; // correctly rounded: at most 0.5
    double error = ulp_error(y, truth);
    if (error <= f->worst - 1e-3)
        return;
    if (s->truth->quick)
        error = ulp_error(y, s->truth->value(x));
    if (error > 0.5)
        error = ulp_precise_error(s->truth, s->arity, x, y, error);
    if (error > f->worst) {
        f->worst = error;
        memcpy(f->at, x, sizeof f->at);
        f->result = y;
    }
}

// A part of a chunk for one thread.
typedef struct share {
    const setting *o;
    const subject *s;
    uint64_t begin, end;
    findings found;
    pthread_t thread;
} share;

static void *judge_share(void *arg)
{
    share *p = arg;
    for (uint64_t i = p->begin; i < p->end; i++, p->found.tried++) {
        const float x[ULP_ARITY] = {p->o->in[0][i], p->o->in[1][i], p->o->in[2][i]};
        judge(p->s, x, p->o->out[i], &p->found);
    }
    mpfr_free_cache();
    return NULL;
}

// Judges the first n results of a chunk, by as many threads as the library has.
static void judge_chunk(const setting *o, const subject *s, uint64_t n, findings *f)
{
    share shares[MAX_THREADS];
    uint32_t threads = o->threads < MAX_THREADS ? o->threads : MAX_THREADS, started = 0;
    for (; started < threads; started++) {
        share *p = &shares[started];
        *p = (share){o, s, n * started / threads, n * (started + 1) / threads, {.worst = f->worst}, 0};
        if (started + 1 == threads || pthread_create(&p->thread, NULL, judge_share, p)) {
            p->end = n; // this thread takes the rest
            judge_share(p);
            started++;
            break;
        }
    }
    for (uint32_t i = 0; i < started; i++) {
        const findings *own = &shares[i].found;
        if (i + 1 < started)
            pthread_join(shares[i].thread, NULL);
        f->tried += own->tried;
        f->wrong += own->wrong;
        if (own->worst > f->worst) {
            f->worst = own->worst;
            memcpy(f->at, own->at, sizeof f->at);
            f->result = own->result;
        }
    }
}

// FNV-1a by words, a NaN counting as one value: the same on every target.
static void hash_chunk(const setting *o, uint64_t n, findings *f)
{
    for (uint64_t i = 0; i < n; i++)
        f->hash = (f->hash ^ (isnan(o->out[i]) ? 0x7fc00000u : ulp_bits(o->out[i]))) * 0x100000001b3u;
}

static weir_status run(const setting *o, const subject *s)
{
    const int64_t n = CHUNK;
    const float *const in[ULP_ARITY] = {o->in[0], o->in[1], o->in[2]};
    if (s->part) {
        s->part->run(in, o->out, CHUNK);
        return WEIR_OK;
    }
    weir_array arrays[ULP_ARITY], out = weir_array_dense(o->out, WEIR_F32, 1, &n);
    for (uint32_t i = 0; i < s->arity; i++)
        arrays[i] = weir_array_dense(o->in[i], WEIR_F32, 1, &n);
    return weir_run(o->context, s->op, NULL, arrays, s->arity, &out, 1, NULL);
}

static void show_progress(const subject *s, double fraction)
{
    char bar[31];
    for (int i = 0; i < 30; i++)
        bar[i] = i < fraction * 30 ? '#' : '.';
    bar[30] = '\0';
    bench_status("%-12s [%s] %3.0f %%", s->name, bar, fraction * 100);
}

static weir_status measure(const setting *o, const subject *s, findings *f)
{
    uint64_t count = s->arity > 1 ? o->pairs : (0x100000000u + o->stride - 1) / o->stride;
    memset(f, 0, sizeof *f);
    f->hash = 0xcbf29ce484222325u;
    for (uint64_t first = 0; first < count; first += CHUNK) {
        show_progress(s, (double)first / (double)count);
        for (uint64_t i = 0; i < CHUNK; i++) {
            float x[ULP_ARITY] = {ulp_float((uint32_t)((first + i) * o->stride))};
            if (s->arity > 1)
                ulp_tuple(first + i, x);
            for (uint32_t k = 0; k < s->arity; k++)
                o->in[k][i] = x[k];
        }
        weir_status status = run(o, s);
        if (status != WEIR_OK)
            return status;
        uint64_t n = count - first < CHUNK ? count - first : CHUNK;
        hash_chunk(o, n, f);
        if (o->hash)
            f->tried += n;
        else
            judge_chunk(o, s, n, f);
    }
    return WEIR_OK;
}

// ---------------------------------------------------------------- the report

// Adds a row and returns whether the bound holds. Where it is at most half an ulp, every result
// must be the correctly rounded one.
static bool report(bench_report *r, const setting *o, const subject *s, const findings *f)
{
    bool exact = s->bound <= 0.5, good = exact ? f->wrong == 0 : f->worst <= s->bound;
    char at[96] = "", result[48], name[64];
    size_t used = 0;
    for (uint32_t k = 0; k < s->arity && f->worst > 0; k++) {
        int n = snprintf(at + used, sizeof at - used, "%s%a", k ? " " : "", (double)f->at[k]);
        used += n > 0 && used + (size_t)n < sizeof at ? (size_t)n : 0;
    }
    snprintf(result, sizeof result, "%a", (double)f->result);
    bench_text(r, s->name);
    bench_text(r, s->part ? "part" : "operation");
    bench_number(r, "%.0f", (double)f->tried);
    bench_number(r, "%.4f", f->worst);
    bench_number(r, "%g", s->bound);
    bench_number(r, "%.0f", (double)f->wrong);
    char hash[24];
    snprintf(hash, sizeof hash, "%016" PRIx64, f->hash);
    bench_text(r, o->hash ? "not judged" : good ? "holds" : "BROKEN");
    bench_text(r, hash);
    bench_text(r, at);
    bench_text(r, f->worst > 0 ? result : "");
    snprintf(name, sizeof name, "max_ulp_%s", s->name);
    bench_summary(r, name, f->worst, BENCH_LESS);
    return good || o->hash;
}

static void describe(bench_report *r, const setting *o)
{
    weir_device_info info;
    for (size_t i = 0; i < weir_device_count(o->context); i++)
        if (weir_device_get(o->context, i, &info) == WEIR_OK &&
            !strcmp(info.id, o->device ? o->device : "cpu")) {
            bench_machine(r, "device", info.id);
            bench_version(r, info.id, info.driver);
        }
    bench_version(r, "mpfr", mpfr_get_version());
    bench_note(r,
               "every %" PRIu32 ". input of unary operations%s, %" PRIu32
               " tuples of the others; \"not rounded\" counts results that are not the correctly "
               "rounded ones",
               o->stride, o->stride == 1 ? ", which is all" : "", o->pairs);
}

// docs/accuracy.md: a line for each operation.
static FILE *open_page(const setting *o)
{
    FILE *page = fopen(o->page, "w");
    if (page)
        fprintf(page,
                "<!-- Written by build/bench/ulp --stride %" PRIu32 " --pairs %" PRIu32
                " --page docs/accuracy.md. -->\n# Accuracy\n\nThe largest error of each elementwise "
                "operation over f32, in ulp of the correctly rounded result, as measured: unary ones over "
                "%s of the 2^32 inputs, the others over %" PRIu32
                " random and directed tuples, at the default attributes. *Not rounded* counts the results "
                "that are not the correctly rounded ones. The results are the same bits on every device, so "
                "one measurement counts for all.\n\n| operation | tried | largest error | stated bound | not "
                "rounded | at |\n| --- | --- | --- | --- | --- | --- |\n",
                o->stride, o->pairs, o->stride == 1 ? "all" : "a regular part", o->pairs);
    return page;
}

static void put_line(FILE *page, const setting *o, const subject *s, const findings *f)
{
    (void)o;
    if (s->part)
        return;
    fprintf(page, "| %s | %" PRIu64 " | %.4f | %g | %" PRIu64 " |", s->name, f->tried, f->worst, s->bound,
            f->wrong);
    for (uint32_t k = 0; k < s->arity && f->worst > 0; k++)
        fprintf(page, " %a", (double)f->at[k]);
    fprintf(page, " |\n");
}

static int measure_all(const setting *o, const bench_output *output)
{
    static const bench_column columns[] = {
        {"name", "name", true},       {"what", "what", true},
        {"tried", "tried", false},    {"worst_ulp", "worst ulp", false},
        {"bound", "bound", false},    {"not_rounded", "not rounded", false},
        {"verdict", "verdict", true}, {"hash", "hash", true}, {"at", "at", true},
        {"result", "result", true},
    };
    static subject subjects[MAX_SUBJECTS];
    size_t n;
    bench_report *r = bench_report_open("ulp", columns, sizeof columns / sizeof *columns);
    describe(r, o);
    int status = list_subjects(o, r, subjects, &n);
    if (status)
        return status;
    bool good = true;
    FILE *page = o->page ? open_page(o) : NULL;
    if (o->page && !page)
        return bench_fail("%s: cannot be written", o->page);
    for (size_t i = 0; i < n; i++) {
        findings f;
        if (measure(o, &subjects[i], &f) != WEIR_OK)
            return bench_fail("%s: %s", subjects[i].name, weir_message(o->context));
        good &= report(r, o, &subjects[i], &f);
        if (page)
            put_line(page, o, &subjects[i], &f);
    }
    if (page && fclose(page))
        return bench_fail("%s: cannot be written", o->page);
    status = bench_report_close(r, output);
    return good ? status : bench_fail("a stated bound is broken");
}

int main(int argc, char **argv)
{
    setting o = {.threads = bench_cpus(), .stride = 61, .pairs = 10000000};
    bench_output output;
    const bench_flag flags[] = {
        {"op", BENCH_TEXT, &o.only, "NAME", "this one alone; default: all", 0, 0},
        {"stride", BENCH_COUNT, &o.stride, "N",
         "every N-th of the 2^32 inputs of a unary operation; 1: all, a minute or two each; "
         "default 61",
         1, 1u << 20},
        {"pairs", BENCH_COUNT, &o.pairs, "N", "tuples of operands of the others; default 10000000",
         1, UINT32_MAX},
        {"hash", BENCH_ON, &o.hash, NULL,
         "only hash the results, the same on every target; nothing is judged", 0, 0},
        {"page", BENCH_TEXT, &o.page, "FILE", "write the results as Markdown too (docs/accuracy.md)", 0, 0},
        {"isa", BENCH_TEXT, &o.isa, "NAME", "the CPU's instruction set; default: the best there is",
         0, 0},
        {"device", BENCH_TEXT, &o.device, "ID", "such as opencl:0; default: the CPU", 0, 0},
        {"threads", BENCH_COUNT, &o.threads, "N", "of the CPU; default: as many as may run", 1,
         1024},
    };
    int r = bench_args(argc, argv, "ulp",
                       "Measures elementwise operations over f32 against the truth, in ulp of the "
                       "correctly rounded\nresult. Parts are building blocks of the formulas, in "
                       "the scalar dialect.",
                       flags, sizeof flags / sizeof *flags, &output);
    if (r >= 0)
        return r;
    const weir_context_options options = {.struct_size = sizeof options,
                                          .flags = WEIR_CONTEXT_NO_ENVIRONMENT |
                                                   WEIR_CONTEXT_NO_PROFILE |
                                                   (o.device ? 0 : WEIR_CONTEXT_CPU_ONLY),
                                          .threads = o.threads,
                                          .isa = o.isa,
                                          .device = o.device};
    if (weir_context_create(&options, &o.context) != WEIR_OK)
        return bench_wrong("%s", weir_message(NULL));
    if (o.device && weir_devices_wait(o.context, WEIR_FOREVER) != WEIR_OK)
        return bench_fail("%s", weir_message(o.context));
    for (int i = 0; i < ULP_ARITY; i++)
        o.in[i] = bench_memory(CHUNK * sizeof(float));
    o.out = bench_memory(CHUNK * sizeof(float));
    r = measure_all(&o, &output);
    weir_context_destroy(o.context);
    for (int i = 0; i < ULP_ARITY; i++)
        free(o.in[i]);
    free(o.out);
    return r;
}
