// SPDX-License-Identifier: Apache-2.0
//
// x to the power y, every special case as in C99 (annex F.9.4.4). |x|^y = 2^(y log2|x|): the
// logarithm as two floats, y times each of them added to -n, n the nearest integer, by a fused step;
// then 2^n * 2^r, |r| <= 1/2, by a minimax polynomial (lib/exp2.h).
//
// Error: less than 1.6 ulp. In ulp of a result just below 1, the worst place: half for the last
// addition; 0.25 for the two roundings of r to 2^-26, and 0.12 where the first leaves more than
// 1/2; at most 0.37 for the last two roundings inside the polynomial; 0.04 for its own error; 0.3 for the
// logarithm (2^-32.1 relative, the worst of all mantissas, times |z| <= 128). These do not meet: measured over
// 10^8 random and directed pairs it is 1.222 ulp. A subnormal result is rounded a second time, by half an ulp
// that is twice as large at the least.
#ifdef W_INTEGERS
// Of integers: by squaring, modulo the width. A negative exponent gives 0, but 1 and -1 have
// integers for every power.
W_FN(w_v) w_op_pow(w_v x, w_v y)
{
    w_v one = W_V(1);
    w_v r = one;
    w_v base = x;
    w_v left = y;
    W_LOOP(bit, W_BITS - 1)
    {
        r = w_choose(w_equals(left & one, one), w_mul(r, base), r);
        base = w_mul(base, base);
        left = w_shift_right(left, one);
    }
    w_m unit = w_either(w_equals(x, one), w_equals(x, W_V(-1)));
    w_v inverse = w_choose(w_equals(y & one, one), x, one);
    return w_choose(w_less(y, W_V(0)), w_choose(unit, inverse, W_V(0)), r);
}
#else
#include "lib/exp2.h"

// The range of m, from 0x3f760000 as bits to twice that, is cut into eight parts of 2^20. Of each: -r / 2,
// where r is about 1 / m, and 1 around m = 1; and -log2(r), in 2^-16ths and what is left. r is in 32nds, so that
// m r - 1 is exact, and log2(m) is above 2^-4 in the second part, so that hi below has few enough digits for
// e - hi to be exact.
W_TABLE_BEGIN(w_pow_inverse, 8)
0xbf000000u, 0xbee80000u, 0xbed00000u, 0xbec00000u,
0xbeb00000u, 0xbea00000u, 0xbe900000u, 0xbe880000u
W_TABLE_END
W_TABLE_BEGIN(w_pow_log, 8)
0x00000000u, 0x3e116c00u, 0x3e996000u, 0x3ed48000u,
0x3f0a6300u, 0x3f2d9600u, 0x3f548000u, 0x3f699c00u
W_TABLE_END
W_TABLE_BEGIN(w_pow_log_rest, 8)
0x00000000u, 0x36b70aadu, 0xb48e4789u, 0xb5d1cfdfu,
0xb69f0197u, 0x35f6865du, 0xb651cfdfu, 0x3510536fu
W_TABLE_END

// 2^e * m: e as e * 2^23, the number of m's part in the lowest three bits, and m.
W_STRUCT w_pow_parts
{
    w_f e;
    w_u part;
    w_f m;
}
W_STRUCT_END(w_pow_parts)

// Of a normal a > 0; of anything else it makes any number.
W_FN(w_pow_parts) w_pow_split(w_f a)
{
    w_u above = w_bits(a) - W_U(0x3f760000u);
    w_u exponent = above & W_U(0xff800000u);
    w_pow_parts p;
    p.e = w_to_f(w_signed(exponent));
    p.part = above >> 20u;
    p.m = w_from_bits(w_bits(a) - exponent);
    return p;
}

