// SPDX-License-Identifier: Apache-2.0
// The natural logarithm (C99 log): e ln 2 + log(1 + f), ln 2 in two parts of which e times the first is
// exact (lib/log.h).
#include "lib/log.h"

W_FN(w_f) w_op_log(w_f x)
{
    w_log_parts p = w_log_split(x);
    w_f small = w_fma(p.f * p.f, w_log_series(p.f), p.e * W_F(0x35bfbe8eu));
    w_two y = w_two_fast_sum(p.e * W_F(0x3f317200u), p.f);
    return w_log_ends(x, y.hi + (y.lo + small));
}
