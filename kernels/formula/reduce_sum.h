// SPDX-License-Identifier: Apache-2.0
//
// The sum (ONNX ReduceSum). The order of the additions is the loop's. It begins with -0, the one
// number that changes nothing when it is added; the sum of no elements is +0. Integers wrap.
W_FN(w_state) w_init_reduce_sum(w_v attr)
{
    W_UNUSED(attr);
    w_state s;
#ifdef W_INTEGERS
    s.a = W_V(0);
#else
    s.a = W_C(0x80000000u, 0x80000000u, 0u);
#endif
    s.b = W_N(0u);
    return s;
}

W_FN(w_state) w_step_reduce_sum(w_state s, w_v x, w_n index)
{
    W_UNUSED(index);
    s.a = w_add(s.a, x);
    return s;
}

W_FN(w_state) w_combine_reduce_sum(w_state s, w_state t)
{
    s.a = w_add(s.a, t.a);
    return s;
}

W_FN(w_state) w_finish_reduce_sum(w_state s, w_v count)
{
    s.a = w_choose(w_equals(count, W_V(0)), W_V(0), s.a);
    return s;
}
