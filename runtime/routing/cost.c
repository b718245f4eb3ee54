// SPDX-License-Identifier: Apache-2.0
// The cost model: series of points that readers walk without a lock.
#include "runtime/routing/cost.h"
#include "runtime/ops/canon.h"
#include "runtime/ops/chain.h"

#include <math.h>

enum {
    BROKEN_INNER = 64, // a MAP whose innermost run is shorter pays for the axes around it
    THIN = 8,          // a product with fewer rows or columns is bound by memory
    MOVE_USUAL = 2,    // the dtype bits of four-byte elements
};

// x and y are the base-2 logarithms of the work and of the nanoseconds (or of the ratio).
typedef struct point {
    _Atomic uint64_t work, value;
    _Atomic float x, y;
} point;

typedef struct series {
    _Atomic uint32_t n;
    point p[W_SERIES_POINTS];
} series;

typedef struct ratio_row {
    _Atomic(series *) of_class[W_FAMILY_CLASSES];
} ratio_row;

typedef struct atomic_link {
    _Atomic uint64_t latency_ps, bytes_per_s;
    _Atomic double latency_ns, ns_per_byte; // the same
} atomic_link;

// Rows and series are made when first set and live as long as the model, so that readers may
// follow the pointers at any time.
typedef struct device_costs {
    atomic_link up, down;
    _Atomic(series *) curve[W_CLASSES];
    _Atomic(ratio_row *) ratio[W_MODEL_OPS];
} device_costs;

struct w_model {
    const w_host *host;
    pthread_mutex_t writers;
    _Atomic uint64_t version;
    _Atomic uint32_t devices;
    _Atomic(device_costs *) device[W_MAX_DEVICES];
};

#define LOAD(x)       atomic_load_explicit(&(x), memory_order_relaxed)
#define STORE(x, v)   atomic_store_explicit(&(x), (v), memory_order_relaxed)
#define FOLLOW(x)     atomic_load_explicit(&(x), memory_order_acquire)
#define PUBLISH(x, v) atomic_store_explicit(&(x), (v), memory_order_release)

weir_status w_model_create(const w_host *host, w_model **out_model)
{
    w_model *model = w_alloc_zeroed(host, sizeof *model);
    if (!model)
        return WEIR_OUT_OF_MEMORY;
    model->host = host;
    pthread_mutex_init(&model->writers, NULL);
    *out_model = model;
    return WEIR_OK;
}

static void free_device(const w_host *host, device_costs *d)
{
    for (size_t c = 0; c < W_CLASSES; c++)
        w_release(host, LOAD(d->curve[c]), sizeof(series));
    for (size_t op = 0; op < W_MODEL_OPS; op++) {
        ratio_row *row = LOAD(d->ratio[op]);
        for (size_t c = 0; row && c < W_FAMILY_CLASSES; c++)
            w_release(host, LOAD(row->of_class[c]), sizeof(series));
        w_release(host, row, sizeof *row);
    }
    w_release(host, d, sizeof *d);
}

void w_model_destroy(w_model *model)
{
    if (!model)
        return;
    for (size_t d = 0; d < W_MAX_DEVICES; d++)
        if (LOAD(model->device[d]))
            free_device(model->host, LOAD(model->device[d]));
    pthread_mutex_destroy(&model->writers);
    w_release(model->host, model, sizeof *model);
}

// ---------------------------------------------------------------- classes

static bool small(weir_dtype dtype)
{
    return weir_dtype_size(dtype) == 1;
}

// Whether the innermost axis is a long run that every operand walks element by element, or stays
// on.
static bool flat(const w_desc *d)
{
    uint32_t last = d->rank - 1;
    if (d->rank > 1 && d->extent[last] < BROKEN_INNER)
        return false;
    for (uint32_t i = 0; i < d->n_in; i++)
        if (d->in[i].stride[last] != 0 && d->in[i].stride[last] != 1)
            return false;
    return true;
}

static uint32_t move_bits(weir_dtype dtype)
{
    size_t size = weir_dtype_size(dtype);
    return size <= 1 ? 0 : size <= 2 ? 1 : size <= 4 ? 2 : 3;
}

