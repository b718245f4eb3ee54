// SPDX-License-Identifier: Apache-2.0
//
// x - max - log(the sum of exp(x - max)) (ONNX LogSoftmax).
#include "lib/row_math.h"

W_FN(w_v) w_term_log_softmax_1(w_v x, w_row row)
{
    W_UNUSED(row);
    return x;
}

W_FN(w_v) w_result_log_softmax_1(w_v a, w_row row)
{
    W_UNUSED(row);
    return a;
}

W_FN(w_v) w_term_log_softmax_2(w_v x, w_row row)
{
    return w_row_exp(w_sub(x, row.r1));
}

W_FN(w_v) w_result_log_softmax_2(w_v a, w_row row)
{
    W_UNUSED(row);
    return w_row_log(a);
}

W_FN(w_v) w_op_log_softmax(w_v x, w_row row)
{
    return w_sub(w_sub(x, row.r1), row.r2);
}
