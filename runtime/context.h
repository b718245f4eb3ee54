// SPDX-License-Identifier: Apache-2.0
//
// The context: devices and how they come up, and what every call shares.
#ifndef W_CONTEXT_H
#define W_CONTEXT_H

#include "runtime/device.h"
#include "runtime/memory/pool.h"
#include "runtime/routing/cost.h"
#include "runtime/verify.h"

enum { W_MAX_BACKENDS = 8, W_MAX_WANTED = 8 };

// A device in use: its queue, its memory, its self-tests.
typedef struct w_slot {
    w_device *device;
    w_queue *queue; // opened at first use; the CPU's at creation
    w_pool pool;
    w_verdicts verdicts;
    _Atomic bool lost;
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

    pthread_mutex_t mutex; // guards the bring-up's state, absent, reference, verdicts' growth
    pthread_cond_t changed;
    enum { W_DOWN, W_COMING_UP, W_UP } bringup;
    pthread_t bringup_thread;
    bool bringup_started;        // and not joined
    w_desc wanted[W_MAX_WANTED]; // self-tests that traffic asks for; the bring-up thread does them
    uint32_t wanted_on[W_MAX_WANTED], n_wanted;
    _Atomic bool closing;
    _Atomic uint32_t references; // the caller's, and one for each stream and tensor
    weir_tensor *tensors;        // all that live, linked
    weir_stream *streams;        // all that ever were; a released one is used again

    w_model *model;
    _Atomic uint64_t uploads, upload_bytes, downloads, download_bytes, launches, fallbacks;
};

// As weir_context_create(), with another list of backends (tests bring their own devices).
weir_status w_context_create(const weir_context_options *options, const w_backend *const *backends,
                             weir_context **out_context);

// Every public call with a context begins and ends with these: refuses NULL, a forked child and a
// closing context; sets the floating-point environment.
weir_status w_enter(weir_context *context, w_fenv *out_fenv);
weir_status w_leave(w_fenv fenv, weir_status status);

// The context's memory goes with its last reference.
void w_context_retain(weir_context *context);
void w_context_release(weir_context *context);

// Starts the bring-up of all backends but the CPU, once, on a thread of its own.
void w_bringup_start(weir_context *context);
weir_status w_bringup_wait(weir_context *context, uint64_t timeout_ns);
void w_bringup_join(weir_context *context);
// Asks the bring-up thread to prove a device on the descriptor's operation: the self-test, and on
// hardware that was not measured yet a short calibration.
void w_bringup_want(weir_context *context, uint32_t number, const w_desc *desc);

// The number of the device with this id; waits for the bring-up where it must.
weir_status w_device_find(weir_context *context, const char *id, uint32_t *out_number);
// The slot's queue, opened at first use.
weir_status w_slot_queue(weir_context *context, uint32_t number, w_queue **out_queue);
// Calibrates the devices that are up and writes their profiles.
weir_status w_context_tune(weir_context *context, const weir_tune_options *options);
// Notes a failure of a device; WEIR_DEVICE_LOST takes it out of every later choice.
void w_slot_failed(weir_context *context, uint32_t number, weir_status status);

#endif
