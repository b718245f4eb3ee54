// SPDX-License-Identifier: Apache-2.0
//
// The smallest element (ONNX ReduceMin), by minimum of IEEE 754-2019: a NaN wins, and -0 is smaller
// than +0, so that no order of the elements changes it. Of no elements it is infinity, or the
// greatest integer. Exact.
#include "lib/minmax.h"
#include "lib/limits.h"

W_FN(w_state) w_init_reduce_min(w_v attr)
{
    W_UNUSED(attr);
    w_state s;
    s.a = W_MOST;
    s.b = W_N(0u);
    return s;
}

W_FN(w_state) w_step_reduce_min(w_state s, w_v x, w_n index)
{
    W_UNUSED(index);
    s.a = w_minimum(s.a, x);
    return s;
}

W_FN(w_state) w_combine_reduce_min(w_state s, w_state t)
{
    s.a = w_minimum(s.a, t.a);
    return s;
}

W_FN(w_state) w_finish_reduce_min(w_state s, w_v count)
{
    W_UNUSED(count);
    return s;
}
