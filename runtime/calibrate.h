// SPDX-License-Identifier: Apache-2.0
#ifndef W_CALIBRATE_H
#define W_CALIBRATE_H

#include "runtime/state.h"

// Calibrates the devices that are up and pass their self-tests, and writes their profiles.
weir_status w_context_tune(weir_context *context, const weir_tune_options *options);

#endif
