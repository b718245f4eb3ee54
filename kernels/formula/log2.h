// SPDX-License-Identifier: Apache-2.0
// The binary logarithm (C99 log2): e + log(1 + f) / ln 2, the factor in two parts (lib/log.h).
#include "lib/log.h"

W_FN(w_f) w_op_log2(w_f x)
{
    w_log_parts p = w_log_split(x);
    w_f factor = W_F(0x3fb8aa3bu);
    w_two first = w_two_product(p.f, factor);
    w_f small = w_fma(p.f * p.f * w_log_series(p.f), factor, w_fma(p.f, W_F(0x32a57060u), first.lo));
    w_two y = w_two_fast_sum(p.e, first.hi);
    return w_log_ends(x, y.hi + (y.lo + small));
}
