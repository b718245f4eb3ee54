/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of the formulas (kernels/formula/LANGUAGE.md), eight lanes wide.
 * Compile with -mavx2 -mfma -ffp-contract=off -fno-math-errno.
 */
/* clang-format off */
#ifndef WEIR_BACKENDS_CPU_AVX2_VEC_H
#define WEIR_BACKENDS_CPU_AVX2_VEC_H

#ifdef __FAST_MATH__
#error "Weir's results are exact: fast-math is not possible"
#endif
#if !defined __AVX2__ || !defined __FMA__
#error "compile with -mavx2 -mfma"
#endif

#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define W_WIDTH 8
#define W_INLINE static inline __attribute__((always_inline, unused))

typedef __m256 w_f;
typedef uint32_t w_u __attribute__((vector_size(32)));
typedef int32_t w_i __attribute__((vector_size(32)));
typedef struct {
    w_i all; /* every bit of a lane, or none */
} w_m;

#define w_lane0(v) ((v)[0])
#define W_FN(type) W_INLINE type
#define W_STRUCT typedef struct
#define W_STRUCT_END(name) name;
#define W_TABLE_BEGIN(name, n) static const uint32_t name[n] __attribute__((unused)) = {
#define W_TABLE_END };
#define w_table(name, u) ((w_u)_mm256_i32gather_epi32((const int *)(name), (__m256i)(u), 4))
#define w_table8(name, u) \
    ((w_u)_mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)(name)), (__m256i)(u)))
#define W_LOOP(i, n) for (int i = 0; i < (n); i++)
#define W_UNUSED(a) (void)(a)

/* Bits and constants. */
W_INLINE w_f w_set1f(float f) { return _mm256_set1_ps(f); }
W_INLINE w_u w_set1u(uint32_t u) { return (w_u)_mm256_set1_epi32((int)u); }
W_INLINE w_i w_set1i(int32_t i) { return (w_i)_mm256_set1_epi32(i); }
W_INLINE w_u w_iota(void) { return (w_u)_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }
W_INLINE w_u w_bits(w_f f) { return (w_u)f; }
W_INLINE w_f w_from_bits(w_u u) { return (w_f)u; }
W_INLINE w_i w_signed(w_u u) { return (w_i)u; }
W_INLINE w_u w_unsigned(w_i i) { return (w_u)i; }

#define W_F(bits) w_from_bits(w_set1u(bits))
#define W_U(u) w_set1u(u)
#define W_I(i) w_set1i(i)
#define W_INDEX_NONE W_U(0xffffffffu)

/* Comparisons, masks, choices. */
#define W_COMPARE(a, b, how) ((w_m){(w_i)_mm256_cmp_ps(a, b, how)})
W_INLINE w_m w_lt(w_f a, w_f b) { return W_COMPARE(a, b, _CMP_LT_OQ); }
W_INLINE w_m w_le(w_f a, w_f b) { return W_COMPARE(a, b, _CMP_LE_OQ); }
W_INLINE w_m w_gt(w_f a, w_f b) { return W_COMPARE(a, b, _CMP_GT_OQ); }
W_INLINE w_m w_ge(w_f a, w_f b) { return W_COMPARE(a, b, _CMP_GE_OQ); }
W_INLINE w_m w_eq(w_f a, w_f b) { return W_COMPARE(a, b, _CMP_EQ_OQ); }
W_INLINE w_m w_ne(w_f a, w_f b) { return W_COMPARE(a, b, _CMP_NEQ_UQ); }
W_INLINE w_m w_isnan(w_f a) { return W_COMPARE(a, a, _CMP_UNORD_Q); }
W_INLINE w_m w_ult(w_u a, w_u b) { return (w_m){(w_i)(a < b)}; }
W_INLINE w_m w_ueq(w_u a, w_u b) { return (w_m){(w_i)(a == b)}; }
W_INLINE w_m w_ilt(w_i a, w_i b) { return (w_m){(w_i)(a < b)}; }
W_INLINE w_m w_igt(w_i a, w_i b) { return (w_m){(w_i)(a > b)}; }
W_INLINE w_m w_ieq(w_i a, w_i b) { return (w_m){(w_i)(a == b)}; }
W_INLINE w_m w_and(w_m a, w_m b) { return (w_m){a.all & b.all}; }
W_INLINE w_m w_or(w_m a, w_m b) { return (w_m){a.all | b.all}; }
W_INLINE w_m w_not(w_m a) { return (w_m){~a.all}; }
W_INLINE bool w_any(w_m a) { return __builtin_expect(_mm256_movemask_ps((__m256)a.all) != 0, 0); }
#define W_LANE_BITS(m) ((uint32_t)_mm256_movemask_ps((__m256)(m).all)) /* the first the lowest */
W_INLINE w_f w_select(w_m m, w_f a, w_f b) { return _mm256_blendv_ps(b, a, (__m256)m.all); }
W_INLINE w_u w_selectu(w_m m, w_u a, w_u b) { return (w_u)w_select(m, (w_f)a, (w_f)b); }
W_INLINE w_i w_selecti(w_m m, w_i a, w_i b) { return (w_i)w_select(m, (w_f)a, (w_f)b); }

