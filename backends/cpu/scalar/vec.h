/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of the formulas (kernels/formula/LANGUAGE.md), one lane wide, in plain C11.
 * Compile with kernels/formula on the include path and -ffp-contract=off -fno-math-errno.
 */
/* clang-format off */
#ifndef WEIR_BACKENDS_CPU_SCALAR_VEC_H
#define WEIR_BACKENDS_CPU_SCALAR_VEC_H

#ifdef __FAST_MATH__
#error "Weir's results are exact: fast-math is not possible"
#endif

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error "float arithmetic must be rounded to float"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define W_WIDTH 1

#ifdef __GNUC__
#define W_INLINE static inline __attribute__((always_inline, unused))
#define W_RARE static __attribute__((noinline, cold, unused))
#define W_UNUSED_DATA __attribute__((unused))
#else
#define W_INLINE static inline
#define W_RARE static
#define W_UNUSED_DATA
#endif

typedef float w_f;
typedef uint32_t w_u;
typedef int32_t w_i;
typedef bool w_m;

#define w_lane0(v) (v)
#define W_FN(type) W_INLINE type
#define W_STRUCT typedef struct
#define W_STRUCT_END(name) name;
#define W_TABLE_BEGIN(name, n) static const uint32_t name[n] W_UNUSED_DATA = {
#define W_TABLE_END };
#define w_table(name, u) ((name)[u])
#define w_table8(name, u) ((name)[(u) & 7u])
#define W_LOOP(i, n) for (int i = 0; i < (n); i++)
#define W_UNUSED(a) (void)(a)

/* Bits and constants. */
W_INLINE w_u w_bits(w_f f)
{
    w_u u;
    memcpy(&u, &f, sizeof u);
    return u;
}
W_INLINE w_f w_from_bits(w_u u)
{
    w_f f;
    memcpy(&f, &u, sizeof f);
    return f;
}
W_INLINE w_i w_signed(w_u u)
{
    w_i i;
    memcpy(&i, &u, sizeof i);
    return i;
}
W_INLINE w_u w_unsigned(w_i i) { return (w_u)i; }

#define W_F(bits) w_from_bits(bits)
#define W_U(u) ((w_u)(u))
#define W_I(i) ((w_i)(i))
#define W_INDEX_NONE W_U(0xffffffffu)

/* Comparisons, masks, choices. */
W_INLINE w_m w_lt(w_f a, w_f b) { return a < b; }
W_INLINE w_m w_le(w_f a, w_f b) { return a <= b; }
W_INLINE w_m w_gt(w_f a, w_f b) { return a > b; }
W_INLINE w_m w_ge(w_f a, w_f b) { return a >= b; }
W_INLINE w_m w_eq(w_f a, w_f b) { return a == b; }
W_INLINE w_m w_ne(w_f a, w_f b) { return a != b; }
W_INLINE w_m w_isnan(w_f a) { return a != a; }
W_INLINE w_m w_ult(w_u a, w_u b) { return a < b; }
W_INLINE w_m w_ueq(w_u a, w_u b) { return a == b; }
W_INLINE w_m w_ilt(w_i a, w_i b) { return a < b; }
W_INLINE w_m w_igt(w_i a, w_i b) { return a > b; }
W_INLINE w_m w_ieq(w_i a, w_i b) { return a == b; }
W_INLINE w_m w_and(w_m a, w_m b) { return a & b; }
W_INLINE w_m w_or(w_m a, w_m b) { return a | b; }
W_INLINE w_m w_not(w_m a) { return !a; }
W_INLINE bool w_any(w_m a) { return a; }
W_INLINE w_f w_select(w_m m, w_f a, w_f b) { return m ? a : b; }
W_INLINE w_u w_selectu(w_m m, w_u a, w_u b) { return m ? a : b; }
W_INLINE w_i w_selecti(w_m m, w_i a, w_i b) { return m ? a : b; }

/* Integers. */
W_INLINE w_u w_shl(w_u a, w_u n) { return a << n; }
W_INLINE w_u w_shr(w_u a, w_u n) { return a >> n; }
W_INLINE w_u w_mulhi(w_u a, w_u b) { return (w_u)(((uint64_t)a * b) >> 32); }

