// SPDX-License-Identifier: Apache-2.0
// The hyperbolic cosine (C99 cosh), by lib/hyperbolic.h.
#include "lib/hyperbolic.h"

W_FN(w_f) w_op_cosh(w_f x)
{
    w_hyperbolic h = w_hyperbolic_split(w_abs(x));
    w_f odd = w_fma(h.less, h.sinh.hi, h.less * h.sinh.lo);
    return (h.sum.hi + w_fma(h.sum.hi, h.cosh_1, odd + h.sum.lo)) * W_F(0x40800000u);
}
