// SPDX-License-Identifier: Apache-2.0
// Timing: warm first, then samples of the devices in turn, then a median.
#include "runtime/routing/measure.h"

#include <string.h>

enum {
    SAMPLES = 6,      // of something short
    SAMPLES_LONG = 3, // of what takes more than LONG_NS
    LONG_NS = 20000000,
    VERY_LONG_NS = 150000000, // one sample
    SAMPLE_NS = 20000,        // a sample repeats a short launch for so long, the clock being coarse
    WARM_NS = 300000,         // warm-up beside the first, cold run
    REPEATS = 1000,
    PATTERN = 16384, // bytes of input made value by value; the rest repeats them
};

// ---------------------------------------------------------------- subjects

void w_subject_open(w_subject *s, w_device *device)
{
    *s = (w_subject){.device = device};
    s->out = device->ops->queue_open(device, &s->queue) != WEIR_OK;
    if (s->out)
        w_log(device->host, "%s is not measured: %s", device->info.id, w_message());
}

void w_subject_close(w_subject *s)
{
    if (s->queue && !s->hung)
        s->device->ops->queue_close(s->queue);
    s->queue = NULL;
}

// Takes a status; after a failure the subject is out unless another problem may fare better.
static weir_status failed(w_subject *s, weir_status status)
{
    if (status == WEIR_OK)
        return status;
    if (status == WEIR_TIMEOUT)
        s->hung = true;
    if (status != WEIR_OUT_OF_MEMORY && status != WEIR_UNAVAILABLE && status != WEIR_UNSUPPORTED) {
        s->out = true;
        w_log(s->device->host, "%s is measured no further: %s", s->device->info.id,
              s->hung ? "its work does not end" : w_message());
    }
    return status;
}

// ---------------------------------------------------------------- samples

// The median of the faster half: whatever else runs on the machine only ever adds time.
static double typical(double *v, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        for (uint32_t j = i; j > 0 && v[j] < v[j - 1]; j--) {
            double t = v[j];
            v[j] = v[j - 1];
            v[j - 1] = t;
        }
    n = (n + 1) / 2;
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

// Something that can be run and waited for: a launch or a copy.
typedef struct job {
    w_subject *subject;
    weir_status (*start)(const struct job *job, w_point *out_point);
    w_kernel *kernel;
    w_args args;
    w_copy copy;
    // of the measurement
    uint32_t repeats, samples, taken;
    double sample[SAMPLES];
} job;

static weir_status run(const job *j, const w_pace *pace)
{
    w_point point = {NULL, 0};
    weir_status status = j->start(j, &point);
    return status == WEIR_OK ? w_point_wait(point, pace->patience) : status;
}

// One sample: the mean of `repeats` runs.
static weir_status sample(job *j, const w_pace *pace, double *out_ns)
{
    uint64_t start = w_now();
    weir_status status = WEIR_OK;
    for (uint32_t i = 0; i < j->repeats && status == WEIR_OK; i++)
        status = run(j, pace);
    *out_ns = (double)(w_now() - start) / j->repeats;
    return status;
}

// The cold run, then warm ones; from their time follow repeats and samples.
static weir_status warm(job *j, const w_pace *pace)
{
    double ns = 1e18, once;
    j->repeats = 1;
    uint64_t start = w_now();
    weir_status status = run(j, pace);
    j->subject->cold_ns += w_now() - start;
    for (uint64_t end = w_now() + WARM_NS; status == WEIR_OK;) {
        status = sample(j, pace, &once);
        ns = W_MIN(ns, once);
        if (w_now() >= end)
            break;
    }
    if (ns * REPEATS < SAMPLE_NS)
        j->repeats = REPEATS;
    else if (ns < SAMPLE_NS)
        j->repeats = (uint32_t)(SAMPLE_NS / ns) + 1;
    j->samples = ns > VERY_LONG_NS ? 1 : ns > LONG_NS ? SAMPLES_LONG : SAMPLES;
    return status;
}

// Runs the jobs in turn until each has its samples. A job that fails is dropped (samples 0).
static bool take_turns(job *jobs, uint32_t count, const w_pace *pace)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!pace->go_on(pace->user, w_now()))
            return false;
        if (failed(jobs[i].subject, warm(&jobs[i], pace)) != WEIR_OK)
            jobs[i].samples = 0;
    }
    for (uint32_t round = 0; round < SAMPLES; round++)
        for (uint32_t i = 0; i < count; i++) {
            job *j = &jobs[i];
            if (round >= j->samples)
                continue;
            if (!pace->go_on(pace->user, w_now()))
                return false;
            if (failed(j->subject, sample(j, pace, &j->sample[round])) != WEIR_OK)
                j->samples = 0;
        }
    return true;
}

