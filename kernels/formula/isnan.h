// SPDX-License-Identifier: Apache-2.0
// Whether x is a NaN (ONNX IsNaN).
W_FN(w_v) w_op_isnan(w_v x)
{
    return w_truth(w_not_number(x));
}
