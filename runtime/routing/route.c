// SPDX-License-Identifier: Apache-2.0
// The choice of a device, and the sizes at which it changes.
#include "runtime/routing/route.h"
#include "runtime/routing/problem.h"

#include <math.h>

#define NARROWEST 1.25 // an interval of sizes that counts reaches this far from its beginning

enum { STEPS_PER_OCTAVE = 4 }; // of the scan for crossovers, before bisection

static bool on(uint32_t mask, uint32_t bit)
{
    return mask >> bit & 1;
}

// The cheapest way to bring `bytes` to `device` from the memories in `valid`; negative where no
// measured link leads there. From device to device goes over the host.
static double fetch(const w_model *model, uint32_t valid, uint64_t bytes, uint32_t device)
{
    double to_host = on(valid, 0) ? 0 : -1;
    for (uint32_t d = 1; d < W_MAX_DEVICES && !on(valid, 0); d++) {
        double cost = on(valid, d) ? w_cost_link(model, d, bytes, false) : -1;
        if (cost >= 0 && (to_host < 0 || cost < to_host))
            to_host = cost;
    }
    double to_device = w_cost_link(model, device, bytes, true);
    return to_host < 0 || to_device < 0 ? -1 : to_host + to_device;
}

// What a candidate costs beside its kernel: its queue and the copies. Negative where a link that
// it needs was not measured.
static double surroundings(const w_model *model, const w_place *place, uint32_t device)
{
    double cost = place->wait_ns ? place->wait_ns[device] : 0;
    for (uint32_t i = 0; i < place->n_in; i++) {
        if (on(place->in[i].valid, device) || !place->in[i].valid)
            continue; // there already, or without a value anywhere: there is nothing to move
        double transfer = fetch(model, place->in[i].valid, place->in[i].bytes, device);
        if (transfer < 0)
            return -1;
        cost += transfer;
    }
    if (device && place->n_out) {
        // One copy an output: every one pays the latency, together they pay the bytes.
        double empty = w_cost_link(model, device, 0, false);
        if (empty < 0)
            return -1;
        cost += w_cost_link(model, device, place->out_bytes, false) + (place->n_out - 1) * empty;
    }
    return cost;
}

// Negative where the candidate was not measured, or cannot be below `limit` (negative: no limit).
static double candidate(const w_model *model, const w_cost_query *query, const w_place *place,
                        uint32_t device, double limit)
{
    double around = surroundings(model, place, device);
    if (around < 0 || (limit >= 0 && around >= limit))
        return -1; // the copies alone decide it: small calls end here
    double kernel = w_cost_answer(model, device, query);
    return kernel < 0 ? -1 : around + kernel;
}

static uint32_t lowest(uint32_t mask)
{
    uint32_t d = 0;
    while (d < W_MAX_DEVICES - 1 && !on(mask, d))
        d++;
    return d;
}

uint32_t w_route(const w_model *model, const w_desc *desc, const w_place *place)
{
    uint32_t candidates = place->eligible & w_model_devices(model);
    uint32_t best = lowest(place->eligible);
    if (!(candidates & ~UINT32_C(1)))
        return best;
    w_cost_query query = w_cost_ask(desc);
    double least = -1;
    if (on(place->eligible, 0)) {
        double cpu = candidate(model, &query, place, 0, -1);
        if (cpu < 0)
            return 0; // what it would take is not known: it keeps the work
        least = cpu * W_ROUTE_MARGIN;
    }
    for (uint32_t d = 1; d < W_MAX_DEVICES && candidates >> d; d++) {
        double cost = on(candidates, d) ? candidate(model, &query, place, d, least) : -1;
        if (cost >= 0 && (least < 0 || cost < least)) {
            best = d;
            least = cost;
        }
    }
    return best;
}

void w_route_costs(const w_model *model, const w_desc *desc, const w_place *place,
                   double out_cost[W_MAX_DEVICES])
{
    w_cost_query query = w_cost_ask(desc);
    for (uint32_t d = 0; d < W_MAX_DEVICES; d++)
        out_cost[d] = on(place->eligible, d) ? candidate(model, &query, place, d, -1) : -1;
}

