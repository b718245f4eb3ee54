// SPDX-License-Identifier: Apache-2.0
// log(1 + e^x) (ONNX Softplus): max(x, 0) + log(1 + e^-|x|) in two floats (lib/log.h). Below -10 it is
// e^x (1 - e^x / 2), scaled at the end, so that subnormal results are right.
#include "lib/exp_two.h"
#include "lib/log.h"

W_FN(w_f) w_op_softplus(w_f x)
{
    w_two a;
    a.hi = w_neg(w_abs(x));
    a.hi = w_most(W_F(0xc2d80000u), a.hi); // -108: nothing
    a.lo = W_F(0u);
    w_exp_wide p = w_exp_two(a);
    w_two m = w_exp_mantissa(p);
    w_f power = w_power_of_two(w_most(W_F(0xc2700000u), p.n));
    w_f half_e = m.hi * power * W_F(0xbf000000u);
    w_f low = w_scale(m.hi + w_fma(m.hi, half_e, m.lo), p.n);

    w_two e;
    e.hi = m.hi * power;
    e.lo = m.lo * power;
    w_two y = w_log1p_two(e);
    w_two sum = w_two_sum(w_most(x, W_F(0u)), y.hi);
    w_f r = sum.hi + (sum.lo + y.lo);
    r = w_select(w_lt(x, W_F(0xc1200000u)), low, r);
    return w_select(w_or(w_gt(x, W_F(0x42000000u)), w_isnan(x)), x, r); // 32
}
