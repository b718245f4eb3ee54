// SPDX-License-Identifier: Apache-2.0
// x * x. Correctly rounded; integers wrap.
W_FN(w_v) w_op_square(w_v x)
{
    return w_mul(x, x);
}
