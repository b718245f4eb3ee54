// SPDX-License-Identifier: Apache-2.0
// x where x > 0, else +0; NaN stays NaN (ONNX Relu). relu(-0) is +0, as max(-0, +0) is. Exact.
W_FN(w_f) w_op_relu(w_f x)
{
    return w_select(w_le(x, W_F(0u)), W_F(0u), x);
}
