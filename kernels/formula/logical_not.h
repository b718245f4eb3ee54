// SPDX-License-Identifier: Apache-2.0
// Whether x is zero.
W_FN(w_v) w_op_logical_not(w_v x)
{
    return w_truth(w_equals(x, W_V(0)));
}
