// SPDX-License-Identifier: Apache-2.0
// Detection of instruction sets and of the processor's name.
#include "backends/cpu/isa.h"

#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

const w_isa w_isas[] = {
    {"avx512", W_AVX2 | W_AVX512 | W_AVXVNNI | W_VNNI | W_AVX512_BF16 | W_TILES, W_AVX512},
    {"avx2", W_AVX2 | W_AVXVNNI, W_AVX2},
    {"scalar", W_SCALAR, W_SCALAR},
};

// Which register files the operating system saves.
static uint32_t enabled_state(void)
{
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

// Eight tiles of 16 rows of 64 bytes, as all processors have that have any.
static bool has_tiles_of_1_kib(void)
{
    uint32_t a, b, c, d;
    return __get_cpuid_count(0x1d, 1, &a, &b, &c, &d) && b >> 16 >= 8 && (b & 0xffff) >= 64 &&
           (c & 0xffff) >= 16;
}

uint32_t w_isa_detect(void)
{
    enum { YMM = 0x6, ZMM = 0xe6 }; // bits of XCR0: SSE and AVX; mask and zmm registers too
    enum { TILES = 3 << 17 };       // their configuration and their data
    enum { AVXVNNI = 1 << 4, AVX512_BF16 = 1 << 5 };
    enum { AMX_BF16 = 1 << 22, AMX_TILE = 1 << 24, AMX_INT8 = 1 << 25 };
    const uint32_t avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL;
    uint32_t a, b, c, d, b7, c7, d7, a71 = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_AVX) || !(c & bit_FMA) ||
        !(c & bit_F16C) || !__get_cpuid_count(7, 0, &a, &b7, &c7, &d7) || !(b7 & bit_AVX2))
        return W_SCALAR;
    uint32_t state = enabled_state();
    if ((state & YMM) != YMM)
        return W_SCALAR;
    uint32_t found = W_AVX2;
    if (__get_cpuid_count(7, 1, &a71, &b, &c, &d) && (a71 & AVXVNNI))
        found |= W_AVXVNNI;
    if ((b7 & avx512) != avx512 || (state & ZMM) != ZMM)
        return found;
    found |= W_AVX512 | (c7 & bit_AVX512VNNI ? W_VNNI : 0);
    found |= a71 & AVX512_BF16 ? W_AVX512_BF16 : 0;
    if (!(found & W_VNNI) || !(d7 & AMX_TILE) || (state & TILES) != TILES || !has_tiles_of_1_kib())
        return found;
    return found | (d7 & AMX_INT8 ? W_AMX_INT8 : 0) | (d7 & AMX_BF16 ? W_AMX_BF16 : 0);
}

bool w_isa_permit_tiles(char why[64])
{
    enum { GET_PERMITTED = 0x1022, ASK = 0x1023, TILE_DATA = 18 };
    unsigned long permitted = 0;
    if (syscall(SYS_arch_prctl, ASK, TILE_DATA) == 0 &&
        syscall(SYS_arch_prctl, GET_PERMITTED, &permitted) == 0 && (permitted >> TILE_DATA & 1))
        return true;
    if (errno == ENOSPC)
        snprintf(why, 64, "a thread's alternate signal stack is too small");
    else
        snprintf(why, 64, "the kernel refuses it: %.40s", strerror(errno));
    return false;
}

void w_cpu_name(char *out, size_t capacity)
{
    uint32_t word[13] = {0};
    out[0] = 0;
    if ((uint32_t)__get_cpuid_max(0x80000000u, NULL) < 0x80000004u)
        return;
    for (uint32_t i = 0; i < 3; i++)
        __get_cpuid(0x80000002u + i, &word[4 * i], &word[4 * i + 1], &word[4 * i + 2],
                    &word[4 * i + 3]);
    const char *name = (const char *)word;
    snprintf(out, capacity, "%s", name + strspn(name, " "));
}

#elif defined(__aarch64__)
#include <sys/auxv.h>

const w_isa w_isas[] = {
    {"neon", W_NEON | W_DOTPROD | W_I8MM, W_NEON},
    {"scalar", W_SCALAR, W_SCALAR},
};

uint32_t w_isa_detect(void)
{
    const unsigned long advanced_simd = 1ul << 1, dotprod = 1ul << 20; // HWCAP_ASIMD, _ASIMDDP
    const unsigned long i8mm = 1ul << 13;                              // HWCAP2_I8MM
    unsigned long found = getauxval(AT_HWCAP);
    if (!(found & advanced_simd))
        return W_SCALAR;
    if (!(found & dotprod))
        return W_NEON;
    return W_NEON | W_DOTPROD | (getauxval(AT_HWCAP2) & i8mm ? W_I8MM : 0);
}

bool w_isa_permit_tiles(char why[64])
{
    snprintf(why, 64, "this processor has none");
    return false;
}

void w_cpu_name(char *out, size_t capacity)
{
    uint64_t midr = 0;
    if (getauxval(AT_HWCAP) & (1ul << 11)) // HWCAP_CPUID: the kernel answers for the register
        __asm__("mrs %0, midr_el1" : "=r"(midr));
    snprintf(out, capacity, midr ? "AArch64 processor, MIDR %08x" : "", (unsigned)midr);
}

#else
#error "Weir knows x86-64 and AArch64; add this machine's instruction sets here"
#endif

const size_t w_isa_count = W_COUNT(w_isas);

weir_status w_isa_choose(const char *name, uint32_t detected, const w_isa **out_isa)
{
    char names[128] = "";
    for (size_t i = 0; i < w_isa_count; i++) {
        bool present = (w_isas[i].needs & ~detected) == 0;
        if (present && (!name || !strcmp(name, w_isas[i].name))) {
            *out_isa = &w_isas[i];
            return WEIR_OK;
        }
        size_t used = strlen(names);
        if (present)
            snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", w_isas[i].name);
    }
    return w_fail(WEIR_UNAVAILABLE, "no instruction set '%.32s' here; there are: %s", name, names);
}
