// SPDX-License-Identifier: Apache-2.0
//
// The pool. One job at a time: whoever finds it busy works alone. A job is published as a ticket,
// one word: its number, how many workers have left it, and how many may still join. A worker joins
// by taking one off the last, so that it never reads a job that is over; the caller takes the rest
// off and waits until those who joined have left. All that a worker has to know lies in the
// ticket's line of the cache. Workers look for a ticket for a while, then sleep.
#include "backends/cpu/threads.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    SPIN_NS = 100000,          // that a worker looks for work before it sleeps
    LOOKS = 64,                // between two looks at the clock
    FINISH_LOOKS = 4000,       // that a caller makes before it sleeps until its workers have left
    PARKED_NS = 50000,         // for one who sleeps
    HANDED_OVER = 20,          // times what a worker takes to join, which work has to last
    APART_NS = 200,            // that it takes where processors share no cache, at least
    TIMED_NS = 1000000,        // between two jobs of which that is measured
    RETRY_NS = 10000000,       // after which one that would not pay is tried, to measure it again
    SOON_NS = 50000,           // within which a next call tells that more will come
    LONGER = 4,                // times what it takes at least, which a call may have taken
    LATE_NS = 5000,            // that a worker may keep its caller waiting
    MORE_REST = 4,             // times as long at each further time that it does
    MOST_REST_NS = 100000000,  // that none is asked to join, as the machine may have become idle
    AGAIN_NS = 50000000,       // after a rest, within which to be late counts as a further time
    WORTH = 4,                 // times a wait, which workers must have gained before
    MOST_GAINED_NS = 50000000, // of which nothing older counts
    OPEN = 0xffff,             // of a ticket: who may still join
    LEFT = 1 << 16,            // of a ticket: one who has left
};

struct w_threads {
    const w_host *host;
    uint32_t size; // threads, the caller included
    pid_t process;
    _Atomic uint32_t started; // workers; the busy one's
    bool full;                // no more could be started
    atomic_bool busy;
    // The job; written while nobody can join.
    _Alignas(64) _Atomic uint64_t ticket; // number << 32 | left << 16 | open
    w_task task;
    void *arg;
    uint32_t count, extra;  // tasks; workers who may join at all
    _Atomic int caller_cpu; // where the caller was
    uint64_t begun;         // when
    bool awake;             // no worker slept then
    bool timed;             // the last worker says when it has joined
    _Alignas(64) _Atomic uint64_t joined;
    // When threads pay.
    _Alignas(64) _Atomic uint64_t last; // when work came that pays where workers are awake
    _Atomic uint64_t alone_until;
    _Atomic uint64_t warm_ns;  // of work that pays for workers who are awake
    _Atomic uint64_t timed_at; // when that was measured
    uint64_t handover;         // then, or the time before if that was less; the busy one's
    uint32_t rest;             // how many times the last lateness; the busy one's, as what follows
    uint64_t gained;           // up to the last time that one was late
    uint64_t late_at;          // which was then
    uint32_t late_job;         // at this job
    // Sleeping.
    _Alignas(64) _Atomic uint32_t wake; // grows when sleepers are woken
    _Atomic uint32_t sleepers;
    _Atomic bool caller_sleeps;
    _Atomic bool stop;
    pthread_t *worker;
    w_range ranges[]; // of tasks, one a thread, without the first of each
};

static inline void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    __asm__ volatile("yield");
#endif
}

// ---------------------------------------------------------------- sleeping

static void sleep_while(_Atomic uint32_t *word, uint32_t value)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void wake_up(_Atomic uint32_t *word, uint32_t threads)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, threads, NULL, NULL, 0);
}

