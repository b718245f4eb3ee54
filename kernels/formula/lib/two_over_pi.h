// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_TWO_OVER_PI_H
#define W_LIB_TWO_OVER_PI_H

// clang-format off
// 64 zero bits and the first 192 bits of 2/pi after the point.
W_TABLE_BEGIN(w_two_over_pi, 8)
0x00000000u, 0x00000000u, 0xa2f9836eu, 0x4e441529u,
0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u
W_TABLE_END

#endif
