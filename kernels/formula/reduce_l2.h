// SPDX-License-Identifier: Apache-2.0
//
// The root of the sum of squares (ONNX ReduceL2). The elements are first divided by a power of two
// near the largest, exactly, so that no square overflows and none that counts underflows.
#include "lib/norm.h"

W_FN(w_v) w_term_reduce_l2_1(w_v x, w_row row)
{
    W_UNUSED(row);
    return w_size(x);
}

W_FN(w_v) w_result_reduce_l2_1(w_v a, w_row row)
{
    W_UNUSED(row);
    return w_norm_scale(a);
}

W_FN(w_v) w_term_reduce_l2_2(w_v x, w_row row)
{
    w_v scaled = w_mul(x, w_quotient(W_V(1), row.r1)); // as x / r1: a power of two
    return w_mul(scaled, scaled);
}

W_FN(w_v) w_result_reduce_l2_2(w_v a, w_row row)
{
    return w_mul(w_root(a), row.r1);
}
