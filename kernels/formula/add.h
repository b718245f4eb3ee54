// SPDX-License-Identifier: Apache-2.0
// a + b, rounded once (IEEE 754).
W_FN(w_f) w_op_add(w_f a, w_f b)
{
    return a + b;
}
