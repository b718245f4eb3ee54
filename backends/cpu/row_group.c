// SPDX-License-Identifier: Apache-2.0
//
// Columns that are few or have very many blocks are run as groups, if nothing needs a conversion: a
// piece of all of them is turned, so that each line of memory is read once.
#include "backends/cpu/row.h"

enum {
    GROUP = 16,         // rows at a time at most
    PIECE_BYTES = 1024, // of a row that is turned
    TURNED = 2,         // inputs of a group that are turned at most
};

// Rows side by side, a piece of each at a time.
typedef struct group {
    int64_t row; // the first
    size_t count;
    w_row_results results[GROUP];
} group;

typedef struct pieces {
    _Alignas(64) char in[TURNED][GROUP][PIECE_BYTES];
    _Alignas(64) char out[GROUP][PIECE_BYTES];
} pieces;

// Elements begin.. of each row of a group.
static void fetch_group(const w_row_job *j, const group *g, int64_t begin, size_t n, pieces *p,
                        const void *in[GROUP][W_MAX_IN])
{
    int turned = 0;
    for (uint32_t k = 0; k < j->n_in; k++) {
        int64_t size = (int64_t)j->kept_in[k].size;
        if (j->desc->in[k].tensor < 0) {
            for (size_t r = 0; r < g->count; r++)
                in[r][k] = j->constant[k];
            continue;
        }
        if (!j->step[k]) {
            for (size_t r = 0; r < g->count; r++)
                in[r][k] = w_span_at(&j->kept_in[k], g->row + (int64_t)r) + begin * size;
            continue;
        }
        j->table->turn(p->in[turned], j->piece,
                       w_span_at(&j->kept_in[k], g->row) + begin * j->step[k] * size, j->step[k],
                       g->count, n);
        for (size_t r = 0; r < g->count; r++)
            in[r][k] = p->in[turned][r];
        turned++;
    }
}

static void group_states(const w_row_job *j, const group *g, uint32_t phase, int64_t block,
                         w_partial states[GROUP])
{
    w_lanes lanes[GROUP];
    pieces p;
    const void *in[GROUP][W_MAX_IN];
    int64_t end = W_MIN((block + 1) * W_BLOCK, j->n);
    for (size_t r = 0; r < g->count; r++)
        w_row_reducer(j, phase)->clear(&lanes[r], 0);
    for (int64_t first = block * W_BLOCK; first < end; first += j->piece) {
        size_t n = (size_t)W_MIN(end - first, j->piece);
        fetch_group(j, g, first, n, &p, in);
        for (size_t r = 0; r < g->count; r++) {
            w_row_values v = w_row_values_of(j, &g->results[r]);
            v.first = first;
            j->fns->term[phase](in[r], n, &v, &lanes[r], NULL);
        }
    }
    for (size_t r = 0; r < g->count; r++)
        states[r] = w_row_reducer(j, phase)->tree(&lanes[r]);
}

static void write_group(const w_row_job *j, const group *g)
{
    pieces p;
    const void *in[GROUP][W_MAX_IN];
    for (int64_t first = 0; first < j->n; first += j->piece) {
        size_t n = (size_t)W_MIN(j->n - first, j->piece);
        fetch_group(j, g, first, n, &p, in);
        for (size_t r = 0; r < g->count; r++) {
            w_row_values v = w_row_values_of(j, &g->results[r]);
            v.first = first;
            j->fns->out(in[r], p.out[r], n, &v);
        }
        char *to = w_span_at(&j->kept_out, g->row);
        j->table->turn(to + first * j->out_step * (int64_t)j->table->size, j->out_step, p.out,
                       j->piece, n, g->count);
    }
}

static void run_phase(const w_row_job *j, group *g, uint32_t phase)
{
    w_partial states[GROUP];
    w_tower towers[GROUP];
    for (size_t r = 0; r < g->count; r++)
        towers[r].count[0] = towers[r].count[1] = 0;
    for (int64_t block = 0; block < j->blocks; block++) {
        group_states(j, g, phase, block, states);
        for (size_t r = 0; r < g->count && j->blocks > 1; r++)
            w_tower_push(&towers[r], w_row_reducer(j, phase), 0, states[r]);
    }
    for (size_t r = 0; r < g->count; r++) {
        if (j->blocks > 1)
            states[r] = w_tower_end(&towers[r], w_row_reducer(j, phase));
        w_row_keep_result(j, phase, states[r], &g->results[r]);
    }
}

static void run_group(const w_row_job *j, int64_t number)
{
    int64_t place = number % j->groups * j->group;
    group g;
    g.row = number / j->groups * j->columns + place;
    g.count = (size_t)W_MIN(j->columns - place, j->group);
    for (uint32_t phase = 0; phase < j->phases->n; phase++)
        run_phase(j, &g, phase);
    if (j->fns->out)
        write_group(j, &g);
    else
        for (size_t r = 0; r < g.count; r++)
            w_row_store_result(j, g.row + (int64_t)r, &g.results[r]);
}

void w_row_group_task(void *arg, uint32_t i)
{
    const w_row_job *j = arg;
    int64_t count = j->rows / j->columns * j->groups;
    int64_t end = W_MIN((i + 1) * j->share, count);
    for (int64_t g = i * j->share; g < end; g++)
        run_group(j, g);
}

// The step along a row of an operand whose last kept axis has neighbours; 0: it is none that can be
// turned.
static int64_t turned_step(const w_row_job *j, const w_operand *o, const w_span *row)
{
    int64_t step;
    bool can = o->dtype == j->table->own && o->stride[j->kept - 1] == 1 &&
               w_walk_linear(row->rank, row->extent, row->stride, &step);
    return can ? step : 0;
}

// Whether rows are run as groups, which are turned by pieces: what is read and written is one step
// apart along a row, and not too many threads are left without one.
bool w_row_find_groups(w_row_job *j, uint32_t threads)
{
    const w_desc *desc = j->desc;
    int turned = 0;
    if (!j->kept || j->terms || !j->n)
        return false;
    for (uint32_t k = 0; k < desc->n_in; k++) {
        if (desc->in[k].tensor < 0)
            continue;
        j->step[k] = j->direct[k] ? 0 : turned_step(j, &desc->in[k], &j->row_in[k]);
        if (!j->direct[k] && !j->step[k])
            return false;
        turned += !j->direct[k];
    }
    j->out_step = j->fns->out ? turned_step(j, &desc->out[0], &j->row_out) : 1;
    j->columns = desc->extent[j->kept - 1];
    j->group = W_MIN(GROUP, j->columns);
    j->groups = (j->columns + j->group - 1) / j->group;
    j->piece = PIECE_BYTES / (int64_t)j->table->size;
    return turned && turned <= TURNED && j->out_step && j->columns > 2 &&
           threads <= W_FASTER * (j->rows / j->columns * j->groups);
}
