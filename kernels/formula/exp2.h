// SPDX-License-Identifier: Apache-2.0
// 2 to the x (C99 exp2), by lib/exp2.h.
#include "lib/exp2.h"

W_FN(w_f) w_op_exp2(w_f x)
{
    // Beyond these bounds the result is infinity or zero; a NaN passes through.
    w_two z;
    z.hi = w_least(W_F(0x43480000u), x);         // 200
    z.hi = w_most(W_F(0xc3480000u), z.hi);
    z.lo = W_F(0u);
    return w_exp2_two(z);
}
