// SPDX-License-Identifier: Apache-2.0
// The integer part of x; the sign of x stays. Exact.
#include "lib/rounding.h"

W_FN(w_v) w_op_trunc(w_v x)
{
    return w_trunc(x);
}
