// SPDX-License-Identifier: Apache-2.0
// The error function (C99 erf), odd. Below 0.92 2 / sqrt(pi) a, in two parts, and a^3 times a minimax
// polynomial (2^-31); above it 1 - e^P(a), P a minimax polynomial of log erfc(a) (2^-34 of the result), the
// power taken from 1 before it is rounded (lib/exp.h).
#include "lib/exp.h"
#include "lib/scale.h"

W_FN(w_f) w_erf_low(w_f a)
{
    w_f s = a * a;
    w_f p = W_F(0x38af6744u);
    p = w_fma(p, s, W_F(0xba5573c0u));
    p = w_fma(p, s, W_F(0x3baa6ed5u));
    p = w_fma(p, s, W_F(0xbcdc08a4u));
    p = w_fma(p, s, W_F(0x3de7171au));
    p = w_fma(p, s, W_F(0xbec093a2u));
    return w_fma(a, W_F(0x3f906ebbu), w_fma(a * s, p, a * W_F(0xb37bd649u)));
}

W_FN(w_f) w_erf_high(w_f a)
{
    w_f p = W_F(0xb7b1b9a6u);
    p = w_fma(p, a, W_F(0x39e45349u));
    p = w_fma(p, a, W_F(0xbb88d67bu));
    p = w_fma(p, a, W_F(0x3ccde1b4u));
    p = w_fma(p, a, W_F(0xbdddcbf5u));
    p = w_fma(p, a, W_F(0xbf2221e9u));
    p = w_fma(p, a, W_F(0xbf909437u));
    p = w_fma(p, a, W_F(0x3938ed8bu));
    w_exp_parts e = w_exp_split(p);
    w_f power = w_power_of_two(e.n);
    return w_fma(w_neg(power), w_exp_rest(e), W_F(0x3f800000u) - power);
}

W_FN(w_f) w_op_erf(w_f x)
{
    w_f a = w_abs(x);
    w_f high = w_erf_high(w_least(W_F(0x40800000u), a)); // 4: 1 already; a NaN stays
    w_f y = w_select(w_lt(a, W_F(0x3f6c0000u)), w_erf_low(a), high);
    return w_from_bits(w_bits(y) | (w_bits(x) & W_U(0x80000000u)));
}
