// SPDX-License-Identifier: Apache-2.0
//
// Powers of two. An exponent is an integer, as a float; where it is NaN, so is what is scaled.
#ifndef W_LIB_SCALE_H
#define W_LIB_SCALE_H

// 2^n and x * 2^n for -126 <= n <= 127. An instruction set may have its own, for any n >= -126.
#ifndef W_OWN_POWER
W_FN(w_f) w_power_of_two(w_f n)
{
    return w_from_bits((w_unsigned(w_to_i(n)) + W_U(127u)) << 23u);
}

W_FN(w_f) w_times_power(w_f x, w_f n)
{
    return x * w_power_of_two(n);
}
#endif

// x * 2^n for |n| <= 250. 2^n need not be a number where the product is one, hence two steps, of which
// the first is exact. A subnormal product is rounded as the integer that its bits are, since
// multiplications that underflow take a hundred times as long as others.
W_FN(w_f) w_scale_far(w_f x, w_f n)
{
    w_f two23 = W_F(0x4b000000u);
    w_f low = w_least(W_F(0xc2c80000u), n); // -100
    w_f units = w_times_power(w_abs(x), low + W_F(0x43150000u)); // 149
    w_m subnormal = w_and(w_eq(low, n), w_lt(units, two23));
    w_u small = w_bits(units + two23) - w_bits(two23);
    w_f rest = w_select(subnormal, W_F(0u), n);
    w_f part = w_rint(rest * W_F(0x3f000000u));
    w_f y = w_times_power(w_times_power(x, part), rest - part);
    return w_select(subnormal, w_from_bits(small | (w_bits(x) & W_U(0x80000000u))), y);
}

// x * 2^n for |n| <= 250, rounded once.
W_FN(w_f) w_scale(w_f x, w_f n)
{
    w_f usual = w_most(W_F(0xc2c80000u), n); // -100
#ifndef W_OWN_POWER
    usual = w_least(W_F(0x42fc0000u), usual); // 126
#endif
    w_f y = w_times_power(x, usual);
    w_m far = w_ne(usual, n);
    W_LOOP(once, 1)
    {
        if (!w_any(far)) {
            break;
        }
        y = w_select(far, w_scale_far(x, n), y);
    }
    return y;
}

#endif
