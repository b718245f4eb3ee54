// SPDX-License-Identifier: Apache-2.0
// x / 2 * (1 + erf(x / sqrt 2)) (ONNX Gelu), which is -W for a negative x and x - W for a positive one, with
// a = |x| and W = a / 2 * erfc(a / sqrt 2) = a * e^(-a^2 / 2) * R(a). R is t * Q(t), t = 1 / (1 + a / 2),
// Q a minimax polynomial (2^-28). -0 at minus infinity.
#include "lib/exp.h"
#include "lib/scale.h"
#include "lib/two_float.h"

// a * R(a), 0 <= a <= 14.5.
W_FN(w_two) w_gelu_tail(w_f a)
{
    w_f one = W_F(0x3f800000u);
    w_f t = w_div(one, w_fma(a, W_F(0x3f000000u), one));
    // What t is less than it should be, as a part of it: 1 - t (1 + a / 2).
    w_f whole = one - t;
    w_f less = w_fma(t * W_F(0xbf000000u), a, whole) + ((one - whole) - t);
    w_f slope = w_fma(t, W_F(0x3f000000u), W_F(0x3f933333u)); // of log R, times t

    w_f w = t - W_F(0x3ec00000u); // 3/8
    w_f p = W_F(0x3d8b133fu);
    p = w_fma(p, w, W_F(0xbe2dd297u));
    p = w_fma(p, w, W_F(0x3df42a9fu));
    p = w_fma(p, w, W_F(0x3d90489au));
    p = w_fma(p, w, W_F(0xbe1f83a6u));
    p = w_fma(p, w, W_F(0x3cffaa60u));
    p = w_fma(p, w, W_F(0x3e0043bfu));
    p = w_fma(p, w, W_F(0xbda45877u));
    p = w_fma(p, w, W_F(0xbe016541u));
    p = w_fma(p, w, W_F(0x3de1596fu));
    p = w_fma(p, w, W_F(0x3e9ede84u));
    w_two q = w_two_fast_sum(W_F(0x3e97882du), w_fma(p, w, W_F(0x31b0894cu)));
    w_two r = w_two_product(t, q.hi);
    r.lo = w_fma(t, q.lo, r.lo);
    w_two y = w_two_product(a, r.hi);
    y.lo = w_fma(a, r.lo, w_fma(y.hi * slope, less, y.lo));
    return y;
}

W_FN(w_f) w_op_gelu(w_f x)
{
    w_f a = w_abs(x);
    w_f b = w_least(W_F(0x41680000u), a); // 14.5: 0 or x already; a NaN stays
    w_two s = w_gelu_tail(b);

    // e^(-b^2 / 2) = 2^n (1 + first + rest), as in lib/exp.h.
    w_two v = w_two_product(b, b * W_F(0xbf000000u));
    w_f n = w_rint(v.hi * W_F(0x3fb8aa3bu));
    w_f first = w_fma(n, W_F(0xbf317218u), v.hi);
    w_f second = w_fma(n, W_F(0x3102e308u), v.lo);
    w_f r = first + second;
    w_f q = w_exp_second(r);
    w_f rest = w_fma(r * r, q, second);
    w_f more = w_fma(s.hi, first, w_fma(s.hi, rest, w_fma(s.lo, first, s.lo)));
    w_f below = w_scale(s.hi + more, n);
    w_f y = w_select(w_lt(x, W_F(0u)), below, a - below);
    return w_from_bits(w_bits(w_abs(y)) | (w_bits(x) & W_U(0x80000000u))); // of a zero too
}
