// SPDX-License-Identifier: Apache-2.0
//
// Running a validated call on one device: place its tensors, launch, wait. Which device is decided
// above (engine.h).
#ifndef W_EXECUTE_H
#define W_EXECUTE_H

#include "runtime/memory/tensor.h"

// A validated call on tensors.
typedef struct w_call {
    const w_op *op;
    const void *options;
    size_t n_in, n_out;
    weir_tensor *in[W_MAX_IN]; // NULL: an optional input that is absent
    weir_tensor *out[W_MAX_OUT];
    uint32_t max_threads;
    bool fast;        // WEIR_FAST
    bool uncounted;   // a self-test: no part of the caller's statistics
    bool out_on_host; // the outputs are wanted on the host at once (plain arrays)
} w_call;

// Runs the call on one device and waits for it.
weir_status w_execute_on(weir_context *context, const w_call *call, uint32_t number);

// A plain call's arrays as tensors on the stack.
typedef struct w_arrays {
    w_call call;
    weir_tensor tensors[W_MAX_IN + W_MAX_OUT];
} w_arrays;

void w_arrays_open(w_arrays *a, weir_context *context, const w_op *op, const void *options,
                   const weir_array *in, size_t n_in, const weir_array *out, size_t n_out);
// Brings the outputs to the caller's memory.
weir_status w_arrays_fetch(w_arrays *a);
void w_arrays_close(w_arrays *a);

// Launches a descriptor over host arrays on a CPU device. `tensors`: whose arrays the inputs are,
// for their packed forms; NULL: nobody's.
weir_status w_launch_host(weir_context *context, w_device *device, w_queue *queue,
                          const w_desc *desc, const weir_array *in, const weir_array *out,
                          weir_tensor *const *tensors, uint32_t max_threads);

// The arrays of tensors as a form has them: the host's, or dense as every device's.
void w_form_arrays(weir_tensor *const *tensors, size_t n, bool dense, weir_array *out);
// Whether a kernel reads input `tensor`; one that decides a shape is not read.
bool w_desc_reads(const w_desc *desc, size_t tensor);
void w_count_launch(weir_context *context);

#endif
