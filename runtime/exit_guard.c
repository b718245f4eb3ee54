// SPDX-License-Identifier: Apache-2.0
#include "runtime/exit_guard.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;
static unsigned inside, hosts; // threads that are inside, and the host's among them
static unsigned waiting;
static bool exiting, main_waits;
static _Atomic bool forks_watched;
// How often this thread is inside: it may end the process from a callback, and not wait for itself.
static _Thread_local unsigned mine;

// The child of a fork has none of the threads that were inside, and nobody to unlock the mutex.
static void forget(void)
{
    pthread_mutex_init(&mutex, NULL);
    pthread_cond_init(&idle, NULL);
    inside = hosts = waiting = 0;
    exiting = main_waits = false;
}

static void wait_for_idle(bool for_hosts) // with the mutex held
{
    waiting++;
    while ((for_hosts ? inside : inside - hosts) > mine)
        pthread_cond_wait(&idle, &mutex);
    waiting--;
}

static void wait_for_drivers(void)
{
    pthread_mutex_lock(&mutex);
    exiting = true;
    wait_for_idle(true);
    pthread_mutex_unlock(&mutex);
}

bool w_exit_guard_enter(w_exit_guard who)
{
    pthread_mutex_lock(&mutex);
    bool may = !exiting || mine; // who is inside is being waited for
    inside += may;
    hosts += may && who == W_HOST_THREAD;
    mine += may;
    pthread_mutex_unlock(&mutex);
    return may;
}

void w_exit_guard_leave(w_exit_guard who)
{
    pthread_mutex_lock(&mutex);
    inside--;
    hosts -= who == W_HOST_THREAD;
    mine--;
    if (waiting)
        pthread_cond_broadcast(&idle);
    pthread_mutex_unlock(&mutex);
}

bool w_exit_guard_wanted(w_exit_guard who)
{
    pthread_mutex_lock(&mutex);
    bool wanted = exiting || main_waits || (waiting && who == W_OWN_THREAD);
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

// The main thread comes here to end the process, any other rather to end itself alone: it does not
// wait for what the host does elsewhere.
static void wait_until_idle(void *unused)
{
    (void)unused;
    bool is_main = getpid() == (pid_t)syscall(SYS_gettid);
    pthread_mutex_lock(&mutex);
    main_waits |= is_main;
    wait_for_idle(is_main);
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
