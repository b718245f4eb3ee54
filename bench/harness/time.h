// SPDX-License-Identifier: Apache-2.0
//
// A clock, candidates timed in turn, and the memory they work on.
#ifndef HARNESS_TIME_H
#define HARNESS_TIME_H

#include <stddef.h>
#include <stdint.h>

enum { BENCH_SAMPLES = 63, BENCH_CANDIDATES = 20 };

typedef struct bench_candidate {
    void (*run)(void *arg); // one call of what is measured
    void *arg;
    // Where it is set it goes before `run`: makes so many calls, after one that does not count, and
    // returns the nanoseconds they took. For what runs in another process, which has its own clock.
    double (*repeat)(void *arg, uint64_t calls);
    double linger_ms;             // how long its threads spin on after a call
    uint64_t calls;               // in a sample: found by warming up
    double sample[BENCH_SAMPLES]; // nanoseconds a call
    double ns;                    // their median
} bench_candidate;

typedef struct bench_timing {
    uint32_t samples; // at most BENCH_SAMPLES
    double sample_ms; // a sample repeats the call until it takes at least so long
    double pause_ms;  // before each sample; longer where the candidate before it lingers
} bench_timing;

double bench_now(void); // nanoseconds of a monotonic clock
double bench_median(const double *values, size_t n);
// Warms each candidate up, then takes a sample of each in turn, in another order each time.
void bench_time(bench_candidate *candidates, size_t n, const bench_timing *timing);
// The median over the turns of how many times as long as `a` `b` took: a load that comes and goes
// meets both of a turn.
double bench_ratio(const bench_candidate *a, const bench_candidate *b, uint32_t samples);

// CPUs that this process may run on.
uint32_t bench_cpus(void);
// Numbers in -1..1 that look random and are the same in every run.
void bench_fill(float *out, size_t n, uint32_t seed);
// Memory aligned to 64 bytes, zeroed, on huge pages where it is large and the system has them for
// those who ask (NumPy asks as well); for free(). NULL if there is none.
void *bench_try_memory(size_t bytes);

#endif
