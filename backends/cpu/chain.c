// SPDX-License-Identifier: Apache-2.0
//
// Chains: an expression's operations over tiles that fit the first cache. A tile goes through each
// operation's own function, the one that the MAP loop calls; between two of them a value is stored
// in its dtype and loaded again, as separate calls do through memory. So bits are the same whatever
// the tile. A reduction at the end takes the tiles as its terms (reduce.c, row.c).
//
// A plan is made at each launch: which buffer holds what when. A value is needed in the class of
// each operation that takes it. Inputs that are neighbours of that class's own type are read where
// they lie; what repeats is filled in once.
#include "backends/cpu/cpu.h"
#include "runtime/ops/chain.h"

#include <string.h>

enum {
    SCRATCH = 64 << 10, // bytes of a task's buffers, on its stack
    USUAL = 32 << 10,   // of which those of a tile should not take more
    MOST_TILE = 2048,
    USUAL_TILE = 256,
    LEAST_TILE = 16,
    REGISTERS = W_CHAIN_NODES * (W_MAX_IN + 2), // operands, values, values as they are stored
    NONE = -999,
};

// Where a register lies: a slot of the scratch from 0 on, an input's own memory, or what the caller
// gives.
typedef int32_t place;
enum { TO_CALLER = -1000, IN_PLACE = -1 }; // IN_PLACE - i: input i

_Static_assert(SCRATCH / (REGISTERS * 8) >= LEAST_TILE, "every register has its slot");

typedef struct source { // an input
    w_span span;
    weir_dtype dtype;
    bool linear, pinned; // pinned: the same in every tile
    int64_t step, period;
} source;

typedef enum kind { FETCH, CONSTANT, LOAD, STORE, CALL } kind;

typedef struct step {
    kind kind;
    int16_t out, from;        // registers; FETCH: `from` is the input
    int16_t in[W_MAX_IN];     // CALL
    const w_chain_node *node; // CALL
    w_map_fn *fn;
    const w_convert *convert; // FETCH, CONSTANT, LOAD, STORE
    size_t size;              // of an element of the class
    uint32_t bits;            // CONSTANT
} step;

struct w_terms {
    const w_chain *chain;
    const w_chain_tables *tables;
    source source[W_MAX_IN];
    uint32_t n_steps, n_registers, slots;
    step steps[REGISTERS];
    place at[REGISTERS];
    bool pinned[REGISTERS];                          // made once, before the first tile
    int16_t form[W_CHAIN_VALUES][W_COMPUTE_CLASSES]; // the register of a value in a class
    int16_t stored[W_CHAIN_NODES];                   // and of a node's value in its dtype
    int16_t result;
    size_t slot;  // bytes
    int64_t tile; // elements
    // MAP
    w_span out;
    const w_convert *put;
    size_t put_size;
    bool out_linear, out_direct;
    int64_t out_step, total, share;
};

// ---------------------------------------------------------------- a plan

static int16_t new_register(w_terms *p)
{
    p->at[p->n_registers] = NONE;
    p->pinned[p->n_registers] = false;
    return (int16_t)p->n_registers++;
}

static source make_source(const w_args *args, uint32_t i)
{
    const w_desc *desc = args->desc;
    const w_operand *o = &desc->in[i];
    size_t size = weir_dtype_size(o->dtype);
    source s = {.dtype = o->dtype, .period = 1};
    s.span = (w_span){desc->rank, desc->extent, o->stride,
                      (char *)args->in[i].host + o->offset * (int64_t)size, size};
    s.linear = w_walk_linear(desc->rank, desc->extent, o->stride, &s.step);
    s.pinned = true;
    for (uint32_t axis = 0; axis < desc->rank; axis++)
        if (o->stride[axis]) {
            s.period = w_walk_count(desc->rank - axis, desc->extent + axis);
            s.pinned = false;
            break;
        }
    return s;
}

// Where tiles can be multiples of what repeats, it is filled in once, as in map.c.
static int64_t pin_periods(w_terms *p, int64_t total)
{
    int64_t most = 1;
    for (uint32_t i = 0; i < p->chain->n_in; i++) {
        source *s = &p->source[i];
        if (!s->linear && s->period <= LEAST_TILE && s->period < total) {
            s->pinned = true;
            most = W_MAX(most, s->period);
        }
    }
    return most;
}

