// SPDX-License-Identifier: Apache-2.0
//
// The sum (ONNX ReduceSum). The order of the additions is the loop's. It begins with -0, the one
// number that changes nothing when it is added; the sum of no elements is +0.
W_FN(w_state) w_init_reduce_sum(w_f attr)
{
    W_UNUSED(attr);
    w_state s;
    s.a = W_F(0x80000000u);
    s.b = W_U(0u);
    return s;
}

W_FN(w_state) w_step_reduce_sum(w_state s, w_f x, w_u index)
{
    W_UNUSED(index);
    s.a = s.a + x;
    return s;
}

W_FN(w_state) w_combine_reduce_sum(w_state s, w_state t)
{
    s.a = s.a + t.a;
    return s;
}

W_FN(w_state) w_finish_reduce_sum(w_state s, w_f count)
{
    s.a = w_select(w_eq(count, W_F(0u)), W_F(0u), s.a);
    return s;
}
