// SPDX-License-Identifier: Apache-2.0
// Values: random ones, and how near one is to another.
#include "tests/conformance/conformance.h"

#include <math.h>
#include <string.h>

uint32_t random_bits(random_state *r)
{
    // splitmix64: the same everywhere, good from any seed
    uint64_t z = *r += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ z >> 31) >> 32);
}

uint32_t random_below(random_state *r, uint32_t n)
{
    return (uint32_t)((uint64_t)random_bits(r) * n >> 32);
}

float random_float(random_state *r, bool moderate)
{
    static const uint32_t specials[] = {
        0x00000000u, 0x80000000u, 0x3f800000u, 0xbf800000u, 0x7f800000u, 0xff800000u,
        0x7fc00000u, 0xffc00001u, 0x7f800001u, 0x00000001u, 0x80000001u, 0x007fffffu,
        0x807fffffu, 0x00800000u, 0x80800000u, 0x7f7fffffu, 0xff7fffffu, 0x42b17218u,
        0x42b17217u, 0xc2aeac50u, 0xc2cff1b5u, 0x3f000000u, 0xbf000000u, 0x3fc00000u,
        0x40200000u, 0x40490fdbu, 0x3fc90fdbu, 0x4b000000u, 0x4b800000u, 0x4f000000u,
        0xcf000000u, 0x33800000u, 0x437f0000u, 0x43000000u, 0x42fe0000u, 0x3f7fffffu};
    uint32_t bits = random_bits(r), kind = random_below(r, 8);
    float f;
    if (moderate)
        bits = (bits & 0x807fffffu) | (123u + (bits >> 24 & 7u)) << 23;
    else if (kind == 0)
        bits = specials[bits % W_COUNT(specials)];
    else if (kind == 1)
        bits &= 0x807fffffu; // subnormal
    else if (kind < 5)
        bits = (bits & 0x807fffffu) | (119u + (bits >> 24 & 15u)) << 23; // about 1
    memcpy(&f, &bits, sizeof f);
    return f;
}

// The number that a code of a float format with so many bits of exponent and mantissa stands for.
static double decode(uint32_t code, int exponent_bits, int mantissa_bits)
{
    uint32_t mantissa = code & ((1u << mantissa_bits) - 1);
    int top = (1 << exponent_bits) - 1, bias = top >> 1;
    int exponent = (int)(code >> mantissa_bits) & top;
    double size = exponent == top ? (mantissa ? NAN : INFINITY)
                  : exponent == 0
                      ? ldexp(mantissa, 1 - bias - mantissa_bits)
                      : ldexp(mantissa + (1u << mantissa_bits), exponent - bias - mantissa_bits);
    return code >> (exponent_bits + mantissa_bits) & 1 ? -size : size;
}

// The code nearest to a value: of the two neighbours the nearer, of equals the even one.
static uint32_t encode(long double value, int exponent_bits, int mantissa_bits)
{
    uint32_t infinity = ((1u << exponent_bits) - 1) << mantissa_bits;
    uint32_t sign = signbit(value) ? 1u << (exponent_bits + mantissa_bits) : 0;
    long double size = fabsl(value);
    if (isnan(value))
        return infinity | 1u << (mantissa_bits - 1);
    int exponent, bias = (1 << (exponent_bits - 1)) - 1;
    long double part = frexpl(size, &exponent); // 0.5 to 1
    int field = exponent - 1 + bias;
    uint32_t low; // the code at or below it, and the next: codes are in the order of their values
    if (isinf(size) || field > 2 * bias)
        low = infinity - 1;
    else if (size == 0 || field <= 0)
        low = (uint32_t)ldexpl(size, mantissa_bits + bias - 1);
    else
        low = (uint32_t)ldexpl(part, mantissa_bits + 1) + ((uint32_t)(field - 1) << mantissa_bits);
    uint32_t high = low + 1;
    double below = decode(low, exponent_bits, mantissa_bits);
    // Infinity stands where the next number would.
    double above = high == infinity ? 2 * below - decode(low - 1, exponent_bits, mantissa_bits)
                                    : decode(high, exponent_bits, mantissa_bits);
    long double to_low = size - below, to_high = above - size;
    bool up = to_high < to_low || (to_high == to_low && low & 1);
    return (up ? high : low) | sign;
}

