// SPDX-License-Identifier: Apache-2.0
// x, or slope * x where x < 0 (ONNX PRelu). Correctly rounded; integers wrap.
W_FN(w_v) w_op_prelu(w_v x, w_v slope)
{
    return w_choose(w_less(x, W_V(0)), w_mul(x, slope), x);
}
