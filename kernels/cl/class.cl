// SPDX-License-Identifier: Apache-2.0
//
// A class: the language of its formulas and its conversions. A program has one; that of a chain may
// have others beside it, under other names (backends/chain_text.h).
#ifdef W_IN_F32
#include "lang.cl"
#define W_SMALL(i) ((float)(i))
#include "lib/class_f32.h"
#else
#include "lang_other.cl"
#endif
#include "numbers.cl"

// The state of a reduction; what a row's formula has beside its elements.
W_STRUCT w_state {
    w_v a;
    w_n b;
} W_STRUCT_END(w_state)
W_STRUCT w_row {
    w_v index, count, r1, r2, r3;
} W_STRUCT_END(w_row)
