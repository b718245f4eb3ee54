// SPDX-License-Identifier: Apache-2.0
//
// The CPU device's threads: a pool of Weir's own or the host's, and the handle that a launch hands
// to its loops.
//
// Results never depend on it: a loop splits its work into a number of tasks and every task writes
// what no other task writes.
#ifndef W_CPU_THREADS_H
#define W_CPU_THREADS_H

#include "runtime/base/base.h"

#include <stdatomic.h>

typedef struct w_threads w_threads;

typedef void (*w_task)(void *arg, uint32_t i);

// What one launch may use. Lives on the launch's stack.
typedef struct w_cpu_par {
    uint32_t threads;      // at most so many tasks run at a time, the caller's included; at least 1
    w_threads *pool;       // Weir's own
    const weir_pool *host; // goes before `pool` where it is set
} w_cpu_par;

// Runs task(arg, i) once for each i in 0..count-1, in any order, on any of the threads and on the
// caller's, and returns when all have returned; par NULL: on the caller's alone. The tasks run in
// the default floating-point environment. Called from within a task, or while another thread uses
// Weir's own pool, it runs serially, so that it never waits for work that is not its own. (A host's
// pool is asked again: it must stand being called from several threads, and no loop calls it from
// within a task.)
//
// Scratch memory per task: a loop that needs some asks for it in prepare() by the number of
// threads, runs `count` <= par->threads tasks and gives task i the i-th part of args->workspace
// (64-byte aligned on the CPU), each task then looping over its share of the work.
void w_par_run(const w_cpu_par *par, w_task task, void *arg, uint32_t count);

// A thread's own part of numbered jobs: neighbours, and the same ones at the next call for the same
// work where threads join in the same order (two always do), so that what they read and write may
// still be in its cache. Who is done takes from the others.
enum { W_MOST_RANGES = 64 }; // where they stand on a stack
typedef struct w_range {
    _Alignas(64) atomic_uint next;
    uint32_t end;
} w_range;

// Where range r of n begins among so many jobs.
static inline uint32_t w_range_begin(uint32_t jobs, uint32_t r, uint32_t n)
{
    return (uint32_t)((uint64_t)jobs * r / n);
}

// Shares jobs 0..jobs-1 out among n ranges, but for the first ones of each, which are taken.
static inline void w_ranges_set(w_range *ranges, uint32_t n, uint32_t jobs, uint32_t taken)
{
    for (uint32_t r = 0; r < n; r++) {
        ranges[r].end = w_range_begin(jobs, r + 1, n);
        atomic_store_explicit(&ranges[r].next, w_range_begin(jobs, r, n) + taken,
                              memory_order_relaxed);
    }
}

// Which job is next for a thread, whose range comes first; false when none is left. A range ends up
// at most as far behind its end as there are threads.
static inline bool w_ranges_next(w_range *ranges, uint32_t n, uint32_t thread, uint32_t *out_job)
{
    uint32_t at = thread < n ? thread : thread % n;
    for (uint32_t i = 0; i < n; i++, at = at + 1 < n ? at + 1 : 0) {
        w_range *range = &ranges[at];
        if (atomic_load_explicit(&range->next, memory_order_relaxed) >= range->end)
            continue;
        *out_job = atomic_fetch_add_explicit(&range->next, 1, memory_order_relaxed);
        if (*out_job < range->end)
            return true;
    }
    return false;
}

enum {
    W_WARM_NS = 2500
}; // of work that pays for a worker who is looking for some, or more; less never pays

// Whether work that takes one thread about so many nanoseconds is worth sharing out: little is,
// where the workers are looking for work and are soon reached, which is measured; more, where they
// sleep and nothing tells that a second call will follow; none for a while after a worker was kept
// from its processor by somebody else's thread.
bool w_par_pays(const w_cpu_par *par, double nanoseconds);

// Whether the last measurements say that the threads share no cache: what one of them writes comes
// to the others slowly.
bool w_par_is_apart(const w_cpu_par *par);

// Makes a pool of `threads` threads, the caller of w_par_run() included. No thread is started
// before the first call that can use one.
weir_status w_threads_create(const w_host *host, uint32_t threads, w_threads **out_pool);
// Joins its threads and frees it. In a child of fork() it frees nothing. NULL is ignored.
void w_threads_destroy(w_threads *pool);

// How many threads this process may use: the affinity mask, cut by the cgroup's CPU quota; 1..1024.
uint32_t w_threads_available(void);

#endif
