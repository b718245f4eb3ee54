// SPDX-License-Identifier: Apache-2.0
//
// REDUCE and ROW operations of phases: row by row, while a row is in the cache. A phase makes the
// terms of a block and gives them to its reducer's own function, so that the order is that of
// reduce.c; a ROW's output is made from the inputs and the results at the end. Rows go to threads;
// where there are fewer rows than threads, or rows are long, blocks do. The second phase of some
// runs ahead there: on each block right after the first, with the first one's result so far. What
// that turns out to be wrong for is done again.
//
// Rows whose elements are apart while their neighbours' lie beside them, the columns of a matrix,
// are run as stripes: an element of all of them at a time, as if it were a row's elements, with the
// states of each lane of theirs side by side. Where they are few or have very many blocks, they are
// run as groups, if nothing needs a conversion: a piece of all of them is turned, so that each line
// of memory is read once.
#include "backends/cpu/cpu.h"

#include <string.h>

enum {
    CHUNK_BYTES = 4096, // of an input's buffer
    STACK_STATES = 256,
    AHEAD_BLOCKS = 128, // at least, of a row whose second phase runs ahead: it is in no near cache
    STRIPE = W_LANES,   // columns at a time at most
    STRIPE_BLOCKS = 32, // of each at most
    GROUP = 16,         // rows at a time at most
    PIECE_BYTES = 1024, // of a row that is turned
    TURNED = 2,         // inputs of a group that are turned at most
    FASTER = 4,         // times as fast as row by row, at least, are stripes and groups
};

// Of the phases, as w_row_values wants them.
typedef struct results {
    _Alignas(64) double of[W_MAX_PHASES][W_LANES]; // room for the largest element
} results;

// What the second phase made of a block, and of which result of the first.
typedef struct foretold {
    w_partial state;
    double first; // room for the largest element
} foretold;

typedef struct job {
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
    int64_t piece; // groups: elements of a row that are turned at a time
    // Blocks by the task: of this row, in this phase; the last is the output.
    int64_t row;
    uint32_t phase;
    const results *results;
    w_partial *states;
    foretold *ahead;     // NULL: the second phase does not run ahead
    w_row_values values; // of no row: without results
} job;

typedef struct buffers {
    _Alignas(64) char in[W_MAX_IN][CHUNK_BYTES];
    _Alignas(64) char out[CHUNK_BYTES];
} buffers;

// Rows side by side, an element of each at a time.
typedef struct stripe {
    size_t count;
    const char *in[W_MAX_IN]; // of the first row, its first element; NULL: a constant
    char *out;
    int64_t out_step; // bytes along a row
} stripe;

typedef struct elements {
    _Alignas(64) double in[W_MAX_IN][STRIPE], out[STRIPE]; // room for the largest
} elements;

// Rows side by side, a piece of each at a time.
typedef struct group {
    int64_t row; // the first
    size_t count;
    results results[GROUP];
} group;

typedef struct pieces {
    _Alignas(64) char in[TURNED][GROUP][PIECE_BYTES];
    _Alignas(64) char out[GROUP][PIECE_BYTES];
} pieces;

static char *span_at(const w_span *s, int64_t i)
{
    return s->base + w_walk_offset(s->rank, s->extent, s->stride, i) * (int64_t)s->size;
}

static const w_reduce_fns *reducer(const job *j, uint32_t phase)
{
    return &j->table->fns[j->phases->reducer[phase]];
}

static w_row_values values_of(const job *j, const results *r)
{
    w_row_values v = j->values;
    for (uint32_t phase = 0; phase < W_MAX_PHASES; phase++)
        v.result[phase] = r->of[phase];
    return v;
}

// ---------------------------------------------------------------- inputs

// Elements begin.. of a row of each input.
static void fetch(const job *j, int64_t row, int64_t begin, size_t n, buffers *b, const void **in)
{
    if (j->terms) {
        w_chain_terms(j->terms, row * j->n + begin, n, b->in[0]);
        in[0] = b->in[0];
        return;
    }
    for (uint32_t k = 0; k < j->n_in; k++) {
        const w_operand *o = &j->desc->in[k];
        if (o->tensor < 0) {
            in[k] = j->constant[k];
            continue;
        }
        char *base = span_at(&j->kept_in[k], row);
        if (j->direct[k]) {
            in[k] = base + begin * (int64_t)j->table->size;
            continue;
        }
        w_span span = j->row_in[k];
        span.base = base;
        in[k] = b->in[k];
        w_walk_gather(b->in[k], j->table->size, &span, j->table->convert[o->dtype].load, begin, n);
    }
}

