// SPDX-License-Identifier: Apache-2.0
// The nearest integer, ties to even (ONNX Round). Exact.
W_FN(w_v) w_op_round(w_v x)
{
    return w_nearest(x);
}
