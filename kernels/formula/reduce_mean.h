// SPDX-License-Identifier: Apache-2.0
//
// The sum divided by the number of elements (ONNX ReduceMean), each rounded; of integers towards zero.
// Of no elements NaN, or the integer 0.
W_FN(w_v) w_term_reduce_mean_1(w_v x, w_row row)
{
    W_UNUSED(row);
    return x;
}

W_FN(w_v) w_result_reduce_mean_1(w_v a, w_row row)
{
    return w_quotient(a, row.count);
}
