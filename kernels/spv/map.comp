#version 450
#extension GL_GOOGLE_include_directive : require
#if defined W_IN_I64 || defined W_IN_F64
#extension GL_ARB_gpu_shader_int64 : require
#endif
// SPDX-License-Identifier: Apache-2.0
//
// MAP: every element of the output is a formula of one element of each input, computed in the class
// W_IN_F32, W_IN_I32, W_IN_I64 or W_IN_F64. An invocation owns a word of the output, which may hold
// several elements, or both words of one.
#ifdef W_IN_F32
#include "lang.glsl"
#else
#include "lang_other.glsl"
#endif
#include "common.glsl"
#include "numbers.glsl"
#include "operands.glsl"
#if defined W_IN_F32
#include "map_f32.glsl"
#elif defined W_IN_I32
#include "map_i32.glsl"
#elif defined W_IN_I64
#include "map_i64.glsl"
#else
#include "map_f64.glsl"
#endif

#ifdef W_SAMPLED
#include "sample.glsl"
#else
#include "map_element.glsl"
#endif
#include "map_words.glsl"
