// SPDX-License-Identifier: Apache-2.0
//
// What the public calls that explain the router (weir_predict(), weir_crossovers()) need of a
// context. The context defines these; routing knows no more of it.
#ifndef W_EXPLAIN_H
#define W_EXPLAIN_H

#include "runtime/routing/cost.h"

// The context's model; NULL is an unusable context.
w_model *w_context_model(weir_context *context);
// The devices that are up, the CPU first; writes at most `capacity` and returns how many there are.
size_t w_context_devices(weir_context *context, w_device **out_devices, size_t capacity);

#endif