// ---------------------------------------------------------------- problems

// The arrays of a problem: on the host (the CPU computes on them, the others are filled from them)
// and on each other device.
typedef struct arrays {
    const w_host *host;
    size_t bytes[W_MAX_IN + W_MAX_OUT];
    void *memory[W_MAX_IN + W_MAX_OUT];
} arrays;

typedef struct device_arrays {
    w_mem *mem[W_MAX_IN + W_MAX_OUT];
    w_mem *workspace;
    void *host_workspace;
    size_t workspace_bytes;
} device_arrays;

// Values that are benign to every formula: f32 and f64 from 0.5 to 2, any small integer, zero for
// the rest.
static void fill(void *memory, size_t bytes, weir_dtype dtype)
{
    uint32_t state = 1, pattern[PATTERN / 4] = {0};
    for (size_t i = 0; i < PATTERN / 4; i++) {
        state = state * 1664525u + 1013904223u;
        if (dtype == WEIR_F32)
            pattern[i] = 0x3f000000u + (state >> 8);
        else if (dtype == WEIR_F64)
            pattern[i] = i % 2 ? 0x3fe00000u + (state >> 11) : state;
        else if (dtype == WEIR_U8 || dtype == WEIR_S8)
            pattern[i] = state ^ state >> 16;
    }
    for (size_t at = 0; at < bytes; at += PATTERN)
        memcpy((char *)memory + at, pattern, W_MIN(bytes - at, (size_t)PATTERN));
}

static void free_arrays(arrays *a)
{
    for (size_t i = 0; i < W_COUNT(a->memory); i++)
        w_release(a->host, a->memory[i], a->bytes[i]);
}

static weir_status make_arrays(const w_host *host, const w_problem *p, arrays *a)
{
    *a = (arrays){.host = host};
    for (uint32_t i = 0; i < p->n_in + p->op->n_out; i++) {
        bool in = i < p->n_in;
        uint32_t slot = in ? i : W_MAX_IN + i - p->n_in;
        const weir_array *array = in ? &p->in[i] : &p->out[i - p->n_in];
        if (!array->dtype)
            continue;
        a->bytes[slot] = (size_t)w_problem_array_bytes(array);
        a->memory[slot] = w_alloc(host, a->bytes[slot]);
        if (!a->memory[slot]) {
            free_arrays(a);
            return WEIR_OUT_OF_MEMORY;
        }
        if (in)
            fill(a->memory[slot], a->bytes[slot], array->dtype);
        else
            memset(a->memory[slot], 0, a->bytes[slot]); // its pages are there before the clock runs
    }
    return WEIR_OK;
}

static weir_status upload(w_subject *s, w_mem *mem, void *from, size_t bytes, const w_pace *pace)
{
    w_point point = {NULL, 0};
    w_copy copy = {.mem = mem, .bytes = bytes, .host = from, .to_device = true};
    weir_status status = s->device->ops->copy(s->queue, &copy, (w_waits){NULL, 0}, &point);
    return status == WEIR_OK ? w_point_wait(point, pace->patience) : status;
}

