// SPDX-License-Identifier: Apache-2.0
//
// What this CPU can do. Instruction sets come from CPUID and XGETBV, or the hwcaps, never from a
// model's number: virtual machines mask the one and keep the other.
#ifndef W_CPU_ISA_H
#define W_CPU_ISA_H

#include "runtime/base/base.h"

// What a row of kernels.def needs.
enum {
    W_SCALAR = 0,
    W_AVX2 = 1,   // with FMA and F16C, and an operating system that keeps ymm registers
    W_AVX512 = 2, // F, BW, CD, DQ and VL, and an operating system that keeps zmm registers
    W_NEON = 4,
    // Beside the named sets, which allow them where the processor has them.
    W_AVXVNNI = 8, // avx2: products of 8-bit integers, ymm
    W_VNNI = 16,   // avx512: the same, zmm
    W_AVX512_BF16 = 32,
    W_AMX_INT8 = 64, // avx512: tiles; a process has to ask for them (w_isa_permit_tiles())
    W_AMX_BF16 = 128,
    W_TILES = W_AMX_INT8 | W_AMX_BF16,
    W_DOTPROD = 256, // neon: products of 8-bit integers, words of four
    W_I8MM = 512,    // neon: the same, squares of 2 x 2 sums
};

typedef struct w_isa {
    const char *name;
    uint32_t features; // what it allows: its own and those of the sets below it
    uint32_t needs;
} w_isa;

// The sets that this build knows, best first.
extern const w_isa w_isas[];
extern const size_t w_isa_count;

uint32_t w_isa_detect(void);
// The set of this name, or the best where it is NULL. WEIR_UNAVAILABLE, with the names that there
// are, where this CPU lacks it or there is none of the name.
weir_status w_isa_choose(const char *name, uint32_t detected, const w_isa **out_isa);

// Asks the operating system for tiles; false, with the reason in 64 bytes, where it refuses. What
// it grants is the whole process's and stays: signal frames grow by the tiles' 8 KiB.
bool w_isa_permit_tiles(char why[64]);

// The processor's own name, "" where it has none.
void w_cpu_name(char *out, size_t capacity);

#endif
