// SPDX-License-Identifier: Apache-2.0
// The sum of the inputs, from the first on (ONNX Sum); one rounding for each after the first.
W_FN(w_v) w_op_sum(w_v a, w_v b)
{
    return w_add(a, b);
}

W_FN(w_v) w_end_sum(w_v y, w_v count)
{
    W_UNUSED(count);
    return y;
}
