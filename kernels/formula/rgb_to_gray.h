// SPDX-License-Identifier: Apache-2.0
#include "lib/luma.h"

W_FN(w_f) w_op_rgb_to_gray(w_f r, w_f g, w_f b)
{
    return w_luma(r, g, b);
}
