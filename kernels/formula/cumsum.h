// SPDX-License-Identifier: Apache-2.0
// The sum of what came before and of what comes after it (ONNX CumSum); of nothing it is 0.
W_FN(w_v) w_begin_cumsum(w_v any)
{
    W_UNUSED(any);
    return W_V(0);
}

W_FN(w_v) w_op_cumsum(w_v before, w_v after) { return w_add(before, after); }
