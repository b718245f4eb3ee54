// SPDX-License-Identifier: Apache-2.0
// |x|: the sign cleared, of a NaN too. Exact; the least integer stays.
W_FN(w_v) w_op_abs(w_v x)
{
    return w_size(x);
}
