// SPDX-License-Identifier: Apache-2.0
// Calibration: which figures, in which order, within which budget.
#include "runtime/routing/tune.h"
#include "runtime/routing/measure.h"

#include <inttypes.h>
#include <stdio.h>

#define BUDGET_SECONDS 10.0

enum {
    LONGEST_NS = 100000000, // no kernel that is expected to take longer is measured
    FIGURE_SHARE = 40,      // nor does a figure on one device take more of the budget than this
    RUNS = 8,               // of a kernel in one figure, about, for estimates
    GRACE_NS = 2000000000,  // past the deadline, before a launch counts as hung
    PROGRESS_NS = 30000000, // between two calls of progress
    MIDDLE = 18,            // log2 of the work that tells what class a problem is of
};
#define MEMORY_MAX   ((uint64_t)256 << 20) // of a problem
#define MEMORY_SHARE 16                    // and at most this part of a device's memory

// A problem to measure at several sizes: an operation with one class of dtypes and shapes.
typedef struct row {
    const w_op *op;
    weir_dtype dtype;
    w_problem_shape shape;
    uint32_t class_number;
    uint32_t prepared; // bit d: device d has its kernel
} row;

typedef struct tuning {
    const w_tuner *tuner;
    w_model *model;
    const weir_tune_options *options;
    uint64_t start, deadline, told;
    uint32_t cells, done; // for the progress
    double fraction;
    w_fenv host_fenv;
    bool cancelled;
    bool second;   // pass: only what is still missing or looks disturbed
    bool measured; // anything
    char what[96];
    w_subject subject[W_MAX_DEVICES];
    uint64_t cold_ns[W_MAX_DEVICES], colds[W_MAX_DEVICES]; // of preparing kernels, and how many
    uint32_t asked[W_MODEL_OPS], allowed[W_MODEL_OPS];     // bit d: verify() of device d
    uint32_t n_rows;
    row rows[];
} tuning;

// ---------------------------------------------------------------- the order

typedef enum stage_kind { STAGE_CURVES, STAGE_RATIOS } stage_kind;

// Sizes are log2 of n; CONTRACT's n is the side of a cube.
typedef struct stage {
    stage_kind kind;
    w_problem_shape shape;
    uint8_t n[3], n_contract[3];
    uint8_t n_count, contract_count;
} stage;

// Two points of each curve, then each operation once, then all of it finer: what decides between
// devices at the usual sizes comes first, and a stage that is cut short leaves a usable model.
static const stage stages[] = {
    {STAGE_CURVES, W_PLAIN, {10, 18}, {4, 7}, 2, 2},
    {STAGE_RATIOS, W_PLAIN, {18}, {7}, 1, 1},
    {STAGE_CURVES, W_PLAIN, {4, 14, 22}, {3, 6, 9}, 3, 3},
    {STAGE_CURVES, W_OTHER, {10, 18}, {4, 7}, 2, 2},
    {STAGE_RATIOS, W_OTHER, {18}, {7}, 1, 1},
    {STAGE_CURVES, W_PLAIN, {12, 16, 20}, {5, 8, 10}, 3, 3},
    {STAGE_RATIOS, W_PLAIN, {10, 14, 22}, {4, 9}, 3, 2},
    {STAGE_CURVES, W_OTHER, {4, 14, 22}, {2, 5, 8}, 3, 3},
    {STAGE_RATIOS, W_OTHER, {10, 22}, {4, 8}, 2, 2},
    {STAGE_CURVES, W_PLAIN, {24}, {0}, 1, 0},
};

static uint32_t stage_sizes(const stage *s, const w_op *op)
{
    return op->family == W_CONTRACT ? s->contract_count : s->n_count;
}

static uint64_t stage_size(const stage *s, const w_op *op, uint32_t i)
{
    return (uint64_t)1 << (op->family == W_CONTRACT ? s->n_contract[i] : s->n[i]);
}

// ---------------------------------------------------------------- rows

