// SPDX-License-Identifier: Apache-2.0
//
// What the elements of a norm are divided by: the power of two at or below the largest size; 1 for an
// infinity or a NaN, the least normal number for what is smaller.
#ifndef W_LIB_NORM_H
#define W_LIB_NORM_H

W_FN(w_v) w_norm_scale(w_v largest)
{
    w_v least = W_C(0x00800000u, 0x00100000u, 0u);
    w_v p = w_from_bits(w_bits(largest) & w_bits(W_INFINITY));
    p = w_choose(w_less(p, least), least, p);
    return w_choose(w_less(p, W_INFINITY), p, W_V(1));
}

#endif
