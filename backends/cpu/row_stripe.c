// SPDX-License-Identifier: Apache-2.0
//
// Rows whose elements are apart while their neighbours' lie beside them, the columns of a matrix,
// are run as stripes: an element of all of them at a time, as if it were a row's elements, with the
// states of each lane of theirs side by side. Short rows whose elements are neighbours are turned
// into such columns first: what each row alone would cost is shared by a stripe of them.
#include "backends/cpu/row.h"

enum {
    STRIPE = W_LANES,    // columns at a time at most
    STRIPE_BLOCKS = 32,  // of each at most
    SHORT_ROW = 128,     // up to this length rows may be turned,
    SHORT_VECTORS = 12,  // or this one, in vectors, that it pays
    TURNED = 3,          // inputs that are turned at most
    TURNED_BYTES = 16384 // of each at a time
};

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

// A stripe's rows that have been turned, and from where: what is the same for all rows stays.
typedef struct turned {
    _Alignas(64) char in[TURNED][TURNED_BYTES];
    _Alignas(64) char out[TURNED_BYTES];
    const char *from[TURNED];
    size_t count;
} turned;

// Elements i.. of the stripe's rows, of each input: as many of the `most` as can be had at once.
static void fetch_across(const w_row_job *j, const stripe *s, int64_t i, int64_t most, elements *b,
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

// A block's states in a phase, one of each row: in lanes[0]; finished where it is the only block.
static void stripe_block(const w_row_job *j, const stripe *s, uint32_t phase,
                         const w_row_results *r, int64_t block, w_lanes *lanes)
{
    bool keeps = j->fns->end && j->out_beside && phase == j->phases->n - 1;
    int64_t end = W_MIN((block + 1) * W_BLOCK, j->n);
    size_t used = (size_t)W_MIN(end - block * W_BLOCK, W_LANES);
    elements b;
    const void *in[W_MAX_IN];
    w_across across;
    w_row_values v = w_row_values_of(j, r);
    across.out = s->out_step;
    v.across = &across;
    for (v.first = block * W_BLOCK; v.first < end; v.first += (int64_t)across.elements) {
        fetch_across(j, s, v.first, end - v.first, &b, in, &across);
        j->fns->term[phase](in, s->count, &v, lanes, keeps ? s->out + v.first * s->out_step : NULL);
    }
    w_row_reducer(j, phase)->trees(lanes, used, s->count, j->blocks == 1 ? j->n : -1);
}

// One row's state among those of a stripe.
static w_partial get_state(const w_row_job *j, const w_lanes *lanes, size_t row)
{
    w_partial s = {0, 0};
    memcpy(&s.a, (const char *)&lanes->a + row * j->table->size, j->table->size);
    memcpy(&s.b, (const char *)&lanes->b + row * j->table->size, j->table->size);
    return s;
}

static void put_state(const w_row_job *j, w_lanes *lanes, size_t row, w_partial s)
{
    memcpy((char *)&lanes->a + row * j->table->size, &s.a, j->table->size);
    memcpy((char *)&lanes->b + row * j->table->size, &s.b, j->table->size);
}

// The states of several blocks, row by row, to those of the rows, finished. Not inlined: a stack
// need not have room for its states beside what is turned.
static __attribute__((noinline)) void stripe_blocks(const w_row_job *j, const stripe *s,
                                                    uint32_t phase, const w_row_results *r,
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
            w_tower_push(&t, w_row_reducer(j, phase), 0, states[row][block]);
        w_partial state = w_tower_end(&t, w_row_reducer(j, phase));
        put_state(j, &lanes[0], row, w_row_reducer(j, phase)->finish(state, j->n));
    }
}

static void stripe_phase(const w_row_job *j, const stripe *s, uint32_t phase, w_row_results *r)
{
    w_lanes lanes[W_LANES];
    w_across across = {.elements = 1};
    w_row_values v = w_row_values_of(j, r);
    v.across = &across;
    if (j->blocks == 1)
        stripe_block(j, s, phase, r, 0, lanes);
    else
        stripe_blocks(j, s, phase, r, lanes);
    const void *in[W_MAX_IN];
    for (uint32_t k = 0; k < W_MAX_IN; k++)
        in[k] = &lanes[0].a;
    j->fns->result[phase](in, r->of[phase], s->count, &v);
}

