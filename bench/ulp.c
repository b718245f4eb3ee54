// SPDX-License-Identifier: Apache-2.0
//
// Measures every elementwise operation over f32 against the truth, in ulp of the correctly rounded
// result, on any instruction set or device: a unary one on all 2^32 inputs or every N-th, the
// others on random and directed operands. Exit status 1 where a stated bound is broken.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common.h"
#include "bench/ulp.h"

enum { CHUNK = 1 << 17, DEVICE_CHUNK = 1 << 22, MAX_SUBJECTS = 512, MAX_THREADS = 64 };

// The stated bounds, by number. The library's list of operations does not hold them.
#define OP(number, name, onnx, family, compute, inputs, outputs, attributes, flops, ulp, source, \
           doc)                                                                                  \
    [number] = ulp,
static const double bounds[] = {
#include "runtime/ops/ops.def"
};
#undef OP

typedef struct setting {
    ulp_place place;
    weir_context *contexts[MAX_THREADS];
    const char *isa, *device, *only, *results;
    uint32_t threads, stride, pairs;
    bool hash, list;
    char target[sizeof((ulp_result *)0)->targets->name], driver[256]; // what runs, for the results
} setting;

// ---------------------------------------------------------------- what is measured

// Whether the operation makes n floats or truth values of n floats, with what it leaves optional
// absent.
static bool is_elementwise(weir_context *context, ulp_subject *s)
{
    const int64_t n = 7;
    weir_op_info info;
    weir_array in[ULP_ARITY], out;
    if (weir_op_describe(s->op, &info) != WEIR_OK || strcmp(info.family, "map") ||
        s->arity > ULP_ARITY)
        return false;
    for (uint32_t i = 0; i < s->arity; i++)
        in[i] = weir_array_dense(NULL, WEIR_F32, 1, &n);
    if (weir_infer(context, s->op, NULL, in, s->arity, &out, 1) != WEIR_OK || out.rank != 1 ||
        out.shape[0] != n)
        return false;
    s->truths = out.dtype == WEIR_BOOL;
    return s->truths || out.dtype == WEIR_F32;
}

// Fills in `out` and returns 0, or the exit status after a line on stderr.
static int list_subjects(const setting *o, bench_report *r, ulp_subject *out, size_t *out_n)
{
    weir_op ops[MAX_SUBJECTS];
    size_t n_ops = weir_op_list(ops, MAX_SUBJECTS), n = 0;
    for (size_t i = 0; i < n_ops && i < MAX_SUBJECTS; i++) {
        weir_op_info info;
        if (weir_op_describe(ops[i], &info) != WEIR_OK || (o->only && strcmp(o->only, info.name)))
            continue;
        ulp_subject s = {.name = info.name, .arity = info.required_inputs, .op = ops[i]};
        s.bound = ops[i] < sizeof bounds / sizeof *bounds ? bounds[ops[i]] : -1;
        if (info.inputs == 8) // of several inputs, two
            s.arity = 2;
        if (!is_elementwise(o->contexts[0], &s))
            continue;
        s.truth = ulp_truth_find(s.name);
        if (!s.truth && o->only)
            return bench_fail("%s has no truth to be measured against: add a row to the table in "
                              "bench/truth.def",
                              s.name);
        if (!s.truth) {
            bench_note(r, "left out: %s, which has no row in bench/truth.def", s.name);
            continue;
        }
        out[n++] = s;
    }
    for (size_t i = 0; i < ulp_part_count && n < MAX_SUBJECTS; i++)
        if (!o->only || !strcmp(o->only, ulp_parts[i].name))
            out[n++] = (ulp_subject){.name = ulp_parts[i].name,
                                     .arity = ulp_parts[i].arity,
                                     .part = &ulp_parts[i],
                                     .truth = ulp_truth_find(ulp_parts[i].truth)};
    *out_n = n;
    return n ? 0
             : bench_wrong(
                   "--op %s: no elementwise operation over f32 whose bound is stated in ulp",
                   o->only);
}

