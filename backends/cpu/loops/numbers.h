/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversions between number formats, one element each: to a narrower float rounded once, to an
 * integer truncated and saturated with NaN as 0. Plain code, so that the compiler makes vectors of
 * the loops around it.
 */
#ifndef W_CPU_NUMBERS_H
#define W_CPU_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define W_NUMBER static inline __attribute__((always_inline, unused))

W_NUMBER uint32_t bits_of(float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}
W_NUMBER float of_bits(uint32_t u)
{
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

/* The exponents are 112 apart, which a multiplication sets right for subnormals too. */
W_NUMBER float f32_of_f16(uint16_t h)
{
    uint32_t size = (uint32_t)(h & 0x7fff) << 13;
    uint32_t number = bits_of(of_bits(size) * 0x1p112f), special = size | 0x7f800000u;
    return of_bits(((h & 0x7fff) >= 0x7c00 ? special : number) | (uint32_t)(h & 0x8000) << 16);
}

/* To nearest, ties to even: a normal result by adding half of its last place, a subnormal one by an
 * addition whose last place is that of the result. */
W_NUMBER uint16_t f16_of_f32(float f)
{
    uint32_t u = bits_of(f), sign = u >> 16 & 0x8000, size = u & 0x7fffffff;
    uint32_t normal = (size - (112u << 23) + 0xfff + (size >> 13 & 1)) >> 13;
    uint32_t small = bits_of(of_bits(size) + 0.5f) - 0x3f000000u;
    uint32_t h = size < 113u << 23 ? small : normal;
    h = size >= 0x477ff000u ? 0x7c00 : h; /* 65520 and more */
    h = size > 0x7f800000u ? 0x7e00 : h;
    return (uint16_t)(h | sign);
}

W_NUMBER float f32_of_bf16(uint16_t h)
{
    return of_bits((uint32_t)h << 16);
}

W_NUMBER uint16_t bf16_of_f32(float f)
{
    uint32_t u = bits_of(f), rounded = (u + 0x7fff + (u >> 16 & 1)) >> 16;
    return (uint16_t)((u & 0x7fffffff) > 0x7f800000u ? (u >> 16 | 0x40) : rounded);
}

/* Rounded to odd: what is then rounded once more is rounded as if once. */
W_NUMBER float f32_odd_of_f64(double d)
{
    float f = (float)d;
    uint32_t u = bits_of(f), away = (double)of_bits(u & 0x7fffffff) > (d < 0 ? -d : d);
    bool exact = (double)f == d || d != d;
    return of_bits(exact ? u : (u - away) | 1);
}
W_NUMBER double f64_odd_of_s64(int64_t i)
{
    uint64_t size = i < 0 ? -(uint64_t)i : (uint64_t)i, lost = size & 0x7ff;
    /* The low 11 bits can be beyond a double: they become one bit that says so. */
    uint64_t kept = size >> 53 ? (size & ~(uint64_t)0x7ff) | (lost ? 0x800 : 0) : size;
    double d = (double)(int64_t)(kept >> 1) * 2 + (double)(int64_t)(kept & 1);
    return i < 0 ? -d : d;
}

W_NUMBER uint16_t f16_of_f64(double d)
{
    return f16_of_f32(f32_odd_of_f64(d));
}
W_NUMBER uint16_t bf16_of_f64(double d)
{
    return bf16_of_f32(f32_odd_of_f64(d));
}

/* Truncated and saturated, NaN as 0. `least` and `most` are numbers of the float type; from `most`
 * on the result is `top`. */
#define W_TRUNCATE(name, type, from, least, most, top)           \
    W_NUMBER type name(from f)                                   \
    {                                                            \
        type low = f <= (least) ? (type)(least) : (type)0;       \
        bool within = f > (least) && f < (most);                 \
        type value = (type)(within ? f : (from)0);               \
        return f >= (most) ? (type)(top) : within ? value : low; \
    }
W_TRUNCATE(s16_of_f32, int16_t, float, -32768.0f, 32768.0f, INT16_MAX)
W_TRUNCATE(s32_of_f32, int32_t, float, -2147483648.0f, 2147483648.0f, INT32_MAX)
W_TRUNCATE(s64_of_f32, int64_t, float, -0x1p63f, 0x1p63f, INT64_MAX)
W_TRUNCATE(u8_of_f64, uint8_t, double, 0.0, 256.0, UINT8_MAX)
W_TRUNCATE(s8_of_f64, int8_t, double, -128.0, 128.0, INT8_MAX)
W_TRUNCATE(s16_of_f64, int16_t, double, -32768.0, 32768.0, INT16_MAX)
W_TRUNCATE(s32_of_f64, int32_t, double, -2147483648.0, 2147483648.0, INT32_MAX)
W_TRUNCATE(s64_of_f64, int64_t, double, -0x1p63, 0x1p63, INT64_MAX)

/* Written so that the compiler makes vectors of it. */
W_NUMBER uint8_t u8_of_f32(float f)
{
    f = f > 0.0f ? f : 0.0f; /* NaN: 0 */
    return (uint8_t)(int32_t)(f < 255.0f ? f : 255.0f);
}
W_NUMBER int8_t s8_of_f32(float f)
{
    f = f > -128.0f ? f : f <= -128.0f ? -128.0f : 0.0f;
    return (int8_t)(int32_t)(f < 127.0f ? f : 127.0f);
}

#endif
