// SPDX-License-Identifier: Apache-2.0
// The remainder of x / y rounded down, with the sign of y (NumPy mod): fmod(x, y), plus y where the
// signs differ, one rounding. Of integers 0 where y is 0.
#ifdef W_INTEGERS
W_FN(w_v) w_op_mod(w_v x, w_v y)
{
    w_v r = w_remainder(x, y);
    w_m differs = w_less(r ^ y, W_V(0)); // one is negative
    return w_choose(w_both(differs, w_negate(w_equals(r, W_V(0)))), w_add(r, y), r);
}
#else
#include "lib/fmod.h"

W_FN(w_f) w_op_mod(w_f x, w_f y)
{
    w_f r = w_fmod(x, y);
    w_u differs = (w_bits(r) ^ w_bits(y)) & W_U(0x80000000u);
    w_f moved = w_select(w_ueq(differs, W_U(0u)), r, r + y);
    w_f zero = w_from_bits(w_bits(y) & W_U(0x80000000u));
    return w_select(w_eq(r, W_F(0u)), zero, moved);
}
#endif
