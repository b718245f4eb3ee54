// SPDX-License-Identifier: Apache-2.0
//
// exp(x - max) / the sum of these (ONNX Softmax), which is 1 at least, so that its reciprocal serves.
// Sizes of x do not matter, only differences.
#include "lib/row_math.h"

W_FN(w_v) w_term_softmax_1(w_v x, w_row row)
{
    W_UNUSED(row);
    return x;
}

W_FN(w_v) w_result_softmax_1(w_v a, w_row row)
{
    W_UNUSED(row);
    return a;
}

W_FN(w_v) w_term_softmax_2(w_v x, w_row row)
{
    return w_row_exp(w_sub(x, row.r1));
}

W_FN(w_v) w_result_softmax_2(w_v a, w_row row)
{
    W_UNUSED(row);
    return w_quotient(W_V(1), a);
}

W_FN(w_v) w_end_softmax(w_v term, w_row row)
{
    return w_mul(term, row.r2);
}

W_FN(w_v) w_op_softmax(w_v x, w_row row)
{
    return w_end_softmax(w_term_softmax_2(x, row), row);
}
