// SPDX-License-Identifier: Apache-2.0
//
// The self-test: does this operation give the same bits on this device as on the scalar CPU? Asked
// once for each device, operation and dtypes, at first use, and remembered.
#ifndef W_VERIFY_H
#define W_VERIFY_H

#include "runtime/state.h"

// The verdict of device `number` on the descriptor's operation and dtypes, found now if need be.
// `out_text` (may be NULL) receives why it is not identical. Errors: what kept the test from being
// made and may pass, such as memory that has run out; it is made again when next asked for.
weir_status w_verify(weir_context *context, uint32_t number, const w_desc *desc,
                     w_verdict *out_verdict, const char **out_text);
// What is known already; never runs a test.
w_verdict w_verified(weir_context *context, uint32_t number, const w_desc *desc);

#endif
