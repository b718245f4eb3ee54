// SPDX-License-Identifier: Apache-2.0
// gamma * x, or gamma * alpha * (e^x - 1) where x <= 0 (ONNX Selu), the factors and the exponential in
// two floats.
#include "lib/exp_two.h"

W_FN(w_m) w_selu_usual(w_f y)
{
    return w_and(w_lt(W_F(0u), w_abs(y)), w_lt(w_abs(y), W_F(0x7f800000u)));
}

W_FN(w_f) w_op_selu(w_f x, w_f alpha, w_f gamma)
{
    w_two e = w_expm1_two(x);
    w_two y = w_two_mul(w_two_product(gamma, alpha), e);
    w_f below = y.hi + y.lo;
    // The sign of a zero; and gamma * alpha may have overflowed, where the whole product need not: then the
    // larger factor comes first.
    w_m alpha_first = w_lt(w_abs(gamma), w_abs(alpha));
    w_f first = w_select(alpha_first, alpha, gamma), second = w_select(alpha_first, gamma, alpha);
    w_two s = w_two_fast_sum(e.hi, e.lo), p = w_two_product(first, s.hi);
    w_f plain = second * p.hi, exact = w_fma(second, p.hi, second * w_fma(first, s.lo, p.lo));
    w_f other = w_select(w_selu_usual(plain), exact, plain);
    below = w_select(w_selu_usual(below), below, other);
    return w_select(w_le(x, W_F(0u)), below, gamma * x);
}