static int16_t fetched(w_terms *p, int32_t input, w_class class, bool copied)
{
    const source *s = &p->source[input];
    int16_t r = new_register(p);
    if (!copied && s->linear && s->step == 1 && s->dtype == w_own_dtype(class)) {
        p->at[r] = IN_PLACE - input;
        return r;
    }
    p->pinned[r] = s->pinned && !copied;
    step *t = &p->steps[p->n_steps++];
    *t = (step){.kind = FETCH, .out = r, .from = (int16_t)input};
    t->convert = &p->tables->map[class]->convert[s->dtype];
    t->size = p->tables->map[class]->size;
    return r;
}

// The register that holds a value in a class. `copied`: it is the caller's memory, not the input's.
static int16_t value_in(w_terms *p, int32_t value, w_class class, bool copied)
{
    int16_t *form = &p->form[value][class];
    if (*form >= 0)
        return *form;
    if (value < W_MAX_IN)
        return *form = fetched(p, value, class, copied);
    int16_t r = new_register(p);
    step *t = &p->steps[p->n_steps++];
    *t = (step){.kind = LOAD, .out = r, .from = p->stored[value - W_MAX_IN]};
    t->convert = &p->tables->map[class]->convert[w_chain_dtype(p->chain, value)];
    t->size = p->tables->map[class]->size;
    return *form = r;
}

static int16_t constant_in(w_terms *p, uint32_t bits, w_class class)
{
    const w_map_table *table = p->tables->map[class];
    const w_convert *convert = &table->convert[WEIR_F32];
    for (uint32_t i = 0; i < p->n_steps; i++)
        if (p->steps[i].kind == CONSTANT && p->steps[i].bits == bits &&
            p->steps[i].convert == convert)
            return p->steps[i].out;
    int16_t r = new_register(p);
    p->pinned[r] = true;
    p->steps[p->n_steps++] =
        (step){.kind = CONSTANT, .out = r, .bits = bits, .convert = convert, .size = table->size};
    return r;
}

static const w_map_table *table_of(const w_chain_tables *tables, const w_chain_node *node)
{
    bool library = node->compute == W_CLASS_F64 && node->op->in[0].dtypes & W_MATH_F64;
    return library ? tables->math : tables->map[node->compute];
}

static void add_node(w_terms *p, uint32_t k, bool last)
{
    const w_chain_node *node = &p->chain->node[k];
    const w_map_table *table = table_of(p->tables, node);
    step call = {.kind = CALL, .node = node, .fn = table->fns[node->op->number]};
    for (uint32_t i = 0; i < node->n_in; i++)
        call.in[i] = node->in[i] < 0 ? constant_in(p, node->constant[i], node->compute)
                                     : value_in(p, node->in[i], node->compute, false);
    call.out = new_register(p);
    p->steps[p->n_steps++] = call;
    if (last || node->dtype == w_own_dtype(node->compute)) {
        p->form[W_MAX_IN + k][node->compute] = call.out;
        return;
    }
    int16_t r = new_register(p);
    p->stored[k] = r;
    step *t = &p->steps[p->n_steps++];
    *t = (step){.kind = STORE, .out = r, .from = call.out};
    t->convert = &p->tables->map[node->compute]->convert[node->dtype];
    t->size = p->tables->map[node->compute]->size;
}

// The number of the last step that reads each register.
static void last_uses(const w_terms *p, int32_t *last)
{
    for (uint32_t r = 0; r < p->n_registers; r++)
        last[r] = NONE;
    for (uint32_t i = 0; i < p->n_steps; i++) {
        const step *s = &p->steps[i];
        if (s->kind == LOAD || s->kind == STORE)
            last[s->from] = (int32_t)i;
        for (uint32_t k = 0; s->kind == CALL && k < s->node->n_in; k++)
            last[s->in[k]] = (int32_t)i;
    }
}

static place take_slot(w_terms *p, bool *taken)
{
    place at = 0;
    while (taken[at])
        at++;
    taken[at] = true;
    p->slots = W_MAX(p->slots, (uint32_t)at + 1);
    return at;
}

static void give_slots(w_terms *p, const step *s, uint32_t i, const int32_t *last, bool *taken)
{
    for (uint32_t k = 0; s->kind == CALL && k < s->node->n_in; k++) {
        int16_t r = s->in[k];
        if (p->at[r] >= 0 && !p->pinned[r] && last[r] == (int32_t)i)
            taken[p->at[r]] = false;
    }
    if ((s->kind == LOAD || s->kind == STORE) && p->at[s->from] >= 0 && last[s->from] == (int32_t)i)
        taken[p->at[s->from]] = false;
}

