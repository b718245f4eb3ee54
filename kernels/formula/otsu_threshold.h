// SPDX-License-Identifier: Apache-2.0
//
// Otsu's threshold ("A threshold selection method from gray-level histograms", 1979): the least t
// with the greatest variance between the classes x <= t and x > t; 0 where there is one class. With
// n0 and n1 elements and the sums s0 and s1 of their values, the variance is
//   n0 n1 (s1 / n1 - s0 / n0)^2 / (n0 + n1)^2,
// and as n0 + n1 is the same for every t, the t are compared by (n0 s1 - n1 s0)^2 / (n0 n1): in whole
// numbers, crosswise, so that nothing is rounded. Of fewer than 2^31 elements n0 s1 - n1 s0, which is
// never negative, has up to 70 bits and a crosswise product up to 202.
#include "lib/wide.h"

W_FN(w_u) w_op_otsu_threshold(W_COUNTS counts, w_u unused)
{
    W_UNUSED(unused);
    w_wide zero = w_wide_of(W_U(0u)), one = w_wide_of(W_U(1u));
    w_u all = W_U(0u), n0 = W_U(0u), best = W_U(0u);
    w_wide sum = zero, s0 = zero;
    W_LOOP(i, 256) {
        w_u n = w_count(counts, W_U(i));
        all = all + n;
        sum = w_wide_multiply_add(w_wide_of(n), W_U(i), sum);
    }
    w_wide most = zero, share = one; // the greatest variance is most / share
    W_LOOP(t, 256) {
        w_u n = w_count(counts, W_U(t));
        n0 = n0 + n;
        s0 = w_wide_multiply_add(w_wide_of(n), W_U(t), s0);
        w_u n1 = all - n0;
        w_wide apart = w_wide_multiply_add(w_wide_subtract(sum, s0), n0, zero);
        apart = w_wide_subtract(apart, w_wide_multiply_add(s0, n1, zero));
        w_wide square = w_wide_multiply(apart, apart);
        w_wide product = w_wide_multiply_add(w_wide_of(n0), n1, zero);
        w_m more = w_wide_less(w_wide_multiply(most, product), w_wide_multiply(square, share));
        most = w_wide_select(more, square, most);
        share = w_wide_select(more, product, share);
        best = w_selectu(more, W_U(t), best);
    }
    return best;
}
