// SPDX-License-Identifier: Apache-2.0
// Whether x is an infinity of one of the signs that are asked for (ONNX IsInf).
W_FN(w_v) w_op_isinf(w_v x, w_v detect_negative, w_v detect_positive)
{
    w_m plus = w_both(w_equals(x, W_INFINITY), w_less(W_V(0), detect_positive));
    w_m minus = w_both(w_equals(x, w_minus(W_INFINITY)), w_less(W_V(0), detect_negative));
    return w_truth(w_either(plus, minus));
}
