// SPDX-License-Identifier: Apache-2.0
// min(max(x, 0), 6) (PyTorch relu6); a NaN gives a NaN. Exact.
#include "lib/minmax.h"

W_FN(w_v) w_op_relu6(w_v x)
{
    return w_minimum(w_maximum(x, W_V(0)), W_V(6));
}
