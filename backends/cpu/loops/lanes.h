/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of the formulas (kernels/formula/LANGUAGE.md) for the classes i32, i64 and f64, in
 * the compiler's own vectors. Define IN_CLASS_I32, IN_CLASS_I64 or IN_CLASS_F64 and W_BYTES, the bytes
 * of a vector, first.
 */
#ifndef W_CPU_LANES_H
#define W_CPU_LANES_H

#ifdef __FAST_MATH__
#error "Weir's results are exact: fast-math is not possible"
#endif

#include <math.h>
#if defined __AVX2__
#include <immintrin.h>
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#if defined IN_CLASS_I32
#define W_INTEGERS
#define W_BITS 32
typedef int32_t w_e;
typedef int32_t w_mask;
typedef uint32_t w_word;
#elif defined IN_CLASS_I64
#define W_INTEGERS
#define W_BITS 64
typedef int64_t w_e;
typedef int64_t w_mask;
typedef uint64_t w_word;
#else
#define W_BITS 64
typedef double w_e;
typedef int64_t w_mask;
typedef uint64_t w_word;
#endif

#define W_WIDTH ((int)(W_BYTES / sizeof(w_e)))
#define W_INLINE static inline __attribute__((always_inline, unused))

typedef w_e w_v __attribute__((vector_size(W_BYTES)));
typedef w_word w_n __attribute__((vector_size(W_BYTES)));
typedef w_mask w_m __attribute__((vector_size(W_BYTES)));

#define w_lane0(v) ((v)[0])
#define W_FN(type) W_INLINE type
#define W_STRUCT   typedef struct
#define W_STRUCT_END(name) name;
#define W_LOOP(i, n) for (int i = 0; i < (n); i++)
#define W_UNUSED(a)  (void)(a)
#define W_SIGN       ((w_word)1 << (W_BITS - 1))

W_INLINE w_v w_set(w_e e)
{
    return e - (w_v){0}; /* minus zero keeps the sign of a zero */
}
W_INLINE w_n w_setn(w_word e)
{
    return e + (w_n){0};
}
#define W_V(i) w_set(i)
#define W_N(u) w_setn(u)
#define W_INDEX_NONE W_N(0xffffffffu)

/* Masks and choices. */
W_INLINE w_m w_less(w_v a, w_v b) { return a < b; }
W_INLINE w_m w_equals(w_v a, w_v b) { return a == b; }
W_INLINE w_m w_both(w_m a, w_m b) { return a & b; }
W_INLINE w_m w_either(w_m a, w_m b) { return a | b; }
W_INLINE w_m w_negate(w_m a) { return ~a; }
W_INLINE bool w_any(w_m a)
{
#if defined __AVX512F__ && W_BYTES == 64
    return _mm512_test_epi64_mask((__m512i)a, (__m512i)a) != 0;
#elif defined __AVX2__ && W_BYTES == 32
    return !_mm256_testz_si256((__m256i)a, (__m256i)a);
#else
    w_mask any = 0;
    for (int i = 0; i < W_WIDTH; i++)
        any |= a[i];
    return any != 0;
#endif
}
W_INLINE w_n w_bits(w_v a) { return (w_n)a; }
W_INLINE w_v w_from_bits(w_n a) { return (w_v)a; }
W_INLINE w_v w_choose(w_m m, w_v a, w_v b)
{
    return (w_v)(((w_m)a & m) | ((w_m)b & ~m));
}
W_INLINE w_n w_choosen(w_m m, w_n a, w_n b)
{
    return ((w_n)m & a) | (~(w_n)m & b);
}
W_INLINE w_m w_nless(w_n a, w_n b) { return (w_m)(a < b); }
W_INLINE w_m w_nequal(w_n a, w_n b) { return (w_m)(a == b); }
W_INLINE w_v w_truth(w_m m) { return w_choose(m, W_V(1), W_V(0)); }