// ---------------------------------------------------------------- the report

// Where it is at most half an ulp, or where the truth states the steps and their roundings, every
// result must be the truth, correctly rounded.
static bool holds(const ulp_subject *s, const ulp_findings *f)
{
    return s->bound <= 0.5 ? f->wrong == 0 : f->worst <= s->bound;
}

static void print_operands(char *out, size_t size, const ulp_subject *s, const ulp_findings *f)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t k = 0; k < s->arity && f->worst > 0; k++) {
        int n = snprintf(out + used, size - used, "%s%a", k ? " " : "", (double)f->at[k]);
        used += n > 0 && used + (size_t)n < size ? (size_t)n : 0;
    }
}

// Adds a row and returns whether the bound holds.
static bool report(bench_report *r, const setting *o, const ulp_subject *s, const ulp_findings *f)
{
    bool good = holds(s, f);
    char at[96], result[48], name[64], hash[24];
    print_operands(at, sizeof at, s, f);
    snprintf(result, sizeof result, "%a", (double)f->result);
    snprintf(hash, sizeof hash, "%016" PRIx64, f->hash);
    snprintf(name, sizeof name, "max_ulp_%s", s->name);
    bench_text(r, s->name);
    bench_text(r, s->part ? "part" : "operation");
    bench_number(r, "%.0f", (double)f->tried);
    bench_number(r, "%.4f", o->hash ? NAN : f->worst);
    bench_number(r, "%g", s->bound);
    bench_number(r, "%.0f", o->hash ? NAN : (double)f->wrong);
    bench_text(r, o->hash ? "not judged" : good ? "holds" : "BROKEN");
    bench_text(r, hash);
    bench_text(r, at);
    bench_text(r, f->worst > 0 ? result : "");
    bench_summary(r, name, o->hash ? NAN : f->worst, BENCH_LESS);
    return good || o->hash;
}

// What runs, for the report and the results.
static void describe(setting *o, bench_report *r)
{
    weir_device_info info;
    for (size_t i = 0; i < weir_device_count(o->contexts[0]); i++) {
        if (weir_device_get(o->contexts[0], i, &info) != WEIR_OK ||
            strcmp(info.id, o->device ? o->device : "cpu"))
            continue;
        bench_machine(r, "device", info.id);
        bench_version(r, info.id, info.driver);
        if (!o->device) // the instruction set, without the rows of products that it says follow
            snprintf(o->target, sizeof o->target, "%.*s", (int)strcspn(info.driver, ", "),
                     info.driver);
        else
            snprintf(o->target, sizeof o->target, info.software ? "%s" : "%s %.40s", info.backend,
                     info.name);
        snprintf(o->driver, sizeof o->driver, "%.80s, %.40s", info.name, info.driver);
        for (char *c = o->driver; *c; c++)
            *c = *c == '"' || *c == '\\' ? '_' : *c;
    }
    bench_version(r, "mpfr", mpfr_get_version());
    bench_note(r,
               "every %" PRIu32 ". input of unary operations%s, %" PRIu32
               " tuples of the others; \"not rounded\" counts results that are not the correctly "
               "rounded ones",
               o->stride, o->stride == 1 ? ", which is all" : "", o->pairs);
}

// ---------------------------------------------------------------- results that are kept

static uint64_t inputs_of(const setting *o, const ulp_subject *s, uint32_t stride)
{
    uint64_t all = s->arity > 1 ? o->pairs : UINT64_C(0x100000000);
    return (all + stride - 1) / stride;
}

