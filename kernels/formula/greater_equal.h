// SPDX-License-Identifier: Apache-2.0
// Whether a >= b; with a NaN not.
W_FN(w_v) w_op_greater_equal(w_v a, w_v b)
{
    return w_truth(w_either(w_less(b, a), w_equals(a, b)));
}
