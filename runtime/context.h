// SPDX-License-Identifier: Apache-2.0
#ifndef W_CONTEXT_H
#define W_CONTEXT_H

#include "runtime/state.h"

// As weir_context_create(), with another list of backends (tests bring their own devices).
weir_status w_context_create(const weir_context_options *options, const w_backend *const *backends,
                             weir_context **out_context);

#endif
