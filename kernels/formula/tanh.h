// SPDX-License-Identifier: Apache-2.0
//
// The hyperbolic tangent (C99 tanh), odd. Below 0.625 an odd minimax polynomial (relative error
// 2^-27.8); above it 1 - 2 / (e^2x + 1), the sum being taken before e^2x is rounded (lib/exp.h).
// Error: at most 1.198 ulp, over all inputs.
#include "lib/exp.h"
#include "lib/scale.h"

W_FN(w_f) w_tanh_small(w_f a)
{
    w_f t = a * a;
    w_f p = W_F(0xbbbb560du);
    p = w_fma(p, t, W_F(0x3ca92b6cu));
    p = w_fma(p, t, W_F(0xbd5c2224u));
    p = w_fma(p, t, W_F(0x3e0883b4u));
    p = w_fma(p, t, W_F(0xbeaaaa9au));
    return w_fma(a * t, p, a);
}

W_FN(w_f) w_tanh_large(w_f a)
{
    a = w_least(W_F(0x41200000u), a); // 10: 1 already
    w_exp_parts p = w_exp_split(a + a);
    w_f power = w_power_of_two(p.n);
    w_f sum = w_fma(power, w_exp_rest(p), power + W_F(0x3f800000u));
    return W_F(0x3f800000u) - w_div(W_F(0x40000000u), sum);
}

W_FN(w_f) w_op_tanh(w_f x)
{
    w_f a = w_abs(x);
    w_f y = w_select(w_lt(a, W_F(0x3f200000u)), w_tanh_small(a), w_tanh_large(a));
    return w_from_bits(w_bits(y) | (w_bits(x) & W_U(0x80000000u)));
}
