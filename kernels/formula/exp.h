// SPDX-License-Identifier: Apache-2.0
//
// e^x (C99 exp). Method: lib/exp.h, with what 1 + r loses added at the end; then scaled by 2^n in
// a way that rounds subnormal results once. Error: at most 0.802 ulp, over all inputs.
#include "lib/exp.h"
#include "lib/scale.h"
#include "lib/two_float.h"

W_FN(w_f) w_op_exp(w_f x)
{
    // Beyond these bounds the result is infinity or zero; a NaN passes through.
    x = w_least(W_F(0x42b20000u), x); // 89
    x = w_most(W_F(0xc2d00000u), x); // -104
    w_exp_parts p = w_exp_split(x);
    w_two sum = w_two_fast_sum(W_F(0x3f800000u), p.r);
    return w_scale(sum.hi + w_fma(p.r * p.r, p.q, sum.lo), p.n);
}
