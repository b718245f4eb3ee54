// SPDX-License-Identifier: Apache-2.0
//
// f64 of the transcendental operations, within 2 ulp: the C library's functions, in long double
// where that is needed. They are outside the promise of the same bits everywhere.
#ifndef W_CPU_MATH_F64_H
#define W_CPU_MATH_F64_H

// The operation of operands x[] and formula attributes attr[].
typedef double w_math_f64_fn(const double *x, const double *attr);
// By the operation's name; NULL if there is none.
w_math_f64_fn *w_math_f64_find(const char *name);

#endif
