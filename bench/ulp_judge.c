// SPDX-License-Identifier: Apache-2.0
//
// Runs an operation over many inputs, hashes its results and compares them with the truth.
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/common.h"
#include "bench/ulp.h"

enum { BLOCK = 4096, GROUP = 32, MAX_WORKERS = 64 };

// What comes nearer to the largest error than this is computed once more: a hundred times and more
// what the truth in double may be wrong by.
static const double nearby = 1e-3;
// Errors below this are not looked at: results are correctly rounded there, and an operation that
// has no larger ones is exact.
static const double floor_of_errors = 0.499;

// What the workers share.
typedef struct work {
    const ulp_place *place;
    const ulp_subject *subject;
    ulp_block *block;
    uint64_t count;
    uint32_t stride;
    bool judged;
    _Atomic uint64_t next; // the next chunk
    _Atomic uint64_t
        worst; // the bits of the largest error so far; those of positive doubles are ordered
    _Atomic int status;
    weir_context *_Atomic failed;
} work;

typedef struct worker {
    work *w;
    weir_context *context;
    ulp_findings found;
    float *in[ULP_ARITY], *out;
    double truth[BLOCK];
    unsigned char look[BLOCK];
    pthread_t thread;
    bool first;
} worker;

// ---------------------------------------------------------------- judging

static double double_of(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

static uint64_t bits_of(double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}

// Whether one of a group is not the correctly rounded truth.
static inline int group_differs(const double *truth, const float *y)
{
    int differs = 0;
    for (int i = 0; i < GROUP; i++) {
        float rounded = (float)truth[i];
        int none = (rounded != rounded) & (y[i] != y[i]);
        differs |= (hash_bits(rounded) != hash_bits(y[i])) & (none ^ 1);
    }
    return differs;
}

// Which results may have an error above `limit` ulp, or one that is not counted in ulp. Where the
// largest error is half an ulp or more, correctly rounded results are done with. Returns how many
// are not correctly rounded. n is whole groups.
ULP_VECTORS static uint64_t sift(const double *truth, const float *y, size_t n, double limit,
                                 int settled, unsigned char *look)
{
    uint64_t wrong = 0;
    for (size_t begin = 0; begin < n; begin += GROUP) {
        if (settled && !group_differs(truth + begin, y + begin)) {
            memset(look + begin, 0, GROUP);
            continue;
        }
        for (size_t i = begin; i < begin + GROUP; i++) {
            double t = truth[i];
            float f = y[i], rounded = (float)t;
            uint32_t bits = hash_bits(rounded), exponent = bits >> 23 & 255;
            exponent = exponent < 1 ? 1 : exponent > 254 ? 254 : exponent;
            double unit = double_of((uint64_t)(exponent + 1023 - 150) << 52);
            int none = (t != t) & (f != f), differs = (bits != hash_bits(f)) & (none ^ 1);
            int far = (fabs(f - t) <= limit * unit) ^ 1;
            int odd = differs & ((rounded == f) | (t == 0)); // the sign of a zero; no zero
            int open = differs | ((settled ^ 1) & (fabsf(f) <= 0x1.fffffep127f));
            look[i] = (unsigned char)((none ^ 1) & (far | odd) & open);
            wrong += (uint64_t)differs;
        }
    }
    return wrong;
}

static void look_closer(const ulp_subject *s, uint64_t number, const float *x, float y,
                        ulp_findings *f)
{
    double error = ulp_error(y, s->truth->value(x));
    if (error < floor_of_errors)
        return;
    if (error > 0.5)
        error = ulp_precise_error(s->truth, s->arity, x, y, error);
    if (error < f->worst || (error == f->worst && (error == 0 || number >= f->number)))
        return;
    f->worst = error;
    f->number = number;
    memcpy(f->at, x, sizeof f->at);
    f->result = y;
}

static void judge_block(worker *p, uint64_t first, size_t begin, size_t n)
{
    const float *const in[ULP_ARITY] = {p->in[0] + begin, p->in[1] + begin, p->in[2] + begin};
    const float *y = p->out + begin;
    double worst = double_of(atomic_load_explicit(&p->w->worst, memory_order_relaxed));
    double limit = fmax(fmax(worst, p->found.worst) - nearby, floor_of_errors);
    if (p->w->block)
        p->w->block(in, p->truth, n);
    else
        for (size_t i = 0; i < n; i++)
            p->truth[i] =
                p->w->subject->truth->value((const float[]){in[0][i], in[1][i], in[2][i]});
    const size_t rest = n % GROUP,
                 sample = (first + begin) / BLOCK * 2654435761u % n; // one of each
    for (size_t i = n; rest && i % GROUP; i++) { // no results: right whatever they are
        p->truth[i] = NAN;
        p->out[begin + i] = NAN;
    }
    p->found.wrong +=
        sift(p->truth, y, (n + GROUP - 1) / GROUP * GROUP, limit, limit >= 0.5, p->look);
    p->look[sample] = 1;
    for (unsigned char *at = p->look; (at = memchr(at, 1, (size_t)(p->look + n - at))); at++) {
        const size_t i = (size_t)(at - p->look);
        const float x[ULP_ARITY] = {in[0][i], in[1][i], in[2][i]};
        look_closer(p->w->subject, first + begin + i, x, y[i], &p->found);
        if (i == sample)
            p->found.strayed +=
                ulp_distance(p->truth[i], p->w->subject->truth->value(x)) > ulp_stray_limit;
    }
}

// ---------------------------------------------------------------- running

// Input number n is number n * stride of all: the code itself, or a tuple.
static void fill(worker *p, uint64_t first)
{
    const work *w = p->w;
    const uint32_t arity = w->subject->arity, n = w->place->chunk;
    for (uint32_t i = 0; i < n && arity == 1; i++)
        p->in[0][i] = hash_float((uint32_t)first * w->stride + i * w->stride);
    for (uint32_t i = 0; i < n && arity > 1; i++) {
        float x[ULP_ARITY];
        hash_tuple((first + i) * w->stride, x);
        for (uint32_t k = 0; k < arity; k++)
            p->in[k][i] = x[k];
    }
}

static weir_status run(worker *p)
{
    const ulp_subject *s = p->w->subject;
    const int64_t n = p->w->place->chunk;
    if (s->part) {
        s->part->run((const float *const[]){p->in[0], p->in[1], p->in[2]}, p->out, (size_t)n);
        return WEIR_OK;
    }
    weir_array arrays[ULP_ARITY];
    weir_array out = weir_array_dense(p->out, s->truths ? WEIR_BOOL : WEIR_F32, 1, &n);
    for (uint32_t i = 0; i < s->arity; i++)
        arrays[i] = weir_array_dense(p->in[i], WEIR_F32, 1, &n);
    weir_status status = weir_run(p->context, s->op, NULL, arrays, s->arity, &out, 1, NULL);
    if (s->truths)
        hash_truths(p->out, (size_t)n);
    return status;
}

ULP_VECTORS static uint64_t hash_all(const float *y, size_t n, uint32_t number, uint32_t stride)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += hash_term(number + (uint32_t)i * stride, y[i]);
    return sum;
}

