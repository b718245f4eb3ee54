// SPDX-License-Identifier: Apache-2.0
//
// The words that formulas of every class share (kernels/formula/LANGUAGE.md), for i32, i64 and f64.
#ifndef W_LANG_OTHER_CL
#define W_LANG_OTHER_CL

#ifdef __FAST_RELAXED_MATH__
#error "Weir's results are exact: they cannot be had with relaxed math"
#endif
#ifdef W_HAVE_F64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
#pragma OPENCL FP_CONTRACT OFF

typedef bool w_m;
#define W_FN(type) static type
#define W_STRUCT typedef struct
#define W_STRUCT_END(name) name;
#define W_LOOP(i, n) for (int i = 0; i < (n); i++)
#define W_UNUSED(a) (void)(a)

#if defined W_IN_I32
#define W_INTEGERS
#define W_BITS 32
typedef int w_v;
typedef uint w_n;
#elif defined W_IN_I64
#define W_INTEGERS
#define W_BITS 64
typedef long w_v;
typedef ulong w_n;
#else
#define W_BITS 64
typedef double w_v;
typedef ulong w_n;
#endif

#define W_V(i) ((w_v)(i))
#define W_N(u) ((w_n)(u))
#define W_INDEX_NONE W_N(0xffffffffu)

W_FN(w_m) w_nless(w_n a, w_n b) { return a < b; }
W_FN(w_m) w_nequal(w_n a, w_n b) { return a == b; }
W_FN(w_n) w_choosen(w_m m, w_n a, w_n b) { return m ? a : b; }

W_FN(w_m) w_less(w_v a, w_v b) { return a < b; }
W_FN(w_m) w_equals(w_v a, w_v b) { return a == b; }
W_FN(w_m) w_both(w_m a, w_m b) { return a && b; }
W_FN(w_m) w_either(w_m a, w_m b) { return a || b; }
W_FN(w_m) w_negate(w_m a) { return !a; }
W_FN(w_v) w_choose(w_m m, w_v a, w_v b) { return m ? a : b; }
W_FN(w_v) w_truth(w_m m) { return m ? W_V(1) : W_V(0); }

#ifdef W_INTEGERS
// Modulo 2^W_BITS: through unsigned numbers, where nothing overflows.
W_FN(w_v) w_add(w_v a, w_v b) { return (w_v)((w_n)a + (w_n)b); }
W_FN(w_v) w_sub(w_v a, w_v b) { return (w_v)((w_n)a - (w_n)b); }
W_FN(w_v) w_mul(w_v a, w_v b) { return (w_v)((w_n)a * (w_n)b); }
W_FN(w_v) w_minus(w_v a) { return (w_v)(-(w_n)a); }
W_FN(w_v) w_size(w_v a) { return a < 0 ? w_minus(a) : a; }
W_FN(w_v) w_shift_left(w_v a, w_v n) { return (w_v)((w_n)a << (w_n)n); }
W_FN(w_v) w_shift_right(w_v a, w_v n) { return a >> n; }
W_FN(w_v) w_quotient(w_v a, w_v b)
{
    w_v q = a / (b == 0 || b == -1 ? 1 : b);
    return b == 0 ? 0 : b == -1 ? w_minus(a) : q;
}
W_FN(w_v) w_remainder(w_v a, w_v b)
{
    bool special = b == 0 || b == -1;
    return special ? 0 : a % (special ? 1 : b);
}
#else
#define W_C(f32, high, low) as_double((ulong)(high) << 32 | (ulong)(low))
#define W_INFINITY as_double(0x7ff0000000000000UL)
#define W_SIGN 0x8000000000000000UL
W_FN(w_n) w_bits(w_v a) { return as_ulong(a); }
W_FN(w_v) w_from_bits(w_n a) { return as_double(a); }
W_FN(w_m) w_not_number(w_v a) { return (as_ulong(a) & ~W_SIGN) > 0x7ff0000000000000UL; }
W_FN(w_v) w_add(w_v a, w_v b) { return a + b; }
W_FN(w_v) w_sub(w_v a, w_v b) { return a - b; }
W_FN(w_v) w_mul(w_v a, w_v b) { return a * b; }
W_FN(w_v) w_quotient(w_v a, w_v b) { return a / b; }
W_FN(w_v) w_root(w_v a) { return sqrt(a); }
W_FN(w_v) w_fused(w_v a, w_v b, w_v c) { return fma(a, b, c); }
W_FN(w_v) w_minus(w_v a) { return as_double(as_ulong(a) ^ W_SIGN); }
W_FN(w_v) w_size(w_v a) { return as_double(as_ulong(a) & ~W_SIGN); }
W_FN(w_v) w_with_sign(w_v a, w_v b) { return as_double(as_ulong(a) | (as_ulong(b) & W_SIGN)); }
W_FN(w_v) w_nearest(w_v a)
{
    const w_v two52 = 4503599627370496.0;
    w_v size = w_size(a);
    w_v whole = size < two52 ? (size + two52) - two52 : size;
    return w_with_sign(whole, a);
}
#endif

#endif