uint32_t w_cost_class(const w_desc *d)
{
    uint32_t bits = small(d->in[0].dtype), other = 0;
    switch (d->op->family) {
    case W_MAP:
        bits |= (uint32_t)small(d->out[0].dtype) << 1;
        other = !flat(d);
        break;
    case W_REDUCE:
    case W_ROW:
    case W_SCAN:
    case W_HISTOGRAM:
        other = d->outer > 1 && d->inner <= W_BLOCK;
        break;
    case W_SAMPLE:
        bits |= (uint32_t)small(d->out[0].dtype) << 1;
        break;
    case W_CONTRACT: // f64 is apart: many devices are slow at it
        bits |= (uint32_t)(d->compute == W_CLASS_F64) << 1;
        other = W_MIN(d->extent[d->rank - 3], d->extent[d->rank - 2]) < THIN;
        break;
    case W_GATHER:
        bits = move_bits(d->in[0].dtype);
        other = d->rank > 1 && d->in[1].stride[d->rank - 2] == 0; // rows
        break;
    default:
        bits = move_bits(d->in[0].dtype);
        other = d->rank == 1 && flat(d);
    }
    return (uint32_t)d->op->family * W_FAMILY_CLASSES + bits + (other ? W_CLASS_SHAPE : 0);
}

uint64_t w_cost_work(const w_desc *d)
{
    double work = (double)d->outer * (double)d->inner;
    if (work >= 0x1p62)
        return (uint64_t)1 << 62;
    return work < 1 ? 1 : (uint64_t)d->outer * (uint64_t)d->inner;
}

// Number i of the classes that a prediction is looked for in: the class itself, then the other
// shape, then, for MOVE, four-byte elements.
enum { LOOKS = 3 };

static uint32_t look(uint32_t class_number, uint32_t i)
{
    if (i == 0)
        return class_number;
    if (i == 1)
        return class_number ^ W_CLASS_SHAPE;
    return class_number / W_FAMILY_CLASSES == W_MOVE ? W_MOVE * W_FAMILY_CLASSES + MOVE_USUAL
                                                     : class_number;
}

// ---------------------------------------------------------------- predictions

// The series at x: flat before the first point; beyond the last it goes on with the slope of the
// last piece, at least in proportion, where it `grows` (a curve), else flat (a ratio).
static float series_at(const series *s, float x, bool grows)
{
    uint32_t n = FOLLOW(s->n), i = 0;
    while (i < n && LOAD(s->p[i].x) < x)
        i++;
    if (i == 0)
        return LOAD(s->p[0].y);
    float x0 = LOAD(s->p[i - 1].x), y0 = LOAD(s->p[i - 1].y), slope = 0;
    if (i < n) {
        float dx = LOAD(s->p[i].x) - x0;
        slope = dx > 0 ? (LOAD(s->p[i].y) - y0) / dx : 0;
    } else if (grows) {
        slope = 1;
        if (n > 1) {
            float dx = x0 - LOAD(s->p[n - 2].x);
            float last = dx > 0 ? (y0 - LOAD(s->p[n - 2].y)) / dx : 1;
            slope = last > 1 ? last : 1;
        }
    }
    return y0 + slope * (x - x0);
}

static const device_costs *costs_of(const w_model *model, uint32_t device)
{
    return device < W_MAX_DEVICES ? FOLLOW(model->device[device]) : NULL;
}

static const series *filled(const series *s)
{
    return s && FOLLOW(s->n) ? s : NULL;
}

static const series *find_ratio(const device_costs *d, weir_op op, uint32_t class_number)
{
    if (op >= W_MODEL_OPS)
        return NULL;
    const ratio_row *row = FOLLOW(d->ratio[op]);
    return row ? filled(FOLLOW(row->of_class[class_number % W_FAMILY_CLASSES])) : NULL;
}

w_cost_query w_cost_ask(const w_desc *desc)
{
    return (w_cost_query){.op = desc->op->number,
                          .class_number = w_cost_class(desc),
                          .log2_work = log2f((float)w_cost_work(desc)),
                          .chain = desc->op->chain ? desc : NULL};
}

