// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_EXP_H
#define W_LIB_EXP_H

// (exp(r) - 1 - r) / r^2 for |r| <= (ln 2) / 2: a minimax polynomial that leaves exp(r) a relative error of
// 2^-28.
W_FN(w_f) w_exp_second(w_f r)
{
    w_f q = W_F(0x3ab510aau);
    q = w_fma(q, r, W_F(0x3c091dcdu));
    q = w_fma(q, r, W_F(0x3d2aac7eu));
    q = w_fma(q, r, W_F(0x3e2aaa48u));
    return w_fma(q, r, W_F(0x3efffffeu));
}

// exp(x) = 2^n * (1 + r + r^2 * q), for |x| <= 120; |r| <= 0.35.
W_STRUCT w_exp_parts
{
    w_f n;
    w_f r;
    w_f q;
}
W_STRUCT_END(w_exp_parts)

// x = n ln 2 + r, |r| <= (ln 2) / 2, in two steps (Cody and Waite), of which the first one is
// exact.
W_FN(w_exp_parts) w_exp_split(w_f x)
{
    w_f n = w_rint(x * W_F(0x3fb8aa3bu));
    w_f r = w_fma(n, W_F(0xbf317218u), x);
    r = w_fma(n, W_F(0x3102e308u), r);

    w_exp_parts p;
    p.n = n;
    p.r = r;
    p.q = w_exp_second(r);
    return p;
}

// exp(x) / 2^n - 1, between -0.3 and 0.42.
W_FN(w_f) w_exp_rest(w_exp_parts p)
{
    return w_fma(p.r * p.r, p.q, p.r);
}

#endif