/* Floats. */
W_INLINE w_f w_neg(w_f a) { return -a; }
W_INLINE w_f w_abs(w_f a) { return w_from_bits(w_bits(a) & 0x7fffffffu); }
W_INLINE w_f w_to_f(w_i i) { return (w_f)i; }
W_INLINE w_i w_to_i(w_f f) { return w_abs(f) < 2147483648.0f ? (w_i)f : 0; }
W_INLINE w_f w_div(w_f a, w_f b) { return a / b; }
W_INLINE w_f w_sqrt(w_f a)
{
#ifdef __GNUC__
    return __builtin_sqrtf(a);
#else
    return sqrtf(a);
#endif
}
W_INLINE w_f w_least(w_f a, w_f b) { return w_select(w_lt(a, b), a, b); }
W_INLINE w_f w_most(w_f a, w_f b) { return w_select(w_gt(a, b), a, b); }
W_INLINE w_f w_rint(w_f a)
{
    const w_f two23 = 8388608.0f;
    w_f size = w_abs(a);
    w_f whole = size < two23 ? (size + two23) - two23 : size;
    return w_from_bits(w_bits(whole) | (w_bits(a) & 0x80000000u));
}

/* The fused multiply-add is computed in double arithmetic: not every target has the instruction. */
typedef double w_d;
W_INLINE w_d w_to_d(w_f f) { return f; }
W_INLINE w_f w_from_d(w_d d) { return (w_f)d; }
W_INLINE uint64_t w_d_bits(w_d d)
{
    uint64_t u;
    memcpy(&u, &d, sizeof u);
    return u;
}
W_INLINE w_d w_d_odd(w_d sum, w_d error)
{
    uint64_t inexact = fabs(error) > 0; /* not so of a NaN, beside an infinity */
    uint64_t less = (w_d_bits(sum) ^ w_d_bits(error)) >> 63 & inexact;
    uint64_t u = (w_d_bits(sum) - less) | inexact;
    memcpy(&sum, &u, sizeof sum);
    return sum;
}
#define W_EXACT_FMA
#include "lib/exact.h"

/* Out of line: one sum in 2^29 comes here, or a subnormal one. */
W_RARE w_f w_fma_rare(w_f a, w_f b, w_f c) { return w_fma_exact(a, b, c); }

/*
 * Rounding the exact product's sum to a double and then to a float goes wrong only where the double
 * lies half-way between two floats. For normal floats that shows in its low 29 bits.
 */
W_INLINE w_f w_fma(w_f a, w_f b, w_f c)
{
    w_d sum = (w_d)a * b + c;
    w_d size = sum < 0 ? -sum : sum;
    bool halfway = (w_d_bits(sum) & 0x1fffffffu) == 0x10000000u;
    if ((size >= 0x1p-126 && !halfway) || sum == 0) {
        return (w_f)sum;
    }
    return w_fma_rare(a, b, c);
}

/* Memory. */
W_INLINE w_f w_set1f(float f) { return f; }
W_INLINE w_u w_set1u(uint32_t u) { return u; }
W_INLINE w_u w_iota(void) { return 0; }
W_INLINE w_f w_loadf(const float *p)
{
    w_f f;
    memcpy(&f, p, sizeof f);
    return f;
}
W_INLINE w_u w_loadu(const uint32_t *p)
{
    w_u u;
    memcpy(&u, p, sizeof u);
    return u;
}
W_INLINE void w_storef(float *p, w_f f) { memcpy(p, &f, sizeof f); }
W_INLINE void w_storeu(uint32_t *p, w_u u) { memcpy(p, &u, sizeof u); }
W_INLINE w_f w_loadf_n(const float *p, size_t n) { return n ? w_loadf(p) : 0.0f; }
W_INLINE w_u w_loadu_n(const uint32_t *p, size_t n) { return n ? w_loadu(p) : 0u; }
W_INLINE void w_storef_n(float *p, w_f f, size_t n)
{
    if (n) {
        w_storef(p, f);
    }
}
W_INLINE void w_storeu_n(uint32_t *p, w_u u, size_t n)
{
    if (n) {
        w_storeu(p, u);
    }
}

#endif
