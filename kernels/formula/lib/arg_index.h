// SPDX-License-Identifier: Apache-2.0
//
// The state of argmin and argmax: a is the best value so far, b its index in the low 31 bits (all
// ones: none yet) and in the top bit whether the last index wins a tie. A NaN is better than any
// number, all NaNs are equal, and so are -0 and +0. The index decides a tie, whatever order the
// elements come in; a reduced axis has fewer than 2^31 - 1 elements.
#ifndef W_LIB_ARG_INDEX_H
#define W_LIB_ARG_INDEX_H

W_FN(w_u) w_arg_index(w_state s)
{
    return s.b & W_U(0x7fffffffu);
}

W_FN(w_state) w_arg_init(w_f select_last, w_f worst)
{
    w_state s;
    s.a = worst;
    s.b = w_selectu(w_eq(select_last, W_F(0u)), W_U(0x7fffffffu), W_U(0xffffffffu));
    return s;
}

// better says that t's number beats s's.
W_FN(w_state) w_arg_pick(w_state s, w_state t, w_m better)
{
    w_m last = w_not(w_ult(s.b, W_U(0x80000000u)));
    w_m nan_s = w_isnan(s.a);
    w_m nan_t = w_isnan(t.a);
    w_m same = w_or(w_eq(s.a, t.a), w_and(nan_s, nan_t));
    w_m later = w_ult(w_arg_index(s), w_arg_index(t));
    w_m tie = w_and(same, w_or(w_and(last, later), w_not(w_or(last, later))));
    w_m take = w_or(w_or(better, tie), w_and(nan_t, w_not(nan_s)));
    w_m none_s = w_ueq(w_arg_index(s), W_U(0x7fffffffu));
    w_m none_t = w_ueq(w_arg_index(t), W_U(0x7fffffffu));
    take = w_and(w_or(take, none_s), w_not(none_t));
    w_state r;
    r.a = w_select(take, t.a, s.a);
    r.b = w_selectu(take, t.b, s.b);
    return r;
}

// One element as a state, with the tie rule of s.
W_FN(w_state) w_arg_element(w_state s, w_f x, w_u index)
{
    w_state t;
    t.a = x;
    t.b = index | (s.b & W_U(0x80000000u));
    return t;
}

W_FN(w_state) w_arg_finish(w_state s)
{
    w_u index = w_arg_index(s);
    s.b = w_selectu(w_ueq(index, W_U(0x7fffffffu)), W_INDEX_NONE, index);
    return s;
}

#endif
