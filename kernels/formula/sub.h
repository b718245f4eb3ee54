// SPDX-License-Identifier: Apache-2.0
// a - b. Correctly rounded; integers wrap.
W_FN(w_v) w_op_sub(w_v a, w_v b)
{
    return w_sub(a, b);
}
