// SPDX-License-Identifier: Apache-2.0
//
// The one way of data: call -> validate -> route -> place -> launch -> timeline.
#ifndef W_ENGINE_H
#define W_ENGINE_H

#include "runtime/execute.h"

// How a caller's wish (weir_call_options, the context's device) reads: a device's number, or
// routed.
enum { W_ROUTED = -1 };
weir_status w_call_device(weir_context *context, const weir_call_options *options,
                          int32_t *out_number, uint32_t *out_max_threads, bool *out_fast);

// A call on plain arrays, for weir_run() and for expressions: any operation, of the table or not.
weir_status w_run(weir_context *context, const w_op *op, const void *options, const weir_array *in,
                  size_t n_in, const weir_array *out, size_t n_out, const weir_call_options *call);

// A call by name, for weir_NAME(): the caller's own arrays, NULL where one is absent.
weir_status w_call_named(weir_context *context, const w_op *op, const void *options,
                         const weir_array *const *in, size_t n_in, const weir_array *const *out,
                         size_t n_out);

// Runs it where it is wished, or where it is routed; a routed call whose device fails runs on the
// CPU.
weir_status w_execute(weir_context *context, const w_call *call, int32_t wish);
// The device that the router chooses for a call on tensors.
uint32_t w_choose(weir_context *context, const w_desc *desc, const w_call *call);

#endif
