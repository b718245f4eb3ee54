// SPDX-License-Identifier: Apache-2.0
// The largest integer that is not above x. Exact.
#include "lib/rounding.h"

W_FN(w_v) w_op_floor(w_v x)
{
    return w_floor(x);
}