static bool wanted(const weir_tune_options *o, const w_op *op)
{
    if (op->number >= W_MODEL_OPS)
        return false;
    for (size_t i = 0; o->ops && i < o->n_ops; i++)
        if (o->ops[i] == op->number)
            return true;
    return !o->ops;
}

static void add_row(tuning *t, const w_op *op, weir_dtype dtype, w_problem_shape shape)
{
    w_problem p;
    uint64_t n = w_problem_size(op, (uint64_t)1 << MIDDLE);
    if (w_problem_make(op, dtype, shape, n, &p) != WEIR_OK)
        return;
    row r = {.op = op, .dtype = dtype, .shape = shape, .class_number = w_cost_class(&p.desc)};
    for (uint32_t i = 0; i < t->n_rows; i++)
        if (t->rows[i].op == op && t->rows[i].class_number == r.class_number)
            return;
    t->rows[t->n_rows++] = r;
}

// Of dtypes: the usual one; bytes, and f64, where the operation takes them and they are of another
// class.
enum { VARIANTS = 3 };

static void list_rows(tuning *t)
{
    for (w_problem_shape shape = W_PLAIN; shape < W_SHAPES; shape++)
        for (size_t i = 0; i < w_op_count; i++) {
            if (!wanted(t->options, &w_ops[i]))
                continue;
            add_row(t, &w_ops[i], WEIR_DTYPE_NONE, shape);
            add_row(t, &w_ops[i], WEIR_U8, shape);
            add_row(t, &w_ops[i], WEIR_F64, shape);
        }
    t->cells = t->tuner->n_devices - 1;
    for (size_t s = 0; s < W_COUNT(stages); s++)
        for (uint32_t i = 0; i < t->n_rows; i++)
            if (t->rows[i].shape == stages[s].shape)
                t->cells += stage_sizes(&stages[s], t->rows[i].op);
}

// ---------------------------------------------------------------- pace

// Tells the host how far it is; it computes in its own floating-point environment.
static bool tell(tuning *t, uint64_t now)
{
    double budget = (double)(t->deadline - t->start), cells = t->cells ? t->cells : 1;
    double fraction = W_MAX(t->done / cells, (double)(now - t->start) / budget);
    t->fraction = W_MAX(t->fraction, W_MIN(fraction, 1.0));
    t->told = now;
    if (!t->options->progress)
        return true;
    w_fenv_leave(t->host_fenv);
    bool go_on = t->options->progress(t->options->user, t->fraction, t->what);
    t->host_fenv = w_fenv_enter();
    return go_on;
}

static bool go_on(void *user, uint64_t now)
{
    tuning *t = user;
    if (!t->cancelled && now - t->told >= PROGRESS_NS)
        t->cancelled = !tell(t, now);
    return !t->cancelled && now < t->deadline;
}

static w_pace pace_of(tuning *t)
{
    return (w_pace){.go_on = go_on, .user = t, .patience = t->deadline + GRACE_NS};
}

// ---------------------------------------------------------------- one figure

// Whether the device's self-test lets it run the operation.
static bool allowed(tuning *t, uint32_t d, const w_op *op)
{
    uint32_t bit = UINT32_C(1) << d;
    if (d == 0 || !t->tuner->verify)
        return !(t->asked[op->number] & bit) || (t->allowed[op->number] & bit);
    if (!(t->asked[op->number] & bit)) {
        t->asked[op->number] |= bit;
        if (t->tuner->verify(t->tuner->user, d, op) == WEIR_OK)
            t->allowed[op->number] |= bit;
    }
    return t->allowed[op->number] & bit;
}

static void disallow(tuning *t, uint32_t d, const w_op *op)
{
    t->asked[op->number] |= UINT32_C(1) << d;
    t->allowed[op->number] &= ~(UINT32_C(1) << d);
}