// The half of the ticket that changes while a job lasts.
static _Atomic uint32_t *ticket_half(w_threads *pool)
{
    return (_Atomic uint32_t *)(void *)&pool->ticket + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

static void wake_sleepers(w_threads *pool, uint32_t threads)
{
    if (!atomic_load(&pool->sleepers))
        return;
    atomic_fetch_add(&pool->wake, 1);
    wake_up(&pool->wake, threads);
}

// The processors of this thread but one. False where there is no other, or they cannot be had.
static bool processors_without(int cpu, cpu_set_t *out_all, cpu_set_t *out_others)
{
    if (cpu < 0 || cpu >= CPU_SETSIZE || sched_getaffinity(0, sizeof *out_all, out_all) != 0)
        return false;
    *out_others = *out_all;
    CPU_CLR((size_t)cpu, out_others);
    return CPU_ISSET((size_t)cpu, out_all) && CPU_COUNT(out_others) > 0;
}

// Schedulers wake a thread near its waker, and on virtual machines, where an idle processor looks
// like one that was taken away, on the waker's own: there it would wait for milliseconds. So a
// worker sleeps without the processor that its last caller had. Nobody else's change of its
// processors is undone. One that is woken looks for work even where it comes too late for the job
// that it was woken for: short calls would else pay for its waking again and again.
static void sleep_until_job(w_threads *pool)
{
    cpu_set_t all, others, now;
    int cpu = atomic_load_explicit(&pool->caller_cpu, memory_order_relaxed);
    bool apart =
        processors_without(cpu, &all, &others) && sched_setaffinity(0, sizeof others, &others) == 0;
    uint32_t woken = atomic_load(&pool->wake);
    atomic_fetch_add(&pool->sleepers, 1);
    if (!(atomic_load(&pool->ticket) & OPEN) && !atomic_load(&pool->stop))
        sleep_while(&pool->wake, woken);
    atomic_fetch_sub(&pool->sleepers, 1);
    if (apart && sched_getaffinity(0, sizeof now, &now) == 0 && CPU_EQUAL(&now, &others))
        sched_setaffinity(0, sizeof all, &all);
}

// ---------------------------------------------------------------- workers

// A worker that finds itself on the caller's processor would take turns with it while another may
// idle: schedulers wake a thread near its waker, and where processors share no cache they do not
// look further for some milliseconds. It moves once, and keeps every processor that it may use.
static void leave_processor(int cpu)
{
    cpu_set_t all, others;
    if (sched_getcpu() == cpu && processors_without(cpu, &all, &others) &&
        sched_setaffinity(0, sizeof others, &others) == 0)
        sched_setaffinity(0, sizeof all, &all);
}

// The first of a thread's own tasks, which no other thread takes.
static void run_first(w_threads *pool, uint32_t thread)
{
    pool->task(pool->arg, w_range_begin(pool->count, thread, pool->extra + 1));
}

// A thread's other tasks, and then those that are left of others'.
static void run_rest(w_threads *pool, uint32_t thread)
{
    if (pool->extra + 1 == pool->count)
        return;
    for (uint32_t i; w_ranges_next(pool->ranges, pool->extra + 1, thread, &i);)
        pool->task(pool->arg, i);
}

// Joins the job there is and works on it. False if there is none that may be joined.
static bool join_job(w_threads *pool)
{
    uint64_t ticket = atomic_load_explicit(&pool->ticket, memory_order_acquire);
    do {
        if (!(ticket & OPEN))
            return false;
    } while (!atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket - 1));
    if (pool->timed && (ticket & OPEN) == 1)
        atomic_store_explicit(&pool->joined, w_now(), memory_order_relaxed);
    leave_processor(atomic_load_explicit(&pool->caller_cpu, memory_order_relaxed));
    uint32_t thread = 1 + pool->extra - (uint32_t)(ticket & OPEN);
    run_first(pool, thread);
    run_rest(pool, thread);
    atomic_fetch_add(&pool->ticket, LEFT);
    if (atomic_load(&pool->caller_sleeps))
        wake_up(ticket_half(pool), 1);
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

// ---------------------------------------------------------------- the caller

// What workers have saved their callers so far and no lateness has taken back. Of the jobs since
// the last one it is known how many they were; each is taken to be as long as this one.
static uint64_t gained(const w_threads *pool, uint32_t job, uint64_t worked, uint64_t now)
{
    uint64_t since =
        W_MIN((uint64_t)(job - pool->late_job) * worked, now - W_MIN(now, pool->late_at));
    return W_MIN(pool->gained + since, MOST_GAINED_NS);
}

// A worker that lost its processor to somebody else's thread makes its caller wait. Where that
// takes back too much of what workers gained, the caller does without for as long as it took rather
// than to ask again, and longer each time that it happens again soon: a neighbour stays, a hiccup
// does not.
static void note_late(w_threads *pool, uint64_t late, uint64_t worked, uint64_t now)
{
    if (late <= LATE_NS)
        return;
    uint32_t job = (uint32_t)(atomic_load_explicit(&pool->ticket, memory_order_relaxed) >> 32);
    uint64_t had = gained(pool, job, worked, now), cost = WORTH * W_MIN(late, MOST_REST_NS);
    pool->late_at = now;
    pool->late_job = job;
    pool->gained = had - W_MIN(had, cost);
    if (had >= cost)
        return;
    uint64_t until = atomic_load_explicit(&pool->alone_until, memory_order_relaxed);
    pool->rest = until && now < until + AGAIN_NS ? W_MIN(MORE_REST * pool->rest, MOST_REST_NS) : 1;
    late = W_MIN(late, MOST_REST_NS);
    atomic_store_explicit(&pool->alone_until, now + W_MIN(pool->rest * late, MOST_REST_NS),
                          memory_order_relaxed);
}

// Tasks are not all the same: half of what the caller worked itself is no reason. Nor is the time
// that a sleeper took to wake up.
static void note_wait(w_threads *pool, uint64_t from)
{
    uint64_t now = w_now(), waited = now - from, worked = from - pool->begun;
    if (pool->awake && waited > worked / 2)
        note_late(pool, waited, worked, now);
}

// Between processors that share no cache a job and its data take several times as long to come as
// between others, and virtual machines move from one place to another. One measurement that is
// longer than the last may be a hiccup.
static void note_handover(w_threads *pool)
{
    uint64_t joined = atomic_load_explicit(&pool->joined, memory_order_relaxed);
    if (joined < pool->begun)
        return; // that was another job
    uint64_t took = joined - pool->begun, least = W_MIN(took, pool->handover);
    pool->handover = took;
    uint64_t warm = W_MAX(W_WARM_NS, W_MIN(HANDED_OVER * least, PARKED_NS));
    atomic_store_explicit(&pool->warm_ns, warm, memory_order_relaxed);
    atomic_store_explicit(&pool->timed_at, pool->begun, memory_order_relaxed);
}

static bool have_left(w_threads *pool, uint32_t joined, int looks)
{
    for (int i = 0; i < looks; i++) {
        if ((uint32_t)atomic_load(&pool->ticket) == joined * LEFT)
            return true;
        relax();
    }
    return false;
}

static void wait_until_left(w_threads *pool, uint32_t joined)
{
    if (have_left(pool, joined, LOOKS))
        return;
    uint64_t from = w_now();
    if (have_left(pool, joined, FINISH_LOOKS)) {
        note_wait(pool, from);
        return;
    }
    atomic_store(&pool->caller_sleeps, true);
    for (uint32_t half; (half = (uint32_t)atomic_load(&pool->ticket)) != joined * LEFT;)
        sleep_while(ticket_half(pool), half);
    atomic_store(&pool->caller_sleeps, false);
    note_wait(pool, from);
}

// No more workers from here on; the tasks of those who did not come are the caller's.
static void finish_job(w_threads *pool)
{
    uint64_t ticket = atomic_load(&pool->ticket);
    while (ticket & OPEN &&
           !atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket & ~(uint64_t)OPEN))
        continue;
    uint32_t joined = pool->extra - (uint32_t)(ticket & OPEN);
    for (uint32_t i = joined; i < pool->extra; i++)
        run_first(pool, 1 + i);
    if (joined < pool->extra)
        pool->late_job++; // it took as long as alone: nothing was gained, and nothing lost
    wait_until_left(pool, joined);
    if (pool->timed)
        note_handover(pool);
}

