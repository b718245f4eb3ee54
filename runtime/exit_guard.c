// SPDX-License-Identifier: Apache-2.0
#include "runtime/exit_guard.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;
static unsigned inside, waiting;
static bool exiting;
static _Atomic bool forks_watched;

// The child of a fork has none of the threads that were inside, and nobody to unlock the mutex.
static void forget(void)
{
    pthread_mutex_init(&mutex, NULL);
    pthread_cond_init(&idle, NULL);
    inside = waiting = 0;
    exiting = false;
}

static void wait_for_idle(void) // with the mutex held
{
    waiting++;
    while (inside)
        pthread_cond_wait(&idle, &mutex);
    waiting--;
}

static void wait_for_drivers(void)
{
    pthread_mutex_lock(&mutex);
    exiting = true;
    wait_for_idle();
    pthread_mutex_unlock(&mutex);
}

bool w_exit_guard_enter(void)
{
    pthread_mutex_lock(&mutex);
    bool may = !exiting;
    inside += may;
    pthread_mutex_unlock(&mutex);
    return may;
}

void w_exit_guard_leave(void)
{
    pthread_mutex_lock(&mutex);
    if (--inside == 0)
        pthread_cond_broadcast(&idle);
    pthread_mutex_unlock(&mutex);
}

bool w_exit_guard_wanted(void)
{
    pthread_mutex_lock(&mutex);
    bool wanted = waiting || exiting;
    pthread_mutex_unlock(&mutex);
    return wanted;
}

void w_exit_guard_renew(void)
{
    // A failure leaves the process as it would be without us.
    atexit(wait_for_drivers);
    if (!atomic_exchange(&forks_watched, true))
        pthread_atfork(NULL, NULL, forget);
}

static void wait_until_idle(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    wait_for_idle();
    pthread_mutex_unlock(&mutex);
}

// The C++ ABI's registration, which C has no other name for; absent in some C libraries.
int __cxa_thread_atexit_impl(void (*run)(void *), void *object, void *library)
    __attribute__((weak));
extern void *__dso_handle __attribute__((visibility("hidden")));

void w_exit_guard_thread(void)
{
    static _Thread_local bool done;
    if (done || !__cxa_thread_atexit_impl)
        return;
    done = true;
    __cxa_thread_atexit_impl(wait_until_idle, NULL, &__dso_handle);
}
