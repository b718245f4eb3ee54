// SPDX-License-Identifier: Apache-2.0
//
// Conversions between storage and the classes that kernels compute in: w_CLASS_of_DTYPE(x) for loads,
// w_DTYPE_of_CLASS(x) for stores. To a narrower float rounded once, to an integer truncated and
// saturated with NaN as 0, from a wider integer wrapped, to bool whether it is not zero.
// W_HAVE_F64: the program uses double.

// ---------------------------------------------------------------- f16 and bf16 by their bits

// The exponents are 112 apart, which a multiplication sets right for subnormals too.
static float w_half_value(ushort h)
{
    uint size = (uint)(h & 0x7fff) << 13;
    uint number = as_uint(as_float(size) * as_float(0x77800000u));
    uint special = size | 0x7f800000u;
    return as_float(((h & 0x7fff) >= 0x7c00 ? special : number) | ((uint)(h & 0x8000) << 16));
}

static ushort w_half_bits(float f)
{
    uint u = as_uint(f), sign = (u >> 16) & 0x8000u, size = u & 0x7fffffffu;
    uint normal = (size - (112u << 23) + 0xfffu + ((size >> 13) & 1u)) >> 13;
    uint small = as_uint(as_float(size) + 0.5f) - 0x3f000000u;
    uint h = size < (113u << 23) ? small : normal;
    h = size >= 0x477ff000u ? 0x7c00u : h; // 65520 and more
    h = size > 0x7f800000u ? 0x7e00u : h;
    return (ushort)(h | sign);
}

static float w_brain_value(ushort h) { return as_float((uint)h << 16); }

static ushort w_brain_bits(float f)
{
    uint u = as_uint(f), rounded = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
    return (ushort)((u & 0x7fffffffu) > 0x7f800000u ? (u >> 16) | 0x40u : rounded);
}

// Rounded to odd: what is then rounded once more is rounded as if once.
static float w_odd_of_long(long i)
{
    ulong size = i < 0 ? -(ulong)i : (ulong)i;
    uint bits = 64u - (uint)clz(size), shift = bits > 24u ? bits - 24u : 0u;
    ulong lost = size & (((ulong)1 << shift) - 1u);
    float f = convert_float_rte((uint)(size >> shift) | (lost ? 1u : 0u));
    f = f * as_float((127u + shift) << 23);
    return i < 0 ? -f : f;
}

// ---------------------------------------------------------------- f32

#if defined W_IN_F32
#define W_TRUNCATE(type, dtype, least, most, top)                                                  \
    static type w_##dtype##_of_f32(float f)                                                        \
    {                                                                                              \
        bool within = f > (least) && f < (most);                                                   \
        type low = f <= (least) ? (type)(least) : (type)0;                                         \
        return f >= (most) ? (type)(top) : within ? (type)(within ? f : 0.0f) : low;               \
    }
W_TRUNCATE(uchar, u8, 0.0f, 256.0f, 255)
W_TRUNCATE(char, s8, -128.0f, 128.0f, 127)
W_TRUNCATE(short, s16, -32768.0f, 32768.0f, 32767)
W_TRUNCATE(int, s32, -2147483648.0f, 2147483648.0f, 0x7fffffff)
W_TRUNCATE(long, s64, -9223372036854775808.0f, 9223372036854775808.0f, 0x7fffffffffffffffL)
static uchar w_bool_of_f32(float f) { return (as_uint(f) & 0x7fffffffu) != 0u; }
static ushort w_f16_of_f32(float f) { return w_half_bits(f); }
static ushort w_bf16_of_f32(float f) { return w_brain_bits(f); }
static float w_f32_of_f32(float f) { return f; }
static float w_f32_of_f16(ushort h) { return w_half_value(h); }
static float w_f32_of_bf16(ushort h) { return w_brain_value(h); }
static float w_f32_of_bool(uchar x) { return convert_float_rte(x); }
static float w_f32_of_u8(uchar x) { return convert_float_rte(x); }
static float w_f32_of_s8(char x) { return convert_float_rte(x); }
static float w_f32_of_s16(short x) { return convert_float_rte(x); }
static float w_f32_of_s32(int x) { return convert_float_rte(x); }
static float w_f32_of_s64(long x) { return convert_float_rte(x); }
#ifdef W_HAVE_F64
static double w_f64_of_f32(float f) { return convert_double(f); }
#endif
#endif

// ---------------------------------------------------------------- i32, i64

