// SPDX-License-Identifier: Apache-2.0
// x, or alpha * (e^x - 1) where x < 0 (ONNX Elu), the exponential in two floats.
#include "lib/exp_two.h"

W_FN(w_f) w_op_elu(w_f x, w_f alpha)
{
    w_two e = w_expm1_two(x);
    w_f below = w_fma(alpha, e.hi, alpha * e.lo);
    // The sign of a zero; and of an infinite alpha e.lo must not be seen.
    w_f size = w_abs(below);
    w_m usual = w_and(w_lt(W_F(0u), size), w_lt(size, W_F(0x7f800000u)));
    below = w_select(usual, below, alpha * (e.hi + e.lo));
    return w_select(w_lt(x, W_F(0u)), below, x);
}
