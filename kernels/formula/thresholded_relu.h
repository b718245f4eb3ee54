// SPDX-License-Identifier: Apache-2.0
// x where x > alpha, else 0 (ONNX ThresholdedRelu); a NaN stays. Exact.
W_FN(w_v) w_op_thresholded_relu(w_v x, w_v alpha)
{
    w_v y = w_choose(w_less(alpha, x), x, W_V(0));
    return w_choose(w_not_number(x), x, y);
}
