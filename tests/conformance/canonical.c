// SPDX-License-Identifier: Apache-2.0
// The canonical result, written from runtime/ops/canon.h alone and without any cleverness.
#include "tests/conformance/conformance.h"

#include "runtime/ops/canon.h"

#include <math.h>
#include <stdlib.h>

// The sum of at most a block: each lane its own elements, then the lanes by halves.
static float block_sum(const float *x, size_t n)
{
    float lane[W_LANES];
    bool has[W_LANES] = {false};
    for (size_t i = 0; i < n; i++) {
        size_t l = i % W_LANES;
        lane[l] = has[l] ? lane[l] + x[i] : x[i];
        has[l] = true;
    }
    for (size_t half = W_LANES / 2; half > 0; half /= 2)
        for (size_t l = 0; l < half; l++) {
            if (!has[l + half])
                continue;
            lane[l] = has[l] ? lane[l] + lane[l + half] : lane[l + half];
            has[l] = true;
        }
    return lane[0];
}

float canonical_sum(const float *x, size_t n)
{
    if (n == 0)
        return 0;
    if (n <= W_BLOCK)
        return block_sum(x, n);
    size_t blocks = (n + W_BLOCK - 1) / W_BLOCK;
    float *sums = malloc(blocks * sizeof *sums);
    assert_non_null(sums);
    for (size_t b = 0; b < blocks; b++)
        sums[b] = block_sum(x + b * W_BLOCK, W_MIN(n - b * W_BLOCK, (size_t)W_BLOCK));
    float sum = canonical_sum(sums, blocks);
    free(sums);
    return sum;
}

static double chain_product(const product *p)
{
    float sum = 0;
    for (size_t begin = 0; begin < p->k; begin += W_SEGMENT) {
        float chain = 0;
        for (size_t i = begin; i < p->k && i < begin + W_SEGMENT; i++)
            chain = fmaf((float)p->a[i], (float)p->b[i], chain);
        sum = begin == 0 ? chain : sum + chain;
    }
    float y = (float)p->alpha * sum;
    return p->has[0] ? fmaf((float)p->beta, (float)p->extra[0], y) : y;
}

static double chain_product_wide(const product *p)
{
    double sum = 0;
    for (size_t begin = 0; begin < p->k; begin += W_SEGMENT) {
        double chain = 0;
        for (size_t i = begin; i < p->k && i < begin + W_SEGMENT; i++)
            chain = fma(p->a[i], p->b[i], chain);
        sum = begin == 0 ? chain : sum + chain;
    }
    double y = p->alpha * sum;
    return p->has[0] ? fma(p->beta, p->extra[0], y) : y;
}

double canonical_product(const product *p, bool wide)
{
    return wide ? chain_product_wide(p) : chain_product(p);
}
