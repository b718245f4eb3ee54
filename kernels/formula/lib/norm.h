// SPDX-License-Identifier: Apache-2.0
//
// What the elements of a norm are divided by, a power of two: 1 where the largest size is an ordinary
// number, whose square is far from the ends of the range; else the power of two at or below it; 1 for
// an infinity or a NaN, the least normal number for what is smaller.
#ifndef W_LIB_NORM_H
#define W_LIB_NORM_H

W_FN(w_v) w_norm_scale(w_v largest)
{
    w_v least = W_C(0x00800000u, 0x00100000u, 0u);
    w_v low = W_C(0x2f800000u, 0x2ff00000u, 0u), high = W_C(0x4f800000u, 0x4ff00000u, 0u); // 2^-32, 2^32; 256
    w_v p = w_from_bits(w_bits(largest) & w_bits(W_INFINITY));
    p = w_choose(w_less(p, least), least, p);
    w_m scaled = w_both(w_less(p, W_INFINITY), w_either(w_less(p, low), w_less(high, p)));
    return w_choose(scaled, p, W_V(1));
}

#endif
