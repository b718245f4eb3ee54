// SPDX-License-Identifier: Apache-2.0
// Whether not a = b; a NaN equals nothing.
W_FN(w_v) w_op_not_equal(w_v a, w_v b)
{
    return w_truth(w_negate(w_equals(a, b)));
}