uint64_t encode_float(long double value, weir_dtype dtype)
{
    double wide = (double)value;
    uint64_t bits;
    switch (dtype) {
    case WEIR_F16:
        return encode(value, 5, 10);
    case WEIR_BF16:
        return encode(value, 8, 7);
    case WEIR_F32:
        return float_bits((float)value);
    default:
        memcpy(&bits, &wide, sizeof bits);
        return bits;
    }
}

double load(const void *element, weir_dtype dtype)
{
    union {
        uint8_t u8;
        uint16_t code;
        int8_t s8;
        int16_t s16;
        int32_t s32;
        int64_t s64;
        float f32;
        double f64;
    } v;
    memset(&v, 0, sizeof v);
    memcpy(&v, element, weir_dtype_size(dtype));
    switch (dtype) {
    case WEIR_BOOL:
    case WEIR_U8:
        return v.u8;
    case WEIR_S8:
        return v.s8;
    case WEIR_S16:
        return v.s16;
    case WEIR_S32:
        return v.s32;
    case WEIR_S64:
        return (double)v.s64;
    case WEIR_F16:
        return decode(v.code, 5, 10);
    case WEIR_BF16:
        return decode(v.code, 8, 7);
    case WEIR_F32:
        return v.f32;
    case WEIR_F64:
        return v.f64;
    default:
        fail_msg("%d is no dtype", (int)dtype);
        return 0;
    }
}

uint64_t load_bits(const void *element, weir_dtype dtype)
{
    uint64_t bits = 0;
    memcpy(&bits, element, weir_dtype_size(dtype)); // little-endian, as all of Weir's machines
    return bits;
}

bool is_float(weir_dtype dtype)
{
    return dtype >= WEIR_F16 && dtype <= WEIR_F64;
}

bool bits_are_nan(uint64_t bits, weir_dtype dtype)
{
    switch (dtype) {
    case WEIR_F16:
        return (bits & 0x7fff) > 0x7c00;
    case WEIR_BF16:
        return (bits & 0x7fff) > 0x7f80;
    case WEIR_F32:
        return (bits & 0x7fffffff) > 0x7f800000;
    case WEIR_F64:
        return (bits & INT64_MAX) > UINT64_C(0x7ff0000000000000);
    default:
        return false;
    }
}

bool same_bits(uint64_t a, uint64_t b, weir_dtype dtype)
{
    return a == b || (bits_are_nan(a, dtype) && bits_are_nan(b, dtype));
}

uint64_t float_bits(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

int64_t load_int(const void *element, weir_dtype dtype)
{
    uint64_t bits = load_bits(element, dtype);
    switch (dtype) {
    case WEIR_S8:
        return (int8_t)bits;
    case WEIR_S16:
        return (int16_t)bits;
    case WEIR_S32:
        return (int32_t)bits;
    default:
        return (int64_t)bits;
    }
}

double ulp_error(float y, double exact)
{
    float rounded = (float)exact;
    if (isnan(exact) || isnan(y))
        return isnan(exact) && isnan(y) ? 0 : INFINITY;
    if (y == rounded)
        return signbit(y) == signbit(rounded) ? 0 : INFINITY;
    // Infinity stands where the next number would.
    double beyond = ldexp(1, 128);
    double value = isinf(y) ? copysign(beyond, y) : y;
    double truth = fabs(exact) > beyond ? copysign(beyond, exact) : exact;
    int exponent = 128;
    if (!isinf(rounded))
        frexp((double)rounded, &exponent);
    double ulp = ldexp(1, W_MAX(exponent - 24, -149));
    return fabs(value - truth) / ulp;
}

uint64_t fnv1a(uint64_t hash, const void *data, size_t n)
{
    const uint8_t *bytes = data;
    if (hash == FNV_BEGIN)
        hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}