#if defined W_IN_I32 || defined W_IN_I64
#ifdef W_IN_I32
#define W_E int
#define W_LOADED(dtype) w_i32_of_##dtype
#define W_STORED(dtype) w_##dtype##_of_i32
#define W_LIMIT 2147483648.0f
#define W_TOP 0x7fffffff
#else
#define W_E long
#define W_LOADED(dtype) w_i64_of_##dtype
#define W_STORED(dtype) w_##dtype##_of_i64
#define W_LIMIT 9223372036854775808.0f
#define W_TOP 0x7fffffffffffffffL
#endif
static W_E W_LOADED(bool)(uchar x) { return x; }
static W_E W_LOADED(u8)(uchar x) { return x; }
static W_E W_LOADED(s8)(char x) { return x; }
static W_E W_LOADED(s16)(short x) { return x; }
static W_E W_LOADED(s32)(int x) { return x; }
static W_E W_LOADED(s64)(long x) { return (W_E)x; }
// A bound, such as an infinity.
static W_E W_LOADED(f32)(float f)
{
    bool within = f > -W_LIMIT && f < W_LIMIT;
    return f >= W_LIMIT ? W_TOP : f <= -W_LIMIT ? -W_TOP - 1 : (W_E)(within ? f : 0.0f);
}
static uchar W_STORED(bool)(W_E x) { return x != 0; }
static uchar W_STORED(u8)(W_E x) { return (uchar)x; }
static char W_STORED(s8)(W_E x) { return (char)x; }
static short W_STORED(s16)(W_E x) { return (short)x; }
static int W_STORED(s32)(W_E x) { return (int)x; }
static long W_STORED(s64)(W_E x) { return x; }
static ushort W_STORED(f16)(W_E x) { return w_half_bits(w_odd_of_long(x)); }
static ushort W_STORED(bf16)(W_E x) { return w_brain_bits(w_odd_of_long(x)); }
static float W_STORED(f32)(W_E x) { return convert_float_rte(x); }
#ifdef W_HAVE_F64
static double W_STORED(f64)(W_E x) { return convert_double_rte(x); }
#endif
#endif

// ---------------------------------------------------------------- f64

#ifdef W_IN_F64
static float w_odd_of_double(double d)
{
    float f = convert_float_rte(d);
    uint u = as_uint(f), away = convert_double(as_float(u & 0x7fffffffu)) > fabs(d);
    bool exact = convert_double(f) == d || d != d;
    return as_float(exact ? u : (u - away) | 1u);
}
#define W_TRUNCATE(type, dtype, least, most, top)                                                  \
    static type w_##dtype##_of_f64(double f)                                                       \
    {                                                                                              \
        bool within = f > (least) && f < (most);                                                   \
        type low = f <= (least) ? (type)(least) : (type)0;                                         \
        return f >= (most) ? (type)(top) : within ? (type)(within ? f : 0.0) : low;                \
    }
W_TRUNCATE(uchar, u8, 0.0, 256.0, 255)
W_TRUNCATE(char, s8, -128.0, 128.0, 127)
W_TRUNCATE(short, s16, -32768.0, 32768.0, 32767)
W_TRUNCATE(int, s32, -2147483648.0, 2147483648.0, 0x7fffffff)
W_TRUNCATE(long, s64, -9223372036854775808.0, 9223372036854775808.0, 0x7fffffffffffffffL)
static uchar w_bool_of_f64(double f) { return (as_ulong(f) & 0x7fffffffffffffffUL) != 0; }
static ushort w_f16_of_f64(double f) { return w_half_bits(w_odd_of_double(f)); }
static ushort w_bf16_of_f64(double f) { return w_brain_bits(w_odd_of_double(f)); }
static float w_f32_of_f64(double f) { return convert_float_rte(f); }
static double w_f64_of_f64(double f) { return f; }
static double w_f64_of_f32(float f) { return convert_double(f); }
static double w_f64_of_f16(ushort h) { return convert_double(w_half_value(h)); }
static double w_f64_of_bf16(ushort h) { return convert_double(w_brain_value(h)); }
static double w_f64_of_bool(uchar x) { return convert_double(x); }
static double w_f64_of_u8(uchar x) { return convert_double(x); }
static double w_f64_of_s8(char x) { return convert_double(x); }
static double w_f64_of_s16(short x) { return convert_double(x); }
static double w_f64_of_s32(int x) { return convert_double(x); }
static double w_f64_of_s64(long x) { return convert_double_rte(x); }
#endif

// ---------------------------------------------------------------- a value as a word of the workspace

#if defined W_IN_F32
static ulong w_to_word(w_v v) { return as_uint(v); }
static w_v w_of_word(ulong u) { return as_float((uint)u); }
#elif defined W_IN_F64
static ulong w_to_word(w_v v) { return as_ulong(v); }
static w_v w_of_word(ulong u) { return as_double(u); }
#else
static ulong w_to_word(w_v v) { return (ulong)(w_n)v; }
static w_v w_of_word(ulong u) { return (w_v)(w_n)u; }
#endif
