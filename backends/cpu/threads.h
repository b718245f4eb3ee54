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

typedef struct w_threads w_threads;

typedef void (*w_task)(void *arg, uint32_t i);

// What one launch may use. Lives on the launch's stack.
typedef struct w_cpu_par {
    uint32_t threads;      // at most so many tasks run at a time, the caller's included; at least 1
    w_threads *pool;       // Weir's own
    const weir_pool *host; // goes before `pool` where it is set
} w_cpu_par;

// Runs task(arg, i) once for each i in 0..count-1, in any order, on any of the threads and on the
// caller's, and returns when all have returned. The tasks run in the default floating-point
// environment. Called from within a task, or while another thread uses Weir's own pool, it runs
// serially, so that it never waits for work that is not its own. (A host's pool is asked again: it
// must stand being called from several threads, and no loop calls it from within a task.)
//
// Scratch memory per task: a loop that needs some asks for it in prepare() by the number of
// threads, runs `count` <= par->threads tasks and gives task i the i-th part of args->workspace
// (64-byte aligned on the CPU), each task then looping over its share of the work.
void w_par_run(const w_cpu_par *par, w_task task, void *arg, uint32_t count);

// Whether work that takes one thread about so many nanoseconds is worth sharing out: little is,
// where the workers are looking for work; more, where they sleep and nothing tells that a second
// call will follow; none for a while after a worker was kept from its processor by somebody else's
// thread.
bool w_par_pays(const w_cpu_par *par, double nanoseconds);

// Makes a pool of `threads` threads, the caller of w_par_run() included. No thread is started
// before the first call that can use one.
weir_status w_threads_create(const w_host *host, uint32_t threads, w_threads **out_pool);
// Joins its threads and frees it. In a child of fork() it frees nothing. NULL is ignored.
void w_threads_destroy(w_threads *pool);

// How many threads this process may use: the affinity mask, cut by the cgroup's CPU quota; 1..1024.
uint32_t w_threads_available(void);

#endif
