// SPDX-License-Identifier: Apache-2.0
// -x: the sign flipped, of a NaN too. Exact; the least integer stays.
W_FN(w_v) w_op_neg(w_v x)
{
    return w_minus(x);
}
