// SPDX-License-Identifier: Apache-2.0
// Whether a < b; with a NaN not.
W_FN(w_v) w_op_less(w_v a, w_v b)
{
    return w_truth(w_less(a, b));
}
