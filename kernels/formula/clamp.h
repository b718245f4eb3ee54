// SPDX-License-Identifier: Apache-2.0
// min(max(x, lo), hi) (ONNX Clip): hi wins where hi < lo; NaN in any operand gives NaN. Exact.
#include "lib/minmax.h"

W_FN(w_v) w_op_clamp(w_v x, w_v lo, w_v hi)
{
    return w_minimum(w_maximum(x, lo), hi);
}
