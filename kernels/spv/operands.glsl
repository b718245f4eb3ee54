// SPDX-License-Identifier: Apache-2.0
//
// The inputs' elements as values of the class that a module computes in, and one element's bits into the
// output.
#ifndef W_OPERANDS_GLSL
#define W_OPERANDS_GLSL

uint w_word(uint operand, uint at)
{
    switch (operand) {
    case 0: return w_in0[at];
    case 1: return w_in1[at];
    case 2: return w_in2[at];
    case 3: return w_in3[at];
    case 4: return w_in4[at];
    case 5: return w_in5[at];
    case 6: return w_in6[at];
    default: return w_in7[at];
    }
}

// One place that loads: drivers inline a call wherever it stands, and only then drop what a
// specialization leaves out.
uvec2 w_stored(uint operand, uint dtype, uint index)
{
    uint size_log = w_size_log(dtype);
    uint first = size_log == 3u ? 2u * index : index >> (2u - min(size_log, 2u));
    uvec2 bits = uvec2(w_word(operand, first), 0u);
    if (size_log == 0u) {
        bits.x = (bits.x >> ((index & 3u) << 3)) & 0xffu;
    } else if (size_log == 1u) {
        bits.x = (bits.x >> ((index & 1u) << 4)) & 0xffffu;
    } else if (size_log == 3u) {
        bits.y = w_word(operand, first + 1u);
    }
    return bits;
}

w_v w_value(uint operand, uint dtype, uint index)
{
    return w_load(w_stored(operand, dtype, index), dtype);
}

uint w_dtype(uint operand)
{
    switch (operand) {
    case 0: return W_IN0;
    case 1: return W_IN1;
    case 2: return W_IN2;
    case 3: return W_IN3;
    case 4: return W_IN4;
    case 5: return W_IN5;
    case 6: return W_IN6;
    default: return W_IN7;
    }
}

// Where the operands' elements lie.
uint w_at[W_P_INPUTS + 1u];

w_v w_input(uint operand, uint dtype)
{
    return operand < W_N_IN ? w_value(operand, dtype, w_at[operand]) : w_v(w_p(W_P_STEP));
}

// One element of the output. Other work-groups may write the same word's other elements.
void w_store(uint at, uvec2 bits)
{
    uint size_log = w_size_log(W_OUT0);
    if (size_log == 3u) {
        w_out0[2u * at] = bits.x;
        w_out0[2u * at + 1u] = bits.y;
    } else if (size_log == 2u) {
        w_out0[at] = bits.x;
    } else {
        uint in_word = 2u - size_log;
        uint lane = at & ((1u << in_word) - 1u);
        uint size = 1u << size_log;
        atomicAnd(w_out0[at >> in_word], ~w_put(0u, size == 1u ? 0xffu : 0xffffu, lane, size));
        atomicOr(w_out0[at >> in_word], w_put(0u, bits.x, lane, size));
    }
}

#endif
