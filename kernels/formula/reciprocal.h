// SPDX-License-Identifier: Apache-2.0
// 1 / x (ONNX Reciprocal). Correctly rounded.
W_FN(w_v) w_op_reciprocal(w_v x)
{
    return w_quotient(W_V(1), x);
}
