// SPDX-License-Identifier: Apache-2.0
// The bits that one has.
W_FN(w_v) w_op_bitwise_or(w_v a, w_v b)
{
    return a | b;
}
