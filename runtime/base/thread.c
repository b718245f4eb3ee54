// SPDX-License-Identifier: Apache-2.0
// Threads without the host's signals, and the clock.
#include "runtime/base/base.h"

#include <signal.h>
#include <string.h>
#include <time.h>

uint64_t w_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t w_deadline(uint64_t timeout_ns)
{
    uint64_t now = w_now();
    return timeout_ns > WEIR_FOREVER - now ? WEIR_FOREVER : now + timeout_ns;
}

// Signals that others send are for the host's own threads. What a thread's own instruction raises
// is left to the host's handler: blocked, the kernel would end the process without asking it, and a
// crash reporter would see nothing.
static sigset_t signals_to_block(void)
{
    static const int raised[] = {SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGTRAP, SIGSYS};
    sigset_t set;
    sigfillset(&set);
    for (size_t i = 0; i < W_COUNT(raised); i++)
        sigdelset(&set, raised[i]);
    return set;
}

weir_status w_thread_start(pthread_t *out_thread, const char *name, void *(*run)(void *), void *arg)
{
    sigset_t blocked = signals_to_block(), old;
    pthread_sigmask(SIG_BLOCK, &blocked, &old); // inherited by the new thread
    int error = pthread_create(out_thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (error)
        return w_fail(WEIR_OUT_OF_MEMORY, "cannot start thread %s: %s", name, strerror(error));
    pthread_setname_np(*out_thread, name);
    return WEIR_OK;
}

void w_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

bool w_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t deadline)
{
    if (deadline == WEIR_FOREVER)
        return pthread_cond_wait(cond, mutex) == 0;
    struct timespec t = {(time_t)(deadline / 1000000000u), (long)(deadline % 1000000000u)};
    return pthread_cond_timedwait(cond, mutex, &t) == 0;
}
