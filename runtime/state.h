// SPDX-License-Identifier: Apache-2.0
//
// The context's state, which every room above the devices shares, and what guards it. Nothing here
// knows who uses it: lifetime is context.c's, bringing devices up bringup.c's.
#ifndef W_STATE_H
#define W_STATE_H

#include "runtime/device.h"
#include "runtime/memory/pool.h"
#include "runtime/routing/cost.h"

enum { W_MAX_BACKENDS = 8, W_MAX_WANTED = 8, W_RECENT_ENTRIES = 256 };

typedef enum w_verdict {
    W_UNKNOWN,
    W_IDENTICAL,
    W_BOUNDED,     // other bits, within a stated distance: only where forced
    W_REJECTED,    // wrong: never
    W_UNAVAILABLE, // no kernel here can run it
} w_verdict;

enum { W_MAX_VERDICTS = 4096 }; // operations and dtypes

typedef struct w_known_verdict {
    uint64_t key;
    w_verdict verdict;
    char text[96]; // why it is not identical
} w_known_verdict;

typedef struct w_verdicts {
    w_known_verdict *known; // room for W_MAX_VERDICTS from the first test on
    _Atomic uint32_t count; // entries below it never change
    pthread_mutex_t mutex;  // one self-test at a time
} w_verdicts;

// A device in use: its queue, its memory, its self-tests.
typedef struct w_slot {
    w_device *device;
    w_queue *queue; // opened at first use; the CPU's at creation
    w_pool pool;
    w_verdicts verdicts;
    _Atomic bool lost;
    _Atomic uint32_t failures; // of its driver, one after another
    uint32_t fruitless; // calibrations that traffic asked for and that gave no cost; bringup.c's
} w_slot;

struct weir_context {
    w_host host;
    weir_pool host_pool; // run == NULL: Weir's own threads
    uint32_t flags, threads;
    char isa[16];         // "" for the best
    char device[32];      // "" for routed
    char cache_dir[1024]; // for drivers; "" for none
    char *profile_folder; // W_PROFILE_PATH bytes
    const w_backend *const *backends;
    volatile uint8_t *fork_mark; // a page that the child of a fork finds empty
    int64_t fork_pid; // where the kernel cannot empty it: the process that made the context

    bool separate_chains; // a test's: devices run expressions an operation at a time

    w_slot slots[W_MAX_DEVICES];
    _Atomic uint32_t n_slots;
    // The scalar CPU that self-tests compare with; opened at the first one.
    w_device *reference;
    w_queue *reference_queue;
    pthread_mutex_t reference_mutex;
    struct {
        const char *backend;
        char why[256];
    } absent[W_MAX_BACKENDS];
    uint32_t n_absent;

    pthread_mutex_t queue_mutex; // held while a driver opens a queue, so it guards nothing else
    pthread_mutex_t mutex;       // guards the bring-up's state, absent, reference, verdicts' growth
    pthread_cond_t changed;
    enum { W_DOWN, W_COMING_UP, W_UP } bringup;
    pthread_t bringup_thread;
    bool bringup_started;        // and not joined
    w_desc wanted[W_MAX_WANTED]; // self-tests that traffic asks for; the bring-up thread does them
    uint32_t wanted_on[W_MAX_WANTED], n_wanted;
    _Atomic bool closing;
    _Atomic uint32_t references;                 // the caller's, and one for each stream and tensor
    weir_tensor *tensors;                        // all that live, linked
    weir_stream *streams;                        // all that ever were; a released one is used again
    void (*free_streams)(weir_context *context); // set with the first stream

    w_model *model;
    _Atomic uint64_t changes; // of devices and verdicts: earlier choices may not hold any more
    _Atomic(struct w_recent *) recent[W_RECENT_ENTRIES]; // recent.c's
    _Atomic uint64_t uploads, upload_bytes, downloads, download_bytes, launches, fallbacks;
};

// Whether the process is another than that of `fork_pid`, which is for where that is set.
bool w_other_process(const weir_context *context);
// Whether this process is a child that inherited the context.
static inline bool w_forked(const weir_context *context)
{
    return !*context->fork_mark || (context->fork_pid && w_other_process(context));
}

// Every public call with a context begins and ends with these: refuses NULL, a forked child and a
// closing context; sets the floating-point environment.
weir_status w_enter_refused(const weir_context *context);
static inline weir_status w_enter(const weir_context *context, w_fenv *out_fenv)
{
    w_message_settle(true);
    *out_fenv = 0; // nobody's where the call is refused
    if (!context || w_forked(context) ||
        atomic_load_explicit(&context->closing, memory_order_relaxed))
        return w_enter_refused(context);
    *out_fenv = w_fenv_enter();
    return WEIR_OK;
}
static inline weir_status w_leave(w_fenv fenv, weir_status status)
{
    w_fenv_leave(fenv);
    w_message_settle(status != WEIR_OK && status != WEIR_PENDING);
    return status;
}

// The context's memory goes with its last reference.
void w_context_retain(weir_context *context);
void w_context_release(weir_context *context);

// Number of the device with this id among those that are up.
bool w_slot_find(weir_context *context, const char *id, uint32_t *out_number);
// The slot's queue, opened at first use.
weir_status w_slot_queue(weir_context *context, uint32_t number, w_queue **out_queue);
// Notes a failure of a device, or that it has worked. WEIR_DEVICE_LOST takes it out of every later
// choice, and so do W_MAX_FAILURES of its driver without a success between.
enum { W_MAX_FAILURES = 8 };
void w_slot_worked(weir_context *context, uint32_t number);
void w_slot_failed(weir_context *context, uint32_t number, weir_status status);

#endif
