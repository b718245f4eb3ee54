// SPDX-License-Identifier: Apache-2.0
// The decimal logarithm (C99 log10): the binary one times log10(2).
#include "lib/log.h"

W_FN(w_f) w_op_log10(w_f x)
{
    w_two factor;
    factor.hi = W_F(0x3e9a209bu);
    factor.lo = W_F(0xb2760860u);
    w_two y = w_two_mul(w_log2_two(x), factor);
    return w_log_ends(x, y.hi + y.lo);
}