// ---------------------------------------------------------------- phases

static w_partial block_state(const job *j, int64_t row, uint32_t phase, const results *r,
                             int64_t block)
{
    w_lanes lanes;
    buffers b;
    const void *in[W_MAX_IN];
    w_term_fn *term = j->fns->term[phase];
    char *keep = j->keeps && phase == j->phases->n - 1 ? span_at(&j->kept_out, row) : NULL;
    int64_t begin = block * W_BLOCK, end = W_MIN(begin + W_BLOCK, j->n);
    w_row_values v = values_of(j, r);
    v.first = begin;
    if (j->n && end - begin <= j->chunk) {
        fetch(j, row, begin, (size_t)(end - begin), &b, in);
        return term(in, (size_t)(end - begin), &v, NULL,
                    keep ? keep + begin * (int64_t)j->table->size : NULL);
    }
    reducer(j, phase)->clear(&lanes, 0);
    for (; v.first < end; v.first += j->chunk) {
        size_t n = (size_t)W_MIN(end - v.first, j->chunk);
        fetch(j, row, v.first, n, &b, in);
        term(in, n, &v, &lanes, keep ? keep + v.first * (int64_t)j->table->size : NULL);
    }
    return reducer(j, phase)->tree(&lanes);
}

// The states of a row's blocks to the phase's result.
static void keep_result(const job *j, uint32_t phase, w_partial s, results *r)
{
    w_row_values v = values_of(j, r);
    s = reducer(j, phase)->finish(s, j->n);
    const void *in[] = {&s.a};
    j->fns->result[phase](in, r->of[phase], 1, &v);
}

static void store_result(const job *j, int64_t row, const results *r)
{
    j->table->convert[j->desc->out[0].dtype].store(span_at(&j->kept_out, row), 1,
                                                   r->of[j->phases->n - 1], 1);
}

// ---------------------------------------------------------------- the output of a ROW

static void write_range(const job *j, int64_t row, const results *r, int64_t begin, int64_t end)
{
    buffers b;
    const void *in[W_MAX_IN];
    w_row_values v = values_of(j, r);
    w_span span = j->row_out;
    span.base = span_at(&j->kept_out, row);
    if (j->keeps) {
        void *out = span.base + begin * (int64_t)span.size;
        v.first = begin;
        in[0] = out;
        j->fns->end(in, out, (size_t)(end - begin), &v);
        return;
    }
    for (v.first = begin; v.first < end; v.first += j->out_chunk) {
        size_t n = (size_t)W_MIN(end - v.first, j->out_chunk);
        fetch(j, row, v.first, n, &b, in);
        void *out = j->out_direct ? span.base + v.first * (int64_t)span.size : b.out;
        j->fns->out(in, out, n, &v);
        if (!j->out_direct)
            w_walk_scatter(&span, j->table->convert[j->desc->out[0].dtype].store, b.out,
                           j->table->size, v.first, n);
    }
}

// ---------------------------------------------------------------- stripes

// Elements i.. of the stripe's rows, of each input: as many of the `most` as can be had at once.
static void fetch_across(const job *j, const stripe *s, int64_t i, int64_t most, elements *b,
                         const void **in, w_across *across)
{
    across->elements = (size_t)most;
    for (uint32_t k = 0; k < W_MAX_IN; k++) {
        in[k] = b->in[k];
        across->in[k] = 0;
        if (k >= j->n_in)
            continue;
        const w_operand *o = &j->desc->in[k];
        int64_t step = j->step[k] * (int64_t)j->kept_in[k].size;
        if (o->tensor < 0) {
            in[k] = j->constant[k];
        } else if (j->beside[k]) {
            in[k] = s->in[k] + i * step;
            across->in[k] = step;
        } else {
            j->table->convert[o->dtype].load(b->in[k], s->in[k] + i * step, o->stride[j->kept - 1],
                                             s->count);
            if (step) // else it is the same along a column
                across->elements = 1;
        }
    }
}

