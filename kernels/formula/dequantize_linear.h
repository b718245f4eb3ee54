// SPDX-License-Identifier: Apache-2.0
// (x - zero_point) * scale (ONNX DequantizeLinear): the difference of two integers below 2^24 is
// exact, the product is rounded once.
W_FN(w_f) w_op_dequantize_linear(w_f x, w_f scale, w_f zero_point)
{
    return (x - zero_point) * scale;
}
