// SPDX-License-Identifier: Apache-2.0
// x itself: the loads and stores around it convert (ONNX Cast).
W_FN(w_v) w_op_cast(w_v x)
{
    return x;
}
