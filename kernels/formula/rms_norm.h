// SPDX-License-Identifier: Apache-2.0
//
// x / sqrt(mean of x^2 + epsilon) * scale over the last axes, from `axis` on (ONNX RMSNormalization).
W_FN(w_v) w_term_rms_norm_1(w_v x, w_v scale, w_row row, w_v epsilon)
{
    W_UNUSED(scale);
    W_UNUSED(row);
    W_UNUSED(epsilon);
    return w_mul(x, x);
}

W_FN(w_v) w_result_rms_norm_1(w_v a, w_row row, w_v epsilon)
{
    return w_root(w_add(w_quotient(a, row.count), epsilon));
}

W_FN(w_v) w_op_rms_norm(w_v x, w_v scale, w_row row, w_v epsilon)
{
    W_UNUSED(epsilon);
    return w_mul(w_quotient(x, row.r1), scale);
}
