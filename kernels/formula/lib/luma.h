// SPDX-License-Identifier: Apache-2.0
#ifndef W_LIB_LUMA_H
#define W_LIB_LUMA_H

// The luma of ITU-R BT.601, 0.299 r + 0.587 g + 0.114 b, to the nearest integer. The order of the sum
// is part of the definition. For r, g, b in 0..255 the result is in 0..255.
W_FN(w_f) w_luma(w_f r, w_f g, w_f b)
{
    w_f luma = r * W_F(0x3e991687u);
    luma = w_fma(g, W_F(0x3f1645a2u), luma);
    luma = w_fma(b, W_F(0x3de978d5u), luma);
    return w_rint(luma);
}

#endif
