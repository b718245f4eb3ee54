// SPDX-License-Identifier: Apache-2.0
//
// The index of the smallest element (ONNX ArgMin). A NaN wins (NumPy); of equal elements the
// first wins, or the last where select_last is 1; -0 and +0 are equal. Exact.
#include "lib/arg_index.h"
#include "lib/limits.h"

W_FN(w_state) w_init_argmin(w_v select_last)
{
    return w_arg_init(select_last, W_MOST);
}

W_FN(w_state) w_combine_argmin(w_state s, w_state t)
{
    return w_arg_pick(s, t, w_less(t.a, s.a));
}

W_FN(w_state) w_step_argmin(w_state s, w_v x, w_n index)
{
    return w_combine_argmin(s, w_arg_element(s, x, index));
}

W_FN(w_state) w_finish_argmin(w_state s, w_v count)
{
    W_UNUSED(count);
    return w_arg_finish(s);
}
