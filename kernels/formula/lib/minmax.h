// SPDX-License-Identifier: Apache-2.0
//
// minimum and maximum of IEEE 754-2019: NaN wins, -0 is less than +0, in either order.
#ifndef W_LIB_MINMAX_H
#define W_LIB_MINMAX_H

// Equal operands are the same bits or the two zeros: or gives -0, and gives +0.
W_FN(w_f) w_minimum(w_f a, w_f b)
{
    w_f least = w_select(w_lt(a, b), a, b); // b where it is NaN
    least = w_select(w_eq(a, b), w_from_bits(w_bits(a) | w_bits(b)), least);
    return w_select(w_isnan(a), a, least);
}

W_FN(w_f) w_maximum(w_f a, w_f b)
{
    w_f most = w_select(w_gt(a, b), a, b);
    most = w_select(w_eq(a, b), w_from_bits(w_bits(a) & w_bits(b)), most);
    return w_select(w_isnan(a), a, most);
}

#endif
