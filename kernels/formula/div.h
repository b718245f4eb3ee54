// SPDX-License-Identifier: Apache-2.0
// a / b. Correctly rounded; integers towards zero (ONNX Div-14), and 0 where b is 0 (NumPy).
W_FN(w_v) w_op_div(w_v a, w_v b)
{
    return w_quotient(a, b);
}
