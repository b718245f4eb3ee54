// SPDX-License-Identifier: Apache-2.0
// x / (1 + |x|) (ONNX Softsign): the sum is rounded, then the quotient.
W_FN(w_v) w_op_softsign(w_v x)
{
    return w_quotient(x, w_add(W_V(1), w_size(x)));
}
