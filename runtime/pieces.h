// SPDX-License-Identifier: Apache-2.0
//
// Calls on plain arrays that are larger than a device, elementwise ones, reductions, rows and
// products: cut along axes that are not reduced into calls that are not.
#ifndef W_PIECES_H
#define W_PIECES_H

#include "runtime/device.h"

typedef struct w_piece {
    weir_array in[W_MAX_IN], out[W_MAX_OUT];
} w_piece;

// Whether a device cannot take the call in one piece, but can in several.
bool w_pieces_needed(const w_device *device, const w_desc *desc, const weir_array *in, size_t n_in,
                     const weir_array *out, size_t n_out);

// Calls run(user, piece) for one piece after the other, until one fails.
weir_status w_pieces_run(const w_device *device, const w_desc *desc, const weir_array *in,
                         size_t n_in, const weir_array *out, size_t n_out,
                         weir_status (*run)(void *user, const w_piece *piece), void *user);

#endif
