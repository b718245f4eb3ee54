// SPDX-License-Identifier: Apache-2.0
//
// An invocation owns a word of the output, or both words of an element: w_element() gives the bits.
layout(local_size_x = 128) in;

void main()
{
    uint unit = w_group() * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
    if (unit >= w_units) {
        return;
    }
    uint size_log = w_size_log(W_OUT0);
    uint lanes = size_log >= 2u ? 1u : 4u >> size_log;
    uint count = w_p(W_P_OUTER);
    uint home = (w_offset(W_P_INPUTS) >> (2u - min(size_log, 2u))) + unit;
    uint word = size_log < 2u && count - lanes * unit < lanes ? w_out0[home] : 0u;
    for (uint lane = 0u; lane < lanes && lanes * unit + lane < count; lane++) {
        uint at;
        uvec2 bits = w_element(lanes * unit + lane, at);
        if (size_log < 2u) {
            word = w_put(word, bits.x, lane, 1u << size_log);
        } else if (size_log == 2u) {
            w_out0[at] = bits.x;
        } else {
            w_out0[2u * at] = bits.x;
            w_out0[2u * at + 1u] = bits.y;
        }
    }
    if (size_log < 2u) {
        w_out0[home] = word;
    }
}
