// SPDX-License-Identifier: Apache-2.0
// -1, +0 or 1 (ONNX Sign); a NaN stays (NumPy). Exact.
W_FN(w_v) w_op_sign(w_v x)
{
    w_v other = w_choose(w_equals(x, W_V(0)), W_V(0), x);
    w_v below = w_choose(w_less(x, W_V(0)), W_V(-1), other);
    return w_choose(w_less(W_V(0), x), W_V(1), below);
}
