// SPDX-License-Identifier: Apache-2.0
//
// The natural logarithm of the sum (ONNX ReduceLogSum); of no elements -infinity.
#include "lib/row_math.h"

W_FN(w_v) w_term_reduce_log_sum_1(w_v x, w_row row)
{
    W_UNUSED(row);
    return x;
}

W_FN(w_v) w_result_reduce_log_sum_1(w_v a, w_row row)
{
    W_UNUSED(row);
    return w_row_log(a);
}
