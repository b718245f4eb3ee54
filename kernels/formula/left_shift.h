// SPDX-License-Identifier: Apache-2.0
// a * 2^b modulo the width of the storage; 0 where b is negative or not below it (NumPy).
W_FN(w_v) w_op_left_shift(w_v a, w_v b)
{
    w_m within = w_both(w_less(W_V(-1), b), w_less(b, W_V(W_BITS)));
    return w_choose(within, w_shift_left(a, b & W_V(W_BITS - 1)), W_V(0));
}
