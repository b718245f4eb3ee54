/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of the formulas (kernels/formula/LANGUAGE.md), four lanes wide, for aarch64.
 * Compile with -ffp-contract=off -fno-math-errno.
 */
/* clang-format off */
#ifndef WEIR_BACKENDS_CPU_NEON_VEC_H
#define WEIR_BACKENDS_CPU_NEON_VEC_H

#ifdef __FAST_MATH__
#error "Weir's results are exact: fast-math is not possible"
#endif
#if !defined __aarch64__ || !defined __ARM_NEON
#error "NEON here means aarch64"
#endif

#include <arm_neon.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define W_WIDTH 4
#define W_INLINE static inline __attribute__((always_inline, unused))

typedef float32x4_t w_f;
typedef uint32x4_t w_u;
typedef int32x4_t w_i;
typedef struct {
    uint32x4_t all; /* every bit of a lane, or none */
} w_m;

#define w_lane0(v) ((v)[0])
#define W_FN(type) W_INLINE type
#define W_STRUCT typedef struct
#define W_STRUCT_END(name) name;
#define W_TABLE_BEGIN(name, n) static const uint32_t name[n] __attribute__((unused)) = {
#define W_TABLE_END };
#define w_table(name, u) w_gather(name, u)
#define w_table8(name, u) w_gather8(name, u)
#define W_LOOP(i, n) for (int i = 0; i < (n); i++)
#define W_UNUSED(a) (void)(a)

/* Bits and constants. */
W_INLINE w_f w_set1f(float f) { return vdupq_n_f32(f); }
W_INLINE w_u w_set1u(uint32_t u) { return vdupq_n_u32(u); }
W_INLINE w_i w_set1i(int32_t i) { return vdupq_n_s32(i); }
W_INLINE w_u w_iota(void)
{
    static const uint32_t count[4] = {0, 1, 2, 3};
    return vld1q_u32(count);
}
W_INLINE w_u w_gather(const uint32_t *table, w_u u)
{
    w_u words = vdupq_n_u32(table[vgetq_lane_u32(u, 0)]);
    words = vsetq_lane_u32(table[vgetq_lane_u32(u, 1)], words, 1);
    words = vsetq_lane_u32(table[vgetq_lane_u32(u, 2)], words, 2);
    return vsetq_lane_u32(table[vgetq_lane_u32(u, 3)], words, 3);
}
/* Of a table of eight words, in two registers: word u is its four bytes. */
W_INLINE w_u w_gather8(const uint32_t *table, w_u u)
{
    uint32x4_t first = vmulq_n_u32(vandq_u32(u, vdupq_n_u32(7)), 0x04040404u);
    uint8x16_t bytes = vreinterpretq_u8_u32(vaddq_u32(first, vdupq_n_u32(0x03020100u)));
    uint8x16x2_t words = {{vld1q_u8((const uint8_t *)table), vld1q_u8((const uint8_t *)(table + 4))}};
    return vreinterpretq_u32_u8(vqtbl2q_u8(words, bytes));
}
W_INLINE w_u w_bits(w_f f) { return vreinterpretq_u32_f32(f); }
W_INLINE w_f w_from_bits(w_u u) { return vreinterpretq_f32_u32(u); }
W_INLINE w_i w_signed(w_u u) { return vreinterpretq_s32_u32(u); }
W_INLINE w_u w_unsigned(w_i i) { return vreinterpretq_u32_s32(i); }

#define W_F(bits) w_from_bits(w_set1u(bits))
#define W_U(u) w_set1u(u)
#define W_I(i) w_set1i(i)
#define W_INDEX_NONE W_U(0xffffffffu)

