// SPDX-License-Identifier: Apache-2.0
// The other bits.
W_FN(w_v) w_op_bitwise_not(w_v x)
{
    return ~x;
}
