// SPDX-License-Identifier: Apache-2.0
//
// SAMPLE, in the place of MAP's w_element(): a formula of four neighbours of the input and of the
// weights along the first and the second sampled axis.
#ifndef W_SAMPLE_GLSL
#define W_SAMPLE_GLSL

struct w_spot {
    uint first;
    uint second;
    float weight;
};

// As w_spot_of() of runtime/ops/sample.c; all of it fits 31 bits (w_desc_pack()).
w_spot w_spot_of(uint at, uint extent, uint source)
{
    int along = int((2u * at + 1u) * source) - int(extent);
    uint step = 2u * extent;
    uint whole = uint(max(along, 0));
    w_spot p;
    p.first = whole / step;
    uint rest = whole - p.first * step;
    bool beyond = p.first + 1u >= source;
    p.first = beyond ? source - 1u : p.first;
    rest = beyond ? 0u : rest;
    p.second = rest > 0u ? p.first + 1u : p.first;
    p.weight = w_div(float(int(rest)), float(int(step)));
    return p;
}

uvec2 w_element(uint i, out uint at)
{
    uint rows = w_p(W_P_SAMPLE);
    uint from = w_offset(0u);
    uint row = 0u;
    uint column = 0u;
    at = w_offset(W_P_INPUTS);
    for (uint axis = w_p(W_P_RANK); axis-- > 0u;) {
        uint extent = w_p(W_P_EXTENT + axis);
        uint left = i / extent;
        uint c = i - left * extent;
        i = left;
        at += c * w_stride(W_P_INPUTS, axis);
        if (axis == rows) {
            row = c;
        } else if (axis == rows + 1u) {
            column = c;
        } else {
            from += c * w_stride(0u, axis);
        }
    }
    w_spot y = w_spot_of(row, w_p(W_P_EXTENT + rows), w_p(W_P_SAMPLE + 1));
    w_spot x = w_spot_of(column, w_p(W_P_EXTENT + rows + 1u), w_p(W_P_SAMPLE + 2));
    uint above = from + y.first * w_stride(0u, rows);
    uint below = from + y.second * w_stride(0u, rows);
    uint before = x.first * w_stride(0u, rows + 1u);
    uint after = x.second * w_stride(0u, rows + 1u);
    uint places[4] = uint[4](above + before, above + after, below + before, below + after);
    w_v near[4];
    for (uint k = 0u; k < 4u; k++) {
        near[k] = w_value(0u, W_IN0, places[k]);
    }
    w_v none = x.weight; // for arguments that it does not take
    w_v value = w_map(6u, near[0], near[1], near[2], near[3], y.weight, x.weight, none, none, none,
                      none, none, none);
    return w_save(W_OUT0 == W_U8 ? w_rint(value) : value, W_OUT0);
}

#endif
