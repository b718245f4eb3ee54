// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_ROUNDING_H
#define W_LIB_ROUNDING_H

// To integers, exactly; the sign of x stays, of a zero too.
W_FN(w_v) w_floor(w_v x)
{
    w_v whole = w_nearest(x);
    w_v below = w_sub(whole, W_V(1));
    return w_with_sign(w_size(w_choose(w_less(x, whole), below, whole)), x);
}

W_FN(w_v) w_trunc(w_v x)
{
    return w_with_sign(w_floor(w_size(x)), x);
}

W_FN(w_v) w_ceil(w_v x)
{
    return w_minus(w_floor(w_minus(x)));
}

#endif
