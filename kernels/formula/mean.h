// SPDX-License-Identifier: Apache-2.0
// The sum of the inputs, from the first on, divided by their number (ONNX Mean); a rounding each.
W_FN(w_v) w_op_mean(w_v a, w_v b)
{
    return w_add(a, b);
}

W_FN(w_v) w_end_mean(w_v y, w_v count)
{
    return w_quotient(y, count);
}
