// SPDX-License-Identifier: Apache-2.0
#include "runtime/exit_guard.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t idle = PTHREAD_COND_INITIALIZER;
static unsigned inside;
static bool exiting;

static void wait_for_drivers(void)
{
    pthread_mutex_lock(&mutex);
    exiting = true;
    while (inside)
        pthread_cond_wait(&idle, &mutex);
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

void w_exit_guard_renew(void)
{
    // A failure leaves the process as it would be without us.
    atexit(wait_for_drivers);
}

bool w_exiting(void)
{
    pthread_mutex_lock(&mutex);
    bool is = exiting;
    pthread_mutex_unlock(&mutex);
    return is;
}
