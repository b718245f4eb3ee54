// SPDX-License-Identifier: Apache-2.0
// The bits that both have.
W_FN(w_v) w_op_bitwise_and(w_v a, w_v b)
{
    return a & b;
}
