// SPDX-License-Identifier: Apache-2.0
// a / 2^b rounded down; where b is negative or not below the width every bit is the sign (NumPy).
W_FN(w_v) w_op_right_shift(w_v a, w_v b)
{
    w_m within = w_both(w_less(W_V(-1), b), w_less(b, W_V(W_BITS)));
    return w_shift_right(a, w_choose(within, b & W_V(W_BITS - 1), W_V(W_BITS - 1)));
}
