// SPDX-License-Identifier: Apache-2.0
//
// The sum of x * x (ONNX ReduceSumSquare), each square rounded before it is added.
W_FN(w_v) w_term_reduce_sum_square_1(w_v x, w_row row)
{
    W_UNUSED(row);
    return w_mul(x, x);
}

W_FN(w_v) w_result_reduce_sum_square_1(w_v a, w_row row)
{
    W_UNUSED(row);
    return a;
}
