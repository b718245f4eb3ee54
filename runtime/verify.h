// SPDX-License-Identifier: Apache-2.0
//
// The self-test: does this operation give the same bits on this device as on the scalar CPU? Asked
// once for each device, operation and dtypes, at first use, and remembered.
#ifndef W_VERIFY_H
#define W_VERIFY_H

#include "runtime/device.h"

typedef enum w_verdict {
    W_UNKNOWN,
    W_IDENTICAL,
    W_BOUNDED,     // other bits, within a stated distance: only where forced
    W_REJECTED,    // wrong: never
    W_UNAVAILABLE, // no kernel here can run it
} w_verdict;

enum { W_MAX_VERDICTS = 256 };

typedef struct w_verdicts {
    struct {
        uint32_t key;
        w_verdict verdict;
        char text[96]; // why it is not identical
    } known[W_MAX_VERDICTS];
    _Atomic uint32_t count; // entries below it never change
    pthread_mutex_t mutex;  // one self-test at a time
} w_verdicts;

// The verdict of device `number` on the descriptor's operation and dtypes, found now if need be.
// `out_text` (may be NULL) receives why it is not identical.
w_verdict w_verify(weir_context *context, uint32_t number, const w_desc *desc,
                   const char **out_text);
// What is known already; never runs a test.
w_verdict w_verified(weir_context *context, uint32_t number, const w_desc *desc);

#endif