static void bind(const w_problem *p, const arrays *a, const device_arrays *d, bool on_host, job *j)
{
    j->args = (w_args){.desc = &p->desc};
    for (uint32_t i = 0; i < p->desc.n_in + p->desc.n_out; i++) {
        bool in = i < p->desc.n_in;
        const w_operand *o = in ? &p->desc.in[i] : &p->desc.out[i - p->desc.n_in];
        w_binding *b = in ? &j->args.in[i] : &j->args.out[i - p->desc.n_in];
        if (in && o->tensor < 0)
            continue;
        uint32_t slot = (uint32_t)o->tensor + (in ? 0 : W_MAX_IN);
        *b = (w_binding){.bytes = a->bytes[slot]};
        if (on_host)
            b->host = a->memory[slot];
        else
            b->mem = d->mem[slot];
    }
    j->args.workspace =
        (w_binding){.mem = d->workspace, .host = d->host_workspace, .bytes = d->workspace_bytes};
}

static void free_on_device(const w_host *host, const w_subject *s, device_arrays *d)
{
    if (s->hung)
        return;
    for (size_t i = 0; i < W_COUNT(d->mem); i++)
        if (d->mem[i])
            s->device->ops->mem_free(d->mem[i]);
    if (d->workspace)
        s->device->ops->mem_free(d->workspace);
    w_release(host, d->host_workspace, d->workspace_bytes);
}

static weir_status make_workspace(const w_host *host, const w_subject *s, bool on_host,
                                  size_t bytes, device_arrays *d)
{
    d->workspace_bytes = bytes;
    if (!bytes)
        return WEIR_OK;
    if (!on_host)
        return s->device->ops->mem_alloc(s->device, bytes, &d->workspace);
    d->host_workspace = w_alloc(host, bytes);
    return d->host_workspace ? WEIR_OK : WEIR_OUT_OF_MEMORY;
}

static weir_status start_kernel(const job *j, w_point *out_point)
{
    return j->subject->device->ops->launch(j->subject->queue, j->kernel, &j->args,
                                           (w_waits){NULL, 0}, out_point);
}

// Prepares the kernel and brings the data to where it runs.
static weir_status make_job(w_subject *s, bool on_host, const w_problem *p, const arrays *a,
                            const w_pace *pace, device_arrays *d, job *j)
{
    size_t workspace = 0;
    *j = (job){.subject = s, .start = start_kernel};
    uint64_t start = w_now();
    weir_status status = s->device->ops->prepare(s->device, &p->desc, &j->kernel, &workspace);
    s->cold_ns = w_now() - start;
    if (status == WEIR_OK)
        status = make_workspace(a->host, s, on_host, workspace, d);
    for (size_t i = 0; i < W_COUNT(a->memory) && status == WEIR_OK && !on_host; i++) {
        if (!a->memory[i])
            continue;
        status = s->device->ops->mem_alloc(s->device, a->bytes[i], &d->mem[i]);
        if (status == WEIR_OK)
            status = upload(s, d->mem[i], a->memory[i], a->bytes[i], pace);
    }
    if (status == WEIR_OK)
        bind(p, a, d, on_host, j);
    return status;
}

bool w_measure_problem(const w_host *host, w_subject *subjects, uint32_t count, uint32_t which,
                       const w_problem *problem, const w_pace *pace, double *out_ns,
                       uint32_t *out_without)
{
    arrays a;
    device_arrays on_device[W_MAX_DEVICES] = {0};
    job jobs[W_MAX_DEVICES];
    uint32_t n = 0, hung = 0;
    bool going = true;
    *out_without = 0;
    memset(out_ns, 0, count * sizeof *out_ns);
    if (make_arrays(host, problem, &a) != WEIR_OK)
        return true;
    for (uint32_t i = 0; i < count && going; i++) {
        if (!(which >> i & 1) || subjects[i].out)
            continue;
        going = pace->go_on(pace->user, w_now());
        weir_status status =
            going ? make_job(&subjects[i], i == 0, problem, &a, pace, &on_device[i], &jobs[n])
                  : WEIR_CANCELLED;
        if (status == WEIR_UNAVAILABLE || status == WEIR_UNSUPPORTED)
            *out_without |= UINT32_C(1) << i;
        if (status == WEIR_OK)
            n++;
        else if (going)
            failed(&subjects[i], status);
    }
    going = going && take_turns(jobs, n, pace);
    for (uint32_t i = 0; i < n && going; i++)
        if (jobs[i].samples)
            out_ns[jobs[i].subject - subjects] = typical(jobs[i].sample, jobs[i].samples);
    for (uint32_t i = 0; i < count; i++) {
        free_on_device(host, &subjects[i], &on_device[i]);
        hung |= (uint32_t)subjects[i].hung & (which >> i & 1);
    }
    if (!hung)
        free_arrays(&a);
    return going;
}

