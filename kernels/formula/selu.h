// SPDX-License-Identifier: Apache-2.0
// gamma * x, or gamma * alpha * (e^x - 1) where x <= 0 (ONNX Selu), the factors and the exponential in
// two floats.
#include "lib/exp_two.h"

W_FN(w_f) w_op_selu(w_f x, w_f alpha, w_f gamma)
{
    w_two e = w_expm1_two(x);
    w_two y = w_two_mul(w_two_product(gamma, alpha), e);
    w_f below = y.hi + y.lo;
    // The sign of a zero; and gamma * alpha may have overflowed, where the whole product need not: then the
    // larger factor comes first.
    w_f size = w_abs(below), s = e.hi + e.lo;
    w_m usual = w_and(w_lt(W_F(0u), size), w_lt(size, W_F(0x7f800000u)));
    w_m alpha_first = w_lt(w_abs(gamma), w_abs(alpha));
    w_f first = w_select(alpha_first, alpha, gamma), second = w_select(alpha_first, gamma, alpha);
    below = w_select(usual, below, second * (first * s));
    return w_select(w_le(x, W_F(0u)), below, gamma * x);
}
