// SPDX-License-Identifier: Apache-2.0
// max(0, min(1, alpha * x + beta)) (ONNX HardSigmoid), the sum rounded once; a NaN gives a NaN.
#include "lib/minmax.h"

W_FN(w_v) w_op_hard_sigmoid(w_v x, w_v alpha, w_v beta)
{
    return w_minimum(w_maximum(w_fused(x, alpha, beta), W_V(0)), W_V(1));
}
