// SPDX-License-Identifier: Apache-2.0
//
// Fork-join: tasks that do nothing, one a thread, on the CPU device's own pool and on others'. The
// pool has no public call, so that this file alone looks inside the library.
#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backends/cpu/threads.h"
#include "bench/peers/peers.h"

typedef struct pools {
    w_cpu_par weir;
    void (*gomp_parallel)(void (*)(void *), void *, unsigned, unsigned);
    void *pthreadpool;
    void (*parallelize)(void *pool, void (*)(void *, size_t), void *, size_t, uint32_t);
    uint32_t threads;
} pools;

// ---------------------------------------------------------------- OpenMP's threads

static void *openmp(void)
{
    return dlopen("libgomp.so.1", RTLD_NOW | RTLD_LOCAL);
}

void peers_openmp_threads(uint32_t threads)
{
    void *library = openmp();
    void (*set)(int);
    *(void **)&set = library ? dlsym(library, "omp_set_num_threads") : NULL;
    if (set)
        set((int)threads);
}

// ---------------------------------------------------------------- what is timed

static void nothing(void *arg, uint32_t i)
{
    (void)arg, (void)i;
}

static void nothing_of_openmp(void *arg)
{
    (void)arg;
}

static void nothing_of_pthreadpool(void *arg, size_t i)
{
    (void)arg, (void)i;
}

static void run_weir(void *arg)
{
    const pools *p = arg;
    w_par_run(&p->weir, nothing, NULL, p->threads);
}

static void run_openmp(void *arg)
{
    const pools *p = arg;
    p->gomp_parallel(nothing_of_openmp, NULL, p->threads, 0);
}

static void run_pthreadpool(void *arg)
{
    const pools *p = arg;
    p->parallelize(p->pthreadpool, nothing_of_pthreadpool, NULL, p->threads, 0);
}

// ---------------------------------------------------------------- the contenders, for one case

static bool always(void *state, const harness_case *c, bench_candidate *out)
{
    (void)state, (void)c, (void)out;
    return false;
}

static size_t join(harness *h, const char *key, const char *name, const char *version)
{
    harness_contender c = {.key = key, .role = HARNESS_PEER, .prepare = always};
    snprintf(c.name, sizeof c.name, "%s", name);
    snprintf(c.version, sizeof c.version, "%s", version);
    return harness_join(h, &c) ? h->n_contenders - 1 : 0;
}

static void load(pools *p)
{
    void *library = openmp();
    *(void **)&p->gomp_parallel = library ? dlsym(library, "GOMP_parallel") : NULL;
    library = dlopen("libpthreadpool.so.0", RTLD_NOW | RTLD_LOCAL);
    void *(*create)(size_t);
    *(void **)&create = library ? dlsym(library, "pthreadpool_create") : NULL;
    *(void **)&p->parallelize = library ? dlsym(library, "pthreadpool_parallelize_1d") : NULL;
    p->pthreadpool = create && p->parallelize ? create(p->threads) : NULL;
}

void peers_fork_join(harness *h)
{
    pools p = {.threads = h->options.threads};
    w_host host;
    w_threads *own = NULL;
    if (!harness_listed(h->options.only, "threads") || p.threads < 2)
        return;
    w_host_init(&host, NULL, NULL, NULL);
    if (w_threads_create(&host, p.threads, &own) != WEIR_OK) {
        harness_note(h, "no threads for the fork-join");
        return;
    }
    p.weir = (w_cpu_par){.threads = p.threads, .pool = own};
    load(&p);
    bench_candidate timed[3] = {{.run = run_weir, .arg = &p, .linger_ms = 2}};
    size_t who[3] = {0}, n = 1;
    if (p.gomp_parallel) {
        who[n] = join(h, "libgomp", "libgomp", "GCC's OpenMP");
        timed[n++] = (bench_candidate){.run = run_openmp, .arg = &p, .linger_ms = 10};
    }
    if (p.pthreadpool) {
        who[n] = join(h, "pthreadpool", "pthreadpool", "");
        timed[n++] = (bench_candidate){.run = run_pthreadpool, .arg = &p, .linger_ms = 2};
    }
    const bench_timing timing = {.samples = h->options.samples, .sample_ms = 1, .pause_ms = 1};
    bench_time(timed, n, &timing);
    harness_case c = {.group = "threads", .name = "fork-join", .unit = "element", .work = p.threads, .size = p.threads};
    snprintf(c.shape, sizeof c.shape, "%u threads", p.threads);
    harness_keep_row(h, &c, timed, who, n, timing.samples);
    w_threads_destroy(own);
}
