// SPDX-License-Identifier: Apache-2.0
//
// SAMPLE: one element a work-item. W_CALL is the formula called with the four neighbours, x0 to x3,
// and the weights along the first and the second sampled axis, x4 and x5.
typedef struct {
    uint first, second;
    float weight;
} w_spot;

// As w_spot_of() of runtime/ops/sample.c; all of it fits 31 bits (w_desc_pack()).
static w_spot w_spot_of(uint at, uint extent, uint source)
{
    int along = (int)((2u * at + 1u) * source) - (int)extent;
    uint step = 2u * extent, whole = (uint)max(along, 0);
    w_spot p;
    p.first = whole / step;
    uint rest = whole - p.first * step;
    bool beyond = p.first + 1u >= source;
    p.first = beyond ? source - 1u : p.first;
    rest = beyond ? 0u : rest;
    p.second = rest > 0u ? p.first + 1u : p.first;
    p.weight = w_div((float)(int)rest, (float)(int)step);
    return p;
}

W_KERNEL void w_sample(W_PARAMS)
{
    uint rest = (uint)get_global_id(0);
    if (rest >= p.word[W_P_OUTER])
        return;
    const uint rows = p.word[W_P_SAMPLE];
    uint at = W_OFFSET(W_OUTPUT), from = W_OFFSET(0), row = 0u, column = 0u;
    for (uint axis = p.word[W_P_RANK]; axis-- > 0u;) {
        uint extent = W_EXTENT(axis);
        uint next = axis > 0u ? rest / extent : 0u;
        uint k = rest - next * extent;
        rest = next;
        at += k * W_STRIDE(W_OUTPUT, axis);
        row = axis == rows ? k : row;
        column = axis == rows + 1u ? k : column;
        from += axis == rows || axis == rows + 1u ? 0u : k * W_STRIDE(0, axis);
    }
    w_spot y = w_spot_of(row, W_EXTENT(rows), p.word[W_P_SAMPLE + 1]);
    w_spot x = w_spot_of(column, W_EXTENT(rows + 1u), p.word[W_P_SAMPLE + 2]);
    uint above = from + y.first * W_STRIDE(0, rows), below = from + y.second * W_STRIDE(0, rows);
    uint left = x.first * W_STRIDE(0, rows + 1u), right = x.second * W_STRIDE(0, rows + 1u);
    w_v x0 = W_LOAD(0, above + left), x1 = W_LOAD(0, above + right);
    w_v x2 = W_LOAD(0, below + left), x3 = W_LOAD(0, below + right);
    w_v x4 = y.weight, x5 = x.weight;
    w_v value = W_CALL;
#ifdef W_OUT_WHOLE
    value = w_rint(value);
#endif
    out[bases.base[W_OUTPUT] + at] = W_STORE(value);
}
