// SPDX-License-Identifier: Apache-2.0
// AMX for tests on processors that lack it: its instructions end in SIGILL there, and a handler
// does what they would have done.
#ifndef TILES_H
#define TILES_H

#include <stdbool.h>
#include <stddef.h>

// Takes SIGILL from now on; an instruction that is not AMX's still ends the process. False where
// this is no x86-64.
bool tiles_emulate(void);
// How many products of tiles were emulated, and whether this thread's tiles are configured.
size_t tiles_products(void);
bool tiles_configured(void);

#endif
