// SPDX-License-Identifier: Apache-2.0
//
// The index of the smallest element (ONNX ArgMin). A NaN wins (NumPy); of equal elements the
// first wins, or the last where select_last is 1; -0 and +0 are equal. Exact.
#include "lib/arg_index.h"

W_FN(w_state) w_init_argmin(w_f select_last)
{
    return w_arg_init(select_last, W_F(0x7f800000u));
}

W_FN(w_state) w_combine_argmin(w_state s, w_state t)
{
    return w_arg_pick(s, t, w_lt(t.a, s.a));
}

W_FN(w_state) w_step_argmin(w_state s, w_f x, w_u index)
{
    return w_combine_argmin(s, w_arg_element(s, x, index));
}

W_FN(w_state) w_finish_argmin(w_state s, w_f count)
{
    W_UNUSED(count);
    return w_arg_finish(s);
}
