// SPDX-License-Identifier: Apache-2.0
// The smaller one (IEEE 754-2019 minimum): NaN if either is NaN, and -0 is less than +0. Exact.
#include "lib/minmax.h"

W_FN(w_f) w_op_min(w_f a, w_f b)
{
    return w_minimum(a, b);
}
