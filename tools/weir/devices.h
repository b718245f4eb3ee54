// SPDX-License-Identifier: Apache-2.0
#ifndef TOOL_DEVICES_H
#define TOOL_DEVICES_H

#include <weir/weir.h>

// Self-tests every device; a verdict that could not be had is a line on stderr.
void devices_verify(weir_context *context);
// The table of devices, and a line for each backend that has none.
void devices_print(weir_context *context, int indent);

#endif