// Returns false, having done nothing, where the pool is busy. (In a child of fork() no call comes
// so far.)
static bool run_in_pool(w_threads *pool, uint32_t threads, w_task task, void *arg, uint32_t count)
{
    if (atomic_exchange_explicit(&pool->busy, true, memory_order_acquire))
        return false;
    uint32_t wanted = W_MIN(W_MIN(threads, pool->size), count) - 1;
    bool all_there = pool->started >= wanted;
    uint32_t extra = all_there ? wanted : start_workers(pool, wanted);
    uint64_t number = (atomic_load_explicit(&pool->ticket, memory_order_relaxed) >> 32) + 1;
    pool->task = task;
    pool->arg = arg;
    pool->count = count;
    pool->extra = extra;
    atomic_store_explicit(&pool->caller_cpu, sched_getcpu(), memory_order_relaxed);
    pool->begun = w_now();
    pool->awake = all_there && !atomic_load_explicit(&pool->sleepers, memory_order_relaxed);
    pool->timed =
        pool->awake &&
        pool->begun - atomic_load_explicit(&pool->timed_at, memory_order_relaxed) >= TIMED_NS;
    if (extra + 1 < count)
        w_ranges_set(pool->ranges, extra + 1, count, 1);
    atomic_store(&pool->ticket, number << 32 | extra);
    wake_sleepers(pool, extra);
    run_first(pool, 0);
    run_rest(pool, 0);
    finish_job(pool);
    atomic_store_explicit(&pool->busy, false, memory_order_release);
    return true;
}