// A block's states in a phase: in lanes[0], one of each row.
static void stripe_block(const job *j, const stripe *s, uint32_t phase, const results *r,
                         int64_t block, w_lanes *lanes)
{
    const w_reduce_fns *fns = reducer(j, phase);
    bool keeps = j->fns->end && j->out_beside && phase == j->phases->n - 1;
    int64_t end = W_MIN((block + 1) * W_BLOCK, j->n);
    size_t used = (size_t)W_MIN(end - block * W_BLOCK, W_LANES), half = 1;
    elements b;
    const void *in[W_MAX_IN];
    w_across across = {.out = s->out_step};
    w_row_values v = values_of(j, r);
    v.across = &across;
    for (size_t lane = 0; lane < used; lane++)
        fns->clear(&lanes[lane], 0);
    for (v.first = block * W_BLOCK; v.first < end; v.first += (int64_t)across.elements) {
        fetch_across(j, s, v.first, end - v.first, &b, in, &across);
        j->fns->term[phase](in, s->count, &v, lanes, keeps ? s->out + v.first * s->out_step : NULL);
    }
    // Lanes that no element reaches are left out: to combine with an initial state changes nothing.
    while (2 * half < used)
        half *= 2;
    for (; half > 0; half /= 2)
        for (size_t lane = 0; lane < half && lane + half < used; lane++)
            fns->join(&lanes[lane], &lanes[lane + half]);
}

// One row's state among those of a stripe.
static w_partial get_state(const job *j, const w_lanes *lanes, size_t row)
{
    w_partial s = {0, 0};
    memcpy(&s.a, (const char *)&lanes->a + row * j->table->size, j->table->size);
    memcpy(&s.b, (const char *)&lanes->b + row * j->table->size, j->table->size);
    return s;
}

static void put_state(const job *j, w_lanes *lanes, size_t row, w_partial s)
{
    memcpy((char *)&lanes->a + row * j->table->size, &s.a, j->table->size);
    memcpy((char *)&lanes->b + row * j->table->size, &s.b, j->table->size);
}

// The states of several blocks, row by row, to those of the rows.
static void stripe_blocks(const job *j, const stripe *s, uint32_t phase, const results *r,
                          w_lanes *lanes)
{
    w_partial states[STRIPE][STRIPE_BLOCKS];
    for (int64_t block = 0; block < j->blocks; block++) {
        stripe_block(j, s, phase, r, block, lanes);
        for (size_t row = 0; row < s->count; row++)
            states[row][block] = get_state(j, &lanes[0], row);
    }
    for (size_t row = 0; row < s->count; row++) {
        w_tower t;
        t.count[0] = t.count[1] = 0;
        for (int64_t block = 0; block < j->blocks; block++)
            w_tower_push(&t, reducer(j, phase), 0, states[row][block]);
        put_state(j, &lanes[0], row, w_tower_end(&t, reducer(j, phase)));
    }
}

static void stripe_phase(const job *j, const stripe *s, uint32_t phase, results *r)
{
    w_lanes lanes[W_LANES];
    w_across across = {.elements = 1};
    w_row_values v = values_of(j, r);
    v.across = &across;
    if (j->blocks == 1)
        stripe_block(j, s, phase, r, 0, lanes);
    else
        stripe_blocks(j, s, phase, r, lanes);
    reducer(j, phase)->finish_all(&lanes[0], j->n);
    const void *in[W_MAX_IN];
    for (uint32_t k = 0; k < W_MAX_IN; k++)
        in[k] = &lanes[0].a;
    j->fns->result[phase](in, r->of[phase], s->count, &v);
}

static void write_stripe(const job *j, const stripe *s, const results *r)
{
    const w_operand *o = &j->desc->out[0];
    elements b;
    const void *in[W_MAX_IN];
    w_across across = {.out = s->out_step};
    w_row_values v = values_of(j, r);
    v.across = &across;
    for (; v.first < j->n; v.first += (int64_t)across.elements) {
        char *to = s->out + v.first * s->out_step;
        fetch_across(j, s, v.first, j->out_beside ? j->n - v.first : 1, &b, in, &across);
        if (j->fns->end && j->out_beside) {
            across.elements = (size_t)(j->n - v.first);
            across.in[0] = s->out_step;
            in[0] = to;
            j->fns->end(in, to, s->count, &v);
            continue;
        }
        j->fns->out(in, j->out_beside ? to : (char *)b.out, s->count, &v);
        if (!j->out_beside)
            j->table->convert[o->dtype].store(to, o->stride[j->kept - 1], b.out, s->count);
    }
}

