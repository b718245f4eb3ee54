// SPDX-License-Identifier: Apache-2.0
// The binary logarithm (C99 log2), by lib/log2.h.
#include "lib/log.h"

W_FN(w_f) w_op_log2(w_f x)
{
    w_two y = w_log2_two(x);
    return w_log_ends(x, y.hi + y.lo);
}