// The operation that the class's curve on the device was measured with; 0 where there is none.
static weir_op base_of(const tuning *t, uint32_t d, uint32_t class_number)
{
    w_cost_point points[W_SERIES_POINTS];
    if (!w_model_curve(t->model, d, class_number, points))
        return 0;
    for (size_t i = 0; i < w_op_count; i++)
        if ((uint32_t)w_ops[i].family == class_number / W_FAMILY_CLASSES &&
            w_model_ratios(t->model, d, w_ops[i].number, class_number, points) &&
            points[0].work == W_BASE_MARK)
            return w_ops[i].number;
    return 0;
}

// Whether a point looks disturbed: slower than a larger size, or half as fast for its work as a
// smaller one.
static bool suspect(const w_cost_point *p, uint32_t n, uint32_t i)
{
    double t = (double)p[i].value, work = (double)p[i].work;
    return (i + 1 < n && t > 1.25 * (double)p[i + 1].value) ||
           (i > 0 && t > 2 * (double)p[i - 1].value * work / (double)p[i - 1].work);
}

static bool holds(const tuning *t, const row *r, stage_kind kind, uint32_t d, uint64_t work)
{
    w_cost_point points[W_SERIES_POINTS];
    uint32_t n = kind == STAGE_CURVES
                     ? w_model_curve(t->model, d, r->class_number, points)
                     : w_model_ratios(t->model, d, r->op->number, r->class_number, points);
    for (uint32_t i = 0; i < n; i++)
        if (points[i].work == work)
            return !(t->second && kind == STAGE_CURVES && suspect(points, n, i));
    return false;
}

// What a kernel will take, for deciding whether to measure it. An operation's ratio is not known
// before it is measured: the curve alone is the estimate. A curve of one point is all launch, and
// in proportion to it everything larger would look unaffordable: there the CPU's curve says how
// much more the work is.
static double estimate(const tuning *t, const row *r, uint32_t d, const w_problem *p)
{
    w_cost_point points[W_SERIES_POINTS];
    uint64_t work = w_cost_work(&p->desc);
    double kernel = w_cost_kernel(t->model, d, &p->desc);
    if (kernel < 0)
        kernel = w_model_curve_at(t->model, d, r->class_number, work);
    double cpu = w_model_curve_at(t->model, 0, r->class_number, work);
    if (d && cpu >= 0 && w_model_curve(t->model, d, r->class_number, points) == 1)
        kernel = W_MIN(kernel, W_MAX((double)points[0].value * 1e-3, cpu));
    return kernel;
}

// Whether memory and time suffice on the device.
static bool affordable(const tuning *t, const row *r, uint32_t d, const w_problem *p, uint64_t now)
{
    const w_device *device = t->subject[d].device;
    uint64_t bytes = w_problem_bytes(p), most = MEMORY_MAX;
    if (device->info.memory)
        most = W_MIN(most, device->info.memory / MEMORY_SHARE);
    if (bytes > most || (device->max_alloc && bytes > device->max_alloc))
        return false;
    double kernel = estimate(t, r, d, p);
    if (kernel > LONGEST_NS)
        return false;
    double figure = W_MAX(kernel, 0) * RUNS;
    if (figure > (double)(t->deadline - t->start) / FIGURE_SHARE)
        return false;
    double prepare = r->prepared >> d & 1 ? 0 : (double)(t->cold_ns[d] / W_MAX(t->colds[d], 1u));
    return (double)now + figure + prepare < (double)t->deadline;
}

// The devices on which the stage measures this problem.
static uint32_t subjects_of(tuning *t, row *r, stage_kind kind, const w_problem *p)
{
    uint32_t which = 0;
    uint64_t work = w_cost_work(&p->desc);
    for (uint32_t d = 0; d < t->tuner->n_devices; d++) {
        weir_op base = base_of(t, d, r->class_number);
        bool is_base = base == r->op->number;
        if (kind == STAGE_CURVES ? base && !is_base : !base || is_base)
            continue;
        if (t->subject[d].out || ((t->second || !t->options->renew) && holds(t, r, kind, d, work)))
            continue;
        if (!affordable(t, r, d, p, w_now()) || !allowed(t, d, r->op))
            continue;
        which |= UINT32_C(1) << d;
    }
    return which;
}