static void run_stripe(const job *j, int64_t number)
{
    const w_operand *o = &j->desc->out[0];
    int64_t place = number % j->groups * j->group;
    int64_t row = number / j->groups * j->columns + place;
    stripe s;
    s.count = (size_t)W_MIN(j->columns - place, j->group);
    for (uint32_t k = 0; k < j->n_in; k++)
        s.in[k] = j->desc->in[k].tensor < 0 ? NULL : span_at(&j->kept_in[k], row);
    s.out = span_at(&j->kept_out, row);
    s.out_step = j->out_step * (int64_t)j->kept_out.size;
    results r;
    for (uint32_t phase = 0; phase < j->phases->n; phase++)
        stripe_phase(j, &s, phase, &r);
    if (j->fns->out)
        write_stripe(j, &s, &r);
    else
        j->table->convert[o->dtype].store(s.out, o->stride[j->kept - 1], r.of[j->phases->n - 1],
                                          s.count);
}

static void stripe_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t count = j->rows / j->columns * j->groups;
    int64_t end = W_MIN((i + 1) * j->share, count);
    for (int64_t number = i * j->share; number < end; number++)
        run_stripe(j, number);
}

// Whether rows are run as stripes: enough of them side by side in some input, none of what is read
// and written lies row after row, and not too many threads are left without one.
static bool find_stripes(job *j, uint32_t threads)
{
    const w_desc *desc = j->desc;
    bool beside = false;
    if (!j->kept || j->terms || !j->n || j->blocks > STRIPE_BLOCKS)
        return false;
    j->columns = desc->extent[j->kept - 1];
    for (uint32_t k = 0; k < j->n_in; k++) {
        const w_operand *o = &desc->in[k];
        if (o->tensor < 0)
            continue;
        if (!w_walk_linear(desc->reduced, j->row_in[k].extent, j->row_in[k].stride, &j->step[k]))
            return false;
        j->beside[k] = o->dtype == j->table->own && o->stride[j->kept - 1] == 1;
        if (j->direct[k] && o->stride[j->kept - 1]) // of its own in each row, where it lies better
            return false;
        beside |= o->stride[j->kept - 1] == 1 && j->step[k];
    }
    j->out_step = 0;
    if (j->fns->out &&
        !w_walk_linear(desc->reduced, j->row_out.extent, j->row_out.stride, &j->out_step))
        return false;
    j->out_beside = desc->out[0].dtype == j->table->own && desc->out[0].stride[j->kept - 1] == 1;
    if (j->fns->out && j->out_direct && !j->out_beside)
        return false;
    // Whole vectors, shared out evenly; so many groups at least that each thread has one.
    int64_t width = (int64_t)j->table->width, outer = j->rows / j->columns;
    int64_t vectors = (j->columns + width - 1) / width;
    int64_t least = W_MIN((threads + outer - 1) / outer, vectors);
    j->groups = W_MAX((j->columns + STRIPE - 1) / STRIPE, least);
    j->group = (vectors + j->groups - 1) / j->groups * width;
    j->groups = (j->columns + j->group - 1) / j->group;
    return beside && width > 1 && j->columns >= width && threads <= FASTER * outer * j->groups;
}

// ---------------------------------------------------------------- groups

// Elements begin.. of each row of a group.
static void fetch_group(const job *j, const group *g, int64_t begin, size_t n, pieces *p,
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
                in[r][k] = span_at(&j->kept_in[k], g->row + (int64_t)r) + begin * size;
            continue;
        }
        j->table->turn(p->in[turned], j->piece,
                       span_at(&j->kept_in[k], g->row) + begin * j->step[k] * size, j->step[k],
                       g->count, n);
        for (size_t r = 0; r < g->count; r++)
            in[r][k] = p->in[turned][r];
        turned++;
    }
}

