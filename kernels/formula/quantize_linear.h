// SPDX-License-Identifier: Apache-2.0
// rint(x / scale) + zero_point, ties to even (ONNX QuantizeLinear). The store saturates, so that a
// quotient that overflows to infinity ends at the right bound, and writes a NaN as 0. Exact: the
// quotient is correctly rounded, and the sum is an integer below 2^24 wherever it is not clamped.
W_FN(w_f) w_op_quantize_linear(w_f x, w_f scale, w_f zero_point)
{
    return w_rint(w_div(x, scale)) + zero_point;
}
