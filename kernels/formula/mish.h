// SPDX-License-Identifier: Apache-2.0
// x * tanh(softplus(x)) (Mish): with e = e^x and n = e (e + 2) it is x n / (n + 2), in two floats; the
// power of two in e is multiplied on at the end. -0 at minus infinity.
#include "lib/exp_two.h"

W_FN(w_f) w_op_mish(w_f x)
{
    w_f two = W_F(0x40000000u);
    w_two z;
    z.hi = w_least(W_F(0x41a00000u), x);       // 20: the gate is 1
    z.hi = w_most(W_F(0xc2f00000u), z.hi); // -120: it is 0
    z.lo = W_F(0u);
    w_exp_wide p = w_exp_two(z);
    w_two m = w_exp_mantissa(p);
    w_f power = w_power_of_two(w_most(W_F(0xc2700000u), p.n));
    w_two sum = w_two_sum(two, m.hi * power);
    sum = w_two_fast_sum(sum.hi, w_fma(m.lo, power, sum.lo));
    w_two top = w_two_mul(m, sum); // n / 2^n
    w_two below = w_two_sum(two, top.hi * power);
    below = w_two_fast_sum(below.hi, w_fma(top.lo, power, below.lo));
    w_two gate = w_two_div(top, below);
    w_two y = w_two_product(x, gate.hi);
    w_f r = w_scale(y.hi + w_fma(x, gate.lo, y.lo), p.n);
    r = w_select(w_gt(x, W_F(0x41a00000u)), x, r);
    r = w_select(w_lt(x, W_F(0xc2f00000u)), W_F(0u), r);
    return w_from_bits(w_bits(w_abs(r)) | (w_bits(x) & W_U(0x80000000u))); // of a zero too
}
