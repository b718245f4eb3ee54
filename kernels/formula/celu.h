// SPDX-License-Identifier: Apache-2.0
// x, or alpha * (e^(x / alpha) - 1) where x < 0 (ONNX Celu): the quotient is rounded, the exponential is
// in two floats.
#include "lib/exp_two.h"

W_FN(w_f) w_op_celu(w_f x, w_f alpha)
{
    w_two e = w_expm1_two(w_div(x, alpha));
    w_two y = w_two_product(alpha, e.hi);
    w_f below = w_select(w_eq(e.lo, W_F(0u)), y.hi, y.hi + w_fma(alpha, e.lo, y.lo));
    return w_select(w_lt(x, W_F(0u)), below, x);
}
