// SPDX-License-Identifier: Apache-2.0
#include "runtime/timeline.h"

#include <stdio.h>

void w_timeline_init(w_timeline *timeline)
{
    *timeline = (w_timeline){.issued = 0};
    pthread_mutex_init(&timeline->mutex, NULL);
    w_cond_init(&timeline->cond);
}

void w_timeline_destroy(w_timeline *timeline)
{
    pthread_cond_destroy(&timeline->cond);
    pthread_mutex_destroy(&timeline->mutex);
}

void w_timeline_signal(w_timeline *timeline, uint64_t value)
{
    pthread_mutex_lock(&timeline->mutex);
    if (value > atomic_load(&timeline->reached)) {
        atomic_store(&timeline->reached, value);
        pthread_cond_broadcast(&timeline->cond);
    }
    pthread_mutex_unlock(&timeline->mutex);
}

void w_timeline_fail(w_timeline *timeline, weir_status status, const char *message)
{
    pthread_mutex_lock(&timeline->mutex);
    if (atomic_load(&timeline->status) == WEIR_OK) {
        snprintf(timeline->message, sizeof timeline->message, "%s", message);
        atomic_store(&timeline->status, (int)status);
    }
    atomic_store(&timeline->reached, UINT64_MAX);
    pthread_cond_broadcast(&timeline->cond);
    pthread_mutex_unlock(&timeline->mutex);
}

static weir_status outcome(const w_point *point)
{
    int status = atomic_load(&point->timeline->status);
    if (status == WEIR_OK)
        return WEIR_OK;
    return w_fail((weir_status)status, "%s", point->timeline->message);
}

weir_status w_point_poll(w_point point)
{
    w_timeline *t = point.timeline;
    if (!t)
        return WEIR_OK;
    if (atomic_load(&t->reached) < point.value && t->drive)
        t->drive(t, point.value, 0);
    return atomic_load(&t->reached) < point.value ? WEIR_PENDING : outcome(&point);
}

weir_status w_point_wait(w_point point, uint64_t deadline)
{
    w_timeline *t = point.timeline;
    if (!t)
        return WEIR_OK;
    bool reached = atomic_load(&t->reached) >= point.value;
    if (!reached && t->drive) {
        t->drive(t, point.value, deadline);
    } else if (!reached) {
        pthread_mutex_lock(&t->mutex);
        while (atomic_load(&t->reached) < point.value &&
               w_cond_wait_until(&t->cond, &t->mutex, deadline))
            ;
        pthread_mutex_unlock(&t->mutex);
    }
    if (atomic_load(&t->reached) < point.value)
        return w_fail(WEIR_TIMEOUT, "the work had not finished when the time-out passed");
    return outcome(&point);
}

weir_status w_point_join(w_point point)
{
    w_timeline *t = point.timeline;
    if (t && t->help && atomic_load(&t->reached) < point.value)
        t->help(t, point.value);
    return w_point_wait(point, WEIR_FOREVER);
}

weir_status w_waits_foreign(w_waits waits, const w_timeline *own)
{
    for (size_t i = 0; i < waits.count; i++) {
        if (waits.points[i].timeline == own)
            continue;
        weir_status status = w_point_wait(waits.points[i], WEIR_FOREVER);
        if (status != WEIR_OK)
            return status;
    }
    return WEIR_OK;
}
