// SPDX-License-Identifier: Apache-2.0
// a * b. Correctly rounded; integers wrap.
W_FN(w_v) w_op_mul(w_v a, w_v b)
{
    return w_mul(a, b);
}
