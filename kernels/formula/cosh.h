// SPDX-License-Identifier: Apache-2.0
// The hyperbolic cosine (C99 cosh): (e^a + e^-a) / 2 (lib/hyperbolic.h).
#include "lib/hyperbolic.h"

W_FN(w_f) w_op_cosh(w_f x)
{
    return w_half_exp_sum(w_abs(x), W_F(0x3f800000u));
}
