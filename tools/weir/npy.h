// SPDX-License-Identifier: Apache-2.0
//
// NumPy's .npy files, versions 1.0 to 3.0 (numpy.lib.format), of the dtypes that Weir has too:
// b1, u1, i1, i2, i4, i8, f2, f4, f8, little-endian. Files are not trusted.
#ifndef TOOL_NPY_H
#define TOOL_NPY_H

#include <stdio.h>

#include <weir/weir.h>

// What a file holds. `array.data` is malloc'ed, never NULL, and freed by the caller; an array in
// Fortran's order has strides. On failure returns false, and `why` says in a line what is wrong
// (without the file's name).
bool npy_read(const char *path, weir_array *array, char *why, size_t n_why);

// "<f4" for WEIR_F32; NULL for a dtype that NumPy does not have.
const char *npy_descr(weir_dtype dtype);

// Writes a dense array as NumPy does: version 1.0, data aligned to 64 bytes. False if the file
// could not be written (errno says why) or the dtype has no name in NumPy.
bool npy_write(FILE *file, const weir_array *array);

#endif
