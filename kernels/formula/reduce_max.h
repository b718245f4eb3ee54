// SPDX-License-Identifier: Apache-2.0
//
// The largest element (ONNX ReduceMax), by maximum of IEEE 754-2019: a NaN wins, and +0 is larger
// than -0, so that no order of the elements changes it. Of no elements it is -infinity, or the least
// integer. Exact.
#include "lib/minmax.h"
#include "lib/limits.h"

W_FN(w_state) w_init_reduce_max(w_v attr)
{
    W_UNUSED(attr);
    w_state s;
    s.a = W_LEAST;
    s.b = W_N(0u);
    return s;
}

W_FN(w_state) w_step_reduce_max(w_state s, w_v x, w_n index)
{
    W_UNUSED(index);
    s.a = w_maximum(s.a, x);
    return s;
}

W_FN(w_state) w_combine_reduce_max(w_state s, w_state t)
{
    s.a = w_maximum(s.a, t.a);
    return s;
}

W_FN(w_state) w_finish_reduce_max(w_state s, w_v count)
{
    W_UNUSED(count);
    return s;
}