static bool holds_at_most(const tuning *t, const row *r, uint32_t d, uint64_t work, double ns)
{
    w_cost_point points[W_SERIES_POINTS];
    uint32_t n = w_model_curve(t->model, d, r->class_number, points);
    for (uint32_t i = 0; i < n; i++)
        if (points[i].work == work)
            return (double)points[i].value <= ns * 1e3;
    return false;
}

static weir_status store(tuning *t, const row *r, stage_kind kind, uint32_t d, uint64_t work,
                         double ns)
{
    weir_status status;
    if (kind == STAGE_CURVES) {
        // A second figure of the same replaces the first only where it is lower.
        if (t->second && holds_at_most(t, r, d, work, ns))
            return WEIR_OK;
        status = w_model_set_curve(t->model, d, r->class_number, work, (uint64_t)(ns * 1e3 + 1));
        if (status == WEIR_OK)
            status = w_model_set_ratio(t->model, d, r->op->number, r->class_number, W_BASE_MARK,
                                       W_RATIO_ONE);
        return status;
    }
    double base = w_model_curve_at(t->model, d, r->class_number, work);
    double ratio = W_MIN(ns / base * W_RATIO_ONE, 0x1p48);
    return w_model_set_ratio(t->model, d, r->op->number, r->class_number, work,
                             (uint64_t)(ratio + 1));
}

// One problem on all the devices that lack it. Returns false when it is time to stop.
static bool cell(tuning *t, row *r, stage_kind kind, uint64_t n)
{
    w_problem p;
    double ns[W_MAX_DEVICES];
    uint32_t without;
    t->done += !t->second;
    if (!go_on(t, w_now()))
        return false;
    if (w_problem_make(r->op, r->dtype, r->shape, n, &p) != WEIR_OK ||
        w_cost_class(&p.desc) != r->class_number)
        return true; // too small to be of the class
    snprintf(t->what, sizeof t->what, "%s, %" PRIu64 "%s", r->op->name, n,
             r->op->family == W_CONTRACT ? " cubed" : " elements");
    uint32_t which = subjects_of(t, r, kind, &p);
    if (!which)
        return true;
    w_pace pace = pace_of(t);
    if (!w_measure_problem(t->tuner->host, t->subject, t->tuner->n_devices, which, &p, &pace, ns,
                           &without))
        return false;
    for (uint32_t d = 0; d < t->tuner->n_devices; d++) {
        if (without >> d & 1)
            disallow(t, d, r->op);
        if (ns[d] > 0 && store(t, r, kind, d, w_cost_work(&p.desc), ns[d]) != WEIR_OK)
            w_log(t->tuner->host, "a measurement is not kept: %s", w_message());
        if (which & ~r->prepared & UINT32_C(1) << d) {
            t->cold_ns[d] += t->subject[d].cold_ns;
            t->colds[d]++;
        }
    }
    r->prepared |= which;
    t->measured = true;
    return true;
}

// ---------------------------------------------------------------- the whole

static bool links(tuning *t)
{
    w_pace pace = pace_of(t);
    for (uint32_t d = 1; d < t->tuner->n_devices; d++, t->done++) {
        w_subject *s = &t->subject[d];
        w_link link[2];
        if (!go_on(t, w_now()))
            return false;
        bool held =
            w_model_link(t->model, d, true, &link[0]) && w_model_link(t->model, d, false, &link[1]);
        if (s->out || (held && !t->options->renew))
            continue;
        snprintf(t->what, sizeof t->what, "copies to and from %s", s->device->info.id);
        if (!w_measure_links(t->tuner->host, s, &pace, link))
            return false;
        for (int i = 0; i < 2 && link[0].bytes_per_s && link[1].bytes_per_s; i++)
            if (w_model_set_link(t->model, d, i == 0, &link[i]) != WEIR_OK)
                w_log(t->tuner->host, "a measurement is not kept: %s", w_message());
    }
    return true;
}

