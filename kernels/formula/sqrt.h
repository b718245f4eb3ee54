// SPDX-License-Identifier: Apache-2.0
// The square root, correctly rounded (IEEE 754): of -0 it is -0, of less NaN.
W_FN(w_f) w_op_sqrt(w_f x)
{
    return w_sqrt(x);
}