static void group_states(const job *j, const group *g, uint32_t phase, int64_t block,
                         w_partial states[GROUP])
{
    w_lanes lanes[GROUP];
    pieces p;
    const void *in[GROUP][W_MAX_IN];
    int64_t end = W_MIN((block + 1) * W_BLOCK, j->n);
    for (size_t r = 0; r < g->count; r++)
        reducer(j, phase)->clear(&lanes[r], 0);
    for (int64_t first = block * W_BLOCK; first < end; first += j->piece) {
        size_t n = (size_t)W_MIN(end - first, j->piece);
        fetch_group(j, g, first, n, &p, in);
        for (size_t r = 0; r < g->count; r++) {
            w_row_values v = values_of(j, &g->results[r]);
            v.first = first;
            j->fns->term[phase](in[r], n, &v, &lanes[r], NULL);
        }
    }
    for (size_t r = 0; r < g->count; r++)
        states[r] = reducer(j, phase)->tree(&lanes[r]);
}

static void write_group(const job *j, const group *g)
{
    pieces p;
    const void *in[GROUP][W_MAX_IN];
    for (int64_t first = 0; first < j->n; first += j->piece) {
        size_t n = (size_t)W_MIN(j->n - first, j->piece);
        fetch_group(j, g, first, n, &p, in);
        for (size_t r = 0; r < g->count; r++) {
            w_row_values v = values_of(j, &g->results[r]);
            v.first = first;
            j->fns->out(in[r], p.out[r], n, &v);
        }
        char *to = span_at(&j->kept_out, g->row);
        j->table->turn(to + first * j->out_step * (int64_t)j->table->size, j->out_step, p.out,
                       j->piece, n, g->count);
    }
}

static void run_phase(const job *j, group *g, uint32_t phase)
{
    w_partial states[GROUP];
    w_tower towers[GROUP];
    for (size_t r = 0; r < g->count; r++)
        towers[r].count[0] = towers[r].count[1] = 0;
    for (int64_t block = 0; block < j->blocks; block++) {
        group_states(j, g, phase, block, states);
        for (size_t r = 0; r < g->count && j->blocks > 1; r++)
            w_tower_push(&towers[r], reducer(j, phase), 0, states[r]);
    }
    for (size_t r = 0; r < g->count; r++) {
        if (j->blocks > 1)
            states[r] = w_tower_end(&towers[r], reducer(j, phase));
        keep_result(j, phase, states[r], &g->results[r]);
    }
}

static void run_group(const job *j, int64_t number)
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
            store_result(j, g.row + (int64_t)r, &g.results[r]);
}

static void group_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t count = j->rows / j->columns * j->groups;
    int64_t end = W_MIN((i + 1) * j->share, count);
    for (int64_t g = i * j->share; g < end; g++)
        run_group(j, g);
}

// The step along a row of an operand whose last kept axis has neighbours; 0: it is none that can be
// turned.
static int64_t turned_step(const job *j, const w_operand *o, const w_span *row)
{
    int64_t step;
    bool can = o->dtype == j->table->own && o->stride[j->kept - 1] == 1 &&
               w_walk_linear(row->rank, row->extent, row->stride, &step);
    return can ? step : 0;
}

// Whether rows are run as groups, which are turned by pieces: what is read and written is one step
// apart along a row, and not too many threads are left without one.
static bool find_groups(job *j, uint32_t threads)
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
           threads <= FASTER * (j->rows / j->columns * j->groups);
}

// ---------------------------------------------------------------- tasks

static bool goes_ahead(const w_op *op, int64_t blocks)
{
    return w_op_phases(op)->special == W_SPECIAL_AHEAD && blocks >= AHEAD_BLOCKS;
}

// Whether blocks are shared out, not rows.
static bool by_block(const job *j, uint32_t threads, uint32_t tasks)
{
    return goes_ahead(j->desc->op, j->blocks) || (j->rows < threads && j->blocks > 1 && tasks > 1);
}

