// SPDX-License-Identifier: Apache-2.0
//
// The workspace, which holds values of the class that a module computes in.
#ifndef W_SPACE_GLSL
#define W_SPACE_GLSL

layout(set = 0, binding = 10) buffer W_Workspace { uint w_space[]; };

#if defined W_IN_F32 || defined W_IN_I32
#define W_WIDTH 1u // words of a value
#ifdef W_IN_F32
void w_set(uint at, w_v v) { w_space[at] = floatBitsToUint(v); }
w_v w_get(uint at) { return uintBitsToFloat(w_space[at]); }
#else
void w_set(uint at, w_v v) { w_space[at] = uint(v); }
w_v w_get(uint at) { return int(w_space[at]); }
#endif
void w_set_n(uint at, w_n n) { w_space[at] = n; }
w_n w_get_n(uint at) { return w_space[at]; }
#else
#define W_WIDTH 2u
void w_set_n(uint at, w_n n)
{
    uvec2 x = unpackUint2x32(n);
    w_space[at] = x.x;
    w_space[at + 1u] = x.y;
}
w_n w_get_n(uint at) { return packUint2x32(uvec2(w_space[at], w_space[at + 1u])); }
#ifdef W_IN_I64
void w_set(uint at, w_v v) { w_set_n(at, w_n(v)); }
w_v w_get(uint at) { return w_v(w_get_n(at)); }
#else
void w_set(uint at, w_v v) { w_set_n(at, w_bits(v)); }
w_v w_get(uint at) { return w_from_bits(w_get_n(at)); }
#endif
#endif

#endif
