// SPDX-License-Identifier: Apache-2.0
//
// (x - mean) / sqrt(variance + epsilon) * scale + bias over the last axes, from `axis` on (ONNX
// LayerNormalization): mean and variance as reduce_var has them, the last product and sum rounded once.
W_FN(w_v) w_term_layer_norm_1(w_v x, w_v scale, w_v bias, w_row row, w_v epsilon)
{
    W_UNUSED(scale);
    W_UNUSED(bias);
    W_UNUSED(row);
    W_UNUSED(epsilon);
    return x;
}

W_FN(w_v) w_result_layer_norm_1(w_v a, w_row row, w_v epsilon)
{
    W_UNUSED(epsilon);
    return w_quotient(a, row.count);
}

W_FN(w_v) w_term_layer_norm_2(w_v x, w_v scale, w_v bias, w_row row, w_v epsilon)
{
    W_UNUSED(scale);
    W_UNUSED(bias);
    W_UNUSED(epsilon);
    w_v d = w_sub(x, row.r1);
    return w_mul(d, d);
}

W_FN(w_v) w_result_layer_norm_2(w_v a, w_row row, w_v epsilon)
{
    return w_root(w_add(w_quotient(a, row.count), epsilon));
}

W_FN(w_v) w_op_layer_norm(w_v x, w_v scale, w_v bias, w_row row, w_v epsilon)
{
    W_UNUSED(epsilon);
    return w_fused(w_quotient(w_sub(x, row.r1), row.r2), scale, bias);
}