void w_place_standard(const w_problem *problem, weir_residency residency, uint32_t eligible,
                      w_place *out)
{
    *out = (w_place){.eligible = eligible};
    if (residency == WEIR_ON_DEVICE)
        return; // nothing is missing anywhere, and nothing is wanted back
    out->n_out = problem->op->n_out;
    for (uint32_t o = 0; o < out->n_out; o++)
        out->out_bytes += w_problem_array_bytes(&problem->out[o]);
    for (uint32_t i = 0; i < problem->n_in; i++) {
        if (!problem->in[i].dtype)
            continue;
        out->in[out->n_in].bytes = w_problem_array_bytes(&problem->in[i]);
        out->in[out->n_in++].valid = 1;
    }
}

// ---------------------------------------------------------------- crossovers

typedef struct scan {
    const w_model *model;
    const w_op *op;
    weir_residency residency;
    uint32_t eligible;
} scan;

// The winner at size n; W_MAX_DEVICES where nothing is predicted.
static uint32_t winner(const scan *s, uint64_t n)
{
    w_problem problem;
    w_place place;
    if (w_problem_make(s->op, WEIR_DTYPE_NONE, W_PLAIN, n, &problem) != WEIR_OK)
        return W_MAX_DEVICES;
    w_place_standard(&problem, s->residency, s->eligible, &place);
    uint32_t best = w_route(s->model, &problem.desc, &place);
    return w_cost_kernel(s->model, best, &problem.desc) < 0 ? W_MAX_DEVICES : best;
}

// The smallest n in (low, high] with another winner than low's.
static uint64_t bisect(const scan *s, uint64_t low, uint64_t high, uint32_t at_low)
{
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (winner(s, middle) == at_low)
            low = middle;
        else
            high = middle;
    }
    return high;
}

// The largest size that was measured on any of the devices, 0 for none.
static uint64_t largest(const scan *s)
{
    w_problem problem;
    uint64_t work = 0;
    if (w_problem_make(s->op, WEIR_DTYPE_NONE, W_PLAIN, 256, &problem) != WEIR_OK)
        return 0;
    uint32_t class_number = w_cost_class(&problem.desc);
    for (uint32_t d = 0; d < W_MAX_DEVICES; d++) {
        w_cost_point points[W_SERIES_POINTS];
        uint32_t n = on(s->eligible, d) ? w_model_curve(s->model, d, class_number, points) : 0;
        if (n)
            work = W_MAX(work, points[n - 1].work);
    }
    return work ? w_problem_size(s->op, work) : 0;
}

static size_t append(weir_crossover *out, size_t capacity, size_t count, uint64_t from,
                     uint32_t device)
{
    if (count < capacity)
        out[count] = (weir_crossover){.from = from, .device = device};
    return count + 1;
}

// Leaves out intervals too narrow to be more than noise.
static size_t drop_slivers(weir_crossover *c, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool sliver = i + 1 < count && (double)c[i + 1].from < NARROWEST * (double)c[i].from;
        if (kept && (sliver || c[kept - 1].device == c[i].device))
            continue;
        c[kept++] = c[i];
    }
    return kept;
}

size_t w_route_crossovers(const w_model *model, const w_op *op, weir_residency residency,
                          uint32_t eligible, weir_crossover *out, size_t capacity)
{
    scan s = {model, op, residency, eligible};
    uint64_t last = largest(&s), at = 1;
    uint32_t now = last ? winner(&s, at) : W_MAX_DEVICES;
    if (now == W_MAX_DEVICES)
        return 0;
    size_t count = append(out, capacity, 0, 1, now);
    for (uint32_t step = 1; at < last; step++) {
        uint64_t next = (uint64_t)ceil(exp2((double)step / STEPS_PER_OCTAVE));
        next = W_MIN(next, last);
        // Each round finds one change; a device that wins only between two steps is passed over.
        for (uint32_t then; next > at && (then = winner(&s, next)) != now;) {
            if (then == W_MAX_DEVICES)
                return count;
            uint64_t change = bisect(&s, at, next, now);
            at = change;
            now = winner(&s, at);
            count = append(out, capacity, count, at, now);
        }
        at = W_MAX(at, next);
    }
    if (out && count <= capacity)
        count = drop_slivers(out, count);
    return count;
}

bool w_route_knows(const w_model *model, const w_op *op, uint32_t device)
{
    w_problem problem;
    w_cost_point points[W_SERIES_POINTS];
    if (w_problem_make(op, WEIR_DTYPE_NONE, W_PLAIN, 256, &problem) != WEIR_OK)
        return false;
    return w_model_curve(model, device, w_cost_class(&problem.desc), points) >= 2;
}
