// SPDX-License-Identifier: Apache-2.0
#include "bench/harness/time.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

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
    if (c->repeat)
        return c->repeat(c->arg, c->calls);
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
    double linger = 0; // of the one that ran last
    for (size_t i = 0; i < n; i++) {
        rest(fmax(timing->pause_ms, linger));
        warm_up(&candidates[i], timing->sample_ms);
        linger = candidates[i].linger_ms;
    }
    for (uint32_t s = 0; s < samples; s++) {
        shuffle(order, n, &state);
        for (size_t i = 0; i < n; i++) {
            bench_candidate *c = &candidates[order[i]];
            rest(fmax(timing->pause_ms, linger));
            if (!c->repeat)
                c->run(c->arg); // wakes its own threads
            linger = c->linger_ms;
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

uint32_t bench_cpus(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n > 0 ? (uint32_t)n : 1;
}

void bench_fill(float *out, size_t n, uint32_t seed)
{
    uint32_t x = seed * 2654435761u + 1;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525u + 1013904223u;
        out[i] = (float)(int32_t)(x & 0xffffff00u) * 0x1p-31f;
    }
}

void *bench_try_memory(size_t bytes)
{
    const size_t huge = (size_t)2 << 20;
    size_t unit = bytes >= 2 * huge ? huge : 64;
    size_t rounded = (bytes + unit - 1) / unit * unit;
    void *memory = aligned_alloc(unit, rounded ? rounded : unit);
    if (!memory)
        return NULL;
    if (unit == huge)
        madvise(memory, rounded, MADV_HUGEPAGE); // a wish: without it pages are small
    return memset(memory, 0, rounded);
}