// Whether today's formula gives what the file was written of, and the file says what is asked.
static bool is_known(const setting *o, const ulp_subject *s, const ulp_result *known)
{
    weir_context *failed;
    ulp_findings f;
    bool there = !o->hash && known->judged && known->bound == s->bound &&
                 known->inputs == inputs_of(o, s, 1);
    for (uint32_t i = 0; i < known->n_targets && o->hash; i++)
        there |=
            !strcmp(known->targets[i].name, o->target) && known->targets[i].hash == known->hash;
    if (!there)
        return false;
    return ulp_measure(&o->place, s, inputs_of(o, s, HASH_STRIDE), HASH_STRIDE, false, &f,
                       &failed) == WEIR_OK &&
           f.hash == known->hash_part;
}

// Another hash than that of the judged results stays beside it, for everyone to see, but where this
// run judged: then the others are of an earlier formula.
static int keep(const setting *o, const ulp_subject *s, const ulp_findings *f, ulp_result *known)
{
    if (!o->hash) {
        bool same = known->judged && known->hash == f->hash;
        known->judged = true;
        known->bound = s->bound;
        known->worst = f->worst;
        known->wrong = f->wrong;
        known->inputs = f->tried;
        known->n_targets = same ? known->n_targets : 0;
        print_operands(known->at, sizeof known->at, s, f);
        snprintf(known->result, sizeof known->result, "%a", (double)f->result);
    }
    if (!o->hash || !known->judged) {
        known->hash = f->hash;
        known->hash_part = f->hash_part;
    }
    ulp_result_target(known, o->target, o->driver, f->hash);
    if (!ulp_result_write(o->results, known))
        return bench_fail("%s/%s.json: cannot be written", o->results, s->name);
    return known->hash == f->hash
               ? 0
               : bench_fail("%s: %s gives %016" PRIx64 ", others gave %016" PRIx64, s->name,
                            o->target, f->hash, known->hash);
}

// Measures one subject, and keeps what was found. *skipped: it was known.
static int measure(const setting *o, const ulp_subject *s, ulp_findings *f, bool *skipped)
{
    weir_context *failed;
    ulp_result known;
    *skipped =
        o->results &&
        (s->part || (ulp_result_read(o->results, s->name, &known) && is_known(o, s, &known)));
    if (*skipped)
        return 0;
    const uint32_t stride = s->arity > 1 ? 1 : o->stride;
    if (ulp_measure(&o->place, s, inputs_of(o, s, stride), stride, !o->hash, f, &failed) != WEIR_OK)
        return bench_fail("%s: %s", s->name, weir_message(failed));
    if (f->strayed)
        return bench_fail("%s: the truth in double was off by more than %g ulp at %" PRIu64
                          " of the inputs looked at",
                          s->name, ulp_stray_limit, f->strayed);
    return o->results ? keep(o, s, f, &known) : 0;
}

// ---------------------------------------------------------------- all

static int measure_all(setting *o, const bench_output *output)
{
    static const bench_column columns[] = {
        {"name", "name", true},       {"what", "what", true},
        {"tried", "tried", false},    {"worst_ulp", "worst ulp", false},
        {"bound", "bound", false},    {"not_rounded", "not rounded", false},
        {"verdict", "verdict", true}, {"hash", "hash", true},
        {"at", "at", true},           {"result", "result", true},
    };
    static ulp_subject subjects[MAX_SUBJECTS];
    size_t n;
    bench_report *r = bench_report_open("ulp", columns, sizeof columns / sizeof *columns);
    describe(o, r);
    int status = list_subjects(o, r, subjects, &n), worst = 0;
    if (status)
        return status;
    for (size_t i = 0; i < n && o->list; i++)
        if (!subjects[i].part)
            printf("%s %" PRIu32 "\n", subjects[i].name, subjects[i].arity);
    bool good = true;
    for (size_t i = 0; i < n && !o->list; i++) {
        ulp_findings f;
        bool skipped;
        status = measure(o, &subjects[i], &f, &skipped);
        worst = status ? status : worst;
        if (skipped)
            bench_note(r, "known: %s", subjects[i].name);
        else if (!status)
            good &= report(r, o, &subjects[i], &f);
    }
    status = o->list ? 0 : bench_report_close(r, output);
    return worst ? worst : good ? status : bench_fail("a stated bound is broken");
}

