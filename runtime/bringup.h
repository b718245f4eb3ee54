// SPDX-License-Identifier: Apache-2.0
//
// Devices come up on a thread of their own, beside the host's work.
#ifndef W_BRINGUP_H
#define W_BRINGUP_H

#include "runtime/state.h"

// Starts the bring-up of all backends but the CPU, once, on a thread of its own.
void w_bringup_start(weir_context *context);
weir_status w_bringup_wait(weir_context *context, uint64_t timeout_ns);
void w_bringup_join(weir_context *context);
// Asks the bring-up thread to prove a device on the descriptor's operation: the self-test, and on
// hardware that was not measured yet a short calibration.
void w_bringup_want(weir_context *context, uint32_t number, const w_desc *desc);
// The number of the device with this id; waits for the bring-up where it must.
weir_status w_device_find(weir_context *context, const char *id, uint32_t *out_number);

#endif