// Registers get slots from their first to their last use. A call may write over what it reads; a
// conversion changes the size of elements and may not.
static void place_registers(w_terms *p)
{
    bool taken[REGISTERS] = {false};
    int32_t last[REGISTERS];
    last_uses(p, last);
    for (uint32_t i = 0; i < p->n_steps; i++)
        if (p->pinned[p->steps[i].out])
            p->at[p->steps[i].out] = take_slot(p, taken);
    for (uint32_t i = 0; i < p->n_steps; i++) {
        const step *s = &p->steps[i];
        if (s->kind == CALL)
            give_slots(p, s, i, last, taken);
        if (p->at[s->out] == NONE)
            p->at[s->out] = take_slot(p, taken);
        if (s->kind != CALL)
            give_slots(p, s, i, last, taken);
    }
}

static void size_tiles(w_terms *p, int64_t period)
{
    size_t size = 4; // of the largest element of any buffer
    for (uint32_t k = 0; k < p->chain->n_nodes; k++) {
        const w_chain_node *node = &p->chain->node[k];
        size = W_MAX(size, weir_dtype_size(node->dtype));
        size = W_MAX(size, p->tables->map[node->compute]->size);
    }
    p->tile = MOST_TILE;
    if (p->slots) {
        int64_t usual = W_MAX(USUAL_TILE, (int64_t)(USUAL / (p->slots * size)));
        int64_t most = (int64_t)(SCRATCH / (p->slots * size));
        p->tile = W_MIN(W_MIN(usual, most) / LEAST_TILE * LEAST_TILE, MOST_TILE);
    }
    p->slot = (size_t)p->tile * size;
    p->tile = p->tile / period * period;
}

static void begin_plan(w_terms *p, const w_args *args, const w_chain_tables *tables)
{
    p->chain = args->desc->op->chain;
    p->tables = tables;
    p->n_steps = p->n_registers = p->slots = 0;
    memset(p->form, 0xff, sizeof p->form); // below 0: none
    for (uint32_t i = 0; i < p->chain->n_in; i++)
        p->source[i] = make_source(args, i);
}

// ---------------------------------------------------------------- a tile

typedef struct tile {
    const w_terms *plan;
    char *scratch, *caller;
    int64_t begin;
    size_t n;
} tile;

static char *source_at(const source *s, int64_t begin)
{
    return s->span.base + begin * s->step * (int64_t)s->span.size;
}

static void *where(const tile *t, int16_t r)
{
    place at = t->plan->at[r];
    if (at >= 0)
        return t->scratch + (size_t)at * t->plan->slot;
    return at == TO_CALLER ? t->caller : source_at(&t->plan->source[IN_PLACE - at], t->begin);
}

static void fetch(const tile *t, const step *s)
{
    const source *from = &t->plan->source[s->from];
    if (from->linear)
        s->convert->load(where(t, s->out), source_at(from, t->begin), from->step, t->n);
    else
        w_walk_gather(where(t, s->out), s->size, &from->span, s->convert->load, t->begin, t->n);
}

static void call(const tile *t, const step *s)
{
    const void *in[W_MAX_IN];
    for (uint32_t k = 0; k < s->node->n_in; k++)
        in[k] = where(t, s->in[k]);
    s->fn(in, s->node->n_in, where(t, s->out), t->n, s->node->attr);
}

static void run_step(const tile *t, const step *s)
{
    switch (s->kind) {
    case FETCH:
        fetch(t, s);
        break;
    case CONSTANT:
        s->convert->load(where(t, s->out), &s->bits, 0, t->n);
        break;
    case LOAD:
        s->convert->load(where(t, s->out), where(t, s->from), 1, t->n);
        break;
    case STORE:
        s->convert->store(where(t, s->out), 1, where(t, s->from), t->n);
        break;
    default:
        call(t, s);
    }
}

static void pin(tile *t)
{
    for (uint32_t i = 0; i < t->plan->n_steps; i++)
        if (t->plan->pinned[t->plan->steps[i].out])
            run_step(t, &t->plan->steps[i]);
}

static void run_tile(const tile *t)
{
    for (uint32_t i = 0; i < t->plan->n_steps; i++)
        if (!t->plan->pinned[t->plan->steps[i].out])
            run_step(t, &t->plan->steps[i]);
}

