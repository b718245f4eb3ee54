// SPDX-License-Identifier: Apache-2.0
//
// The product (ONNX ReduceProd). The order of the products is the loop's. It begins with 1, which
// changes nothing, and is the product of no elements. Integers wrap.
W_FN(w_state) w_init_reduce_prod(w_v attr)
{
    W_UNUSED(attr);
    w_state s;
    s.a = W_V(1);
    s.b = W_N(0u);
    return s;
}

W_FN(w_state) w_step_reduce_prod(w_state s, w_v x, w_n index)
{
    W_UNUSED(index);
    s.a = w_mul(s.a, x);
    return s;
}

W_FN(w_state) w_combine_reduce_prod(w_state s, w_state t)
{
    s.a = w_mul(s.a, t.a);
    return s;
}

W_FN(w_state) w_finish_reduce_prod(w_state s, w_v count)
{
    W_UNUSED(count);
    return s;
}
