// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_SCALE_H
#define W_LIB_SCALE_H

// 2^n for -126 <= n <= 127.
W_FN(w_f) w_power_of_two(w_i n)
{
    return w_from_bits(w_unsigned(n + W_I(127)) << 23u);
}

// x * 2^n for |n| <= 250, in two steps: 2^n need not be a number where the product is one. The
// first step is exact as long as |x| * 2^(n / 2) is in range, so that the result is rounded once.
W_FN(w_f) w_scale(w_f x, w_i n)
{
    w_i part = n >> 1u;
    return x * w_power_of_two(part) * w_power_of_two(n - part);
}

#endif
