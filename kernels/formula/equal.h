// SPDX-License-Identifier: Apache-2.0
// Whether a = b; a NaN equals nothing, -0 equals +0.
W_FN(w_v) w_op_equal(w_v a, w_v b)
{
    return w_truth(w_equals(a, b));
}
