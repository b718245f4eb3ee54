// SPDX-License-Identifier: Apache-2.0
//
// The sum of |x| (ONNX ReduceL1).
W_FN(w_v) w_term_reduce_l1_1(w_v x, w_row row)
{
    W_UNUSED(row);
    return w_size(x);
}

W_FN(w_v) w_result_reduce_l1_1(w_v a, w_row row)
{
    W_UNUSED(row);
    return a;
}
