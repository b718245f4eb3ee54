// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_EXP2_H
#define W_LIB_EXP2_H

#include "lib/scale.h"
#include "lib/two_float.h"

// 2^r for |r| <= 1/2, by a minimax polynomial (relative error 2^-28.9).
W_FN(w_f) w_exp2_series(w_f r)
{
    w_f p = W_F(0x3920fd0bu);
    p = w_fma(p, r, W_F(0x3aafa076u));
    p = w_fma(p, r, W_F(0x3c1d96aau));
    p = w_fma(p, r, W_F(0x3d635772u));
    p = w_fma(p, r, W_F(0x3e75fdeeu));
    p = w_fma(p, r, W_F(0x3f317218u));
    return w_fma(p, r, W_F(0x3f800000u));
}

// 2^(z.hi + z.lo), |z.hi| <= 250.
W_FN(w_f) w_exp2_two(w_two z)
{
    w_f n = w_rint(z.hi);
    return w_scale(w_exp2_series((z.hi - n) + z.lo), n);
}

#endif
