// SPDX-License-Identifier: Apache-2.0
// The axes of REDUCE and ROW.
#ifndef W_REDUCE_H
#define W_REDUCE_H

#include "runtime/ops/op.h"

// Sets reduced[] for the axes, of `rank`, that the call reduces.
weir_status w_reduce_axes(const w_desc *desc, const weir_array *in, size_t n_in, int32_t rank,
                          bool *reduced);

#endif
