// SPDX-License-Identifier: Apache-2.0
// x where the condition is not zero, else y (ONNX Where).
W_FN(w_v) w_op_where(w_v condition, w_v x, w_v y)
{
    return w_choose(w_equals(condition, W_V(0)), y, x);
}
