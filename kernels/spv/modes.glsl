// SPDX-License-Identifier: Apache-2.0
//
// What the device's probe chooses; a chain's classes share it.
#ifndef W_MODES_GLSL
#define W_MODES_GLSL

layout(constant_id = 0) const uint W_FMA_MODE = 0u; // 0 native, 1 exact: f32 through f64, f64 by integers
layout(constant_id = 1) const uint W_DIV_MODE = 0u; // 0 native, 1 exact by integers; w_sqrt too

#endif
