// SPDX-License-Identifier: Apache-2.0
//
// A tile of a matrix product: where its totals stand, where its c comes from, and what becomes of
// finished elements (an activation, another dtype, columns that are apart).
#include "backends/cpu/contract.h"

enum { TILE_BYTES = W_TILE_ROWS * W_TILE_COLS * 8 };
// A tile of more rows for row() comes here only where nothing is apart.
_Static_assert(W_ROW_COLS * 8 <= TILE_BYTES, "a tile of one row fits too");

static char *out_element(const w_product *p, int64_t i, int64_t j)
{
    return p->out + (i * p->out_m + j * p->out_n) * (int64_t)p->size;
}

static const char *c_element(const w_product *p, int64_t i, int64_t j)
{
    return p->c + (i * p->c_m + j * p->c_n) * (int64_t)p->size;
}

// Rows of finished totals, which are in the cache still, become elements.
static void finish(const w_product *p, const w_tile *t, size_t word, bool in_output, int64_t i,
                   int64_t j)
{
    for (int64_t r = 0; r < t->rows; r++) {
        void *row = (char *)t->out + r * t->out_row * (int64_t)word;
        const void *in[] = {row};
        if (t->last && p->activate)
            p->activate(in, 1, row, (size_t)t->cols, p->attr);
        if (!in_output)
            p->store(out_element(p, i + r, j), p->out_n, row, (size_t)t->cols);
    }
}

// By way of dense copies: of totals whose columns are apart in the output, of a c that is no row of
// words.
static __attribute__((noinline)) void run_apart(const w_product *p, const w_contract_isa *isa,
                                                void (*run)(const w_tile *), w_tile *t,
                                                const w_totals *totals, int64_t i, int64_t j)
{
    _Alignas(64) char out[TILE_BYTES], c[TILE_BYTES];
    int64_t word = (int64_t)isa->size;
    w_tile dense = *t;
    dense.out = out;
    dense.out_row = dense.c_row = t->cols;
    if (totals) {
        dense.out = totals->data + ((i - totals->i) * totals->row + j - totals->j) * word;
        dense.out_row = totals->row;
    }
    for (int64_t r = 0; !totals && !t->first && r < t->rows; r++)
        p->load(out + r * t->cols * word, out_element(p, i + r, j), p->out_n, (size_t)t->cols);
    if (p->c && t->last) {
        dense.c = c;
        for (int64_t r = 0; r < t->rows; r++)
            p->load(c + r * t->cols * word, c_element(p, i + r, j), p->c_n, (size_t)t->cols);
    }
    run(&dense);
    if (!totals || t->last)
        finish(p, &dense, isa->size, false, i, j);
}

void w_product_tile(const w_product *p, const w_contract_isa *isa, void (*run)(const w_tile *),
                    w_tile *t, const w_totals *totals, int64_t i, int64_t j)
{
    bool with_c = p->c && t->last;
    if (totals || p->out_n != 1 || (with_c && p->c_n != 1)) {
        run_apart(p, isa, run, t, totals, i, j);
        return;
    }
    t->out = out_element(p, i, j);
    t->out_row = p->out_m;
    t->c = with_c ? c_element(p, i, j) : NULL;
    t->c_row = p->c_m;
    run(t);
    if (t->last && p->activate)
        finish(p, t, isa->size, true, i, j);
}
