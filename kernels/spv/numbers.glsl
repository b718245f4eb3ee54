// SPDX-License-Identifier: Apache-2.0
//
// Conversions between storage, one or two words, and the class that a module computes in: w_load()
// and w_save(). To a narrower float rounded once, to an integer truncated and saturated with NaN as 0,
// from a wider integer wrapped, to bool whether it is not zero. f16, bf16 and what is wider than the
// class are made of their bits, so that no module needs more types than its class.
#ifndef W_NUMBERS_GLSL
#define W_NUMBERS_GLSL

bool w_float_is_nan(float f) { return (floatBitsToUint(f) & 0x7fffffffu) > 0x7f800000u; }

// The exponents are 112 apart, which a multiplication sets right for subnormals too.
float w_half_value(uint h)
{
    uint size = (h & 0x7fffu) << 13;
    uint number = floatBitsToUint(uintBitsToFloat(size) * uintBitsToFloat(0x77800000u));
    uint special = size | 0x7f800000u;
    return uintBitsToFloat(((h & 0x7fffu) >= 0x7c00u ? special : number) | ((h & 0x8000u) << 16));
}

uint w_half_bits(float f)
{
    uint u = floatBitsToUint(f);
    uint sign = (u >> 16) & 0x8000u;
    uint size = u & 0x7fffffffu;
    uint normal = (size - (112u << 23) + 0xfffu + ((size >> 13) & 1u)) >> 13;
    uint small = floatBitsToUint(uintBitsToFloat(size) + 0.5) - 0x3f000000u;
    uint h = size < (113u << 23) ? small : normal;
    h = size >= 0x477ff000u ? 0x7c00u : h; // 65520 and more
    h = size > 0x7f800000u ? 0x7e00u : h;
    return h | sign;
}

uint w_brain_bits(float f)
{
    uint u = floatBitsToUint(f);
    uint rounded = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
    return (u & 0x7fffffffu) > 0x7f800000u ? (u >> 16) | 0x40u : rounded;
}

// Two words of an unsigned integer shifted right, what is lost kept as a last bit.
uint w_top_bits(uint high, uint low, uint shift)
{
    if (shift == 0u) {
        return low;
    }
    uint kept = shift < 32u ? (high << (32u - shift)) | (low >> shift) : high >> (shift - 32u);
    uint lost = shift < 32u ? low << (32u - shift)
                : shift == 32u ? low
                : low | (high << (64u - shift));
    return kept | (lost != 0u ? 1u : 0u);
}

// An s64 as an f32, with `digits` digits that are rounded to odd before it becomes one.
float w_float_of_long(uvec2 x, uint digits)
{
    bool negative = (x.y & 0x80000000u) != 0u;
    uint low = negative ? 0u - x.x : x.x;
    uint high = negative ? ~x.y + (x.x == 0u ? 1u : 0u) : x.y;
    uint bits = uint(high != 0u ? 33 + findMSB(high) : 1 + findMSB(low));
    uint shift = bits > digits ? bits - digits : 0u;
    float f = float(int(w_top_bits(high, low, shift))) * uintBitsToFloat((127u + shift) << 23);
    return negative ? -f : f;
}

float w_rounded_long(uvec2 x) { return w_float_of_long(x, 30u); } // rounded once, by float()
float w_odd_long(uvec2 x) { return w_float_of_long(x, 24u); }

uvec2 w_wide_int(int i) { return uvec2(uint(i), i < 0 ? 0xffffffffu : 0u); }

// The bits of an f32 as those of an f64.
uvec2 w_wide_float(float f)
{
    uint u = floatBitsToUint(f);
    uint size = u & 0x7fffffffu;
    uint exponent = size >> 23;
    uint mantissa = size & 0x007fffffu;
    if (exponent == 255u) {
        exponent = 2047u;
    } else if (exponent != 0u) {
        exponent += 896u;
    } else if (mantissa != 0u) {
        uint shift = uint(23 - findMSB(mantissa));
        mantissa = (mantissa << shift) & 0x007fffffu;
        exponent = 897u - shift;
    }
    return uvec2(mantissa << 29, (u & 0x80000000u) | (exponent << 20) | (mantissa >> 3));
}

// An s32 as an f64, exactly.
uvec2 w_wide_whole(int i)
{
    if (i == 0) {
        return uvec2(0u);
    }
    uint size = i < 0 ? 0u - uint(i) : uint(i);
    uint top = uint(findMSB(size));
    uint rest = top == 0u ? 0u : size << (32u - top); // the digits behind the first
    uint sign = i < 0 ? 0x80000000u : 0u;
    return uvec2(rest << 20, sign | ((1023u + top) << 20) | (rest >> 12));
}

// A float within [0, 2^32) as an integer, truncated.
uint w_uint_of_float(float f)
{
    return f < 2147483648.0 ? uint(int(f)) : uint(int(f * 0.5)) << 1;
}

