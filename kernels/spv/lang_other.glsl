// SPDX-License-Identifier: Apache-2.0
//
// The words that formulas of every class share (kernels/formula/LANGUAGE.md), for i32, i64 and f64.
#ifndef W_LANG_OTHER_GLSL
#define W_LANG_OTHER_GLSL

#include "modes.glsl"

#define w_m bool
#define W_FN(type) type
#define W_STRUCT struct
#define W_STRUCT_END(name) ;
#define W_LOOP(i, n) for (int i = 0; i < (n); i++)
#define W_UNUSED(a)

#if defined W_IN_I32
#define W_INTEGERS
#define W_BITS 32
#define w_v int
#define w_n uint
#elif defined W_IN_I64
#define W_INTEGERS
#define W_BITS 64
#define w_v int64_t
#define w_n uint64_t
#else
#define W_BITS 64
#define w_v double
#define w_n uint64_t
#endif

#define W_V(i) w_v(i)
#define W_N(u) w_n(u)
#define W_INDEX_NONE W_N(0xffffffffu)

w_m w_nless(w_n a, w_n b) { return a < b; }
w_m w_nequal(w_n a, w_n b) { return a == b; }
w_n w_choosen(w_m m, w_n a, w_n b) { return m ? a : b; }

w_m w_less(w_v a, w_v b) { return a < b; }
w_m w_equals(w_v a, w_v b) { return a == b; }
w_m w_both(w_m a, w_m b) { return a && b; }
w_m w_either(w_m a, w_m b) { return a || b; }
w_m w_negate(w_m a) { return !a; }
w_v w_choose(w_m m, w_v a, w_v b) { return m ? a : b; }
w_v w_truth(w_m m) { return m ? W_V(1) : W_V(0); }

#ifdef W_INTEGERS
w_v w_add(w_v a, w_v b) { return a + b; }
w_v w_sub(w_v a, w_v b) { return a - b; }
w_v w_mul(w_v a, w_v b) { return a * b; }
w_v w_minus(w_v a) { return -a; }
w_v w_size(w_v a) { return a < W_V(0) ? -a : a; }
w_v w_shift_left(w_v a, w_v n) { return a << n; }
w_v w_shift_right(w_v a, w_v n) { return a >> n; }
// Of sizes, since what % does with a negative operand is not defined here.
w_v w_quotient(w_v a, w_v b)
{
    bool special = b == W_V(0);
    w_n q = w_n(w_size(a)) / w_n(special ? W_V(1) : w_size(b));
    w_v signed_q = (a < W_V(0)) != (b < W_V(0)) ? -w_v(q) : w_v(q);
    return special ? W_V(0) : signed_q;
}
w_v w_remainder(w_v a, w_v b)
{
    bool special = b == W_V(0);
    w_n size_a = w_n(w_size(a));
    w_n size_b = w_n(special ? W_V(1) : w_size(b));
    w_n r = size_a - size_a / size_b * size_b;
    w_v signed_r = a < W_V(0) ? -w_v(r) : w_v(r);
    return special ? W_V(0) : signed_r;
}
#else
#define W_C(f32, high, low) packDouble2x32(uvec2(low, high))
#define W_INFINITY packDouble2x32(uvec2(0u, 0x7ff00000u))
w_n w_bits(w_v a) { return doubleBitsToUint64(a); }
w_v w_from_bits(w_n a) { return uint64BitsToDouble(a); }
w_m w_not_number(w_v a)
{
    uvec2 x = unpackDouble2x32(a);
    return (x.y & 0x7fffffffu) > 0x7ff00000u || ((x.y & 0x7fffffffu) == 0x7ff00000u && x.x != 0u);
}
w_v w_add(w_v a, w_v b) { return a + b; }
w_v w_sub(w_v a, w_v b) { return a - b; }
w_v w_mul(w_v a, w_v b) { return a * b; }
w_v w_quotient(w_v a, w_v b) { return a / b; }
w_v w_root(w_v a) { return sqrt(a); }
w_v w_sign_flip(w_v a, uint mask, uint bits)
{
    uvec2 x = unpackDouble2x32(a);
    return packDouble2x32(uvec2(x.x, (x.y & mask) ^ bits));
}
w_v w_minus(w_v a) { return w_sign_flip(a, 0xffffffffu, 0x80000000u); }
w_v w_size(w_v a) { return w_sign_flip(a, 0x7fffffffu, 0u); }
w_v w_with_sign(w_v a, w_v b)
{
    return w_sign_flip(a, 0x7fffffffu, unpackDouble2x32(b).y & 0x80000000u);
}
w_v w_nearest(w_v a)
{
    w_v two52 = packDouble2x32(uvec2(0u, 0x43300000u));
    w_v size = w_size(a);
    w_v whole = size < two52 ? (size + two52) - two52 : size;
    return w_with_sign(whole, a);
}

// ---------------------------------------------------------------- an exact fused multiply-add

// 128 bits, x the low ones, shifted right; what is lost is kept as a last bit.
u64vec2 w_shift_jam(u64vec2 a, int n)
{
    if (n == 0) {
        return a;
    }
    if (n > 127) {
        return u64vec2((a.x | a.y) != 0ul ? 1ul : 0ul, 0ul);
    }
    uint64_t lost;
    u64vec2 r;
    if (n >= 64) {
        lost = n == 64 ? a.x : a.x | (a.y << (128 - n));
        r = u64vec2(n == 64 ? a.y : a.y >> (n - 64), 0ul);
    } else {
        lost = a.x << (64 - n);
        r = u64vec2((a.x >> n) | (a.y << (64 - n)), a.y >> n);
    }
    r.x |= lost != 0ul ? 1ul : 0ul;
    return r;
}