static double answer(const device_costs *d, weir_op op, uint32_t class_number, float x)
{
    for (uint32_t i = 0; i < LOOKS; i++) {
        uint32_t c = look(class_number, i);
        const series *curve = filled(FOLLOW(d->curve[c]));
        const series *ratio = curve ? find_ratio(d, op, c) : NULL;
        if (ratio)
            return (double)exp2f(series_at(curve, x, true) + series_at(ratio, x, false));
    }
    return -1;
}

// The class of one operation of an expression, in the expression's own space.
static uint32_t node_class(const w_desc *desc, const w_chain_node *node)
{
    bool reduces = node->op->family == W_REDUCE;
    uint32_t bits = node->in[0] >= 0 && small(w_chain_dtype(desc->op->chain, node->in[0]));
    bool other = reduces ? desc->outer > 1 && desc->inner <= W_BLOCK : !flat(desc);
    bits |= reduces ? 0 : (uint32_t)small(node->dtype) << 1;
    return (uint32_t)node->op->family * W_FAMILY_CLASSES + bits + (other ? W_CLASS_SHAPE : 0);
}

static double answer_chain(const device_costs *d, const w_desc *desc, float x)
{
    const w_chain *chain = desc->op->chain;
    double sum = 0, cheapest = 0;
    for (uint32_t k = 0; k < chain->n_nodes; k++) {
        const w_chain_node *node = &chain->node[k];
        double ns = answer(d, node->op->number, node_class(desc, node), x);
        if (ns < 0)
            return -1;
        sum += ns;
        cheapest = k ? W_MIN(cheapest, ns) : ns;
    }
    return sum - (chain->n_nodes - 1) * cheapest;
}

double w_cost_answer(const w_model *model, uint32_t device, const w_cost_query *query)
{
    const device_costs *d = costs_of(model, device);
    if (!d)
        return -1;
    return query->chain ? answer_chain(d, query->chain, query->log2_work)
                        : answer(d, query->op, query->class_number, query->log2_work);
}

double w_cost_kernel(const w_model *model, uint32_t device, const w_desc *desc)
{
    w_cost_query query = w_cost_ask(desc);
    return w_cost_answer(model, device, &query);
}

double w_cost_link(const w_model *model, uint32_t device, uint64_t bytes, bool to_device)
{
    if (device == 0)
        return 0;
    const device_costs *d = costs_of(model, device);
    if (!d)
        return -1;
    const atomic_link *l = to_device ? &d->up : &d->down;
    if (!FOLLOW(l->bytes_per_s))
        return -1;
    return LOAD(l->latency_ns) + (double)bytes * LOAD(l->ns_per_byte);
}

uint32_t w_model_devices(const w_model *model)
{
    return FOLLOW(model->devices);
}

double w_model_curve_at(const w_model *model, uint32_t device, uint32_t class_number, uint64_t work)
{
    const device_costs *d = costs_of(model, device);
    const series *curve =
        d && class_number < W_CLASSES ? filled(FOLLOW(d->curve[class_number])) : NULL;
    return curve ? (double)exp2f(series_at(curve, log2f((float)work), true)) : -1;
}

// ---------------------------------------------------------------- what was measured

static device_costs *costs_for(w_model *model, uint32_t device)
{
    device_costs *d = LOAD(model->device[device]);
    if (!d && (d = w_alloc_zeroed(model->host, sizeof *d)))
        PUBLISH(model->device[device], d);
    return d;
}

static void put(point *p, uint64_t work, uint64_t value, double unit)
{
    STORE(p->work, work);
    STORE(p->value, value);
    STORE(p->x, log2f((float)work));
    STORE(p->y, (float)log2((double)value / unit));
}

static void copy_point(point *to, const point *from)
{
    STORE(to->work, LOAD(from->work));
    STORE(to->value, LOAD(from->value));
    STORE(to->x, LOAD(from->x));
    STORE(to->y, LOAD(from->y));
}

