// SPDX-License-Identifier: Apache-2.0
// The natural logarithm (C99 log), by lib/log.h.
#include "lib/log.h"

W_FN(w_f) w_op_log(w_f x)
{
    w_two y = w_log_two(x);
    return w_log_ends(x, y.hi + y.lo);
}
