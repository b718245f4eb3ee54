// SPDX-License-Identifier: Apache-2.0
#ifndef TOOL_TUNE_H
#define TOOL_TUNE_H

#include <weir/weir.h>

// Calibrates with a progress bar on a terminal, with a few lines elsewhere. Returns the exit
// status; a budget that ran out is no failure.
int tune_run(weir_context *context, double budget, const weir_op *ops, size_t n_ops, bool renew);

#endif
