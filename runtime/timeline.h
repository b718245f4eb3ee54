// SPDX-License-Identifier: Apache-2.0
//
// The one synchronisation primitive. A timeline counts up; a point on it is reached when the count
// is at least its value. A failure travels on it: once failed, every later point is reached, with
// that failure.
#ifndef W_TIMELINE_H
#define W_TIMELINE_H

#include "runtime/base/base.h"

#include <stdatomic.h>

typedef struct w_timeline w_timeline;

struct w_timeline {
    _Atomic uint64_t reached;
    _Atomic int status; // weir_status of the first failure
    char message[256];  // written before status
    uint64_t issued;    // the last value handed out; its owner's lock guards it
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    // Where completion must be asked of a driver: waits at most until `deadline` (0: does not
    // wait) for `value` and signals what has been reached. NULL: someone signals.
    void (*drive)(w_timeline *timeline, uint64_t value, uint64_t deadline);
    // Where work up to `value` may be queued behind a sleeping thread: does, on the thread that
    // calls, what has not begun. NULL: there is no such queue.
    void (*help)(w_timeline *timeline, uint64_t value);
    void *owner;
};

typedef struct w_point {
    w_timeline *timeline; // NULL: reached
    uint64_t value;
} w_point;

void w_timeline_init(w_timeline *timeline);
void w_timeline_destroy(w_timeline *timeline);
// Raises the count to `value`, if it is lower, and wakes the waiters.
void w_timeline_signal(w_timeline *timeline, uint64_t value);
// Records the first failure with a message and reaches every point.
void w_timeline_fail(w_timeline *timeline, weir_status status, const char *message);

// WEIR_OK, WEIR_PENDING or the timeline's failure (recorded as this thread's message).
weir_status w_point_poll(w_point point);
// WEIR_OK, WEIR_TIMEOUT at the deadline (w_now() based), or the failure.
weir_status w_point_wait(w_point point, uint64_t deadline);
// Waits for ever, and helps. For a host's thread in a call of its own: in one that runs a command
// already, help could go as deep as there are streams.
weir_status w_point_join(w_point point);

typedef struct w_waits {
    const w_point *points;
    size_t count;
} w_waits;

// Waits on the host for the points that are on another timeline than `own`; a backend's queue may
// begin with it.
weir_status w_waits_foreign(w_waits waits, const w_timeline *own);

#endif
