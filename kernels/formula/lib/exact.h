// SPDX-License-Identifier: Apache-2.0
//
// Correctly rounded fused multiply-add, division and square root for a target whose own are not.
// A dialect asks for what it needs by W_EXACT_FMA and W_EXACT_DIV before it includes this file, and
// then gives w_fma, w_div and w_sqrt their meaning; no formula calls these by name.
//
// W_EXACT_FMA needs a double: w_d, w_to_d, w_from_d (to nearest even), and w_d_odd(sum, error): what a
// double has rounded to the nearest, and what it lost by that, rounded to odd instead.
// W_EXACT_DIV needs estimates of a / b and sqrt(a) for normal operands and results near 1:
// w_div_native and w_sqrt_native. They may be wrong by 8 and 7 ulp (OpenCL allows 2.5 and 3);
// integer remainders put them right, and subnormal numbers never meet float arithmetic, so that a
// device that flushes them does no harm.
// With estimates disturbed by 7 ulp every bit was right: division on 3 * 10^8 pairs, the root on
// all inputs, the fused multiply-add on 5 * 10^7 triples (bench/ulp.c).
#if defined W_EXACT_FMA && !defined W_LIB_EXACT_FMA
#define W_LIB_EXACT_FMA

// The product is exact in a double (48 bits of 53). A TwoSum (Knuth) gives the sum and its error;
// rounding that sum to odd instead of to nearest makes the second rounding, to f32, the only one
// that counts (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
W_FN(w_f) w_fma_exact(w_f a, w_f b, w_f c)
{
    w_d product = w_to_d(a) * w_to_d(b);
    w_d addend = w_to_d(c);
    w_d sum = product + addend;
    w_d part = sum - product;
    w_d error = (product - (sum - part)) + (addend - part);
    return w_from_d(w_d_odd(sum, error));
}

#endif

#if defined W_EXACT_DIV && !defined W_LIB_EXACT_DIV
#define W_LIB_EXACT_DIV

// A positive finite f32 that is not zero: mantissa * 2^(exponent - 150), 2^23 <= mantissa < 2^24.
W_STRUCT w_parts
{
    w_u mantissa;
    w_i exponent;
}
W_STRUCT_END(w_parts)

W_FN(w_parts) w_split(w_u size)
{
    w_m subnormal = w_ult(size, W_U(0x00800000u));
    w_u scaled = w_bits(w_to_f(w_signed(size & W_U(0x007fffffu)))); // exact; 2^149 times the number
    w_u normal = w_selectu(subnormal, scaled, size);
    w_parts p;
    p.mantissa = (normal & W_U(0x007fffffu)) | W_U(0x00800000u);
    p.exponent = w_signed(normal >> 23u) - w_selecti(subnormal, W_I(149), W_I(0));
    return p;
}

W_FN(w_f) w_near_one(w_u mantissa)
{
    return w_from_bits((mantissa & W_U(0x007fffffu)) | W_U(0x3f800000u));
}

// digits * 2^(exponent - 153), rounded once; 2^25 <= digits < 2^27, and the lowest bit also stands
// for everything below it.
W_FN(w_u) w_round(w_u digits, w_i exponent)
{
    w_m short_one = w_ult(digits, W_U(0x04000000u));
    digits = w_selectu(short_one, digits << 1u, digits);
    exponent = exponent - w_selecti(short_one, W_I(1), W_I(0));

    w_m subnormal = w_ilt(exponent, W_I(1));
    w_i drop = w_selecti(subnormal, W_I(4) - exponent, W_I(3));
    drop = w_selecti(w_igt(drop, W_I(28)), W_I(28), drop);
    w_u shift = w_unsigned(drop);
    w_u kept = w_shr(digits, shift);
    w_u rest = digits - w_shl(kept, shift);
    w_u tie = w_shl(W_U(1u), shift - W_U(1u));
    w_m up = w_or(w_ult(tie, rest), w_and(w_ueq(rest, tie), w_ueq(kept & W_U(1u), W_U(1u))));
    kept = kept + w_selectu(up, W_U(1u), W_U(0u));

    w_m huge = w_igt(exponent, W_I(254));
    w_u field = w_unsigned(w_selecti(subnormal, W_I(0), exponent - W_I(1)));
    return w_selectu(huge, W_U(0x7f800000u), kept + (field << 23u));
}