static void write_stripe(const w_row_job *j, const stripe *s, const w_row_results *r)
{
    const w_operand *o = &j->desc->out[0];
    elements b;
    const void *in[W_MAX_IN];
    w_across across = {.out = s->out_step};
    w_row_values v = w_row_values_of(j, r);
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

static void turn_inputs(const w_row_job *j, int64_t row, stripe *s, turned *t)
{
    uint32_t used = 0;
    for (uint32_t k = 0; k < j->n_in; k++) {
        if (j->desc->in[k].tensor < 0)
            continue;
        const char *from = w_span_at(&j->kept_in[k], row);
        int64_t stride = j->desc->in[k].stride[j->kept - 1];
        if (stride || from != t->from[used] || s->count > t->count)
            j->table->turn(t->in[used], j->group, from, stride, (size_t)j->n, s->count);
        t->from[used] = from;
        s->in[k] = t->in[used++];
    }
    t->count = s->count;
    s->out = t->out;
}

static void run_stripe(const w_row_job *j, int64_t number, turned *t)
{
    const w_operand *o = &j->desc->out[0];
    int64_t place = number % j->groups * j->group;
    int64_t row = number / j->groups * j->columns + place;
    char *out = w_span_at(&j->kept_out, row);
    stripe s = {.out = out, .out_step = j->out_step * (int64_t)j->kept_out.size};
    s.count = (size_t)W_MIN(j->columns - place, j->group);
    for (uint32_t k = 0; k < j->n_in && !j->turned; k++)
        s.in[k] = j->desc->in[k].tensor < 0 ? NULL : w_span_at(&j->kept_in[k], row);
    if (j->turned)
        turn_inputs(j, row, &s, t);
    w_row_results r;
    for (uint32_t phase = 0; phase < j->phases->n; phase++)
        stripe_phase(j, &s, phase, &r);
    if (!j->fns->out) {
        j->table->convert[o->dtype].store(out, o->stride[j->kept - 1], r.of[j->phases->n - 1],
                                          s.count);
        return;
    }
    write_stripe(j, &s, &r);
    if (j->turned)
        j->table->turn(out, o->stride[j->kept - 1], t->out, j->group, s.count, (size_t)j->n);
}

static void run_stripes(const w_row_job *j, uint32_t i, turned *t)
{
    int64_t count = j->rows / j->columns * j->groups;
    int64_t end = W_MIN((i + 1) * j->share, count);
    for (int64_t number = i * j->share; number < end; number++)
        run_stripe(j, number, t);
}

static __attribute__((noinline)) void run_turned(const w_row_job *j, uint32_t i)
{
    turned t;
    memset(t.from, 0, sizeof t.from);
    t.count = 0;
    run_stripes(j, i, &t);
}

void w_row_stripe_task(void *arg, uint32_t i)
{
    const w_row_job *j = arg;
    if (j->turned)
        run_turned(j, i);
    else
        run_stripes(j, i, NULL);
}

// Whole vectors of rows, at most so many of them, shared out evenly; so many groups at least that
// each thread has one.
static void share_rows(w_row_job *j, int64_t most, uint32_t threads)
{
    int64_t width = (int64_t)j->table->width, outer = j->rows / j->columns;
    int64_t vectors = (j->columns + width - 1) / width;
    int64_t least = W_MIN((threads + outer - 1) / outer, vectors);
    j->groups = W_MAX((vectors + most - 1) / most, least);
    j->group = (vectors + j->groups - 1) / j->groups * width;
    j->groups = (j->columns + j->group - 1) / j->group;
}

// Whether rows are run as stripes: enough of them side by side in some input, none of what is read
// and written lies row after row, and not too many threads are left without one.
bool w_row_find_stripes(w_row_job *j, uint32_t threads)
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
    int64_t width = (int64_t)j->table->width;
    share_rows(j, STRIPE / width, threads);
    return beside && width > 1 && j->columns >= width &&
           threads <= W_FASTER * (j->rows / j->columns * j->groups);
}

// Whether rows are so short that they are turned into stripes: what is read and written is
// neighbours or the same everywhere, and vectors of rows fit where they are turned.
bool w_row_find_short(w_row_job *j, uint32_t threads)
{
    const w_desc *desc = j->desc;
    int64_t width = (int64_t)j->table->width;
    uint32_t inputs = 0;
    if (!j->kept || j->terms || !j->n || width == 1 || (j->fns->out && !j->out_direct) ||
        j->n > W_MIN(SHORT_ROW, SHORT_VECTORS * width))
        return false;
    for (uint32_t k = 0; k < j->n_in; k++) {
        if (desc->in[k].tensor >= 0 && !j->direct[k])
            return false;
        inputs += desc->in[k].tensor >= 0;
    }
    int64_t most = W_MIN(TURNED_BYTES / ((int64_t)j->table->size * width * j->n), STRIPE / width);
    j->columns = desc->extent[j->kept - 1];
    if (!most || inputs > TURNED || j->columns < width / 2)
        return false;
    share_rows(j, most, threads);
    for (uint32_t k = 0; k < j->n_in; k++) {
        j->step[k] = j->group;
        j->beside[k] = true;
    }
    j->out_step = j->group;
    j->out_beside = j->turned = true;
    return threads <= W_FASTER * (j->rows / j->columns * j->groups);
}
