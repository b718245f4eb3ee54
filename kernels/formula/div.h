// SPDX-License-Identifier: Apache-2.0
// a / b, correctly rounded (IEEE 754).
W_FN(w_f) w_op_div(w_f a, w_f b)
{
    return w_div(a, b);
}