// The quotient of the mantissas to 26 bits: floor(a * 2^25 / b), with the remainder as lowest bit.
W_FN(w_u) w_quotient(w_u a, w_u b)
{
    w_f estimate = w_div_native(w_near_one(a), w_near_one(b));
    // Too small by 31 to 97, so that the remainder is positive and fits in 31 bits, as its terms do
    // not.
    w_u quotient = w_unsigned(w_to_i(estimate * W_F(0x4c000000u))) - W_U(64u);
    w_i rest = w_signed((a << 25u) - quotient * b);
    w_i more = w_to_i(w_to_f(rest) * w_div_native(W_F(0x3f800000u), w_to_f(w_signed(b))));
    quotient = quotient + w_unsigned(more);
    rest = w_signed((a << 25u) - quotient * b);
    w_m below = w_ilt(rest, W_I(0));
    quotient = quotient - w_selectu(below, W_U(1u), W_U(0u));
    rest = w_signed(w_unsigned(rest) + w_selectu(below, b, W_U(0u)));
    w_m above = w_not(w_ilt(rest, w_signed(b)));
    quotient = quotient + w_selectu(above, W_U(1u), W_U(0u));
    rest = w_signed(w_unsigned(rest) - w_selectu(above, b, W_U(0u)));
    return (quotient << 1u) | w_selectu(w_ieq(rest, W_I(0)), W_U(0u), W_U(1u));
}

W_FN(w_f) w_div_exact(w_f a, w_f b)
{
    w_u sign = (w_bits(a) ^ w_bits(b)) & W_U(0x80000000u);
    w_u size_a = w_bits(a) & W_U(0x7fffffffu);
    w_u size_b = w_bits(b) & W_U(0x7fffffffu);
    w_u inf = W_U(0x7f800000u);
    w_m zero_a = w_ueq(size_a, W_U(0u));
    w_m zero_b = w_ueq(size_b, W_U(0u));
    w_m inf_a = w_ueq(size_a, inf);
    w_m inf_b = w_ueq(size_b, inf);

    w_parts p = w_split(size_a);
    w_parts q = w_split(size_b);
    w_u r = w_round(w_quotient(p.mantissa, q.mantissa), p.exponent - q.exponent + W_I(127));

    r = w_selectu(w_or(zero_a, inf_b), W_U(0u), r);
    r = w_selectu(w_or(inf_a, zero_b), inf, r);
    w_m none = w_or(w_and(zero_a, zero_b), w_and(inf_a, inf_b));
    none = w_or(none, w_or(w_ult(inf, size_a), w_ult(inf, size_b)));
    return w_from_bits(w_selectu(none, W_U(0x7fc00000u), r | sign));
}

// The root of a mantissa with an even exponent to 26 bits, the remainder as the lowest bit.
// odd says that the mantissa counts twice.
W_FN(w_u) w_root(w_u a, w_m odd)
{
    w_f value = w_near_one(a);
    w_f twice = w_from_bits(w_bits(value) + W_U(0x00800000u));
    w_f estimate = w_sqrt_native(w_select(odd, twice, value));
    // 2^24 <= root < 2^25. The estimate is too small by 1 to 30, so that the remainder fits in 31
    // bits.
    w_u root = w_unsigned(w_to_i(estimate * W_F(0x4b800000u))) - W_U(15u);
    w_u square = w_selectu(odd, a << 26u, a << 25u); // modulo 2^32
    w_i rest = w_signed(square - root * root);
    w_i more = w_to_i(w_to_f(rest) * w_div_native(W_F(0x3f000000u), w_to_f(w_signed(root))));
    root = root + w_unsigned(more);
    rest = w_signed(square - root * root);
    w_m below = w_ilt(rest, W_I(0));
    root = root - w_selectu(below, W_U(1u), W_U(0u));
    rest = w_signed(square - root * root);
    w_m above = w_igt(rest, w_signed(root + root));
    root = root + w_selectu(above, W_U(1u), W_U(0u));
    rest = w_signed(square - root * root);
    return (root << 1u) | w_selectu(w_ieq(rest, W_I(0)), W_U(0u), W_U(1u));
}

W_FN(w_f) w_sqrt_exact(w_f a)
{
    w_u bits = w_bits(a);
    w_u size = bits & W_U(0x7fffffffu);
    w_parts p = w_split(size);
    w_i power = p.exponent - W_I(127);
    w_m odd = w_ieq(power & W_I(1), W_I(1));
    w_u r = w_round(w_root(p.mantissa, odd), (power >> 1u) + W_I(128));

    w_m zero = w_ueq(size, W_U(0u));
    w_m none = w_or(w_ult(W_U(0x7f800000u), size),
                    w_and(w_not(w_ult(bits, W_U(0x80000000u))), w_not(zero)));
    w_m same = w_or(zero, w_ueq(bits, W_U(0x7f800000u)));
    r = w_selectu(none, W_U(0x7fc00000u), w_selectu(same, bits, r));
    return w_from_bits(r);
}

#endif
