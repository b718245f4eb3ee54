// SPDX-License-Identifier: Apache-2.0
// x, or alpha * x where x < 0 (ONNX LeakyRelu). Correctly rounded.
W_FN(w_v) w_op_leaky_relu(w_v x, w_v alpha)
{
    return w_choose(w_less(x, W_V(0)), w_mul(x, alpha), x);
}
