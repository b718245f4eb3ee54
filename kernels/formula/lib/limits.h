// SPDX-License-Identifier: Apache-2.0
//
// The ends of a class's numbers: the infinities, or the least and the greatest integer.
#ifndef W_LIB_LIMITS_H
#define W_LIB_LIMITS_H

#ifdef W_INTEGERS
#define W_LEAST w_shift_left(W_V(1), W_V(W_BITS - 1))
#define W_MOST  (~W_LEAST)
#else
#define W_LEAST w_minus(W_INFINITY)
#define W_MOST  W_INFINITY
#endif

#endif
