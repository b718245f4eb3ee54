// SPDX-License-Identifier: Apache-2.0
// The cube root (C99 cbrt), odd: what the inverse root gives, by multiplications alone, and a step of
// Newton's with the remainder in two floats.
#include "lib/two_float.h"

W_FN(w_f) w_op_cbrt(w_f x)
{
    w_f size = w_abs(x);
    w_m tiny = w_lt(size, W_F(0x00800000u));
    w_m large = w_gt(size, W_F(0x5d800000u)); // 2^60
    w_m inside = w_and(w_lt(W_F(0u), size), w_lt(size, W_F(0x7f800000u)));
    w_m rare = w_or(w_or(tiny, large), w_not(inside)); // of zeros and NaNs too
    w_f a = size;
    W_LOOP(before, 1)
    {
        if (!w_any(rare)) {
            break;
        }
        a = w_select(tiny, size * W_F(0x4b800000u), size); // 2^24
        a = w_select(large, size * W_F(0x1f800000u), a);   // 2^-64, and 2^-2
        a = w_select(large, a * W_F(0x3e800000u), a);
        a = w_select(inside, a, W_F(0x3f800000u));
    }
    // One over the root: within 4% by the exponent's third, then 1 + h/3 + 2/9 h^2 + 14/81 h^3 times as much.
    w_f third = W_F(0x3eaaaaabu);
    w_f z = w_from_bits(W_U(0x54a21d2au) - w_mulhi(w_bits(a), W_U(0x55555556u)));
    w_f square_z = z * z;
    W_LOOP(step, 2)
    {
        w_f h = w_fma(w_neg(a * z), square_z, W_F(0x3f800000u));
        w_f p = w_fma(h, W_F(0x3e30fcd7u), W_F(0x3e638e39u));
        z = w_fma(z * h, w_fma(h, p, third), z);
        square_z = z * z;
    }
    w_f y = a * square_z;
    w_two square = w_two_product(y, y);
    w_two cube = w_two_product(square.hi, y);
    w_f rest = (a - cube.hi) - w_fma(square.lo, y, cube.lo);
    y = w_fma(rest, square_z * third, y);
    W_LOOP(after, 1)
    {
        if (!w_any(rare)) {
            break;
        }
        y = w_select(tiny, y * W_F(0x3b800000u), y);  // 2^-8
        y = w_select(large, y * W_F(0x4a800000u), y); // 2^22
        y = w_select(inside, y, size);
    }
    return w_from_bits(w_bits(y) | (w_bits(x) & W_U(0x80000000u)));
}