// ---------------------------------------------------------------- links

static const size_t link_sizes[] = {4096, 65536, 1 << 20, 16 << 20};

static weir_status start_copy(const job *j, w_point *out_point)
{
    return j->subject->device->ops->copy(j->subject->queue, &j->copy, (w_waits){NULL, 0},
                                         out_point);
}

// Least squares of time = latency + bytes * slope over relative errors, so that the small sizes
// count as much as the large ones.
static w_link fit(const size_t *bytes, const double *ns, uint32_t n)
{
    double w = 0, wx = 0, wxx = 0, wy = 0, wxy = 0;
    for (uint32_t i = 0; i < n; i++) {
        double weight = 1 / (ns[i] * ns[i]), x = (double)bytes[i];
        w += weight;
        wx += weight * x;
        wxx += weight * x * x;
        wy += weight * ns[i];
        wxy += weight * x * ns[i];
    }
    double slope = n > 1 ? (w * wxy - wx * wy) / (w * wxx - wx * wx) : 0;
    double latency = (wy - slope * wx) / w;
    if (latency < 0) { // the best line through the origin
        latency = 0;
        slope = wxy / wxx;
    } else if (!(slope > 0)) { // the first and the last size say it
        latency = ns[0];
        slope = W_MAX(ns[n - 1] - ns[0], 1e-3) / (double)bytes[n - 1];
    }
    return (w_link){.latency_ps = (uint64_t)(latency * 1e3 + 0.5),
                    .bytes_per_s = (uint64_t)W_MIN(W_MAX(1e9 / slope, 1.0), 1e16)};
}

// One size, up and down in turn. Returns false when told not to go on.
static bool link_size(w_subject *s, w_mem *mem, void *memory, size_t bytes, const w_pace *pace,
                      double out_ns[2])
{
    job jobs[2];
    for (int i = 0; i < 2; i++)
        jobs[i] = (job){.subject = s,
                        .start = start_copy,
                        .copy = {.mem = mem, .bytes = bytes, .host = memory, .to_device = !i}};
    if (!take_turns(jobs, 2, pace))
        return false;
    for (int i = 0; i < 2; i++)
        out_ns[i] = jobs[i].samples ? typical(jobs[i].sample, jobs[i].samples) : 0;
    return true;
}

bool w_measure_links(const w_host *host, w_subject *s, const w_pace *pace, w_link out_links[2])
{
    double ns[2][W_COUNT(link_sizes)];
    uint32_t n = 0;
    size_t largest = link_sizes[W_COUNT(link_sizes) - 1];
    bool going = true;
    w_mem *mem = NULL;
    out_links[0] = out_links[1] = (w_link){0, 0};
    void *memory = w_alloc(host, largest);
    if (!memory)
        return true;
    fill(memory, largest, WEIR_U8);
    weir_status status = s->device->ops->mem_alloc(s->device, largest, &mem);
    failed(s, status);
    for (; status == WEIR_OK && going && n < W_COUNT(link_sizes); n++) {
        double pair[2];
        going = link_size(s, mem, memory, link_sizes[n], pace, pair);
        if (!going || pair[0] <= 0 || pair[1] <= 0)
            break;
        ns[0][n] = pair[0];
        ns[1][n] = pair[1];
    }
    for (int i = 0; i < 2 && n == W_COUNT(link_sizes); i++)
        out_links[i] = fit(link_sizes, ns[i], n);
    if (s->hung)
        return going;
    if (mem)
        s->device->ops->mem_free(mem);
    w_release(host, memory, largest);
    return going;
}
