// SPDX-License-Identifier: Apache-2.0
//
// The numbers of the canonical result. A change of any of them changes bits: raise WEIR_CANON and
// renew the committed hashes (tests/data/canon.txt). Read by C, by OpenCL C and by GLSL.
#ifndef W_CANON_H
#define W_CANON_H

#define WEIR_CANON 4

// A reduction: element i of a block goes to lane i % W_LANES, each lane takes its elements in
// order, then lane l takes lane l + 32, l + 16, ... l + 1 (halving). Blocks of W_BLOCK elements
// give one state each; more than one are reduced again in the same way, as elements.
#define W_LANES 64
#define W_BLOCK 4096

// A matmul element: a chain of fused multiply-adds in increasing k, starting from +0, for each
// segment of W_SEGMENT; the segments' sums are added in order, starting from the first; then
// alpha * sum, then fma(beta, c, that) where there is a c.
#define W_SEGMENT 256

// A scan: within a block of W_SCAN_BLOCK elements the first stands as it is, and each further one is
// added to what came before. The totals of the blocks are scanned in the same way, as elements; what
// the blocks before have come to, the carry, is then added in front of each sum of a block. The
// first block has no carry. Exclusive results are the inclusive ones, one place later.
#define W_SCAN_BLOCK 256

#endif