uvec2 w_long_of_float(float f)
{
    if (w_float_is_nan(f)) {
        return uvec2(0u);
    }
    if (f >= uintBitsToFloat(0x5f000000u)) { // 2^63
        return uvec2(0xffffffffu, 0x7fffffffu);
    }
    if (f <= uintBitsToFloat(0xdf000000u)) {
        return uvec2(0u, 0x80000000u);
    }
    float size = abs(f);
    uint high = w_uint_of_float(size * uintBitsToFloat(0x2f800000u)); // 2^-32
    uint low = w_uint_of_float(size - float(int(high)) * uintBitsToFloat(0x4f800000u));
    if (f < 0.0) {
        high = ~high + (low == 0u ? 1u : 0u);
        low = 0u - low;
    }
    return uvec2(low, high);
}

int w_int_of_float(float f)
{
    bool within = f > uintBitsToFloat(0xcf000000u) && f < uintBitsToFloat(0x4f000000u);
    int value = int(within ? f : 0.0);
    value = f >= uintBitsToFloat(0x4f000000u) ? 0x7fffffff : value;
    return f <= uintBitsToFloat(0xcf000000u) ? int(0x80000000u) : value;
}

// An integer of a narrow dtype from its bits, the lowest of the word: within a chain there is above
// them what the operation before has left.
int w_small_int(uint bits, uint dtype)
{
    return dtype == W_S8    ? int(bits << 24) >> 24
           : dtype == W_U8  ? int(bits & 0xffu)
           : dtype == W_S16 ? int(bits << 16) >> 16
                            : int(bits);
}

// ---------------------------------------------------------------- the module's class

#if defined W_IN_F32
w_v w_load(uvec2 x, uint dtype)
{
    switch (dtype) {
    case W_F32: return uintBitsToFloat(x.x);
    case W_F16: return w_half_value(x.x);
    case W_BF16: return uintBitsToFloat(x.x << 16);
    case W_S64: return w_rounded_long(x);
    default: return float(w_small_int(x.x, dtype));
    }
}

uvec2 w_save(w_v y, uint dtype)
{
    int low = dtype == W_S8 ? -128 : dtype == W_S16 ? -32768 : 0;
    int high = dtype == W_S8 ? 127 : dtype == W_S16 ? 32767 : 255;
    switch (dtype) {
    case W_F32: return uvec2(floatBitsToUint(y), 0u);
    case W_F16: return uvec2(w_half_bits(y), 0u);
    case W_BF16: return uvec2(w_brain_bits(y), 0u);
    case W_F64: return w_wide_float(y);
    case W_S64: return w_long_of_float(y);
    case W_S32: return uvec2(uint(w_int_of_float(y)), 0u);
    case W_BOOL: return uvec2((floatBitsToUint(y) & 0x7fffffffu) != 0u ? 1u : 0u, 0u);
    default: return uvec2(uint(clamp(w_int_of_float(y), low, high)), 0u);
    }
}

#elif defined W_IN_I32
w_v w_load(uvec2 x, uint dtype)
{
    return dtype == W_F32 ? w_int_of_float(uintBitsToFloat(x.x)) : w_small_int(x.x, dtype);
}

uvec2 w_save(w_v y, uint dtype)
{
    switch (dtype) {
    case W_F32: return uvec2(floatBitsToUint(w_rounded_long(w_wide_int(y))), 0u);
    case W_F16: return uvec2(w_half_bits(w_odd_long(w_wide_int(y))), 0u);
    case W_BF16: return uvec2(w_brain_bits(w_odd_long(w_wide_int(y))), 0u);
    case W_F64: return w_wide_whole(y);
    case W_BOOL: return uvec2(y != 0 ? 1u : 0u, 0u);
    default: return w_wide_int(y);
    }
}

#elif defined W_IN_I64
w_v w_load(uvec2 x, uint dtype)
{
    if (dtype == W_F32) {
        x = w_long_of_float(uintBitsToFloat(x.x));
    } else if (dtype != W_S64) {
        x = w_wide_int(w_small_int(x.x, dtype));
    }
    return packInt2x32(ivec2(x));
}

// An s64 as an f64, rounded once. By its bits: a device may have 64-bit integers and no f64.
uvec2 w_double_of_long(w_v y)
{
    if (y == W_V(0)) {
        return uvec2(0u);
    }
    uint64_t size = uint64_t(y < W_V(0) ? -y : y);
    uint high = uint(size >> 32);
    int top = high != 0u ? 32 + findMSB(high) : findMSB(uint(size & 0xfffffffful));
    uint64_t kept = top > 52 ? size >> (top - 52) : size << (52 - top);
    if (top > 52) {
        uint64_t lost = size & ((1ul << (top - 52)) - 1ul);
        uint64_t middle = 1ul << (top - 53);
        bool up = lost > middle || (lost == middle && (kept & 1ul) != 0ul);
        kept += up ? 1ul : 0ul;
    }
    uint64_t sign = y < W_V(0) ? 0x8000000000000000ul : 0ul;
    return unpackUint2x32(sign | ((uint64_t(1022 + top) << 52) + kept)); // kept has the leading 1
}

