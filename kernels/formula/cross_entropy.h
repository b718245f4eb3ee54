// SPDX-License-Identifier: Apache-2.0
//
// -log softmax(x) at the label (ONNX SoftmaxCrossEntropyLoss without a mean): the logarithm of the sum
// of exp(x - max), minus x - max of the label's element, which the third phase picks. Infinity for a
// label that is no class.
#include "lib/row_math.h"

W_FN(w_v) w_term_cross_entropy_1(w_v x, w_v label, w_row row)
{
    W_UNUSED(row);
    W_UNUSED(label);
    return x;
}

W_FN(w_v) w_result_cross_entropy_1(w_v a, w_row row)
{
    W_UNUSED(row);
    return a;
}

W_FN(w_v) w_term_cross_entropy_2(w_v x, w_v label, w_row row)
{
    W_UNUSED(label);
    return w_row_exp(w_sub(x, row.r1));
}

W_FN(w_v) w_result_cross_entropy_2(w_v a, w_row row)
{
    W_UNUSED(row);
    return w_row_log(a);
}

W_FN(w_v) w_term_cross_entropy_3(w_v x, w_v label, w_row row)
{
    w_v none = w_minus(W_INFINITY);
    return w_choose(w_equals(label, row.index), w_sub(x, row.r1), none);
}

W_FN(w_v) w_result_cross_entropy_3(w_v a, w_row row)
{
    return w_sub(row.r2, a);
}
