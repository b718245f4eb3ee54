// SPDX-License-Identifier: Apache-2.0
// x, or alpha * (e^x - 1) where x < 0 (ONNX Elu), the exponential in two floats.
#include "lib/exp_two.h"

W_FN(w_f) w_op_elu(w_f x, w_f alpha)
{
    w_two e = w_expm1_two(x);
    w_f below = w_fma(alpha, e.hi, alpha * e.lo);
    below = w_select(w_eq(below, W_F(0u)), alpha * e.hi, below); // the sign of a zero
    return w_select(w_lt(x, W_F(0u)), below, x);
}
