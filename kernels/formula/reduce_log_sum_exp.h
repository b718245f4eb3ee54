// SPDX-License-Identifier: Apache-2.0
//
// The logarithm of the sum of exponentials (ONNX ReduceLogSumExp): the largest element is taken off
// first and added at the end. Of no elements -infinity; a NaN gives a NaN.
#include "lib/row_math.h"

W_FN(w_v) w_term_reduce_log_sum_exp_1(w_v x, w_row row)
{
    W_UNUSED(row);
    return x;
}

W_FN(w_v) w_result_reduce_log_sum_exp_1(w_v a, w_row row)
{
    W_UNUSED(row);
    return a;
}

W_FN(w_v) w_term_reduce_log_sum_exp_2(w_v x, w_row row)
{
    return w_row_exp(w_row_below(x, row.r1));
}

W_FN(w_v) w_result_reduce_log_sum_exp_2(w_v a, w_row row)
{
    return w_add(w_row_log(a), row.r1);
}
