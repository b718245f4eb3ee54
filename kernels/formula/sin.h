// SPDX-License-Identifier: Apache-2.0
//
// The sine of any number of radians (C99 sin); of an infinity it is NaN. The angle is reduced to
// within pi/4 and kept as two floats (lib/reduce_pi.h), then minimax polynomials of sine (relative
// error 2^-28) and cosine (2^-33). Error: at most 0.783 ulp,
// over all inputs.
#include "lib/reduce_pi.h"

W_FN(w_f) w_sine_near_zero(w_two r)
{
    w_f t = r.hi * r.hi;
    w_f p = W_F(0xb94ca5a0u);
    p = w_fma(p, t, W_F(0x3c0883abu));
    p = w_fma(p, t, W_F(0xbe2aaaa3u));
    w_f slope = w_fma(t, W_F(0xbf000000u), W_F(0x3f800000u));
    return r.hi + w_fma(r.hi * t, p, r.lo * slope);
}

W_FN(w_f) w_cosine_near_zero(w_two r)
{
    w_two t = w_two_product(r.hi, r.hi);
    w_f p = W_F(0x37ccffa0u);
    p = w_fma(p, t.hi, W_F(0xbab60641u));
    p = w_fma(p, t.hi, W_F(0x3d2aaaa5u));
    w_f rest = w_fma(t.lo, W_F(0xbf000000u), w_neg(r.hi * r.lo));
    w_two y = w_two_fast_sum(W_F(0x3f800000u), t.hi * W_F(0xbf000000u));
    return y.hi + (y.lo + w_fma(t.hi * t.hi, p, rest));
}

W_FN(w_f) w_op_sin(w_f x)
{
    w_f a = w_abs(x);
    w_angle angle = w_reduce_pi(a);
    w_m odd = w_ueq(angle.quadrant & W_U(1u), W_U(1u));
    w_f y = w_select(odd, w_cosine_near_zero(angle.r), w_sine_near_zero(angle.r));
    y = w_select(w_lt(a, W_F(0x39800000u)), a, y); // below 2^-12 sin(a) rounds to a
    w_u sign = ((angle.quadrant << 30u) ^ w_bits(x)) & W_U(0x80000000u);
    y = w_from_bits(w_bits(y) ^ sign);
    return w_select(w_lt(a, W_F(0x7f800000u)), y, W_F(0x7fc00000u));
}