// Returns false when it is time to stop.
static bool pass(tuning *t)
{
    for (size_t s = 0; s < W_COUNT(stages); s++)
        for (uint32_t i = 0; i < t->n_rows; i++) {
            row *r = &t->rows[i];
            if (r->shape != stages[s].shape)
                continue;
            for (uint32_t k = 0; k < stage_sizes(&stages[s], r->op); k++)
                if (!cell(t, r, stages[s].kind, stage_size(&stages[s], r->op, k)))
                    return false;
        }
    return true;
}

static void measure(tuning *t)
{
    if (!links(t) || !pass(t) || !t->measured)
        return;
    t->second = true;
    pass(t);
}

static weir_status check_options(const w_tuner *tuner, const weir_tune_options *given,
                                 weir_tune_options *out)
{
    *out = (weir_tune_options){.struct_size = sizeof *out};
    if (tuner->n_devices < 1 || tuner->n_devices > W_MAX_DEVICES)
        return w_fail(WEIR_INVALID_ARGUMENT, "tuning of %" PRIu32 " devices; there are 1 to %d",
                      tuner->n_devices, W_MAX_DEVICES);
    if (!given)
        return WEIR_OK;
    if (given->struct_size < sizeof *given || given->struct_size > 4096)
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "weir_tune: options.struct_size is %zu; set it to the struct's size, %zu",
                      given->struct_size, sizeof *given);
    size_t unknown = w_unknown_byte(given, sizeof *given, given->struct_size);
    if (unknown)
        return w_fail(WEIR_UNSUPPORTED,
                      "weir_tune: options has a field at byte %zu that this version lacks",
                      unknown);
    *out = *given;
    if (!(out->budget_seconds >= 0 && out->budget_seconds <= 86400))
        return w_fail(WEIR_INVALID_ARGUMENT, "weir_tune: budget_seconds is %g, not in 0 to 86400",
                      out->budget_seconds);
    for (size_t i = 0; i < out->n_ops && out->ops; i++)
        if (!w_op_get(out->ops[i]))
            return w_fail(WEIR_INVALID_ARGUMENT, "weir_tune: there is no operation number %" PRIu32,
                          out->ops[i]);
    return WEIR_OK;
}

weir_status w_tune(const w_tuner *tuner, w_model *model, const weir_tune_options *given)
{
    weir_tune_options options;
    weir_status status = check_options(tuner, given, &options);
    if (status != WEIR_OK)
        return status;
    size_t bytes = sizeof(tuning) + w_op_count * VARIANTS * W_SHAPES * sizeof(row);
    tuning *t = w_alloc_zeroed(tuner->host, bytes);
    if (!t)
        return WEIR_OUT_OF_MEMORY;
    t->tuner = tuner;
    t->model = model;
    t->options = &options;
    t->host_fenv = w_fenv_enter();
    double seconds = options.budget_seconds > 0 ? options.budget_seconds : BUDGET_SECONDS;
    t->start = w_now();
    t->deadline = t->start + (uint64_t)(seconds * 1e9);
    list_rows(t);
    for (uint32_t d = 0; d < tuner->n_devices; d++)
        w_subject_open(&t->subject[d], tuner->devices[d]);
    measure(t);
    for (uint32_t d = 0; d < tuner->n_devices; d++)
        w_subject_close(&t->subject[d]);
    if (!t->cancelled) {
        t->done = t->cells;
        snprintf(t->what, sizeof t->what, "done");
        tell(t, w_now()); // there is nothing left to cancel
    }
    status = t->cancelled ? w_fail(WEIR_CANCELLED, "tuning was cancelled by its progress function")
                          : WEIR_OK;
    w_fenv_leave(t->host_fenv);
    w_release(tuner->host, t, bytes);
    return status;
}