// On the CPU a context of one thread for each worker; on a device one context, and a worker that
// fills and judges while the other waits.
static int open_place(setting *o)
{
    const weir_context_options options = {.struct_size = sizeof options,
                                          .flags = WEIR_CONTEXT_NO_ENVIRONMENT |
                                                   WEIR_CONTEXT_NO_PROFILE |
                                                   (o->device ? 0 : WEIR_CONTEXT_CPU_ONLY),
                                          .threads = o->device ? o->threads : 1,
                                          .isa = o->isa,
                                          .device = o->device};
    o->place =
        (ulp_place){o->contexts, o->device ? 2 : o->threads, o->device ? DEVICE_CHUNK : CHUNK};
    if (o->place.workers > MAX_THREADS)
        o->place.workers = MAX_THREADS;
    for (uint32_t i = 0; i < o->place.workers; i++) {
        if (o->device && i > 0)
            o->contexts[i] = o->contexts[0];
        else if (weir_context_create(&options, &o->contexts[i]) != WEIR_OK)
            return bench_wrong("%s", weir_message(NULL));
    }
    if (o->device && weir_devices_wait(o->contexts[0], WEIR_FOREVER) != WEIR_OK)
        return bench_fail("%s", weir_message(o->contexts[0]));
    return 0;
}

int main(int argc, char **argv)
{
    static setting o = {.pairs = 10000000};
    bench_output output;
    const bench_flag flags[] = {
        {"op", BENCH_TEXT, &o.only, "NAME", "this one alone; default: all", 0, 0},
        {"stride", BENCH_COUNT, &o.stride, "N",
         "every N-th of the 2^32 inputs of a unary operation; 1: all, some ten seconds each; "
         "default 61",
         1, 1u << 20},
        {"pairs", BENCH_COUNT, &o.pairs, "N", "tuples of operands of the others; default 10000000",
         1, UINT32_MAX},
        {"hash", BENCH_ON, &o.hash, NULL,
         "only hash the results, the same on every target; nothing is judged", 0, 0},
        {"results", BENCH_TEXT, &o.results, "FOLDER",
         "all inputs of unary operations; keep what was found in FOLDER/NAME.json, and leave out "
         "what "
         "is known there of the same formula",
         0, 0},
        {"list", BENCH_ON, &o.list, NULL, "print the operations and how many inputs they have", 0,
         0},
        {"isa", BENCH_TEXT, &o.isa, "NAME", "the CPU's instruction set; default: the best there is",
         0, 0},
        {"device", BENCH_TEXT, &o.device, "ID", "such as opencl:0; default: the CPU", 0, 0},
        {"threads", BENCH_COUNT, &o.threads, "N", "of the CPU; default: as many as may run", 1,
         1024},
    };
    o.threads = bench_cpus();
    int r = bench_args(argc, argv, "ulp",
                       "Measures elementwise operations over f32 against the truth, in ulp of the "
                       "correctly rounded\nresult. Parts are building blocks of the formulas, in "
                       "the scalar dialect.",
                       flags, sizeof flags / sizeof *flags, &output);
    if (r >= 0)
        return r;
    if (o.results && o.stride > 1)
        return bench_wrong("--results holds all inputs: not with --stride %" PRIu32, o.stride);
    if (o.device && !strcmp(o.device, "cpu"))
        o.device = NULL;
    o.stride = o.stride ? o.stride : o.results ? 1 : 61;
    r = open_place(&o);
    r = r ? r : measure_all(&o, &output);
    for (uint32_t i = 0; i < o.place.workers; i++)
        if (o.contexts[i] && (i == 0 || o.contexts[i] != o.contexts[0]))
            weir_context_destroy(o.contexts[i]);
    return r;
}
