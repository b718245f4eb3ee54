// SPDX-License-Identifier: Apache-2.0
//
// The one way of data: call -> validate -> route -> place -> launch -> timeline.
#ifndef W_ENGINE_H
#define W_ENGINE_H

#include "runtime/context.h"
#include "runtime/memory/tensor.h"

// A validated call on tensors.
typedef struct w_call {
    const w_op *op;
    const void *options;
    size_t n_in, n_out;
    weir_tensor *in[W_MAX_IN]; // NULL: an optional input that is absent
    weir_tensor *out[W_MAX_OUT];
    uint32_t max_threads;
    bool uncounted;   // a self-test: no part of the caller's statistics
    bool out_on_host; // the outputs are wanted on the host at once (plain arrays)
} w_call;

// How a caller's wish (weir_call_options, the context's device) reads: a device's number, or
// routed.
enum { W_ROUTED = -1 };
weir_status w_call_device(weir_context *context, const weir_call_options *options,
                          int32_t *out_number, uint32_t *out_max_threads);

// Runs the call on one device and waits for it.
weir_status w_execute_on(weir_context *context, const w_call *call, uint32_t number);
// Runs it where it is wished, or where it is routed; a routed call whose device fails runs on the
// CPU.
weir_status w_execute(weir_context *context, const w_call *call, int32_t wish);
// The choice for a call whose arrays lie as the tensors do.
uint32_t w_choose(weir_context *context, const w_desc *desc, const w_call *call);

// Runs plain arrays on one device, with no routing and no verdict asked: the self-test's way.
weir_status w_run_arrays_on(weir_context *context, uint32_t number, const w_op *op,
                            const void *options, const weir_array *in, size_t n_in,
                            const weir_array *out, size_t n_out);
// Launches a descriptor over host arrays on a CPU device.
weir_status w_launch_host(weir_context *context, w_device *device, w_queue *queue,
                          const w_desc *desc, const weir_array *in, const weir_array *out,
                          uint32_t max_threads);

#endif