bool w_par_pays(const w_cpu_par *par, double nanoseconds)
{
    w_threads *pool = par->pool;
    if (par->threads < 2 || nanoseconds < W_WARM_NS)
        return false;
    if (par->host || !pool) // nobody knows how its threads wait
        return nanoseconds >= PARKED_NS;
    uint64_t now = w_now();
    if (now < atomic_load_explicit(&pool->alone_until, memory_order_relaxed))
        return false;
    if (nanoseconds < (double)atomic_load_explicit(&pool->warm_ns, memory_order_relaxed) &&
        now - atomic_load_explicit(&pool->timed_at, memory_order_relaxed) < RETRY_NS)
        return false;
    uint64_t last = atomic_exchange_explicit(&pool->last, now, memory_order_relaxed);
    bool asleep = atomic_load_explicit(&pool->sleepers, memory_order_relaxed) ||
                  !atomic_load_explicit(&pool->started, memory_order_relaxed);
    return !asleep || nanoseconds >= PARKED_NS ||
           now - last < SOON_NS + LONGER * (uint64_t)nanoseconds;
}

bool w_par_is_apart(const w_cpu_par *par)
{
    return !par->host && par->pool &&
           atomic_load_explicit(&par->pool->warm_ns, memory_order_relaxed) >=
               HANDED_OVER * APART_NS;
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
    if (par && par->threads > 1 && count > 1) {
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

// In whole lines of the cache, as the pool's alignment asks.
static size_t pool_bytes(uint32_t threads)
{
    size_t bytes = sizeof(w_threads) + threads * (sizeof(w_range) + sizeof(pthread_t));
    return (bytes + 63) / 64 * 64;
}

weir_status w_threads_create(const w_host *host, uint32_t threads, w_threads **out_pool)
{
    w_threads *pool = w_alloc_zeroed(host, pool_bytes(threads));
    if (!pool)
        return WEIR_OUT_OF_MEMORY;
    pool->host = host;
    pool->size = threads;
    pool->process = getpid();
    pool->worker = (pthread_t *)(void *)&pool->ranges[threads];
    *out_pool = pool;
    return WEIR_OK;
}

void w_threads_destroy(w_threads *pool)
{
    if (!pool || getpid() != pool->process)
        return;
    atomic_store(&pool->stop, true);
    wake_sleepers(pool, pool->started);
    for (uint32_t i = 0; i < pool->started; i++)
        pthread_join(pool->worker[i], NULL);
    w_release(pool->host, pool, pool_bytes(pool->size));
}
