// SPDX-License-Identifier: Apache-2.0
// x, or alpha * (e^(x / alpha) - 1) where x < 0 (ONNX Celu): the quotient is rounded, the exponential is
// in two floats.
#include "lib/exp_two.h"

W_FN(w_f) w_op_celu(w_f x, w_f alpha)
{
    w_f quotient = w_div(x, alpha);
    w_two e = w_expm1_two(quotient);
    w_f below = w_fma(alpha, e.hi, alpha * e.lo);
    below = w_select(w_lt(w_abs(quotient), W_F(0x33000000u)), x, below); // 2^-25
    return w_select(w_lt(x, W_F(0u)), below, x);
}
