// SPDX-License-Identifier: Apache-2.0
// log(1 + e^x) (ONNX Softplus): max(x, 0) + log(1 + e^-|x|), the power in two floats (lib/exp.h, lib/log.h);
// below -80 it is e^x.
#include "lib/exp.h"
#include "lib/gate.h"
#include "lib/log.h"

W_FN(w_f) w_op_softplus(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_exp_parts p = w_exp_split(w_most(W_F(0xc2a00000u), w_neg(w_abs(x)))); // -80
    w_two m = w_two_fast_sum(one, p.r);
    m = w_two_fast_sum(m.hi, w_fma(p.r * p.r, p.q, m.lo));
    w_f power = w_power_of_two(p.n);
    w_two u;
    u.hi = m.hi * power;
    u.lo = m.lo * power;
    w_f y = w_most(x, W_F(0u)) + w_log1p_sum(u);
    W_LOOP(once, 1)
    {
        w_m low = w_lt(x, W_F(0xc2a00000u));
        if (!w_any(low)) {
            break;
        }
        w_two v;
        v.hi = x;
        v.lo = W_F(0u);
        y = w_select(low, w_gate_end(one, v), y);
    }
    return w_select(w_isnan(x), x, y);
}
