// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_EXP_H
#define W_LIB_EXP_H

// exp(x) = 2^n * (1 + rest), for |x| <= 120; -0.3 < rest < 0.42.
W_STRUCT w_exp_parts {
    w_i n;
    w_f rest;
} W_STRUCT_END(w_exp_parts)

// x = n ln 2 + r, |r| <= (ln 2) / 2, in two steps (Cody and Waite), of which the first one is exact.
// Then exp(r) = 1 + r + r^2 * (minimax polynomial, relative error 2^-28).
W_FN(w_exp_parts) w_exp_split(w_f x)
{
    w_f n = w_rint(x * W_F(0x3fb8aa3bu));
    w_f r = w_fma(n, W_F(0xbf317218u), x);
    r = w_fma(n, W_F(0x3102e308u), r);

    w_f q = W_F(0x3ab510aau);
    q = w_fma(q, r, W_F(0x3c091dcdu));
    q = w_fma(q, r, W_F(0x3d2aac7eu));
    q = w_fma(q, r, W_F(0x3e2aaa48u));
    q = w_fma(q, r, W_F(0x3efffffeu));

    w_exp_parts p;
    p.n = w_to_i(n);
    p.rest = w_fma(r * r, q, r);
    return p;
}

#endif
