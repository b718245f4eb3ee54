// SPDX-License-Identifier: Apache-2.0
// maxval where x > threshold, else +0 (OpenCV THRESH_BINARY); NaN stays NaN. Exact.
W_FN(w_f) w_op_threshold(w_f x, w_f threshold, w_f maxval)
{
    w_f y = w_select(w_gt(x, threshold), maxval, W_F(0u));
    return w_select(w_isnan(x), x, y);
}
