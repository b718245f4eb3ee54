// SPDX-License-Identifier: Apache-2.0
//
// A device that does what a test says. It implements runtime/device.h, moves real bytes, computes
// with the scalar CPU kernels, and keeps a virtual clock; a test plants times and faults in it. It
// runs through the public API: w_context_create() takes it in its list of backends.
#ifndef W_SCRIPTED_H
#define W_SCRIPTED_H

#include "runtime/context.h"

#include <stdatomic.h>

// What a test plants, and what it can read. Zero is a device without faults that takes no time.
typedef struct w_script {
    // Times on the virtual clock, nanoseconds.
    uint64_t launch_ns, copy_ns, ns_per_element;
    uint64_t bytes_per_us; // of a copy; 0: endless
    // Faults. Calls are counted from 1; 0: never.
    _Atomic uint32_t alloc_fails_at, launch_lost_at, copy_fails_at;
    _Atomic bool out_of_memory; // every allocation fails
    _Atomic bool lost;          // set by launch_lost_at, or by the test
    _Atomic bool wrong_tail;    // the last element of every float output has a bit flipped
    // Kernels wait while the gate is closed.
    _Atomic bool gate_closed;
    // Counters.
    _Atomic uint32_t allocs, launches, copies, live_memory;
    _Atomic uint64_t clock_ns;
    _Atomic pthread_t launched_by; // whose thread the last launch was made on
} w_script;

extern w_script script;
void script_reset(void);
void script_open_gate(void);

// { CPU, scripted, NULL }: its device is "scripted:0".
extern const w_backend *const scripted_backends[];
// A context with that list; `device` as in weir_context_options.
weir_context *scripted_context(const char *device);
// Makes the router believe that the device computes in no time, or that it is hopeless.
void scripted_set_speed(weir_context *context, bool fast);

#endif