uvec2 w_save(w_v y, uint dtype)
{
    uvec2 x = uvec2(unpackInt2x32(y));
    switch (dtype) {
    case W_F32: return uvec2(floatBitsToUint(w_rounded_long(x)), 0u);
    case W_F16: return uvec2(w_half_bits(w_odd_long(x)), 0u);
    case W_BF16: return uvec2(w_brain_bits(w_odd_long(x)), 0u);
    case W_F64: return w_double_of_long(y);
    case W_BOOL: return uvec2((x.x | x.y) != 0u ? 1u : 0u, 0u);
    default: return x;
    }
}

#else
w_v w_load(uvec2 x, uint dtype)
{
    switch (dtype) {
    case W_F64: return packDouble2x32(x);
    case W_F32: return packDouble2x32(w_wide_float(uintBitsToFloat(x.x)));
    case W_F16: return packDouble2x32(w_wide_float(w_half_value(x.x)));
    case W_BF16: return packDouble2x32(w_wide_float(uintBitsToFloat(x.x << 16)));
    case W_S64: return double(int(x.y)) * 4294967296.0LF + double(x.x);
    default: return packDouble2x32(w_wide_whole(w_small_int(x.x, dtype)));
    }
}

// Rounded to odd: what is then rounded once more is rounded as if once.
float w_odd_double(double d)
{
    uvec2 x = unpackDouble2x32(d);
    float f = float(d);
    uint u = floatBitsToUint(f);
    uvec2 back = w_wide_float(f);
    bool exact = back == x || (x.y & 0x7ff00000u) == 0x7ff00000u;
    bool away = (back.y & 0x7fffffffu) > (x.y & 0x7fffffffu) ||
                ((back.y & 0x7fffffffu) == (x.y & 0x7fffffffu) && back.x > x.x);
    return uintBitsToFloat(exact ? u : (u - (away ? 1u : 0u)) | 1u);
}

// Truncated and saturated to two words.
uvec2 w_long_of_double(double d)
{
    uvec2 x = unpackDouble2x32(d);
    uint exponent = (x.y >> 20) & 2047u;
    bool negative = (x.y & 0x80000000u) != 0u;
    uint high = (x.y & 0x000fffffu) | 0x00100000u;
    uint low = x.x;
    if (exponent == 2047u && ((x.y & 0x000fffffu) | x.x) != 0u || exponent < 1023u) {
        return uvec2(0u);
    }
    if (exponent >= 1023u + 63u) {
        return negative ? uvec2(0u, 0x80000000u) : uvec2(0xffffffffu, 0x7fffffffu);
    }
    uint top = exponent - 1023u; // the place of the leading digit, which is at 52 now
    if (top > 52u) {
        uint shift = top - 52u;
        high = (high << shift) | (low >> (32u - shift));
        low = low << shift;
    } else if (top < 52u) {
        uint shift = 52u - top;
        low = shift < 32u ? (low >> shift) | (high << (32u - shift)) : high >> (shift - 32u);
        high = shift < 32u ? high >> shift : 0u;
    }
    if (negative) {
        high = ~high + (low == 0u ? 1u : 0u);
        low = 0u - low;
    }
    return uvec2(low, high);
}

// Saturated to a range within s32.
uint w_clamped_long(uvec2 x, int least, int most)
{
    bool fits = x.y == (int(x.x) < 0 ? 0xffffffffu : 0u);
    int value = fits ? int(x.x) : (int(x.y) < 0 ? int(0x80000000u) : 0x7fffffff);
    return uint(clamp(value, least, most));
}

uvec2 w_save(w_v y, uint dtype)
{
    uvec2 x = unpackDouble2x32(y);
    switch (dtype) {
    case W_F64: return x;
    case W_F32: return uvec2(floatBitsToUint(float(y)), 0u);
    case W_F16: return uvec2(w_half_bits(w_odd_double(y)), 0u);
    case W_BF16: return uvec2(w_brain_bits(w_odd_double(y)), 0u);
    case W_S64: return w_long_of_double(y);
    case W_S32: return uvec2(w_clamped_long(w_long_of_double(y), int(0x80000000u), 0x7fffffff), 0u);
    case W_S16: return uvec2(w_clamped_long(w_long_of_double(y), -32768, 32767), 0u);
    case W_S8: return uvec2(w_clamped_long(w_long_of_double(y), -128, 127), 0u);
    case W_U8: return uvec2(w_clamped_long(w_long_of_double(y), 0, 255), 0u);
    default: return uvec2((x.x | (x.y & 0x7fffffffu)) != 0u ? 1u : 0u, 0u); // bool
    }
}
#endif

#endif
