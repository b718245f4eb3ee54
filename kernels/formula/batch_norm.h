// SPDX-License-Identifier: Apache-2.0
// (x - mean) / sqrt(variance + epsilon) * scale + shift (ONNX BatchNormalization, inference): the
// difference, the sum, the root and the quotient are rounded, the rest once.
W_FN(w_v) w_op_batch_norm(w_v x, w_v scale, w_v shift, w_v mean, w_v variance, w_v epsilon)
{
    w_v spread = w_root(w_add(variance, epsilon));
    return w_fused(w_quotient(w_sub(x, mean), spread), scale, shift);
}
