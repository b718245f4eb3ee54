/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of the formulas (kernels/formula/LANGUAGE.md), sixteen lanes wide.
 * Compile with -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -ffp-contract=off
 * -fno-math-errno.
 */
/* clang-format off */
#ifndef WEIR_BACKENDS_CPU_AVX512_VEC_H
#define WEIR_BACKENDS_CPU_AVX512_VEC_H

#ifdef __FAST_MATH__
#error "Weir's results are exact: fast-math is not possible"
#endif
#if !defined __AVX512F__ || !defined __AVX512DQ__ || !defined __AVX512BW__ || !defined __AVX512VL__
#error "compile with -mavx512f -mavx512dq -mavx512bw -mavx512vl"
#endif

#include <immintrin.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define W_WIDTH 16
#define W_INLINE static inline __attribute__((always_inline, unused))

typedef __m512 w_f;
typedef uint32_t w_u __attribute__((vector_size(64)));
typedef int32_t w_i __attribute__((vector_size(64)));
typedef __mmask16 w_m;

#define w_lane0(v) ((v)[0])
#define W_FN(type) W_INLINE type
#define W_STRUCT typedef struct
#define W_STRUCT_END(name) name;
#define W_TABLE_BEGIN(name, n) static const uint32_t name[n] __attribute__((unused)) = {
#define W_TABLE_END };
#define w_table(name, u) ((w_u)_mm512_i32gather_epi32((__m512i)(u), (const int *)(name), 4))
#define w_table8(name, u) \
    ((w_u)_mm512_permutexvar_epi32( \
        (__m512i)(u), _mm512_broadcast_i32x8(_mm256_loadu_si256((const __m256i *)(name)))))
#define W_LOOP(i, n) for (int i = 0; i < (n); i++)
#define W_UNUSED(a) (void)(a)

