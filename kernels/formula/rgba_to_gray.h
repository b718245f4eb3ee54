// SPDX-License-Identifier: Apache-2.0
#include "lib/luma.h"

// Alpha is not used.
W_FN(w_f) w_op_rgba_to_gray(w_f r, w_f g, w_f b, w_f a)
{
    W_UNUSED(a);
    return w_luma(r, g, b);
}
