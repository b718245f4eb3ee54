// SPDX-License-Identifier: Apache-2.0
//
// A class of a chain: the language of its formulas and its conversions. A shader that is compiled at
// run time has one under these names and may have others beside it (backends/chain_text.h).
#ifdef W_IN_F32
#include "lang.glsl"
#else
#include "lang_other.glsl"
#endif
#include "numbers.glsl"
