// SPDX-License-Identifier: Apache-2.0
//
// The pool. One job at a time: whoever finds it busy works alone. A job is published as a ticket,
// its number and how many workers may still join it, in one word: a worker joins by taking one off,
// so that it never reads a job that is over, and the caller, by taking the rest off, learns how
// many have joined and waits for those. Workers look for a ticket for a while, then sleep.
#include "backends/cpu/threads.h"

#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

enum {
    SPIN_NS = 50000,     // that a worker looks for work before it sleeps
    LOOKS = 64,          // between two looks at the clock
    FINISH_LOOKS = 4000, // that a caller makes before it sleeps until its workers have finished
};

struct w_threads {
    const w_host *host;
    uint32_t size; // threads, the caller included
    pid_t process;
    atomic_bool busy;
    // The job; written while nobody can join.
    w_task task;
    void *arg;
    uint32_t count;
    _Atomic uint32_t next;     // the next index
    _Atomic uint32_t finished; // workers that have left the job
    int caller_cpu;            // where the caller was
    _Atomic uint64_t ticket;   // number << 32 | workers who may still join
    // Sleeping.
    pthread_mutex_t mutex;
    pthread_cond_t wake, done;
    _Atomic uint32_t sleepers;
    _Atomic bool caller_sleeps;
    _Atomic bool stop;
    uint32_t started; // workers; the busy one's
    bool full;        // no more could be started
    pthread_t worker[];
};

static inline void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    __asm__ volatile("yield");
#endif
}

static void run_tasks(w_threads *pool)
{
    for (;;) {
        uint32_t i = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (i >= pool->count)
            return;
        pool->task(pool->arg, i);
    }
}

// A worker that finds itself on the caller's processor would take turns with it while another may
// idle: schedulers wake a thread near its waker, and where processors share no cache they do not
// look further for some milliseconds. It moves once, and keeps every processor that it may use.
static void leave_processor(int cpu)
{
    cpu_set_t all, others;
    if (sched_getcpu() != cpu || sched_getaffinity(0, sizeof all, &all) != 0)
        return;
    others = all;
    CPU_CLR((size_t)cpu, &others);
    if (CPU_COUNT(&others) && sched_setaffinity(0, sizeof others, &others) == 0)
        sched_setaffinity(0, sizeof all, &all);
}

// Joins the job there is and works on it. False if there is none that may be joined.
static bool join_job(w_threads *pool)
{
    uint64_t ticket = atomic_load(&pool->ticket);
    do {
        if ((uint32_t)ticket == 0)
            return false;
    } while (!atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket - 1));
    leave_processor(pool->caller_cpu);
    run_tasks(pool);
    atomic_fetch_add(&pool->finished, 1);
    if (atomic_load(&pool->caller_sleeps)) {
        pthread_mutex_lock(&pool->mutex);
        pthread_cond_signal(&pool->done);
        pthread_mutex_unlock(&pool->mutex);
    }
    return true;
}

static bool look_for_job(w_threads *pool)
{
    uint64_t end = w_now() + SPIN_NS;
    do {
        for (int i = 0; i < LOOKS; i++) {
            if (join_job(pool))
                return true;
            relax();
        }
    } while (!atomic_load(&pool->stop) && w_now() < end);
    return false;
}

static void sleep_until_job(w_threads *pool)
{
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->sleepers, 1);
    while (!(uint32_t)atomic_load(&pool->ticket) && !atomic_load(&pool->stop))
        pthread_cond_wait(&pool->wake, &pool->mutex);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->mutex);
}

static void *worker_main(void *arg)
{
    w_threads *pool = arg;
    w_fenv_enter();
    while (!atomic_load(&pool->stop))
        if (!look_for_job(pool))
            sleep_until_job(pool);
    return NULL;
}

static uint32_t start_workers(w_threads *pool, uint32_t wanted)
{
    while (pool->started < wanted && !pool->full)
        if (w_thread_start(&pool->worker[pool->started], "weir-cpu", worker_main, pool) == WEIR_OK)
            pool->started++;
        else
            pool->full = true; // fewer threads, the same result
    return W_MIN(pool->started, wanted);
}

