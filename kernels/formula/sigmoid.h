// SPDX-License-Identifier: Apache-2.0
// 1 / (1 + e^-x) (ONNX Sigmoid), by lib/gate.h; below -80 it is e^x.
#include "lib/gate.h"

W_FN(w_f) w_op_sigmoid(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_two v;
    v.hi = x;
    v.lo = W_F(0u);
    w_two below = w_logistic_below(v);
    w_f y = w_div(one, below.hi);
    w_f rest = w_fma(w_neg(y), below.lo, w_fma(w_neg(y), below.hi, one));
    y = w_fma(rest, y, y);
    W_LOOP(once, 1)
    {
        w_m low = w_lt(x, W_F(0xc2a00000u));
        if (!w_any(low)) {
            break;
        }
        y = w_select(low, w_gate_end(one, v), y);
    }
    return y;
}