static void run_row(const job *j, int64_t row)
{
    results r;
    for (uint32_t phase = 0; phase < j->phases->n; phase++) {
        w_partial s;
        if (j->blocks == 1) {
            s = block_state(j, row, phase, &r, 0);
        } else {
            w_tower t;
            t.count[0] = t.count[1] = 0;
            for (int64_t block = 0; block < j->blocks; block++)
                w_tower_push(&t, reducer(j, phase), 0, block_state(j, row, phase, &r, block));
            s = w_tower_end(&t, reducer(j, phase));
        }
        keep_result(j, phase, s, &r);
    }
    if (j->fns->out)
        write_range(j, row, &r, 0, j->n);
    else
        store_result(j, row, &r);
}

static void row_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->rows);
    for (int64_t row = i * j->share; row < end; row++)
        run_row(j, row);
}

// The first phase of some blocks, and the second ahead of it.
static void run_ahead(const job *j, int64_t begin, int64_t end)
{
    const w_reduce_fns *fns = reducer(j, 0);
    w_lanes lanes;
    results so_far;
    fns->clear(&lanes, 0);
    for (int64_t block = begin; block < end; block++) {
        j->states[block] = block_state(j, j->row, 0, j->results, block);
        fns->take(&lanes, 0, j->states[block]);
        keep_result(j, 0, fns->tree(&lanes), &so_far);
        memcpy(&j->ahead[block].first, so_far.of[0], j->table->size);
        j->ahead[block].state = block_state(j, j->row, 1, &so_far, block);
    }
}

static bool was_foretold(const job *j, int64_t block)
{
    return j->ahead && j->phase == 1 &&
           memcmp(&j->ahead[block].first, j->results->of[0], j->table->size) == 0;
}

static void block_task(void *arg, uint32_t i)
{
    const job *j = arg;
    int64_t end = W_MIN((i + 1) * j->share, j->blocks);
    if (j->ahead && j->phase == 0) {
        run_ahead(j, i * j->share, end);
        return;
    }
    for (int64_t block = i * j->share; block < end; block++)
        if (was_foretold(j, block))
            j->states[block] = j->ahead[block].state;
        else if (j->phase < j->phases->n)
            j->states[block] = block_state(j, j->row, j->phase, j->results, block);
        else
            write_range(j, j->row, j->results, block * W_BLOCK, W_MIN((block + 1) * W_BLOCK, j->n));
}

static void spread(job *j, const w_cpu_par *par, w_task task, int64_t count, uint32_t tasks)
{
    j->share = (count + tasks - 1) / tasks;
    w_par_run(par, task, j, (uint32_t)((count + j->share - 1) / j->share));
}

static void run_rows_by_block(job *j, const w_cpu_par *par, uint32_t tasks, void *workspace)
{
    w_partial own[STACK_STATES];
    foretold own_ahead[STACK_STATES];
    results r;
    bool few = j->blocks <= STACK_STATES;
    j->results = &r;
    j->states = few ? own : workspace;
    if (goes_ahead(j->desc->op, j->blocks) && !j->keeps)
        j->ahead = few ? own_ahead : (foretold *)(void *)(j->states + j->blocks);
    for (j->row = 0; j->row < j->rows; j->row++) {
        for (j->phase = 0; j->phase < j->phases->n; j->phase++) {
            const w_reduce_fns *fns = reducer(j, j->phase);
            spread(j, par, block_task, j->blocks, tasks);
            w_tower t;
            t.count[0] = t.count[1] = 0;
            for (int64_t block = 0; block < j->blocks; block++)
                w_tower_push(&t, fns, 0, j->states[block]);
            keep_result(j, j->phase, w_tower_end(&t, fns), &r);
        }
        if (j->fns->out)
            spread(j, par, block_task, j->blocks, tasks);
        else
            store_result(j, j->row, &r);
    }
}

// ---------------------------------------------------------------- the whole

static void make_input(job *j, const w_args *args, uint32_t k)
{
    const w_desc *desc = j->desc;
    const w_operand *o = &desc->in[k];
    if (o->tensor < 0)
        return;
    size_t size = weir_dtype_size(o->dtype);
    char *from = (char *)args->in[k].host + o->offset * (int64_t)size;
    j->kept_in[k] = (w_span){j->kept, desc->extent, o->stride, from, size};
    j->row_in[k] = (w_span){desc->reduced, desc->extent + j->kept, o->stride + j->kept, from, size};
    int64_t step;
    j->direct[k] =
        o->dtype == j->table->own &&
        w_walk_linear(desc->reduced, desc->extent + j->kept, o->stride + j->kept, &step) &&
        step == 1;
}

