// SPDX-License-Identifier: Apache-2.0
// The decimal logarithm (C99 log10): e log10(2) + log(1 + f) / ln 10, both factors in two parts, of which e
// times the first is exact (lib/log.h).
#include "lib/log.h"

W_FN(w_f) w_op_log10(w_f x)
{
    w_log_parts p = w_log_split(x);
    w_f factor = W_F(0x3ede5bd9u);
    w_two first = w_two_product(p.f, factor);
    w_f small = w_fma(p.f, W_F(0xb22d91afu), w_fma(p.e, W_F(0x369a84fcu), first.lo));
    small = w_fma(p.f * p.f * w_log_series(p.f), factor, small);
    w_two y = w_two_fast_sum(p.e * W_F(0x3e9a2000u), first.hi);
    return w_log_ends(x, y.hi + (y.lo + small));
}
