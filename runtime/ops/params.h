// SPDX-License-Identifier: Apache-2.0
//
// The packed parameter block that a device kernel receives: 148 words, whatever the family. The
// layout is read by C, by OpenCL C and by GLSL, so it is macros alone.
#ifndef W_PARAMS_H
#define W_PARAMS_H

#define W_P_RANK          0 // axes of the iteration space
#define W_P_REDUCED       1 // of which reduced, at the end
#define W_P_OUTER         2 // product of the kept extents
#define W_P_INNER         3 // product of the reduced extents
#define W_P_N_IN          4 // operands
#define W_P_CONSTANT      5 // bit i: operand i is a constant
#define W_P_STEP          6 // for the backend: a pass number, a chunk's begin, ...
#define W_P_STEP2         7
#define W_P_EXTENT        8 // W_P_AXES words
#define W_P_AXES          10
#define W_P_OPERAND       18  // operand i (inputs 0..7, outputs 8..9) at W_P_OPERAND + 12 * i:
#define W_P_OPERAND_WORDS 12  // offset in elements, W_P_AXES strides (s32), constant
#define W_P_INPUTS        8   // the most there are, and the first output's number
#define W_P_ATTR          138 // formula attributes, the bits of an f32 each
#define W_P_SAMPLE        144 // SAMPLE: the first sampled axis, what the input has along both
#define W_P_WORDS         148

#endif
