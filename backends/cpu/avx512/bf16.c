// SPDX-License-Identifier: Apache-2.0
//
// Products of bf16 by AVX-512's own instruction for them, where WEIR_FAST allows other bits.
#define DOT_WIDTH 16
#define DOT_BF16
#include "backends/cpu/avx512/floats.inc"
#include "backends/cpu/contract_dot_tile.inc"

static const w_dot_isa bf16 = {
    .rows = DOT_ROWS,
    .unit = 1,
    .map = &w_map_avx512_table,
    .scale = floats_scale,
    .pack = floats_pack,
    .copy = floats_copy,
    .tile = dot_tile,
};

void w_contract_bf16_avx512(const w_args *args, const w_cpu_par *par)
{
    w_dot_run(args, par, &bf16);
}

static void packing(const w_desc *desc, const void *value, w_packed *to, const w_cpu_par *par)
{
    w_dot_packing(desc, value, to, par, &bf16);
}

const w_packing w_contract_bf16_avx512_table = {w_dot_packing_bytes, packing};

// ---------------------------------------------------------------- whether it pays

// Nanoseconds of some thousand instructions that do not wait for each other.
W_INLINE uint64_t time_of(const bool pairs)
{
    enum { SUMS = 12, ROUNDS = 256 };
    dot_v sum[SUMS], one = DOT_SET(0x3f803f80);
    for (int i = 0; i < SUMS; i++)
        sum[i] = DOT_SET(0);
    uint64_t begin = w_now();
    for (int round = 0; round < ROUNDS; round++)
        DOT_EACH(i, SUMS)
        {
            if (pairs)
                __asm__ volatile("vdpbf16ps %1, %1, %0" : "+v"(sum[i]) : "v"(one));
            else
                __asm__ volatile("vfmadd231ps %1, %1, %0" : "+v"(sum[i]) : "v"(one));
        }
    return w_now() - begin;
}

// An instruction of 32 products has to take less time than two FMAs of 16, which have the canonical
// bits. It takes as long as one on AMD's processors of 2023, as four on Intel's.
bool w_contract_bf16_pays(void)
{
    uint64_t least[2] = {UINT64_MAX, UINT64_MAX};
    for (int round = 0; round < 4; round++) {
        uint64_t pairs = time_of(true), single = time_of(false);
        least[0] = W_MIN(least[0], pairs);
        least[1] = W_MIN(least[1], single);
    }
    return 2 * least[0] < 3 * least[1];
}