static void hash(worker *p, uint64_t first, uint64_t n)
{
    const uint32_t stride = p->w->stride;
    p->found.hash += hash_all(p->out, n, (uint32_t)first * stride, stride);
    if (stride != 1)
        return;
    for (uint64_t i = (HASH_STRIDE - first % HASH_STRIDE) % HASH_STRIDE; i < n; i += HASH_STRIDE)
        p->found.hash_part += hash_term((uint32_t)(first + i), p->out[i]);
}

static void show_progress(const work *w, uint64_t done)
{
    char bar[31];
    double fraction = (double)done / (double)w->count;
    for (int i = 0; i < 30; i++)
        bar[i] = i < fraction * 30 ? '#' : '.';
    bar[30] = '\0';
    bench_status("%-12s [%s] %3.0f %%", w->subject->name, bar, fraction * 100);
}

static void *work_on(void *arg)
{
    worker *p = arg;
    work *w = p->w;
    const uint64_t chunk = w->place->chunk;
    for (uint64_t first; (first = atomic_fetch_add(&w->next, 1) * chunk) < w->count;) {
        uint64_t n = w->count - first < chunk ? w->count - first : chunk;
        if (p->first)
            show_progress(w, first);
        fill(p, first);
        weir_status status = run(p);
        if (status != WEIR_OK) {
            atomic_store(&w->failed, p->context);
            atomic_store(&w->status, (int)status);
            atomic_store(&w->next, w->count / chunk + 1);
            break;
        }
        hash(p, first, n);
        p->found.tried += n;
        for (uint64_t i = 0; w->judged && i < n; i += BLOCK)
            judge_block(p, first, i, n - i < BLOCK ? n - i : BLOCK);
        uint64_t own = bits_of(p->found.worst), worst = atomic_load(&w->worst);
        while (own > worst && !atomic_compare_exchange_weak(&w->worst, &worst, own))
            continue;
    }
    mpfr_free_cache();
    return NULL;
}

static void merge(ulp_findings *all, const ulp_findings *own)
{
    all->tried += own->tried;
    all->wrong += own->wrong;
    all->strayed += own->strayed;
    all->hash += own->hash;
    all->hash_part += own->hash_part;
    if (own->worst < all->worst || (own->worst == all->worst && own->number >= all->number))
        return;
    all->worst = own->worst;
    all->number = own->number;
    memcpy(all->at, own->at, sizeof all->at);
    all->result = own->result;
}

weir_status ulp_measure(const ulp_place *place, const ulp_subject *subject, uint64_t count,
                        uint32_t stride, bool judged, ulp_findings *out, weir_context **failed)
{
    worker *workers[MAX_WORKERS] = {NULL};
    work w = {.place = place, .subject = subject, .block = ulp_block_find(subject->truth->name)};
    w.count = count;
    w.stride = stride;
    w.judged = judged;
    uint32_t n = place->workers < MAX_WORKERS ? place->workers : MAX_WORKERS;
    for (uint32_t i = 0; i < n; i++) {
        worker *p = workers[i] = bench_memory(sizeof *p);
        p->w = &w;
        p->context = place->contexts[i];
        p->first = i == 0;
        for (uint32_t k = 0; k < ULP_ARITY; k++)
            p->in[k] = bench_memory(place->chunk * sizeof(float));
        p->out = bench_memory(place->chunk * sizeof(float));
        if (i > 0 && pthread_create(&p->thread, NULL, work_on, p))
            p->thread = pthread_self(); // the others do its share
    }
    work_on(workers[0]);
    *out = (ulp_findings){.number = UINT64_MAX};
    for (uint32_t i = 0; i < n; i++) {
        worker *p = workers[i];
        if (i > 0 && !pthread_equal(p->thread, pthread_self()))
            pthread_join(p->thread, NULL);
        merge(out, &p->found);
        for (uint32_t k = 0; k < ULP_ARITY; k++)
            free(p->in[k]);
        free(p->out);
        free(p);
    }
    bench_status(NULL);
    *failed = atomic_load(&w.failed);
    return (weir_status)atomic_load(&w.status);
}
