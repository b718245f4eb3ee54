// SPDX-License-Identifier: Apache-2.0
//
// Files that appear whole or not at all: written beside their place, then renamed.
#ifndef TOOL_OUTPUT_H
#define TOOL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct tool_output {
    FILE *file;
    char *target, *temporary; // temporary is NULL where the target is a pipe or a device
} tool_output;

// Opens a file for `path`. False, with a line on stderr, if that is impossible.
bool tool_output_open(tool_output *output, const char *path);
// Puts all n in their places. On failure a line on stderr, and those not yet in place are removed.
bool tool_output_commit(tool_output *outputs, size_t n);
// Removes what was written; for outputs that were never opened (all zero) it does nothing.
void tool_output_abandon(tool_output *outputs, size_t n);

#endif
