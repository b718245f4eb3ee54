// SPDX-License-Identifier: Apache-2.0
// The square root. Correctly rounded.
W_FN(w_v) w_op_sqrt(w_v x)
{
    return w_root(x);
}
