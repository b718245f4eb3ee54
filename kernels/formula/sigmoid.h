// SPDX-License-Identifier: Apache-2.0
//
// 1 / (1 + e^-x) (ONNX Sigmoid). With e = e^-|x| it is 1 / (1 + e), or e / (1 + e) for a negative
// x. e and 1 + e are kept as two floats, and one division is refined by its remainder; the power of
// two in e is multiplied on at the end, so that subnormal results are right. Error:
// at most 0.997 ulp, over all inputs.
#include "lib/exp.h"
#include "lib/scale.h"
#include "lib/two_float.h"

W_FN(w_f) w_op_sigmoid(w_f x)
{
    w_f one = W_F(0x3f800000u);
    w_f a = w_from_bits(w_bits(x) | W_U(0x80000000u));
    a = w_most(W_F(0xc2d00000u), a); // -104: 0 or 1 already
    w_exp_parts p = w_exp_split(a);
    w_two e = w_two_fast_sum(one, w_exp_rest(p));

    // 1 + e; below 2^-60 e does not count, and its products would become subnormal.
    w_f power = w_power_of_two(w_most(W_F(0xc2700000u), p.n));
    w_two sum = w_two_fast_sum(one, e.hi * power);
    sum.lo = w_fma(e.lo, power, sum.lo);

    w_m negative = w_lt(x, W_F(0u));
    w_f top = w_select(negative, e.hi, one);
    w_f rest = w_select(negative, e.lo, W_F(0u));
    w_f inverse = w_div(one, sum.hi);
    w_f y = top * inverse;
    rest = w_fma(w_neg(y), sum.hi, top) + w_fma(w_neg(y), sum.lo, rest);
    y = w_fma(rest, inverse, y);

    return w_scale(y, w_select(negative, p.n, W_F(0u)));
}
