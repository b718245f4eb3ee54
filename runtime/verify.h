// SPDX-License-Identifier: Apache-2.0
//
// The self-test: does this operation give the same bits on this device as on the scalar CPU? Asked
// once for each device, operation and dtypes, at first use, and remembered.
#ifndef W_VERIFY_H
#define W_VERIFY_H

#include "runtime/state.h"

// The verdict of device `number` on the descriptor's operation and dtypes, found now if need be.
// `out_text` (may be NULL) receives why it is not identical.
w_verdict w_verify(weir_context *context, uint32_t number, const w_desc *desc,
                   const char **out_text);
// What is known already; never runs a test.
w_verdict w_verified(weir_context *context, uint32_t number, const w_desc *desc);

#endif
