// SPDX-License-Identifier: Apache-2.0
// x * max(0, min(1, x / 6 + 1/2)) (ONNX HardSwish): 1/6 is rounded, the sum once, the product once.
#include "lib/minmax.h"

W_FN(w_v) w_op_hard_swish(w_v x)
{
    w_v sixth = W_C(0x3e2aaaabu, 0x3fc55555u, 0x55555555u);
    w_v half_one = W_C(0x3f000000u, 0x3fe00000u, 0x00000000u);
    w_v gate = w_fused(x, sixth, half_one);
    return w_mul(x, w_minimum(w_maximum(gate, W_V(0)), W_V(1)));
}
