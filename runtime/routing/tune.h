// SPDX-License-Identifier: Apache-2.0
//
// Calibration: measures links and kernels through the device interface alone and fills the model.
//
// Candidates are interleaved sample by sample, with their data resident; a first, cold call is
// never a sample; every figure is a median. The most telling cells come first, so that a short
// budget gives a coarse model of everything rather than a fine one of little.
#ifndef W_TUNE_H
#define W_TUNE_H

#include "runtime/routing/cost.h"

typedef struct w_tuner {
    const w_host *host;
    w_device *const *devices; // number 0 is the CPU
    uint32_t n_devices;       // at most W_MAX_DEVICES
    // Whether the device may run the operation (its self-test): WEIR_OK, or it is left out. Never
    // asked of device 0, once for each device and operation. NULL: all may.
    weir_status (*verify)(void *user, uint32_t device, const w_op *op);
    void *user;
} w_tuner;

// Measures what the model does not hold yet (all of it with options->renew), most telling first,
// until done or until the budget is spent, which is no error. `options` may be NULL. A sample that
// has begun is waited for, verify() too; neither begins past the deadline.
// Errors: WEIR_INVALID_ARGUMENT; WEIR_CANCELLED when progress said so, with all that was measured
// kept; WEIR_OUT_OF_MEMORY. A device that fails is left out from then on and logged.
weir_status w_tune(const w_tuner *tuner, w_model *model, const weir_tune_options *options);

#endif
