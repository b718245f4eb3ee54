// SPDX-License-Identifier: Apache-2.0
//
// The language of the formulas (kernels/formula/LANGUAGE.md) in OpenCL C 1.2.
// W_EXACT_FMA: fma() does not fuse here, compute it in f64. W_EXACT_DIV: / and sqrt() are not
// correctly rounded here, correct them by integer arithmetic.
#ifndef W_LANG_CL
#define W_LANG_CL

#ifdef __FAST_RELAXED_MATH__
#error "Weir's results are exact: they cannot be had with relaxed math"
#endif
#if defined W_EXACT_FMA || defined W_HAVE_F64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
#pragma OPENCL FP_CONTRACT OFF

typedef float w_f;
typedef uint w_u;
typedef int w_i;
typedef bool w_m;

#define W_FN(type) static type
#define W_STRUCT typedef struct
#define W_STRUCT_END(name) name;
#define W_TABLE_BEGIN(name, n) __constant uint name[n] = {
#define W_TABLE_END };
#define w_table(name, u) ((name)[u])
#define w_table8(name, u) ((name)[(u) & 7u])
#define W_LOOP(i, n) for (int i = 0; i < (n); i++)
#define W_UNUSED(a) (void)(a)

#define W_F(bits) as_float(bits)
#define W_U(u) ((uint)(u))
#define W_I(i) ((int)(i))
#define W_INDEX_NONE 0xffffffffu

W_FN(w_u) w_bits(w_f f) { return as_uint(f); }
W_FN(w_f) w_from_bits(w_u u) { return as_float(u); }
W_FN(w_i) w_signed(w_u u) { return as_int(u); }
W_FN(w_u) w_unsigned(w_i i) { return as_uint(i); }

W_FN(w_m) w_lt(w_f a, w_f b) { return a < b; }
W_FN(w_m) w_le(w_f a, w_f b) { return a <= b; }
W_FN(w_m) w_gt(w_f a, w_f b) { return a > b; }
W_FN(w_m) w_ge(w_f a, w_f b) { return a >= b; }
W_FN(w_m) w_eq(w_f a, w_f b) { return a == b; }
W_FN(w_m) w_ne(w_f a, w_f b) { return !(a == b); }
W_FN(w_m) w_isnan(w_f a) { return (as_uint(a) & 0x7fffffffu) > 0x7f800000u; }
W_FN(w_m) w_ult(w_u a, w_u b) { return a < b; }
W_FN(w_m) w_ueq(w_u a, w_u b) { return a == b; }
W_FN(w_m) w_ilt(w_i a, w_i b) { return a < b; }
W_FN(w_m) w_igt(w_i a, w_i b) { return a > b; }
W_FN(w_m) w_ieq(w_i a, w_i b) { return a == b; }
W_FN(w_m) w_and(w_m a, w_m b) { return a && b; }
W_FN(w_m) w_or(w_m a, w_m b) { return a || b; }
W_FN(w_m) w_not(w_m a) { return !a; }
W_FN(w_m) w_any(w_m a) { return a; }
W_FN(w_f) w_select(w_m m, w_f a, w_f b) { return m ? a : b; }
W_FN(w_u) w_selectu(w_m m, w_u a, w_u b) { return m ? a : b; }
W_FN(w_i) w_selecti(w_m m, w_i a, w_i b) { return m ? a : b; }

W_FN(w_u) w_shl(w_u a, w_u n) { return a << n; }
W_FN(w_u) w_shr(w_u a, w_u n) { return a >> n; }
W_FN(w_u) w_mulhi(w_u a, w_u b) { return mul_hi(a, b); }

W_FN(w_f) w_neg(w_f a) { return as_float(as_uint(a) ^ 0x80000000u); }
W_FN(w_f) w_abs(w_f a) { return as_float(as_uint(a) & 0x7fffffffu); }
W_FN(w_f) w_to_f(w_i i) { return convert_float_rte(i); }
W_FN(w_i) w_to_i(w_f f) { return convert_int_rtz(f); }
W_FN(w_f) w_least(w_f a, w_f b) { return a < b ? a : b; }
W_FN(w_f) w_most(w_f a, w_f b) { return a > b ? a : b; }
W_FN(w_f) w_rint(w_f a) { return rint(a); }
W_FN(w_f) w_div_native(w_f a, w_f b) { return a / b; }
W_FN(w_f) w_sqrt_native(w_f a) { return sqrt(a); }

#ifdef W_EXACT_FMA
typedef double w_d;
W_FN(w_d) w_to_d(w_f f) { return convert_double(f); }
W_FN(w_f) w_from_d(w_d d) { return convert_float_rte(d); }
W_FN(w_d) w_d_odd(w_d sum, w_d error)
{
    ulong bits = as_ulong(sum);
    ulong inexact = fabs(error) > 0.0 ? 1ul : 0ul; // not so of a NaN, beside an infinity
    ulong less = (bits ^ as_ulong(error)) >> 63 & inexact;
    return as_double((bits - less) | inexact);
}
#endif

#include "lib/exact.h"

#ifdef W_EXACT_FMA
W_FN(w_f) w_fma(w_f a, w_f b, w_f c) { return w_fma_exact(a, b, c); }
#else
W_FN(w_f) w_fma(w_f a, w_f b, w_f c) { return fma(a, b, c); }
#endif

#ifdef W_EXACT_DIV
W_FN(w_f) w_div(w_f a, w_f b) { return w_div_exact(a, b); }
W_FN(w_f) w_sqrt(w_f a) { return w_sqrt_exact(a); }
#else
W_FN(w_f) w_div(w_f a, w_f b) { return w_div_native(a, b); }
W_FN(w_f) w_sqrt(w_f a) { return w_sqrt_native(a); }
#endif

#endif
