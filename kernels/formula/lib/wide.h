// SPDX-License-Identifier: Apache-2.0
//
// Whole numbers of up to 224 bits, without a sign: word a0 is the lowest. A result that is larger
// loses its upper words.
#ifndef W_LIB_WIDE_H
#define W_LIB_WIDE_H

W_STRUCT w_wide {
    w_u a0, a1, a2, a3, a4, a5, a6;
} W_STRUCT_END(w_wide)

// A word, and what is carried to the next.
W_STRUCT w_carry {
    w_u word, over;
} W_STRUCT_END(w_carry)

W_FN(w_u) w_wide_bit(w_m m) { return w_selectu(m, W_U(1u), W_U(0u)); }

W_FN(w_wide) w_wide_of(w_u a)
{
    w_wide r;
    r.a0 = a;
    r.a1 = W_U(0u);
    r.a2 = W_U(0u);
    r.a3 = W_U(0u);
    r.a4 = W_U(0u);
    r.a5 = W_U(0u);
    r.a6 = W_U(0u);
    return r;
}

// a * b + c + over: below 2^64, whatever they are.
W_FN(w_carry) w_wide_step(w_u a, w_u b, w_u c, w_u over)
{
    w_carry r;
    w_u low = a * b;
    r.over = w_mulhi(a, b);
    w_u sum = low + c;
    r.over = r.over + w_wide_bit(w_ult(sum, low));
    r.word = sum + over;
    r.over = r.over + w_wide_bit(w_ult(r.word, sum));
    return r;
}

// x * b + y
W_FN(w_wide) w_wide_multiply_add(w_wide x, w_u b, w_wide y)
{
    w_wide r;
    w_carry c = w_wide_step(x.a0, b, y.a0, W_U(0u));
    r.a0 = c.word;
    c = w_wide_step(x.a1, b, y.a1, c.over);
    r.a1 = c.word;
    c = w_wide_step(x.a2, b, y.a2, c.over);
    r.a2 = c.word;
    c = w_wide_step(x.a3, b, y.a3, c.over);
    r.a3 = c.word;
    c = w_wide_step(x.a4, b, y.a4, c.over);
    r.a4 = c.word;
    c = w_wide_step(x.a5, b, y.a5, c.over);
    r.a5 = c.word;
    c = w_wide_step(x.a6, b, y.a6, c.over);
    r.a6 = c.word;
    return r;
}

// x * 2^32
W_FN(w_wide) w_wide_up(w_wide x)
{
    w_wide r;
    r.a0 = W_U(0u);
    r.a1 = x.a0;
    r.a2 = x.a1;
    r.a3 = x.a2;
    r.a4 = x.a3;
    r.a5 = x.a4;
    r.a6 = x.a5;
    return r;
}

// x times the lower three words of y.
W_FN(w_wide) w_wide_multiply(w_wide x, w_wide y)
{
    w_wide r = w_wide_multiply_add(x, y.a2, w_wide_of(W_U(0u)));
    r = w_wide_multiply_add(x, y.a1, w_wide_up(r));
    return w_wide_multiply_add(x, y.a0, w_wide_up(r));
}

// x - y, for y not above x.
W_FN(w_carry) w_wide_take(w_u a, w_u b, w_u over)
{
    w_carry r;
    w_u rest = a - b;
    r.word = rest - over;
    r.over = w_wide_bit(w_ult(a, b)) + w_wide_bit(w_ult(rest, over));
    return r;
}

W_FN(w_wide) w_wide_subtract(w_wide x, w_wide y)
{
    w_wide r;
    w_carry c = w_wide_take(x.a0, y.a0, W_U(0u));
    r.a0 = c.word;
    c = w_wide_take(x.a1, y.a1, c.over);
    r.a1 = c.word;
    c = w_wide_take(x.a2, y.a2, c.over);
    r.a2 = c.word;
    c = w_wide_take(x.a3, y.a3, c.over);
    r.a3 = c.word;
    c = w_wide_take(x.a4, y.a4, c.over);
    r.a4 = c.word;
    c = w_wide_take(x.a5, y.a5, c.over);
    r.a5 = c.word;
    r.a6 = x.a6 - y.a6 - c.over;
    return r;
}

// From the highest word on, the first that differs decides.
W_FN(w_m) w_wide_less(w_wide x, w_wide y)
{
    w_m less = w_ult(x.a0, y.a0);
    less = w_or(w_ult(x.a1, y.a1), w_and(w_ueq(x.a1, y.a1), less));
    less = w_or(w_ult(x.a2, y.a2), w_and(w_ueq(x.a2, y.a2), less));
    less = w_or(w_ult(x.a3, y.a3), w_and(w_ueq(x.a3, y.a3), less));
    less = w_or(w_ult(x.a4, y.a4), w_and(w_ueq(x.a4, y.a4), less));
    less = w_or(w_ult(x.a5, y.a5), w_and(w_ueq(x.a5, y.a5), less));
    return w_or(w_ult(x.a6, y.a6), w_and(w_ueq(x.a6, y.a6), less));
}

W_FN(w_wide) w_wide_select(w_m m, w_wide x, w_wide y)
{
    w_wide r;
    r.a0 = w_selectu(m, x.a0, y.a0);
    r.a1 = w_selectu(m, x.a1, y.a1);
    r.a2 = w_selectu(m, x.a2, y.a2);
    r.a3 = w_selectu(m, x.a3, y.a3);
    r.a4 = w_selectu(m, x.a4, y.a4);
    r.a5 = w_selectu(m, x.a5, y.a5);
    r.a6 = w_selectu(m, x.a6, y.a6);
    return r;
}

#endif
