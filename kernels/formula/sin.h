// SPDX-License-Identifier: Apache-2.0
//
// The sine of any number of radians (C99 sin), odd; of an infinity it is NaN. The nearest multiple of pi is
// taken off, which leaves two floats (lib/reduce_pi.h), then a minimax polynomial (lib/sine.h). Error: at
// most 1.31 ulp, over all inputs.
#include "lib/sine.h"

W_FN(w_f) w_op_sin(w_f x)
{
    w_f a = w_abs(x);
    w_f n = w_fma(a, W_F(0x3ea2f983u), W_F(0x4b400000u)); // + 1.5 * 2^23
    w_angle angle;
    angle.r = w_reduce_small(a, n - W_F(0x4b400000u));
    angle.flip = w_bits(n) << 31u;
    angle = w_reduce_pi(a, angle, W_U(0u), W_U(0u));
    angle.flip = angle.flip ^ (w_bits(x) & W_U(0x80000000u));
    return w_sine(angle);
}
