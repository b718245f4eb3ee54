// SPDX-License-Identifier: Apache-2.0
// max(0, x) (ONNX Relu); a NaN gives a NaN. Exact.
#include "lib/minmax.h"

W_FN(w_v) w_op_relu(w_v x)
{
    return w_maximum(x, W_V(0));
}