static void make_output(job *j, const w_args *args)
{
    const w_desc *desc = j->desc;
    const w_operand *o = &desc->out[0];
    size_t size = weir_dtype_size(o->dtype);
    char *to = (char *)args->out[0].host + o->offset * (int64_t)size;
    j->kept_out = (w_span){j->kept, desc->extent, o->stride, to, size};
    j->row_out = (w_span){desc->reduced, desc->extent + j->kept, o->stride + j->kept, to, size};
    int64_t step;
    j->out_direct =
        o->dtype == j->table->own &&
        w_walk_linear(desc->reduced, desc->extent + j->kept, o->stride + j->kept, &step) &&
        step == 1;
}

// A buffer's worth where anything goes through one, else a block.
static void choose_chunks(job *j)
{
    int64_t part = CHUNK_BYTES / (int64_t)j->table->size;
    bool direct = !j->terms;
    for (uint32_t k = 0; k < j->n_in; k++)
        direct &= j->direct[k];
    j->chunk = direct ? W_BLOCK : part;
    j->out_chunk = direct && j->out_direct ? W_BLOCK : part;
}

// Fills a buffer for each constant, as much of it as anything reads at a time.
static void fill_constants(job *j, char room[W_MAX_IN][CHUNK_BYTES])
{
    size_t n = (size_t)W_MAX(W_MIN(j->n, j->chunk), STRIPE);
    for (uint32_t k = 0; k < j->n_in; k++) {
        const w_operand *o = &j->desc->in[k];
        if (o->tensor >= 0)
            continue;
        j->table->convert[o->dtype].load(room[k], &o->constant, 0, n);
        j->constant[k] = room[k];
    }
}

void w_row_run(const w_args *args, const w_cpu_par *par, const w_reduce_table *table,
               const w_terms *terms)
{
    const w_desc *desc = args->desc;
    job j = {.desc = desc, .table = table, .terms = terms, .n_in = desc->n_in};
    j.fns = &table->rows[desc->op->number];
    j.phases = w_op_phases(desc->op);
    j.kept = desc->rank - desc->reduced;
    for (uint32_t k = 0; k < desc->n_in; k++)
        make_input(&j, args, k);
    make_output(&j, args);
    j.keeps = j.fns->end && j.out_direct;
    choose_chunks(&j);
    j.rows = w_walk_count(j.kept, desc->extent);
    j.n = w_walk_count(desc->reduced, desc->extent + j.kept);
    j.blocks = j.n ? (j.n + W_BLOCK - 1) / W_BLOCK : 1;
    _Alignas(64) char constants[W_MAX_IN][CHUNK_BYTES];
    fill_constants(&j, constants);
    j.values = (w_row_values){.count = j.n, .attr = desc->formula_attr};
    double work = (double)j.n * (double)j.rows * (desc->op->flops + 1) / 16;
    uint32_t tasks = w_split(par, work + (double)j.rows * 60, desc->bytes);
    if (find_stripes(&j, W_MIN(tasks, par->threads)))
        spread(&j, par, stripe_task, j.rows / j.columns * j.groups,
               (uint32_t)W_MIN(tasks, j.rows / j.columns * j.groups));
    else if (find_groups(&j, W_MIN(tasks, par->threads)))
        spread(&j, par, group_task, j.rows / j.columns * j.groups,
               (uint32_t)W_MIN(tasks, j.rows / j.columns * j.groups));
    else if (by_block(&j, par->threads, tasks))
        run_rows_by_block(&j, par, (uint32_t)W_MIN(tasks, j.blocks), args->workspace.host);
    else
        spread(&j, par, row_task, j.rows, (uint32_t)W_MIN(tasks, j.rows));
}

size_t w_row_workspace(const w_desc *desc, uint32_t threads)
{
    int64_t blocks = (desc->inner + W_BLOCK - 1) / W_BLOCK;
    bool ahead = goes_ahead(desc->op, blocks);
    if (blocks <= STACK_STATES || !(ahead || (threads > 1 && desc->outer < threads)))
        return 0;
    return (size_t)blocks * (sizeof(w_partial) + (ahead ? sizeof(foretold) : 0));
}