/* Bits and constants. */
W_INLINE w_f w_set1f(float f) { return _mm512_set1_ps(f); }
W_INLINE w_u w_set1u(uint32_t u) { return (w_u)_mm512_set1_epi32((int)u); }
W_INLINE w_i w_set1i(int32_t i) { return (w_i)_mm512_set1_epi32(i); }
W_INLINE w_u w_iota(void)
{
    return (w_u)_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
W_INLINE w_u w_bits(w_f f) { return (w_u)f; }
W_INLINE w_f w_from_bits(w_u u) { return (w_f)u; }
W_INLINE w_i w_signed(w_u u) { return (w_i)u; }
W_INLINE w_u w_unsigned(w_i i) { return (w_u)i; }

#define W_F(bits) w_from_bits(w_set1u(bits))
#define W_U(u) w_set1u(u)
#define W_I(i) w_set1i(i)
#define W_INDEX_NONE W_U(0xffffffffu)

/* Comparisons, masks, choices. */
W_INLINE w_m w_lt(w_f a, w_f b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
W_INLINE w_m w_le(w_f a, w_f b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
W_INLINE w_m w_gt(w_f a, w_f b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
W_INLINE w_m w_ge(w_f a, w_f b) { return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ); }
W_INLINE w_m w_eq(w_f a, w_f b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
W_INLINE w_m w_ne(w_f a, w_f b) { return _mm512_cmp_ps_mask(a, b, _CMP_NEQ_UQ); }
W_INLINE w_m w_isnan(w_f a) { return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q); }
W_INLINE w_m w_ult(w_u a, w_u b) { return _mm512_cmplt_epu32_mask((__m512i)a, (__m512i)b); }
W_INLINE w_m w_ueq(w_u a, w_u b) { return _mm512_cmpeq_epi32_mask((__m512i)a, (__m512i)b); }
W_INLINE w_m w_ilt(w_i a, w_i b) { return _mm512_cmplt_epi32_mask((__m512i)a, (__m512i)b); }
W_INLINE w_m w_igt(w_i a, w_i b) { return _mm512_cmpgt_epi32_mask((__m512i)a, (__m512i)b); }
W_INLINE w_m w_ieq(w_i a, w_i b) { return _mm512_cmpeq_epi32_mask((__m512i)a, (__m512i)b); }
W_INLINE w_m w_and(w_m a, w_m b) { return (w_m)(a & b); }
W_INLINE w_m w_or(w_m a, w_m b) { return (w_m)(a | b); }
W_INLINE w_m w_not(w_m a) { return (w_m)~a; }
W_INLINE bool w_any(w_m a) { return __builtin_expect(a != 0, 0); }
#define W_LANE_BITS(m) ((uint32_t)(m)) /* a bit for each lane, the first the lowest */
W_INLINE w_f w_select(w_m m, w_f a, w_f b) { return _mm512_mask_blend_ps(m, b, a); }
W_INLINE w_u w_selectu(w_m m, w_u a, w_u b)
{
    return (w_u)_mm512_mask_blend_epi32(m, (__m512i)b, (__m512i)a);
}
W_INLINE w_i w_selecti(w_m m, w_i a, w_i b)
{
    return (w_i)_mm512_mask_blend_epi32(m, (__m512i)b, (__m512i)a);
}

/* Integers. */
W_INLINE w_u w_shl(w_u a, w_u n) { return (w_u)_mm512_sllv_epi32((__m512i)a, (__m512i)n); }
W_INLINE w_u w_shr(w_u a, w_u n) { return (w_u)_mm512_srlv_epi32((__m512i)a, (__m512i)n); }
W_INLINE w_u w_mulhi(w_u a, w_u b)
{
    __m512i even = _mm512_mul_epu32((__m512i)a, (__m512i)b);
    __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64((__m512i)a, 32),
                                   _mm512_srli_epi64((__m512i)b, 32));
    return (w_u)_mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd);
}

/* Floats. */
W_INLINE w_f w_neg(w_f a) { return -a; }
W_INLINE w_f w_abs(w_f a) { return w_from_bits(w_bits(a) & W_U(0x7fffffffu)); }
W_INLINE w_f w_to_f(w_i i) { return _mm512_cvtepi32_ps((__m512i)i); }
W_INLINE w_i w_to_i(w_f f) { return (w_i)_mm512_cvttps_epi32(f); }
W_INLINE w_f w_div(w_f a, w_f b) { return _mm512_div_ps(a, b); }
W_INLINE w_f w_sqrt(w_f a) { return _mm512_sqrt_ps(a); }
W_INLINE w_f w_fma(w_f a, w_f b, w_f c) { return _mm512_fmadd_ps(a, b, c); }
W_INLINE w_f w_least(w_f a, w_f b) { return _mm512_min_ps(a, b); }
W_INLINE w_f w_most(w_f a, w_f b) { return _mm512_max_ps(a, b); }
W_INLINE w_f w_rint(w_f a)
{
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

/* What lib/ says in more words. */
#define W_OWN_POWER
W_INLINE w_f w_power_of_two(w_f n) { return _mm512_scalef_ps(w_set1f(1.0f), n); }
W_INLINE w_f w_times_power(w_f x, w_f n) { return _mm512_scalef_ps(x, n); }
#define W_OWN_EXPONENT
W_INLINE w_f w_exponent(w_f a) { return _mm512_getexp_ps(a); }
W_INLINE w_f w_mantissa(w_f a)
{
    return _mm512_getmant_ps(a, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_src);
}
#define W_OWN_LOG_ENDS
W_INLINE w_f w_log_ends(w_f x, w_f y)
{
    /* By x: a NaN itself, a zero -infinity, infinity itself, a negative number NaN; else y. */
    return _mm512_fixupimm_ps(y, x, _mm512_set1_epi32(0x03530422), 0);
}
#define W_OWN_MINMAX
/* A reduction waits for what depends on a and b: neither the blend's mask, which is ready before the
   range, nor its constant adds to that, as a + b would. */
W_INLINE w_f w_or_nan(w_f y, w_f a, w_f b)
{
    return _mm512_mask_mov_ps(y, _mm512_cmp_ps_mask(a, b, _CMP_UNORD_Q),
                              _mm512_set1_ps(__builtin_nanf("")));
}
W_INLINE w_f w_minimum(w_f a, w_f b)
{
    return w_or_nan(_mm512_range_ps(a, b, 4), a, b);
}
W_INLINE w_f w_maximum(w_f a, w_f b)
{
    return w_or_nan(_mm512_range_ps(a, b, 5), a, b);
}

/* The lanes from `half` on, a power of two, come first; the others hold anything. */
#define W_OWN_UPPER
W_INLINE w_f w_upper(w_f a, int half)
{
    return half == 8   ? _mm512_shuffle_f32x4(a, a, 0x4e)
           : half == 4 ? _mm512_shuffle_f32x4(a, a, 0x01)
           : half == 2 ? _mm512_permute_ps(a, 0x4e)
                       : _mm512_permute_ps(a, 0xb1);
}

/* Memory. */
W_INLINE w_m w_first(size_t n) { return (w_m)((1u << n) - 1u); }
W_INLINE w_f w_loadf(const float *p) { return _mm512_loadu_ps(p); }
W_INLINE w_u w_loadu(const uint32_t *p) { return (w_u)_mm512_loadu_si512(p); }
W_INLINE void w_storef(float *p, w_f f) { _mm512_storeu_ps(p, f); }
W_INLINE void w_storeu(uint32_t *p, w_u u) { _mm512_storeu_si512(p, (__m512i)u); }
W_INLINE w_f w_loadf_n(const float *p, size_t n) { return _mm512_maskz_loadu_ps(w_first(n), p); }
W_INLINE w_u w_loadu_n(const uint32_t *p, size_t n)
{
    return (w_u)_mm512_maskz_loadu_epi32(w_first(n), p);
}
W_INLINE void w_storef_n(float *p, w_f f, size_t n) { _mm512_mask_storeu_ps(p, w_first(n), f); }
W_INLINE void w_storeu_n(uint32_t *p, w_u u, size_t n)
{
    _mm512_mask_storeu_epi32(p, w_first(n), (__m512i)u);
}

#endif
