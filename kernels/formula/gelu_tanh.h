// SPDX-License-Identifier: Apache-2.0
// x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) (ONNX Gelu, approximate), which is x / (1 + e^-v)
// with v twice the argument of tanh: v in two floats, then lib/gate.h. -0 at minus infinity.
#include "lib/gate.h"

W_FN(w_f) w_op_gelu_tanh(w_f x)
{
    w_f z = w_least(W_F(0x41400000u), w_abs(x)); // 12
    w_two cube;
    cube.hi = W_F(0x3d922279u);
    cube.lo = W_F(0x3124d8b5u);
    w_two sum = w_two_mul(cube, w_two_product(z, z));
    w_two first = w_two_sum(W_F(0x3fcc422au), sum.hi);
    first = w_two_fast_sum(first.hi, first.lo + (sum.lo + W_F(0xb342bc9bu)));
    w_two factor;
    factor.hi = z;
    factor.lo = W_F(0u);
    w_two v = w_two_mul(first, factor);
    w_m negative = w_lt(x, W_F(0u));
    v.hi = w_select(negative, w_neg(v.hi), v.hi);
    v.lo = w_select(negative, w_neg(v.lo), v.lo);
    return w_select(w_isnan(x), x, w_gated(x, v));
}