static void publish(w_threads *pool, uint32_t extra)
{
    uint64_t number = (atomic_load(&pool->ticket) >> 32) + 1;
    atomic_store(&pool->next, 0);
    atomic_store(&pool->finished, 0);
    atomic_store(&pool->ticket, number << 32 | extra);
    if (atomic_load(&pool->sleepers)) {
        pthread_mutex_lock(&pool->mutex);
        for (uint32_t i = 0; i < extra; i++)
            pthread_cond_signal(&pool->wake);
        pthread_mutex_unlock(&pool->mutex);
    }
}

static void wait_for_joined(w_threads *pool, uint32_t joined)
{
    for (int i = 0; i < FINISH_LOOKS; i++) {
        if (atomic_load(&pool->finished) == joined)
            return;
        relax();
    }
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->caller_sleeps, true);
    while (atomic_load(&pool->finished) != joined)
        pthread_cond_wait(&pool->done, &pool->mutex);
    atomic_store(&pool->caller_sleeps, false);
    pthread_mutex_unlock(&pool->mutex);
}

// Returns false, having done nothing, where the pool is busy or is another process's.
static bool run_in_pool(w_threads *pool, uint32_t threads, w_task task, void *arg, uint32_t count)
{
    if (getpid() != pool->process || atomic_exchange(&pool->busy, true))
        return false;
    uint32_t extra = start_workers(pool, W_MIN(W_MIN(threads, pool->size), count) - 1);
    pool->task = task;
    pool->arg = arg;
    pool->count = count;
    pool->caller_cpu = sched_getcpu();
    publish(pool, extra);
    run_tasks(pool);
    uint64_t ticket = atomic_load(&pool->ticket), closed;
    do
        closed = ticket & ~(uint64_t)UINT32_MAX;
    while (!atomic_compare_exchange_weak(&pool->ticket, &ticket, closed));
    wait_for_joined(pool, extra - (uint32_t)ticket);
    atomic_store(&pool->busy, false);
    return true;
}

// On the host's threads, of which no more than the launch may use get something to do, and which
// may compute in any floating-point environment.
typedef struct lent_job {
    w_task task;
    void *arg;
    uint32_t count;
    _Atomic uint32_t next;
} lent_job;

static void run_lent(void *arg, uint32_t thread)
{
    (void)thread;
    lent_job *job = arg;
    w_fenv host = w_fenv_enter();
    for (uint32_t i; (i = atomic_fetch_add(&job->next, 1)) < job->count;)
        job->task(job->arg, i);
    w_fenv_leave(host);
}

void w_par_run(const w_cpu_par *par, w_task task, void *arg, uint32_t count)
{
    if (par->threads > 1 && count > 1) {
        if (par->host) {
            lent_job job = {task, arg, count, 0};
            par->host->run(par->host->user, run_lent, &job, W_MIN(par->threads, count));
            return;
        }
        if (par->pool && run_in_pool(par->pool, par->threads, task, arg, count))
            return;
    }
    for (uint32_t i = 0; i < count; i++)
        task(arg, i);
}

static size_t pool_bytes(uint32_t threads)
{
    return sizeof(w_threads) + threads * sizeof(pthread_t);
}

weir_status w_threads_create(const w_host *host, uint32_t threads, w_threads **out_pool)
{
    w_threads *pool = w_alloc_zeroed(host, pool_bytes(threads));
    if (!pool)
        return WEIR_OUT_OF_MEMORY;
    pool->host = host;
    pool->size = threads;
    pool->process = getpid();
    pthread_mutex_init(&pool->mutex, NULL);
    w_cond_init(&pool->wake);
    w_cond_init(&pool->done);
    *out_pool = pool;
    return WEIR_OK;
}

void w_threads_destroy(w_threads *pool)
{
    if (!pool || getpid() != pool->process)
        return;
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->stop, true);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
    for (uint32_t i = 0; i < pool->started; i++)
        pthread_join(pool->worker[i], NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_cond_destroy(&pool->done);
    pthread_mutex_destroy(&pool->mutex);
    w_release(pool->host, pool, pool_bytes(pool->size));
}
