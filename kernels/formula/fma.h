// SPDX-License-Identifier: Apache-2.0
// a * b + c, rounded once (IEEE 754 fusedMultiplyAdd).
W_FN(w_v) w_op_fma(w_v a, w_v b, w_v c)
{
    return w_fused(a, b, c);
}
