// SPDX-License-Identifier: Apache-2.0
//
// x / max(|x|, epsilon) with the norm |x| as reduce_l2 has it (PyTorch normalize, ONNX LpNormalization).
#include "lib/norm.h"

W_FN(w_v) w_term_l2_normalize_1(w_v x, w_row row, w_v epsilon)
{
    W_UNUSED(row);
    W_UNUSED(epsilon);
    return w_size(x);
}

W_FN(w_v) w_result_l2_normalize_1(w_v a, w_row row, w_v epsilon)
{
    W_UNUSED(row);
    W_UNUSED(epsilon);
    return w_norm_scale(a);
}

W_FN(w_v) w_term_l2_normalize_2(w_v x, w_row row, w_v epsilon)
{
    W_UNUSED(epsilon);
    w_v scaled = w_mul(x, w_quotient(W_V(1), row.r1)); // as x / r1: a power of two
    return w_mul(scaled, scaled);
}

W_FN(w_v) w_result_l2_normalize_2(w_v a, w_row row, w_v epsilon)
{
    W_UNUSED(epsilon);
    return w_mul(w_root(a), row.r1);
}

W_FN(w_v) w_op_l2_normalize(w_v x, w_row row, w_v epsilon)
{
    w_v norm = w_choose(w_less(row.r2, epsilon), epsilon, row.r2);
    return w_quotient(x, norm);
}
