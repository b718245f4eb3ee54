// SPDX-License-Identifier: Apache-2.0
// |a| with the sign of b (IEEE 754 copySign), of which a NaN has none: NaNs are one value, and the sign of one that an
// operation made depends on the processor. Exact.
W_FN(w_v) w_op_copysign(w_v a, w_v b)
{
    return w_with_sign(w_size(a), w_choose(w_not_number(b), W_V(0), b));
}
