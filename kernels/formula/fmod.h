// SPDX-License-Identifier: Apache-2.0
// The remainder of x / y truncated, with the sign of x (C99 fmod). Exact. Of integers 0 where y is 0.
#ifdef W_INTEGERS
W_FN(w_v) w_op_fmod(w_v x, w_v y)
{
    return w_remainder(x, y);
}
#else
#include "lib/fmod.h"

W_FN(w_f) w_op_fmod(w_f x, w_f y)
{
    return w_fmod(x, y);
}
#endif