/* Integers. */
W_INLINE w_u w_shl(w_u a, w_u n) { return (w_u)_mm256_sllv_epi32((__m256i)a, (__m256i)n); }
W_INLINE w_u w_shr(w_u a, w_u n) { return (w_u)_mm256_srlv_epi32((__m256i)a, (__m256i)n); }
W_INLINE w_u w_mulhi(w_u a, w_u b)
{
    __m256i even = _mm256_mul_epu32((__m256i)a, (__m256i)b);
    __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64((__m256i)a, 32),
                                   _mm256_srli_epi64((__m256i)b, 32));
    return (w_u)_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
}

/* Floats. */
W_INLINE w_f w_neg(w_f a) { return -a; }
W_INLINE w_f w_abs(w_f a) { return w_from_bits(w_bits(a) & W_U(0x7fffffffu)); }
W_INLINE w_f w_to_f(w_i i) { return _mm256_cvtepi32_ps((__m256i)i); }
W_INLINE w_i w_to_i(w_f f) { return (w_i)_mm256_cvttps_epi32(f); }
W_INLINE w_f w_div(w_f a, w_f b) { return _mm256_div_ps(a, b); }
W_INLINE w_f w_sqrt(w_f a) { return _mm256_sqrt_ps(a); }
W_INLINE w_f w_fma(w_f a, w_f b, w_f c) { return _mm256_fmadd_ps(a, b, c); }
W_INLINE w_f w_least(w_f a, w_f b) { return _mm256_min_ps(a, b); }
W_INLINE w_f w_most(w_f a, w_f b) { return _mm256_max_ps(a, b); }
W_INLINE w_f w_rint(w_f a)
{
    return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* What lib/ says in more words: the two orders differ for zeros and NaNs alone. */
#define W_OWN_MINMAX
W_INLINE w_f w_or_nan(w_f y, w_f a, w_f b)
{
    return _mm256_or_ps(y, _mm256_cmp_ps(a, b, _CMP_UNORD_Q));
}
W_INLINE w_f w_minimum(w_f a, w_f b)
{
    return w_or_nan(_mm256_or_ps(_mm256_min_ps(a, b), _mm256_min_ps(b, a)), a, b);
}
W_INLINE w_f w_maximum(w_f a, w_f b)
{
    return w_or_nan(_mm256_and_ps(_mm256_max_ps(a, b), _mm256_max_ps(b, a)), a, b);
}

/* The lanes from `half` on, a power of two, come first; the others hold anything. */
#define W_OWN_UPPER
W_INLINE w_f w_upper(w_f a, int half)
{
    return half == 4   ? _mm256_permute2f128_ps(a, a, 1)
           : half == 2 ? _mm256_permute_ps(a, 0x4e)
                       : _mm256_permute_ps(a, 0xb1);
}

/* Memory. */
W_INLINE __m256i w_first(size_t n)
{
    return (__m256i)((w_i)w_iota() < w_set1i((int32_t)n));
}
W_INLINE w_f w_loadf(const float *p) { return _mm256_loadu_ps(p); }
W_INLINE w_u w_loadu(const uint32_t *p) { return (w_u)_mm256_loadu_si256((const __m256i *)p); }
W_INLINE void w_storef(float *p, w_f f) { _mm256_storeu_ps(p, f); }
W_INLINE void w_storeu(uint32_t *p, w_u u) { _mm256_storeu_si256((__m256i *)p, (__m256i)u); }
W_INLINE w_f w_loadf_n(const float *p, size_t n) { return _mm256_maskload_ps(p, w_first(n)); }
W_INLINE w_u w_loadu_n(const uint32_t *p, size_t n)
{
    return (w_u)_mm256_maskload_epi32((const int *)p, w_first(n));
}
W_INLINE void w_storef_n(float *p, w_f f, size_t n) { _mm256_maskstore_ps(p, w_first(n), f); }
W_INLINE void w_storeu_n(uint32_t *p, w_u u, size_t n)
{
    _mm256_maskstore_epi32((int *)p, w_first(n), (__m256i)u);
}

#endif
