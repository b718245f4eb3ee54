// SPDX-License-Identifier: Apache-2.0
//
// The tangent of any number of radians (C99 tan), odd; of an infinity it is NaN. The nearest multiple of pi/2
// is taken off, which leaves two floats (lib/reduce_pi.h), then a minimax polynomial (relative error 2^-29);
// from an odd multiple on -1 divided by that, with the remainder. Error: at most 1.15 ulp, over all inputs.
#include "lib/reduce_pi.h"

W_FN(w_f) w_op_tan(w_f x)
{
    w_f a = w_abs(x);
    w_f m = w_fma(a, W_F(0x3ea2f983u), W_F(0x4ac00000u)); // + 1.5 * 2^22
    w_angle angle;
    angle.r = w_reduce_small(a, m - W_F(0x4ac00000u));
    angle.flip = w_bits(m) << 31u;
    angle = w_reduce_pi(a, angle, W_U(1u), W_U(0u));

    w_f r = angle.r.hi;
    w_f t = r * r;
    w_f p = W_F(0x3b8fe88au);
    p = w_fma(p, t, W_F(0x38830c82u));
    p = w_fma(p, t, W_F(0x3c31d0b7u));
    p = w_fma(p, t, W_F(0x3cae4e70u));
    p = w_fma(p, t, W_F(0x3d5d6e46u));
    p = w_fma(p, t, W_F(0x3e0886cau));
    p = w_fma(p, t, W_F(0x3eaaaab0u));
    w_f slope = w_fma(t, W_F(0x3fc00000u), W_F(0x3f800000u));
    w_two tangent = w_two_fast_sum(r, w_fma(r * t, p, angle.r.lo * slope));

    w_f q = w_div(W_F(0xbf800000u), tangent.hi);
    w_f rest = w_fma(q, tangent.lo, w_fma(q, tangent.hi, W_F(0x3f800000u)));
    w_f y = w_select(w_ueq(angle.flip, W_U(0u)), tangent.hi, w_fma(q, rest, q));
    return w_from_bits(w_bits(y) ^ (w_bits(x) & W_U(0x80000000u)));
}
