// SPDX-License-Identifier: Apache-2.0
//
// What the machine can do at best: fused multiply-adds in registers, copies and triads in memory.
#ifndef HARNESS_CEILINGS_H
#define HARNESS_CEILINGS_H

#include <stddef.h>
#include <stdint.h>

// Multiply-adds of f32 vectors in registers on so many threads until `flops` are done. `isa`: the
// widest vectors up to those ("avx2"); NULL: the widest there are.
void ceiling_fma(uint32_t threads, const char *isa, double flops);
// y = a, or y = a + 3 * b where there is a b, of n floats on so many threads, with streaming stores
// where the machine has them.
void ceiling_stream(uint32_t threads, float *y, const float *a, const float *b, size_t n);

#endif
