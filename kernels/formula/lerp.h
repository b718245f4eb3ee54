// SPDX-License-Identifier: Apache-2.0
// a + t * (b - a) (PyTorch lerp): the difference is rounded, then the sum once.
W_FN(w_v) w_op_lerp(w_v a, w_v b, w_v t)
{
    return w_fused(t, w_sub(b, a), a);
}
