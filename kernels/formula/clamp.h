// SPDX-License-Identifier: Apache-2.0
// min(max(x, lo), hi) (ONNX Clip): hi wins where hi < lo; NaN in any operand gives NaN. Exact.
#include "lib/minmax.h"

W_FN(w_f) w_op_clamp(w_f x, w_f lo, w_f hi)
{
    return w_minimum(w_maximum(x, lo), hi);
}