// Keeps the points ascending in work.
static weir_status insert(series *s, uint64_t work, uint64_t value, double unit)
{
    uint32_t n = LOAD(s->n), at = 0;
    while (at < n && LOAD(s->p[at].work) < work)
        at++;
    if (at < n && LOAD(s->p[at].work) == work) {
        put(&s->p[at], work, value, unit);
        return WEIR_OK;
    }
    if (n == W_SERIES_POINTS)
        return w_fail(WEIR_INVALID_ARGUMENT, "a series of costs holds %d points", W_SERIES_POINTS);
    for (uint32_t i = n; i > at; i--)
        copy_point(&s->p[i], &s->p[i - 1]);
    put(&s->p[at], work, value, unit);
    PUBLISH(s->n, n + 1);
    return WEIR_OK;
}

static weir_status check_point(uint32_t device, uint32_t class_number, uint64_t work,
                               uint64_t value)
{
    if (device >= W_MAX_DEVICES || class_number >= W_CLASSES)
        return w_fail(WEIR_INVALID_ARGUMENT, "cost of device %u, class %u: there are %d and %d",
                      device, class_number, W_MAX_DEVICES, W_CLASSES);
    if (work == 0 || work > W_VALUE_MAX || value == 0 || value > W_VALUE_MAX)
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "a cost's work and value are 1 to 2^56, not %llu, %llu",
                      (unsigned long long)work, (unsigned long long)value);
    return WEIR_OK;
}

static void mark(w_model *model, uint32_t device)
{
    atomic_fetch_or_explicit(&model->devices, UINT32_C(1) << device, memory_order_release);
}

// Inserts into the series at `slot`, which is made when first needed.
static weir_status insert_at(w_model *model, _Atomic(series *) *slot, uint64_t work, uint64_t value,
                             double unit)
{
    series *s = LOAD(*slot);
    if (!s) {
        s = w_alloc_zeroed(model->host, sizeof *s);
        if (!s)
            return WEIR_OUT_OF_MEMORY;
        PUBLISH(*slot, s);
    }
    return insert(s, work, value, unit);
}

static void copy_series(series *to, const series *from)
{
    uint32_t n = from ? LOAD(from->n) : 0;
    for (uint32_t i = 0; i < n; i++)
        copy_point(&to->p[i], &from->p[i]);
    STORE(to->n, n);
}

static void keep_times(const series *old, const series *curve, series *ratios)
{
    for (uint32_t i = 0; i < LOAD(ratios->n); i++) {
        point *p = &ratios->p[i];
        float x = LOAD(p->x), bend = series_at(old, x, true) - series_at(curve, x, true);
        double value = (double)LOAD(p->value) * exp2((double)bend);
        if (bend == 0 || LOAD(p->work) == W_BASE_MARK)
            continue;
        put(p, LOAD(p->work), (uint64_t)W_MIN(W_MAX(value + 0.5, 1.0), (double)W_VALUE_MAX),
            W_RATIO_ONE);
    }
}

// After `curve` has changed from `old`: the ratios to it of all operations of the class.
static void keep_all_times(device_costs *d, uint32_t class_number, const series *old)
{
    const series *curve = LOAD(d->curve[class_number]);
    for (size_t i = 0; i < w_op_count && LOAD(old->n); i++) {
        if ((uint32_t)w_ops[i].family != class_number / W_FAMILY_CLASSES ||
            w_ops[i].number >= W_MODEL_OPS)
            continue;
        ratio_row *row = LOAD(d->ratio[w_ops[i].number]);
        series *ratios = row ? LOAD(row->of_class[class_number % W_FAMILY_CLASSES]) : NULL;
        if (ratios)
            keep_times(old, curve, ratios);
    }
}

weir_status w_model_set_curve(w_model *model, uint32_t device, uint32_t class_number, uint64_t work,
                              uint64_t picoseconds)
{
    weir_status status = check_point(device, class_number, work, picoseconds);
    if (status != WEIR_OK)
        return status;
    pthread_mutex_lock(&model->writers);
    device_costs *d = costs_for(model, device);
    if (d) {
        series old;
        copy_series(&old, LOAD(d->curve[class_number]));
        status = insert_at(model, &d->curve[class_number], work, picoseconds, 1e3);
        if (status == WEIR_OK) {
            keep_all_times(d, class_number, &old);
            mark(model, device);
        }
    } else {
        status = WEIR_OUT_OF_MEMORY;
    }
    atomic_fetch_add(&model->version, 1);
    pthread_mutex_unlock(&model->writers);
    return status;
}

