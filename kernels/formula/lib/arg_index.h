// SPDX-License-Identifier: Apache-2.0
//
// The state of argmin and argmax: a is the best value so far, b its index in all bits but the top one
// (all ones: none yet) and in the top bit whether the last index wins a tie. A NaN is better than any
// number, all NaNs are equal, and so are -0 and +0. The index decides a tie, whatever order the
// elements come in. A longer axis than 31 bits count is reduced in a class of 64.
#ifndef W_LIB_ARG_INDEX_H
#define W_LIB_ARG_INDEX_H

#if W_BITS == 64
#define W_ARG_LAST (W_N(0x80000000u) << 32u)
#define W_ARG_NONE ((W_N(0x7fffffffu) << 32u) | W_N(0xffffffffu))
#else
#define W_ARG_LAST W_N(0x80000000u)
#define W_ARG_NONE W_N(0x7fffffffu)
#endif

W_FN(w_n) w_arg_index(w_state s)
{
    return s.b & W_ARG_NONE;
}

W_FN(w_state) w_arg_init(w_v select_last, w_v worst)
{
    w_state s;
    s.a = worst;
    s.b = w_choosen(w_equals(select_last, W_V(0)), W_ARG_NONE, W_ARG_NONE | W_ARG_LAST);
    return s;
}

// better says that t's number beats s's.
W_FN(w_state) w_arg_pick(w_state s, w_state t, w_m better)
{
    w_m last = w_negate(w_nless(s.b, W_ARG_LAST));
    w_m same = w_equals(s.a, t.a);
#ifndef W_INTEGERS
    w_m nan_s = w_not_number(s.a);
    w_m nan_t = w_not_number(t.a);
    same = w_either(same, w_both(nan_s, nan_t));
    better = w_either(better, w_both(nan_t, w_negate(nan_s)));
#endif
    w_m later = w_nless(w_arg_index(s), w_arg_index(t));
    w_m tie = w_both(same, w_either(w_both(last, later), w_negate(w_either(last, later))));
    w_m take = w_either(better, tie);
    w_m none_s = w_nequal(w_arg_index(s), W_ARG_NONE);
    w_m none_t = w_nequal(w_arg_index(t), W_ARG_NONE);
    take = w_both(w_either(take, none_s), w_negate(none_t));
    w_state r;
    r.a = w_choose(take, t.a, s.a);
    r.b = w_choosen(take, t.b, s.b);
    return r;
}

// One element as a state, with the tie rule of s.
W_FN(w_state) w_arg_element(w_state s, w_v x, w_n index)
{
    w_state t;
    t.a = x;
    t.b = index | (s.b & W_ARG_LAST);
    return t;
}

W_FN(w_state) w_arg_finish(w_state s)
{
    w_n index = w_arg_index(s);
    s.b = w_choosen(w_nequal(index, W_ARG_NONE), W_INDEX_NONE, index);
    return s;
}

#endif
