// SPDX-License-Identifier: Apache-2.0
// Whether x is neither infinite nor a NaN (NumPy isfinite).
W_FN(w_v) w_op_isfinite(w_v x)
{
    return w_truth(w_less(w_size(x), W_INFINITY));
}
