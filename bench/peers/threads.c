// SPDX-License-Identifier: Apache-2.0
//
// Fork-join: a small task for each thread, on the CPU device's own pool and on others', less
// the task. The pool has no public call, so that this file alone looks inside the library.
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

// About two microseconds of work, so that every thread has to take part: a pool whose caller takes
// the tasks that nobody has begun would run empty ones all by itself.
static void work(void)
{
    float x = 1;
    for (int i = 0; i < 1000; i++)
        x = x * 0.999f + 0.001f;
    __asm__ volatile("" : : "m"(x)); // which the compiler cannot know to be of no use
}

static void task(void *arg, uint32_t i)
{
    (void)arg, (void)i;
    work();
}

static void task_of_openmp(void *arg)
{
    (void)arg;
    work();
}

static void task_of_pthreadpool(void *arg, size_t i)
{
    (void)arg, (void)i;
    work();
}

static void run_alone(void *arg)
{
    (void)arg;
    work();
}

static void run_weir(void *arg)
{
    const pools *p = arg;
    w_par_run(&p->weir, task, NULL, p->threads);
}

static void run_openmp(void *arg)
{
    const pools *p = arg;
    p->gomp_parallel(task_of_openmp, NULL, p->threads, 0);
}

static void run_pthreadpool(void *arg)
{
    const pools *p = arg;
    p->parallelize(p->pthreadpool, task_of_pthreadpool, NULL, p->threads, 0);
}

// What remains beside one task, which each thread has to do.
static void take_off(bench_candidate *c, double task_ns, uint32_t samples)
{
    for (uint32_t s = 0; s < samples; s++)
        c->sample[s] = fmax(c->sample[s] - task_ns, 1);
    c->ns = bench_median(c->sample, samples);
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
    bench_candidate timed[4] = {{.run = run_weir, .arg = &p, .linger_ms = 2}};
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
    timed[n] = (bench_candidate){.run = run_alone};
    bench_time(timed, n + 1, &timing);
    for (size_t i = 0; i < n; i++)
        take_off(&timed[i], timed[n].ns, timing.samples);
    harness_case c = {.group = "threads",
                      .name = "fork-join",
                      .unit = "element",
                      .work = p.threads,
                      .size = p.threads};
    snprintf(c.shape, sizeof c.shape, "%u threads", p.threads);
    harness_keep_row(h, &c, timed, who, n, timing.samples);
    w_threads_destroy(own);
}
