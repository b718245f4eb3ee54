// SPDX-License-Identifier: Apache-2.0
// The largest (IEEE 754-2019 maximum): NaN if any is NaN, and -0 is less than +0. Exact. Two inputs at a time.
#include "lib/minmax.h"

W_FN(w_v) w_op_max(w_v a, w_v b)
{
    return w_maximum(a, b);
}

W_FN(w_v) w_end_max(w_v y, w_v count)
{
    W_UNUSED(count);
    return y;
}
