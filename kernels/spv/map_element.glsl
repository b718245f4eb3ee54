// SPDX-License-Identifier: Apache-2.0
//
// An element of a MAP, behind the class and the formulas. Of a chain, W_CHAIN is its value from x[0]..
// The output's bits for element `i` of the iteration space, and where they go.
uvec2 w_element(uint i, out uint at)
{
    for (uint operand = 0u; operand < W_N_IN; operand++) {
        w_at[operand] = w_offset(operand);
    }
    at = w_offset(W_P_INPUTS);
    if (W_FLAT != 0u) {
        for (uint operand = 0u; operand < W_N_IN; operand++) {
            w_at[operand] += i * w_stride(operand, 0u);
        }
        at += i * w_stride(W_P_INPUTS, 0u);
    } else {
        uint rest = i;
        for (uint axis = w_p(W_P_RANK); axis-- > 0u;) {
            uint extent = w_p(W_P_EXTENT + axis);
            uint left = rest / extent;
            uint c = rest - left * extent;
            rest = left;
            for (uint operand = 0u; operand < W_N_IN; operand++) {
                w_at[operand] += c * w_stride(operand, axis);
            }
            at += c * w_stride(W_P_INPUTS, axis);
        }
    }
#ifdef W_CHAIN
    uvec2 x[W_P_INPUTS]; // as they are stored
    for (uint operand = 0u; operand < W_N_IN; operand++) {
        x[operand] = w_stored(operand, w_dtype(operand), w_at[operand]);
    }
    w_v y = W_CHAIN;
#else
    w_v x[W_P_INPUTS];
    for (uint operand = 0u; operand < W_N_IN; operand++) {
        x[operand] = w_value(operand, w_dtype(operand), w_at[operand]);
    }
    w_v y = w_map(W_N_IN, x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7],
                  w_v(w_pf(W_P_ATTR)), w_v(w_pf(W_P_ATTR + 1)), w_v(w_pf(W_P_ATTR + 2)), w_v(w_pf(W_P_ATTR + 3)));
#endif
    return w_save(y, W_OUT0);
}
