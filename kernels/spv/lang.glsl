// SPDX-License-Identifier: Apache-2.0
//
// The language of the formulas (kernels/formula/LANGUAGE.md) in GLSL 450 for Vulkan.
// The including shader enables GL_GOOGLE_include_directive and has kernels/formula on its include
// path. The device's probe chooses by specialization constants; W_NO_F64 leaves the f64 variant, and
// with it the Float64 capability, out. Every float operation is decorated NoContraction afterwards.
#ifndef W_LANG_GLSL
#define W_LANG_GLSL

#include "modes.glsl"

#define w_f float
#define w_u uint
#define w_i int
#define w_m bool

#define W_FN(type) type
#define W_STRUCT struct
#define W_STRUCT_END(name) ;
#define W_TABLE_BEGIN(name, n) const uint name[n] = uint[n](
#define W_TABLE_END );
#define w_table(name, u) (name[u])
#define w_table8(name, u) (name[(u) & 7u])
#define W_LOOP(i, n) for (int i = 0; i < (n); i++)
#define W_UNUSED(a)

#define W_F(bits) uintBitsToFloat(bits)
#define W_U(u) (u)
#define W_I(i) (i)
#define W_INDEX_NONE 0xffffffffu

w_u w_bits(w_f f) { return floatBitsToUint(f); }
w_f w_from_bits(w_u u) { return uintBitsToFloat(u); }
w_i w_signed(w_u u) { return int(u); }
w_u w_unsigned(w_i i) { return uint(i); }

w_m w_lt(w_f a, w_f b) { return a < b; }
w_m w_le(w_f a, w_f b) { return a <= b; }
w_m w_gt(w_f a, w_f b) { return a > b; }
w_m w_ge(w_f a, w_f b) { return a >= b; }
w_m w_eq(w_f a, w_f b) { return a == b; }
w_m w_ne(w_f a, w_f b) { return !(a == b); }
w_m w_isnan(w_f a) { return (floatBitsToUint(a) & 0x7fffffffu) > 0x7f800000u; }
w_m w_ult(w_u a, w_u b) { return a < b; }
w_m w_ueq(w_u a, w_u b) { return a == b; }
w_m w_ilt(w_i a, w_i b) { return a < b; }
w_m w_igt(w_i a, w_i b) { return a > b; }
w_m w_ieq(w_i a, w_i b) { return a == b; }
w_m w_and(w_m a, w_m b) { return a && b; }
w_m w_or(w_m a, w_m b) { return a || b; }
w_m w_not(w_m a) { return !a; }
w_m w_any(w_m a) { return a; }
w_f w_select(w_m m, w_f a, w_f b) { return mix(b, a, m); }
w_u w_selectu(w_m m, w_u a, w_u b) { return mix(b, a, m); }
w_i w_selecti(w_m m, w_i a, w_i b) { return mix(b, a, m); }

w_u w_shl(w_u a, w_u n) { return a << n; }
w_u w_shr(w_u a, w_u n) { return a >> n; }
w_u w_mulhi(w_u a, w_u b)
{
    uint high;
    uint low;
    umulExtended(a, b, high, low);
    return high;
}

w_f w_neg(w_f a) { return uintBitsToFloat(floatBitsToUint(a) ^ 0x80000000u); }
w_f w_abs(w_f a) { return uintBitsToFloat(floatBitsToUint(a) & 0x7fffffffu); }
w_f w_to_f(w_i i) { return float(i); }
w_i w_to_i(w_f f) { return int(f); }
w_f w_least(w_f a, w_f b) { return mix(b, a, a < b); }
w_f w_most(w_f a, w_f b) { return mix(b, a, a > b); }
// Not roundEven(), which need not keep the sign of a zero.
w_f w_rint(w_f a)
{
    float two23 = 8388608.0;
    float size = w_abs(a);
    float whole = mix(size, (size + two23) - two23, size < two23);
    return uintBitsToFloat(floatBitsToUint(whole) | (floatBitsToUint(a) & 0x80000000u));
}
w_f w_div_native(w_f a, w_f b) { return a / b; }
w_f w_sqrt_native(w_f a) { return sqrt(a); }

#ifndef W_NO_F64
#define w_d double
w_d w_to_d(w_f f) { return double(f); }
w_f w_from_d(w_d d) { return float(d); }
w_d w_d_odd(w_d sum, w_d error)
{
    uvec2 bits = unpackDouble2x32(sum);
    uint inexact = abs(error) > 0.0LF ? 1u : 0u; // not so of a NaN, beside an infinity
    uint less = (bits.y >> 31u ^ (error < 0.0LF ? 1u : 0u)) & inexact;
    uint borrow = bits.x < less ? 1u : 0u;
    return packDouble2x32(uvec2((bits.x - less) | inexact, bits.y - borrow));
}
#define W_EXACT_FMA
#endif
#define W_EXACT_DIV
#include "lib/exact.h"

w_f w_fma(w_f a, w_f b, w_f c)
{
#ifndef W_NO_F64
    if (W_FMA_MODE != 0u) {
        return w_fma_exact(a, b, c);
    }
#endif
    return fma(a, b, c);
}

w_f w_div(w_f a, w_f b)
{
    if (W_DIV_MODE != 0u) {
        return w_div_exact(a, b);
    }
    return w_div_native(a, b);
}

w_f w_sqrt(w_f a)
{
    if (W_DIV_MODE != 0u) {
        return w_sqrt_exact(a);
    }
    return w_sqrt_native(a);
}

#define W_SMALL(i) float(i)
#include "lib/class_f32.h"

#endif