W_FN(w_f) w_op_pow(w_f x, w_f y)
{
    // Every x that is no normal number above zero.
    w_m rare = w_igt(w_signed(w_bits(x) + W_U(0x7f800000u)), W_I(-16777217));
    w_f a = w_abs(x);
    w_f inf = W_F(0x7f800000u);
    w_pow_parts p = w_pow_split(a);
    W_LOOP(once, 1)
    {
        if (!w_any(rare)) {
            break;
        }
        w_m subnormal = w_lt(a, W_F(0x00800000u));
        w_m no_number = w_not(w_lt(a, inf));
        if (!w_any(w_or(subnormal, no_number))) {
            break;
        }
        p = w_pow_split(w_select(subnormal, a * W_F(0x4b800000u), a));
        p.e = w_select(subnormal, p.e - W_F(0x4d400000u), p.e); // 24 * 2^23
        p.e = w_select(w_eq(a, W_F(0u)), w_neg(inf), p.e);
        p.e = w_select(no_number, a, p.e);
    }

    // log2|x| = hi + lo. With h = (1 - m r) / 2, log2(m r) = -2 / ln 2 * (h + h^2) * (1 + h^2 * (a minimax
    // polynomial)), relative error 2^-37. h + h^2 as two floats; w begins with what the rounding of 2 / ln 2 lost.
    w_f h = w_fma(p.m, w_from_bits(w_table8(w_pow_inverse, p.part)), W_F(0x3f000000u));
    w_f e = w_fma(p.e, W_F(0x34000000u), w_from_bits(w_table8(w_pow_log, p.part)));
    w_f g = w_fma(h, h, h);
    w_f g_lo = w_fma(h, h, h - g);
    w_f s = h * h;
    w_f even = w_fma(W_F(0x40cbc15eu), s, w_fma(W_F(0x4033f94au), h, W_F(0x40222155u)));
    w_f w = w_fma(even, s, w_fma(W_F(0x3f2aaa74u), h, W_F(0x3faaaaabu)));
    w = w_fma(w, s, W_F(0x326558dcu));
    w_f factor = W_F(0xc038aa3bu); // -2 / ln 2
    w_f hi = w_fma(factor, g, e);
    w_f lo = w_fma(factor, g, e - hi) + w_from_bits(w_table8(w_pow_log_rest, p.part));
    lo = w_fma(factor, w_fma(g, w, g_lo), lo);

    // y * log2|x| = n + r. Adding 1.5 * 2^23 leaves n in the lowest bits.
    w_f large = W_F(0x4b400000u);
    w_f sum = w_fma(y, hi + lo, large);
    w_f n = sum - large;
    w_f r = w_fma(y, lo, w_fma(y, hi, w_neg(n)));
    w_f power = w_exp2_series(r);
    w_f result = w_from_bits(w_bits(power) + (w_bits(sum) << 23u));

    // n is not in [-125, 127], or no number: where x or y is NaN or infinite, or x is zero.
    w_m beyond = w_igt(w_signed(w_bits(sum) + W_U(0x34c0007du)), W_I(-2147483396));
    W_LOOP(again, 1)
    {
        if (!w_any(w_or(rare, beyond))) {
            break;
        }
        W_LOOP(scaling, 1)
        {
            if (!w_any(beyond)) {
                break;
            }
            // No normal number: scaled with care; far out infinity or zero.
            w_f most = W_F(0x437a0000u); // 250
            w_f z = y * hi;
            w_f scaled = w_scale_far(power, n);
            scaled = w_select(w_gt(z, most), inf, scaled);
            scaled = w_select(w_lt(z, w_neg(most)), W_F(0u), scaled);
            w_f one = W_F(0x3f800000u);
            w_m unit = w_and(w_eq(a, one), w_eq(w_abs(y), inf));
            unit = w_or(unit, w_or(w_eq(x, one), w_eq(y, W_F(0u))));
            result = w_select(beyond, w_select(unit, one, scaled), result);
        }

        // A negative x: even and odd integers and others. From 2^24 on every number is even.
        w_m below = w_lt(w_abs(y), W_F(0x4b800000u));
        w_m whole = w_eq(w_rint(y), y);
        w_i last = w_to_i(w_select(below, y, W_F(0u))) & W_I(1);
        w_m odd = w_and(whole, w_ieq(last, W_I(1)));
        w_u sign = w_selectu(odd, w_bits(x) & W_U(0x80000000u), W_U(0u));
        w_m negative = w_and(w_lt(x, W_F(0u)), w_lt(w_neg(inf), x));
        w_m none = w_or(w_and(negative, w_not(whole)), w_isnan(result));
        result = w_from_bits(w_bits(result) ^ sign);
        result = w_select(none, W_F(0x7fc00000u), result);
    }
    return result;
}
#endif
