// SPDX-License-Identifier: Apache-2.0
// x with its sign cleared (IEEE 754 abs).
W_FN(w_f) w_op_abs(w_f x)
{
    return w_abs(x);
}
