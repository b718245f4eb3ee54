// SPDX-License-Identifier: Apache-2.0
// gamma * x, or gamma * alpha * (e^x - 1) where x <= 0 (ONNX Selu), the factors and the exponential in
// two floats.
#include "lib/exp_two.h"

W_FN(w_f) w_op_selu(w_f x, w_f alpha, w_f gamma)
{
    w_two e = w_expm1_two(x);
    w_two y = w_two_mul(w_two_product(gamma, alpha), e);
    w_f below = y.hi + y.lo;
    below = w_select(w_eq(below, W_F(0u)), gamma * alpha * e.hi, below); // the sign of a zero
    return w_select(w_le(x, W_F(0u)), below, gamma * x);
}