u64vec2 w_shift_up(u64vec2 a, int n)
{
    if (n == 0) {
        return a;
    }
    if (n >= 64) {
        return u64vec2(0ul, n == 64 ? a.x : a.x << (n - 64));
    }
    return u64vec2(a.x << n, (a.y << n) | (a.x >> (64 - n)));
}

int w_top(uint64_t a)
{
    uint high = uint(a >> 32);
    return high != 0u ? 32 + findMSB(high) : findMSB(uint(a & 0xfffffffful));
}

// A finite number that is not zero: size = mantissa * 2^exponent, 2^52 <= mantissa < 2^53.
void w_unpack(uint64_t bits, out uint64_t mantissa, out int exponent)
{
    exponent = int(uint(bits >> 52) & 2047u);
    mantissa = bits & 0x000ffffffffffffful;
    if (exponent == 0) {
        int shift = 52 - w_top(mantissa);
        mantissa = mantissa << shift;
        exponent = -1074 - shift;
    } else {
        mantissa |= 0x0010000000000000ul;
        exponent -= 1075;
    }
}

u64vec2 w_wide_product(uint64_t a, uint64_t b)
{
    uint64_t a0 = a & 0xfffffffful;
    uint64_t a1 = a >> 32;
    uint64_t b0 = b & 0xfffffffful;
    uint64_t b1 = b >> 32;
    uint64_t middle = a0 * b0;
    uint64_t low = middle & 0xfffffffful;
    middle = (middle >> 32) + a0 * b1;
    uint64_t carry = middle >> 32;
    middle = (middle & 0xfffffffful) + a1 * b0;
    return u64vec2(low | (middle << 32), a1 * b1 + carry + (middle >> 32));
}

// A sum's 128 bits times 2^exponent, rounded once.
uint64_t w_round_sum(u64vec2 sum, int exponent)
{
    int top = sum.y != 0ul ? 64 + w_top(sum.y) : w_top(sum.x);
    sum = w_shift_up(sum, 127 - top);
    int biased = exponent - (127 - top) + 127 + 1023;
    if (biased < 1) { // subnormal: fewer digits are left
        sum = w_shift_jam(sum, 1 - biased);
        biased = 0;
    }
    uint64_t kept = sum.y >> 11;
    uint64_t rest = (sum.y & 0x7fful) | (sum.x != 0ul ? 0x800ul : 0ul); // the half is bit 10
    bool above = (rest & 0xbfful) != 0ul;
    bool up = (rest & 0x400ul) != 0ul && (above || (kept & 1ul) != 0ul);
    if (biased >= 2047) {
        return 0x7ff0000000000000ul;
    }
    uint64_t bits = biased == 0 ? kept : (uint64_t(biased) << 52) | (kept & 0x000ffffffffffffful);
    return bits + (up ? 1ul : 0ul);
}

w_v w_fused_exact(w_v a, w_v b, w_v c)
{
    uint64_t size_mask = 0x7ffffffffffffffful;
    uint64_t infinity = 0x7ff0000000000000ul;
    uint64_t bits_a = w_bits(a);
    uint64_t bits_b = w_bits(b);
    uint64_t bits_c = w_bits(c);
    uint64_t size_a = bits_a & size_mask;
    uint64_t size_b = bits_b & size_mask;
    uint64_t size_c = bits_c & size_mask;
    if (size_a >= infinity || size_b >= infinity || size_a == 0ul || size_b == 0ul) {
        return a * b + c; // the product is exact
    }
    if (size_c >= infinity) {
        return c;
    }
    if (size_c == 0ul) {
        return a * b;
    }
    uint64_t m_a;
    uint64_t m_b;
    uint64_t m_c;
    int e_a;
    int e_b;
    int e_c;
    w_unpack(size_a, m_a, e_a);
    w_unpack(size_b, m_b, e_b);
    w_unpack(size_c, m_c, e_c);
    // Leading digits at places 124 or 125: sums have room, and no digit is lost where they cancel.
    u64vec2 product = w_shift_up(w_wide_product(m_a, m_b), 20);
    u64vec2 other = w_shift_up(u64vec2(m_c, 0ul), 72);
    int e_product = e_a + e_b - 20;
    int e_other = e_c - 72;
    int exponent = max(e_product, e_other);
    product = w_shift_jam(product, exponent - e_product);
    other = w_shift_jam(other, exponent - e_other);
    uint64_t sign = (bits_a ^ bits_b) & ~size_mask;
    uint64_t sign_c = bits_c & ~size_mask;
    u64vec2 sum;
    if (sign == sign_c) {
        sum.x = product.x + other.x;
        sum.y = product.y + other.y + (sum.x < product.x ? 1ul : 0ul);
    } else {
        bool less = product.y < other.y || (product.y == other.y && product.x < other.x);
        u64vec2 large = less ? other : product;
        u64vec2 small_one = less ? product : other;
        sum.x = large.x - small_one.x;
        sum.y = large.y - small_one.y - (large.x < small_one.x ? 1ul : 0ul);
        sign = less ? sign_c : sign;
    }
    if ((sum.x | sum.y) == 0ul) {
        return w_from_bits(0ul);
    }
    return w_from_bits(w_round_sum(sum, exponent) | sign);
}

w_v w_fused(w_v a, w_v b, w_v c)
{
    if (W_FMA_MODE != 0u) {
        return w_fused_exact(a, b, c);
    }
    return fma(a, b, c);
}
#endif

#endif