static ratio_row *row_for(w_model *model, device_costs *d, weir_op op)
{
    ratio_row *row = LOAD(d->ratio[op]);
    if (!row && (row = w_alloc_zeroed(model->host, sizeof *row)))
        PUBLISH(d->ratio[op], row);
    return row;
}

weir_status w_model_set_ratio(w_model *model, uint32_t device, weir_op op, uint32_t class_number,
                              uint64_t work, uint64_t ratio)
{
    weir_status status = check_point(device, class_number, work, ratio);
    if (status == WEIR_OK && op >= W_MODEL_OPS)
        status = w_fail(WEIR_INVALID_ARGUMENT, "operation number %u: the model holds %d", op,
                        W_MODEL_OPS);
    if (status != WEIR_OK)
        return status;
    pthread_mutex_lock(&model->writers);
    device_costs *d = costs_for(model, device);
    ratio_row *row = d ? row_for(model, d, op) : NULL;
    status = row ? insert_at(model, &row->of_class[class_number % W_FAMILY_CLASSES], work, ratio,
                             W_RATIO_ONE)
                 : WEIR_OUT_OF_MEMORY;
    atomic_fetch_add(&model->version, 1);
    pthread_mutex_unlock(&model->writers);
    return status;
}

weir_status w_model_set_link(w_model *model, uint32_t device, bool to_device, const w_link *link)
{
    if (device >= W_MAX_DEVICES || link->latency_ps > W_VALUE_MAX || link->bytes_per_s == 0 ||
        link->bytes_per_s > W_VALUE_MAX)
        return w_fail(WEIR_INVALID_ARGUMENT, "a link of device %u with %llu ps, %llu bytes/s",
                      device, (unsigned long long)link->latency_ps,
                      (unsigned long long)link->bytes_per_s);
    pthread_mutex_lock(&model->writers);
    device_costs *d = costs_for(model, device);
    if (d) {
        atomic_link *l = to_device ? &d->up : &d->down;
        STORE(l->latency_ps, link->latency_ps);
        STORE(l->latency_ns, (double)link->latency_ps * 1e-3);
        STORE(l->ns_per_byte, 1e9 / (double)link->bytes_per_s);
        PUBLISH(l->bytes_per_s, link->bytes_per_s);
        mark(model, device);
    }
    atomic_fetch_add(&model->version, 1);
    pthread_mutex_unlock(&model->writers);
    return d ? WEIR_OK : WEIR_OUT_OF_MEMORY;
}

uint64_t w_model_version(const w_model *model)
{
    return atomic_load(&model->version);
}

static uint32_t copy_out(const series *s, w_cost_point *out)
{
    uint32_t n = s ? FOLLOW(s->n) : 0;
    for (uint32_t i = 0; i < n; i++)
        out[i] = (w_cost_point){LOAD(s->p[i].work), LOAD(s->p[i].value)};
    return n;
}

uint32_t w_model_curve(const w_model *model, uint32_t device, uint32_t class_number,
                       w_cost_point out[W_SERIES_POINTS])
{
    const device_costs *d = costs_of(model, device);
    return d && class_number < W_CLASSES ? copy_out(FOLLOW(d->curve[class_number]), out) : 0;
}

uint32_t w_model_ratios(const w_model *model, uint32_t device, weir_op op, uint32_t class_number,
                        w_cost_point out[W_SERIES_POINTS])
{
    const device_costs *d = costs_of(model, device);
    return d && class_number < W_CLASSES ? copy_out(find_ratio(d, op, class_number), out) : 0;
}

bool w_model_link(const w_model *model, uint32_t device, bool to_device, w_link *out)
{
    const device_costs *d = costs_of(model, device);
    if (!d)
        return false;
    const atomic_link *l = to_device ? &d->up : &d->down;
    out->bytes_per_s = FOLLOW(l->bytes_per_s);
    out->latency_ps = LOAD(l->latency_ps);
    return out->bytes_per_s != 0;
}