void w_chain_terms(const w_terms *p, int64_t begin, size_t n, void *to)
{
    _Alignas(64) char scratch[SCRATCH];
    tile t = {.plan = p, .scratch = scratch, .caller = to, .begin = begin};
    t.n = W_MIN(n, (size_t)p->tile);
    pin(&t);
    size_t size = p->put_size;
    for (size_t done = 0; done < n; done += t.n) {
        t.begin = begin + (int64_t)done;
        t.n = W_MIN(n - done, (size_t)p->tile);
        t.caller = (char *)to + done * size;
        run_tile(&t);
    }
}

// ---------------------------------------------------------------- MAP

static void put(const w_terms *p, const tile *t)
{
    const void *from = where(t, p->result);
    if (p->out_linear)
        p->put->store(p->out.base + t->begin * p->out_step * (int64_t)p->out.size, p->out_step,
                      from, t->n);
    else
        w_walk_scatter(&p->out, p->put->store, from, p->put_size, t->begin, t->n);
}

static void run_range(void *arg, uint32_t i)
{
    const w_terms *p = arg;
    _Alignas(64) char scratch[SCRATCH];
    int64_t end = W_MIN((i + 1) * p->share, p->total);
    tile t = {.plan = p, .scratch = scratch, .begin = i * p->share};
    t.n = (size_t)W_MIN(end - t.begin, p->tile);
    pin(&t);
    for (; t.begin < end; t.begin += (int64_t)t.n) {
        t.n = (size_t)W_MIN(end - t.begin, p->tile);
        t.caller = p->out_direct ? p->out.base + t.begin * (int64_t)p->out.size : NULL;
        run_tile(&t);
        if (!p->out_direct)
            put(p, &t);
    }
}

static void plan_output(w_terms *p, const w_args *args)
{
    const w_desc *desc = args->desc;
    const w_operand *o = &desc->out[0];
    const w_chain_node *last = &p->chain->node[p->chain->n_nodes - 1];
    size_t size = weir_dtype_size(o->dtype);
    p->out = (w_span){desc->rank, desc->extent, o->stride,
                      (char *)args->out[0].host + o->offset * (int64_t)size, size};
    p->out_linear = w_walk_linear(desc->rank, desc->extent, o->stride, &p->out_step);
    p->out_direct = p->out_linear && p->out_step == 1 && o->dtype == w_own_dtype(last->compute);
    p->put = &p->tables->map[last->compute]->convert[o->dtype];
    p->put_size = p->tables->map[last->compute]->size;
    p->result = p->form[W_MAX_IN + p->chain->n_nodes - 1][last->compute];
    if (p->out_direct)
        p->at[p->result] = TO_CALLER;
}

static void run_map(w_terms *p, const w_args *args, const w_cpu_par *par)
{
    p->total = w_walk_count(args->desc->rank, args->desc->extent);
    int64_t period = pin_periods(p, p->total);
    for (uint32_t k = 0; k < p->chain->n_nodes; k++)
        add_node(p, k, k + 1 == p->chain->n_nodes);
    plan_output(p, args);
    place_registers(p);
    size_tiles(p, period);
    uint32_t tasks =
        w_split(par, (double)p->total * (args->desc->op->flops + 2) / 16, args->desc->bytes);
    int64_t tiles = (p->total + p->tile - 1) / p->tile;
    p->share = (tiles + tasks - 1) / tasks * p->tile;
    w_par_run(par, run_range, p, (uint32_t)((p->total + p->share - 1) / p->share));
}

// ---------------------------------------------------------------- REDUCE

static void run_reduce(w_terms *p, const w_args *args, const w_cpu_par *par)
{
    const w_chain_node *last = &p->chain->node[p->chain->n_nodes - 1];
    for (uint32_t k = 0; k + 1 < p->chain->n_nodes; k++)
        add_node(p, k, false);
    int16_t terms = value_in(p, last->in[0], last->compute, true);
    p->at[terms] = TO_CALLER;
    p->put_size = p->tables->map[last->compute]->size;
    place_registers(p);
    size_tiles(p, 1);
    w_reduce_run(args, par, p->tables->reduce[last->compute], p);
}

void w_chain_run(const w_args *args, const w_cpu_par *par, const w_chain_tables *tables)
{
    w_terms plan;
    begin_plan(&plan, args, tables);
    if (args->desc->op->family == W_REDUCE)
        run_reduce(&plan, args, par);
    else
        run_map(&plan, args, par);
}