/* Comparisons, masks, choices. */
W_INLINE w_m w_lt(w_f a, w_f b) { return (w_m){vcltq_f32(a, b)}; }
W_INLINE w_m w_le(w_f a, w_f b) { return (w_m){vcleq_f32(a, b)}; }
W_INLINE w_m w_gt(w_f a, w_f b) { return (w_m){vcgtq_f32(a, b)}; }
W_INLINE w_m w_ge(w_f a, w_f b) { return (w_m){vcgeq_f32(a, b)}; }
W_INLINE w_m w_eq(w_f a, w_f b) { return (w_m){vceqq_f32(a, b)}; }
W_INLINE w_m w_ne(w_f a, w_f b) { return (w_m){vmvnq_u32(vceqq_f32(a, b))}; }
W_INLINE w_m w_isnan(w_f a) { return w_ne(a, a); }
W_INLINE w_m w_ult(w_u a, w_u b) { return (w_m){vcltq_u32(a, b)}; }
W_INLINE w_m w_ueq(w_u a, w_u b) { return (w_m){vceqq_u32(a, b)}; }
W_INLINE w_m w_ilt(w_i a, w_i b) { return (w_m){vcltq_s32(a, b)}; }
W_INLINE w_m w_igt(w_i a, w_i b) { return (w_m){vcgtq_s32(a, b)}; }
W_INLINE w_m w_ieq(w_i a, w_i b) { return (w_m){vceqq_s32(a, b)}; }
W_INLINE w_m w_and(w_m a, w_m b) { return (w_m){vandq_u32(a.all, b.all)}; }
W_INLINE w_m w_or(w_m a, w_m b) { return (w_m){vorrq_u32(a.all, b.all)}; }
W_INLINE w_m w_not(w_m a) { return (w_m){vmvnq_u32(a.all)}; }
W_INLINE bool w_any(w_m a) { return vmaxvq_u32(a.all) != 0; }
W_INLINE w_f w_select(w_m m, w_f a, w_f b) { return vbslq_f32(m.all, a, b); }
W_INLINE w_u w_selectu(w_m m, w_u a, w_u b) { return vbslq_u32(m.all, a, b); }
W_INLINE w_i w_selecti(w_m m, w_i a, w_i b) { return vbslq_s32(m.all, a, b); }

/* Integers. */
W_INLINE w_u w_shl(w_u a, w_u n) { return vshlq_u32(a, vreinterpretq_s32_u32(n)); }
W_INLINE w_u w_shr(w_u a, w_u n) { return vshlq_u32(a, vnegq_s32(vreinterpretq_s32_u32(n))); }
W_INLINE w_u w_mulhi(w_u a, w_u b)
{
    uint64x2_t low = vmull_u32(vget_low_u32(a), vget_low_u32(b));
    uint64x2_t high = vmull_high_u32(a, b);
    return vuzp2q_u32(vreinterpretq_u32_u64(low), vreinterpretq_u32_u64(high));
}

/* Floats. */
W_INLINE w_f w_neg(w_f a) { return vnegq_f32(a); }
W_INLINE w_f w_abs(w_f a) { return vabsq_f32(a); }
W_INLINE w_f w_to_f(w_i i) { return vcvtq_f32_s32(i); }
W_INLINE w_i w_to_i(w_f f) { return vcvtq_s32_f32(f); }
W_INLINE w_f w_div(w_f a, w_f b) { return vdivq_f32(a, b); }
W_INLINE w_f w_sqrt(w_f a) { return vsqrtq_f32(a); }
W_INLINE w_f w_fma(w_f a, w_f b, w_f c) { return vfmaq_f32(c, a, b); }
W_INLINE w_f w_least(w_f a, w_f b) { return w_select(w_lt(a, b), a, b); }
W_INLINE w_f w_most(w_f a, w_f b) { return w_select(w_gt(a, b), a, b); }
W_INLINE w_f w_rint(w_f a) { return vrndnq_f32(a); }

/* Memory. */
W_INLINE w_f w_loadf(const float *p) { return vld1q_f32(p); }
W_INLINE w_u w_loadu(const uint32_t *p) { return vld1q_u32(p); }
W_INLINE void w_storef(float *p, w_f f) { vst1q_f32(p, f); }
W_INLINE void w_storeu(uint32_t *p, w_u u) { vst1q_u32(p, u); }
W_INLINE w_f w_loadf_n(const float *p, size_t n)
{
    float lanes[W_WIDTH] = {0};
    for (size_t i = 0; i < n && i < W_WIDTH; i++) {
        lanes[i] = p[i];
    }
    return vld1q_f32(lanes);
}
W_INLINE w_u w_loadu_n(const uint32_t *p, size_t n)
{
    uint32_t lanes[W_WIDTH] = {0};
    for (size_t i = 0; i < n && i < W_WIDTH; i++) {
        lanes[i] = p[i];
    }
    return vld1q_u32(lanes);
}
W_INLINE void w_storef_n(float *p, w_f f, size_t n)
{
    float lanes[W_WIDTH];
    vst1q_f32(lanes, f);
    for (size_t i = 0; i < n && i < W_WIDTH; i++) {
        p[i] = lanes[i];
    }
}
W_INLINE void w_storeu_n(uint32_t *p, w_u u, size_t n)
{
    uint32_t lanes[W_WIDTH];
    vst1q_u32(lanes, u);
    for (size_t i = 0; i < n && i < W_WIDTH; i++) {
        p[i] = lanes[i];
    }
}

#endif
