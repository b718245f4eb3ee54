// SPDX-License-Identifier: Apache-2.0
//
// What every room stands on: failures with a message, what the host lends, the floating-point
// environment, the clock. Knows nothing above it.
#ifndef W_BASE_H
#define W_BASE_H

#include <stdatomic.h>

#include <weir/weir.h>

#include "runtime/base/fenv.h"

#ifdef __FAST_MATH__
#error "Weir computes the same bits everywhere: build it without fast-math"
#endif

#define W_COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define W_MIN(a, b) ((a) < (b) ? (a) : (b))
#define W_MAX(a, b) ((a) > (b) ? (a) : (b))

// Records the message of this thread's last failure and returns `status`:
//     return w_fail(WEIR_INVALID_SHAPE, "axis %d is not in -%d..%d", axis, rank, rank - 1);
weir_status w_fail(weir_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// Puts "prefix: " before this thread's message and returns `status`.
weir_status w_fail_in(weir_status status, const char *prefix);
// This thread's message; never NULL.
const char *w_message(void);
// Of an options struct of which this version knows the first bytes: the number of the first byte
// beyond them that is not zero, for a newer caller who asks for nothing leaves zeros there. 0:
// there is none.
size_t w_unknown_byte(const void *options, size_t known, size_t size);
// A call begins (keep) or ends: the message made since is the last one (keep), or never was, for
// the call succeeded all the same. Calls that come and go without a message need not look at their
// thread's own, which costs a few nanoseconds.
extern _Atomic uint32_t w_threads_unsettled; // that have made a message since they settled
void w_message_settle_own(bool keep);
static inline void w_message_settle(bool keep)
{
    if (atomic_load_explicit(&w_threads_unsettled, memory_order_relaxed))
        w_message_settle_own(keep);
}

// What the host lends, made complete with Weir's own where the host lends nothing.
typedef struct w_host {
    weir_allocator allocator;
    weir_log_fn log;
    void *log_user;
} w_host;

void w_host_init(w_host *host, const weir_allocator *allocator, weir_log_fn log, void *log_user);
// 64-byte aligned; NULL and a recorded failure when there is none left. `bytes` may be 0.
void *w_alloc(const w_host *host, size_t bytes);
void *w_alloc_zeroed(const w_host *host, size_t bytes);
void w_release(const w_host *host, void *memory, size_t bytes);
void w_log(const w_host *host, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Monotonic, nanoseconds.
uint64_t w_now(void);

// Starts a thread that blocks all signals but those that an instruction of its own raises, as far as
// the caller does not block them. `name` has at most 15 characters.
#include <pthread.h>
weir_status w_thread_start(pthread_t *out_thread, const char *name, void *(*run)(void *),
                           void *arg);
// Initialises a condition variable on the monotonic clock, and waits on it until `deadline`
// (w_now() based; WEIR_FOREVER: none). Returns false when the deadline has passed.
void w_cond_init(pthread_cond_t *cond);
bool w_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, uint64_t deadline);
// now + timeout without wrapping; WEIR_FOREVER stays.
uint64_t w_deadline(uint64_t timeout_ns);

#endif
