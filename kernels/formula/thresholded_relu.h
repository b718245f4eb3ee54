// SPDX-License-Identifier: Apache-2.0
// x where x > alpha, else 0 (ONNX ThresholdedRelu), of a NaN too. Exact.
W_FN(w_v) w_op_thresholded_relu(w_v x, w_v alpha)
{
    return w_choose(w_less(alpha, x), x, W_V(0));
}
