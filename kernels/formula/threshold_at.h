// SPDX-License-Identifier: Apache-2.0
// maxval where x > t, else +0 (OpenCV THRESH_BINARY); NaN stays NaN. Exact.
W_FN(w_f) w_op_threshold_at(w_f x, w_f t, w_f maxval)
{
    w_f y = w_select(w_gt(x, t), maxval, W_F(0u));
    return w_select(w_isnan(x), x, y);
}
