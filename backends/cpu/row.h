// SPDX-License-Identifier: Apache-2.0
//
// REDUCE and ROW operations of phases, as the ways to run their rows share them: one after the
// other (row.c), side by side as stripes (row_stripe.c), turned by pieces as groups (row_group.c).
#ifndef W_CPU_ROW_H
#define W_CPU_ROW_H

#include "backends/cpu/cpu.h"

#include <string.h>

enum { W_FASTER = 4 }; // times as fast as row by row, at least, are stripes and groups

// Of the phases, as w_row_values wants them.
typedef struct w_row_results {
    _Alignas(64) double of[W_MAX_PHASES][W_LANES]; // room for the largest element
} w_row_results;

typedef struct w_row_job {
    const w_desc *desc;
    const w_reduce_table *table;
    const w_row_fns *fns;
    const w_phases *phases;
    const w_terms *terms; // instead of the one input
    uint32_t n_in, kept;
    w_span kept_in[W_MAX_IN], row_in[W_MAX_IN]; // rank 0: a constant
    const void *constant[W_MAX_IN];             // over and over, as far as a buffer's worth
    bool direct[W_MAX_IN];                      // neighbours of the class's own type
    w_span kept_out, row_out;
    bool out_direct;
    bool keeps;               // the last phase's terms, where the output will be
    int64_t chunk, out_chunk; // elements at a time; of the output
    int64_t rows, n, blocks, share;
    // Stripes and groups: `groups` for each index of the other kept axes, of `group` rows each.
    int64_t group, groups, columns; // columns: of the last kept axis
    // Stripes: along a row, and whether rows are neighbours of the class's own type. Groups: along
    // a row of what is turned; 0: it is not.
    int64_t step[W_MAX_IN], out_step;
    bool beside[W_MAX_IN], out_beside;
    bool turned;   // stripes: of rows that are turned
    int64_t piece; // groups: elements of a row that are turned at a time
    // Blocks by the task: of this row, in this phase; the last is the output.
    int64_t row;
    uint32_t phase;
    const w_row_results *results;
    w_partial *states;
    w_pair_fn *pair;     // NULL: the second phase waits for the first
    w_partial *foretold; // the second's states by block, if the first comes to 1
    double one;          // 1 as an element: room for the largest
    w_row_values values; // of no row: without results
} w_row_job;

static inline const w_reduce_fns *w_row_reducer(const w_row_job *j, uint32_t phase)
{
    return &j->table->fns[j->phases->reducer[phase]];
}

static inline w_row_values w_row_values_of(const w_row_job *j, const w_row_results *r)
{
    w_row_values v = j->values;
    for (uint32_t phase = 0; phase < W_MAX_PHASES; phase++)
        v.result[phase] = r->of[phase];
    return v;
}

// The states of a row's blocks to the phase's result.
static inline void w_row_keep_result(const w_row_job *j, uint32_t phase, w_partial s,
                                     w_row_results *r)
{
    w_row_values v = w_row_values_of(j, r);
    s = w_row_reducer(j, phase)->finish(s, j->n);
    const void *in[] = {&s.a};
    j->fns->result[phase](in, r->of[phase], 1, &v);
}

static inline void w_row_store_result(const w_row_job *j, int64_t row, const w_row_results *r)
{
    j->table->convert[j->desc->out[0].dtype].store(w_span_at(&j->kept_out, row), 1,
                                                   r->of[j->phases->n - 1], 1);
}

// Whether rows are run so, where `threads` share them; then the task for `share` of
// rows / columns * groups.
bool w_row_find_stripes(w_row_job *j, uint32_t threads);
bool w_row_find_short(w_row_job *j, uint32_t threads); // as stripes
void w_row_stripe_task(void *job, uint32_t i);
bool w_row_find_groups(w_row_job *j, uint32_t threads);
void w_row_group_task(void *job, uint32_t i);

#endif
