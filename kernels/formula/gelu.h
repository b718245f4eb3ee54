// SPDX-License-Identifier: Apache-2.0
// x / 2 * (1 + erf(x / sqrt 2)) (ONNX Gelu). With z = |x| / sqrt 2 in two floats: within |x| < 3/4 by erf,
// beyond it by erfc(z) = e^(-z^2) times a polynomial (lib/erf.h), which is what a negative x is multiplied
// with, and for a positive one what 1 is less by. -0 at minus infinity.
#include "lib/erf.h"

W_FN(w_f) w_op_gelu(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_f a = w_abs(x);
    w_m small = w_lt(a, W_F(0x3f400000u)); // 3/4
    w_m negative = w_lt(x, W_F(0u));
    w_f b = w_least(W_F(0x41680000u), a); // 14.5: 0 or x already
    w_two root_half;
    root_half.hi = W_F(0x3f3504f3u);
    root_half.lo = W_F(0x324fe77au);
    w_two size;
    size.hi = w_select(small, W_F(0x3f800000u), b);
    size.lo = W_F(0u);
    w_two z = w_two_mul(size, root_half);

    // erfc(z) / 2, in units of 2^n; z^2 = x^2 / 2 exactly.
    w_two square = w_two_product(size.hi, size.hi * W_F(0xbf000000u));
    w_exp_wide p = w_exp_two(square);
    w_two c = w_two_mul(w_exp_mantissa(p), w_erfcx_two(z));
    c.hi = c.hi * W_F(0x3f000000u);
    c.lo = c.lo * W_F(0x3f000000u);
    w_f power = w_power_of_two(w_most(W_F(0xc2700000u), p.n));
    w_two other = w_two_fast_sum(one, w_neg(c.hi * power));
    other.lo = w_fma(w_neg(c.lo), power, other.lo);

    // (1 + erf) / 2 near zero.
    size.hi = w_select(small, x, W_F(0x3f000000u));
    w_two e = w_erf_two(w_two_mul(size, root_half));
    w_two sum = w_two_sum(one, e.hi);
    w_two inner;
    inner.hi = sum.hi * W_F(0x3f000000u);
    inner.lo = (sum.lo + e.lo) * W_F(0x3f000000u);

    w_two gate;
    gate.hi = w_select(small, inner.hi, w_select(negative, c.hi, other.hi));
    gate.lo = w_select(small, inner.lo, w_select(negative, c.lo, other.lo));
    w_m scaled = w_and(negative, w_not(small));
    w_f factor = w_select(w_gt(a, W_F(0x41680000u)), W_F(0x3f800000u), x);
    w_two y = w_two_product(factor, gate.hi);
    w_f r = w_scale(y.hi + w_fma(factor, gate.lo, y.lo), w_select(scaled, p.n, W_F(0u)));
    r = w_select(w_gt(x, W_F(0x41680000u)), x, r);
    r = w_select(w_lt(x, W_F(0xc1680000u)), W_F(0u), r);
    r = w_select(w_isnan(x), x, r);
    return w_from_bits(w_bits(w_abs(r)) | (w_bits(x) & W_U(0x80000000u))); // of a zero too
}
