// SPDX-License-Identifier: Apache-2.0
//
// A tensor: a value and the memories that hold it. Form 0 is the host's, form d that of device
// number d; at any time at least one is valid once it has been written.
#ifndef W_TENSOR_H
#define W_TENSOR_H

#include "runtime/state.h"

struct weir_tensor {
    weir_context *context;
    _Atomic uint32_t references;
    pthread_mutex_t mutex; // guards what follows
    weir_array meta; // host form: data may be NULL until it is needed; strides are the caller's
    bool wrapped;    // over the caller's memory; never changes
    bool owns_host;
    bool uncounted; // a self-test's: its copies are no part of the caller's statistics
    size_t bytes;   // of a dense form
    uint32_t valid; // bit d: form d holds the value
    w_mem *form[W_MAX_DEVICES];
    void *packed; // the value as the CPU's products read it (weir_tensor_pack()); NULL: not made
    size_t packed_bytes;
    weir_status failure;          // of the operation that should have written it
    w_point pending;              // the last submission that touches it, on its stream's timeline
    weir_tensor *previous, *next; // in the context's list
};

// Makes one on the caller's storage (plain calls put theirs on the stack); close frees its forms.
void w_tensor_init(weir_tensor *tensor, weir_context *context, const weir_array *array, bool valid);
void w_tensor_close(weir_tensor *tensor);

// Frees the device forms (the context is being destroyed).
void w_tensor_abandon(weir_tensor *tensor);

// Make form `number` hold the value, copying where it must, and give its address. Called by one
// thread at a time for a tensor.
weir_status w_tensor_to_host(weir_tensor *tensor);
weir_status w_tensor_to_device(weir_tensor *tensor, uint32_t number);
// Makes form `number` exist, to be written whole.
weir_status w_tensor_allocate(weir_tensor *tensor, uint32_t number);
// Frees the packed form.
void w_tensor_unpack(weir_tensor *tensor);
// After a write to form `number`: it alone is valid.
void w_tensor_written(weir_tensor *tensor, uint32_t number);

#endif
