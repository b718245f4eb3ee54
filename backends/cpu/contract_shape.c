// SPDX-License-Identifier: Apache-2.0
//
// What a matrix product's shape is, and which way it goes: what is packed, what is read as it lies.
#include "backends/cpu/contract.h"

#include <string.h>

enum {
    FEW_ROWS = 32,      // so few do not pay for packing b
    FEW_COLS = 64,      // so few do not pay for packing a
    SOME_ROWS = 128,    // so few do not, where each thread packs b for itself
    VECTORS_LEAST = 16, // rows that pay for transposing squares of them
    TURNED_K = 8,       // k's for each column that pay for an output whose columns are apart
};
static const double SMALL = 224.0 * 224 * 224; // multiply-adds that do not pay for packing
// The same of several threads, for packing a together; and of those that share no cache.
static const double SMALL_TOGETHER = 512.0 * 512 * 512;
static const double SMALL_APART = 1024.0 * 1024 * 1024;

// A swap of the factors transposes the output: its columns become adjacent, or its one column
// becomes one row.
static void swap_factors(w_product *p)
{
    w_factor a = p->a;
    p->a = p->b;
    p->b = a;
    int64_t m = p->m, out_m = p->out_m, c_m = p->c_m;
    p->m = p->n;
    p->n = m;
    p->out_m = p->out_n;
    p->out_n = out_m;
    p->c_m = p->c_n;
    p->c_n = c_m;
    p->swapped = !p->swapped;
}

static w_way choose_way(const w_product *p, bool integers)
{
    double elements = (double)p->m * (double)p->n;
    if (integers)
        return W_PACKED;

    if (p->narrow) // no more jobs than a counter can count, though there may be no k
        return p->m <= FEW_ROWS || elements * W_MAX((double)p->k, 1) <= SMALL ? W_B_PACKED
                                                                              : W_PACKED;
    bool few = p->m <= FEW_ROWS || (p->n <= FEW_COLS && p->a.k == 1);
    if (!few && elements * (double)p->k > SMALL)
        return W_PACKED;
    return p->b.x == 1 ? W_IN_PLACE : W_B_PACKED;
}

// What one thread packs comes to the others out of its cache, in more time than they take to
// multiply by it where a product is not large. So none packs for another there: a is read in place,
// and each thread packs the columns of b that it multiplies by, or reads them in place too where
// they are used few times, or are many.
w_way w_product_way_of_threads(const w_product *p, const w_cpu_par *par)
{
    double elements = (double)p->m * (double)p->n, work = elements * (double)p->k;
    if (work > (w_par_is_apart(par) ? SMALL_APART : SMALL_TOGETHER) ||
        elements * (double)p->size > W_FAR_BYTES)
        return W_PACKED;
    bool few = p->m <= SOME_ROWS || work > SMALL_TOGETHER;
    return !p->narrow && (p->packed || (p->b.x == 1 && few)) ? W_IN_PLACE : W_B_PACKED;
}

void w_product_shape(const w_desc *desc, w_product *p)
{
    uint32_t m = desc->rank - 3, n = m + 1, k = m + 2;
    const w_operand *in = desc->in, *out = desc->out;
    memset(p, 0, sizeof *p);
    p->m = desc->extent[m];
    p->n = desc->extent[n];
    p->k = desc->extent[k];
    p->size = weir_dtype_size(out[0].dtype);
    p->narrow = !w_product_is_integer(desc) && p->size < w_product_word(desc);
    p->a = (w_factor){.x = in[0].stride[m], .k = in[0].stride[k], .dtype = in[0].dtype};
    p->b = (w_factor){.x = in[1].stride[n], .k = in[1].stride[k], .dtype = in[1].dtype};
    p->out_m = out[0].stride[m];
    p->out_n = out[0].stride[n];
    if (w_product_is_integer(desc)) {
        p->a.zero_x = in[2].stride[m];
        p->b.zero_x = in[3].stride[n];
    } else if (desc->n_in > 2) {
        p->c_m = in[2].stride[m];
        p->c_n = in[2].stride[n];
    }
    if (p->m > 1 && (p->n == 1 || (p->out_n != 1 && p->out_m == 1)))
        swap_factors(p);
    if (p->n == 1)
        p->b.x = p->out_n = p->c_n = 1;
    if (p->k == 0) // there may be no memory to point into
        p->a.x = p->a.k = p->b.x = p->b.k = 0;
    p->way = choose_way(p, w_product_is_integer(desc));
}

void w_product_turn(w_product *p, const w_contract_isa *isa)
{
    bool vectors = p->n <= isa->vector_rows && p->m >= VECTORS_LEAST && p->a.k == 1;
    bool rows = 4 * p->n <= 3 * (int64_t)isa->tall_cols && p->m >= 2 * (int64_t)isa->tall_cols &&
                p->k >= TURNED_K * p->n && p->a.x == 1 && p->a.k != 1;
    if (p->narrow || p->packed || p->n == 1 || !(vectors || rows))
        return;
    swap_factors(p);
    p->way = vectors ? W_B_PACKED : W_IN_PLACE;
}
