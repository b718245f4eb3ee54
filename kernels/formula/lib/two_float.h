// SPDX-License-Identifier: Apache-2.0
//
// Numbers as the unevaluated sum of two f32, about 48 bits (Dekker 1971, Knuth; Joldes, Muller and
// Popescu, "Tight and rigorous error bounds for basic building blocks of double-word arithmetic",
// 2017). hi is the sum rounded to f32, or within an ulp or two of it.
#ifndef W_LIB_TWO_FLOAT_H
#define W_LIB_TWO_FLOAT_H

W_STRUCT w_two
{
    w_f hi;
    w_f lo;
}
W_STRUCT_END(w_two)

// a + b exactly, where |a| >= |b| or a is zero.
W_FN(w_two) w_two_fast_sum(w_f a, w_f b)
{
    w_two r;
    r.hi = a + b;
    r.lo = b - (r.hi - a);
    return r;
}

// a + b exactly.
W_FN(w_two) w_two_sum(w_f a, w_f b)
{
    w_two r;
    r.hi = a + b;
    w_f part = r.hi - a;
    r.lo = (a - (r.hi - part)) + (b - part);
    return r;
}

// a * b exactly, unless it underflows.
W_FN(w_two) w_two_product(w_f a, w_f b)
{
    w_two r;
    r.hi = a * b;
    r.lo = w_fma(a, b, w_neg(r.hi));
    return r;
}

// a * b, relative error about 2^-46.
W_FN(w_two) w_two_mul(w_two a, w_two b)
{
    w_two r = w_two_product(a.hi, b.hi);
    r.lo = r.lo + w_fma(a.hi, b.lo, a.lo * b.hi);
    return r;
}

// a / b, relative error about 2^-44, where 1 / b.hi is a normal number.
W_FN(w_two) w_two_div(w_two a, w_two b)
{
    w_f inverse = w_div(W_F(0x3f800000u), b.hi);
    w_two r;
    r.hi = a.hi * inverse;
    w_f rest = w_fma(w_neg(r.hi), b.hi, a.hi) + w_fma(w_neg(r.hi), b.lo, a.lo);
    r.lo = rest * inverse;
    return w_two_fast_sum(r.hi, r.lo);
}

// The square root of a > 0, relative error about 2^-46.
W_FN(w_two) w_two_root(w_two a)
{
    w_two r;
    r.hi = w_sqrt(a.hi);
    w_f rest = w_fma(w_neg(r.hi), r.hi, a.hi) + a.lo;
    r.lo = w_div(rest, r.hi + r.hi);
    return r;
}

#endif