#ifdef W_INTEGERS
/* Modulo 2^W_BITS: through unsigned lanes, where nothing overflows. */
W_INLINE w_v w_add(w_v a, w_v b) { return (w_v)((w_n)a + (w_n)b); }
W_INLINE w_v w_sub(w_v a, w_v b) { return (w_v)((w_n)a - (w_n)b); }
W_INLINE w_v w_mul(w_v a, w_v b) { return (w_v)((w_n)a * (w_n)b); }
W_INLINE w_v w_minus(w_v a) { return (w_v)(-(w_n)a); }
W_INLINE w_v w_size(w_v a) { return w_choose(a < 0, w_minus(a), a); }
W_INLINE w_v w_shift_left(w_v a, w_v n) { return (w_v)((w_n)a << (w_n)n); }
W_INLINE w_v w_shift_right(w_v a, w_v n) { return a >> n; }
/* Towards zero; 0 for a divisor of 0; the least integer by -1 wraps. */
W_INLINE w_v w_quotient(w_v a, w_v b)
{
    w_m special = (b == 0) | (b == -1);
    w_v q = a / w_choose(special, W_V(1), b);
    q = w_choose(b == -1, w_minus(a), q);
    return w_choose(b == 0, W_V(0), q);
}
W_INLINE w_v w_remainder(w_v a, w_v b)
{
    w_m special = (b == 0) | (b == -1);
    return w_choose(special, W_V(0), a % w_choose(special, W_V(1), b));
}
#else
#define W_C(f32, high, low) w_from_bits(w_setn((w_word)(high) << 32 | (low)))
#define W_INFINITY          w_from_bits(w_setn((w_word)0x7ff << 52))
W_INLINE w_m w_not_number(w_v a) { return a != a; }
W_INLINE w_v w_add(w_v a, w_v b) { return a + b; }
W_INLINE w_v w_sub(w_v a, w_v b) { return a - b; }
W_INLINE w_v w_mul(w_v a, w_v b) { return a * b; }
W_INLINE w_v w_quotient(w_v a, w_v b) { return a / b; }
W_INLINE w_v w_minus(w_v a) { return (w_v)((w_n)a ^ W_SIGN); }
W_INLINE w_v w_size(w_v a) { return (w_v)((w_n)a & ~W_SIGN); }
W_INLINE w_v w_with_sign(w_v a, w_v b) { return (w_v)((w_n)a | ((w_n)b & W_SIGN)); }
W_INLINE w_v w_root(w_v a)
{
    for (int i = 0; i < W_WIDTH; i++)
        a[i] = __builtin_sqrt(a[i]);
    return a;
}
#if defined __AVX512F__ && W_BYTES == 64
W_INLINE w_v w_fused(w_v a, w_v b, w_v c)
{
    return (w_v)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
#elif defined __FMA__ && W_BYTES == 32
W_INLINE w_v w_fused(w_v a, w_v b, w_v c)
{
    return (w_v)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}
#else
/* The C library's where the processor has no such instruction, fused as well. */
W_INLINE w_v w_fused(w_v a, w_v b, w_v c)
{
    for (int i = 0; i < W_WIDTH; i++)
        c[i] = __builtin_fma(a[i], b[i], c[i]);
    return c;
}
#endif
W_INLINE w_v w_nearest(w_v a)
{
    const w_v two52 = w_set(4503599627370496.0);
    w_v size = w_size(a);
    w_v whole = w_choose(size < two52, (size + two52) - two52, size);
    return w_with_sign(whole, a);
}
#endif

/* Memory. */
W_INLINE w_v w_load(const w_e *p)
{
    w_v v;
    memcpy(&v, p, sizeof v);
    return v;
}
#if defined __AVX512F__ && defined IN_CLASS_F64 && W_BYTES == 64
W_INLINE w_v w_load_n(const w_e *p, size_t n)
{
    return (w_v)_mm512_maskz_loadu_pd((__mmask8)((1u << n) - 1u), p);
}
#else
W_INLINE w_v w_load_n(const w_e *p, size_t n)
{
    w_v v = {0};
    memcpy(&v, p, n * sizeof *p);
    return v;
}
#endif
W_INLINE void w_store(w_e *p, w_v v) { memcpy(p, &v, sizeof v); }
W_INLINE void w_store_n(w_e *p, w_v v, size_t n) { memcpy(p, &v, n * sizeof *p); }
W_INLINE w_n w_loadu(const w_word *p)
{
    w_n n;
    memcpy(&n, p, sizeof n);
    return n;
}
W_INLINE w_n w_loadu_n(const w_word *p, size_t n)
{
    w_n u = {0};
    memcpy(&u, p, n * sizeof *p);
    return u;
}
W_INLINE void w_storeu(w_word *p, w_n u) { memcpy(p, &u, sizeof u); }
W_INLINE void w_storeu_n(w_word *p, w_n u, size_t n) { memcpy(p, &u, n * sizeof *p); }
W_INLINE w_n w_iota(void)
{
    w_n u = {0};
    for (int i = 0; i < W_WIDTH; i++)
        u[i] = (w_word)i;
    return u;
}

#endif
