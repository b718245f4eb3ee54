// SPDX-License-Identifier: Apache-2.0
// The smallest integer that is not below x; the sign of x stays. Exact.
#include "lib/rounding.h"

W_FN(w_v) w_op_ceil(w_v x)
{
    return w_ceil(x);
}
