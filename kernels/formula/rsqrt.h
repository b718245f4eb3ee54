// SPDX-License-Identifier: Apache-2.0
// 1 / sqrt(x): two roundings. Error: at most 1 ulp.
W_FN(w_f) w_op_rsqrt(w_f x)
{
    return w_div(W_F(0x3f800000u), w_sqrt(x));
}
