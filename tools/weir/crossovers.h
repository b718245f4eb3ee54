// SPDX-License-Identifier: Apache-2.0
//
// The table of crossovers: from which size a device beats the CPU.
#ifndef TOOL_CROSSOVERS_H
#define TOOL_CROSSOVERS_H

#include <stddef.h>

#include <weir/weir.h>

enum { CROSSOVERS_MAX = 16, CROSSOVERS_OPS = 256 };

// The operations that have been measured, ascending; returns how many, at most `capacity`.
size_t crossovers_ops(weir_context *context, weir_op *out, size_t capacity);
// Where device number `device` beats the CPU: "never", "always", "from 4.1 k", "1 k to 65 k", ...;
// "not measured" where nothing is known. Returns `out`.
const char *crossovers_text(weir_context *context, weir_op op, weir_residency residency,
                            uint32_t device, char *out, size_t n);
// Which device ran an operation of that size on plain arrays since `before` was taken: the CPU
// copies nothing; among several other devices it is the one that is predicted to be best.
uint32_t crossovers_ran(weir_context *context, weir_op op, double size, const weir_stats *before);
// Prints a row for each operation and residency, a column for each device but the CPU; only
// number `only` if that is not 0.
void crossovers_print(weir_context *context, uint32_t only, int indent);

#endif
