// SPDX-License-Identifier: Apache-2.0
// x / (1 + e^-x) (SiLU, Swish), by lib/gate.h. -0 at minus infinity.
#include "lib/gate.h"

W_FN(w_f) w_op_silu(w_f x)
{
    w_two v;
    v.hi = x;
    v.lo = W_F(0u);
    return w_gated(x, v);
}
