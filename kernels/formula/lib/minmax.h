// SPDX-License-Identifier: Apache-2.0
//
// minimum and maximum of IEEE 754-2019: NaN wins, -0 is less than +0, in either order. Integers have
// neither.
#ifndef W_LIB_MINMAX_H
#define W_LIB_MINMAX_H

#ifdef W_INTEGERS
W_FN(w_v) w_minimum(w_v a, w_v b)
{
    return w_choose(w_less(a, b), a, b);
}

W_FN(w_v) w_maximum(w_v a, w_v b)
{
    return w_choose(w_less(b, a), a, b);
}
#elif !defined W_OWN_MINMAX
// Equal operands are the same bits or the two zeros: or gives -0, and gives +0.
W_FN(w_v) w_minimum(w_v a, w_v b)
{
    w_v least = w_choose(w_less(a, b), a, b); // b where it is NaN
    least = w_choose(w_equals(a, b), w_from_bits(w_bits(a) | w_bits(b)), least);
    return w_choose(w_not_number(a), a, least);
}

W_FN(w_v) w_maximum(w_v a, w_v b)
{
    w_v most = w_choose(w_less(b, a), a, b);
    most = w_choose(w_equals(a, b), w_from_bits(w_bits(a) & w_bits(b)), most);
    return w_choose(w_not_number(a), a, most);
}
#endif

#endif
