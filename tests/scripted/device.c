// SPDX-License-Identifier: Apache-2.0
#include "tests/scripted/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

w_script script;

static pthread_mutex_t gate_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_changed = PTHREAD_COND_INITIALIZER;

struct w_mem {
    w_device *device;
    size_t bytes;
    char *data;
};

struct w_kernel {
    w_kernel_info info;
};

typedef struct job {
    struct job *next;
    uint64_t value;
    bool is_copy;
    w_copy copy;
    w_desc desc;
    w_args args;
} job;

struct w_queue {
    w_timeline timeline;
    w_device *device;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_t thread;
    job *first, *last;
    bool quit;
};

typedef struct scripted_device {
    w_device base;
    w_device *cpu; // computes
    w_queue *cpu_queue;
    struct w_kernel kernel;
} scripted_device;

void script_reset(void)
{
    memset((void *)&script, 0, sizeof script);
}

void script_open_gate(void)
{
    pthread_mutex_lock(&gate_mutex);
    atomic_store(&script.gate_closed, false);
    pthread_cond_broadcast(&gate_changed);
    pthread_mutex_unlock(&gate_mutex);
}

static weir_status check_lost(void)
{
    return atomic_load(&script.lost) ? w_fail(WEIR_DEVICE_LOST, "scripted:0 was lost") : WEIR_OK;
}

// ------------------------------------------------------------------------------------------ memory

static weir_status mem_alloc(w_device *device, size_t bytes, w_mem **out_mem)
{
    uint32_t call = atomic_fetch_add(&script.allocs, 1) + 1;
    if (check_lost() != WEIR_OK)
        return WEIR_DEVICE_LOST;
    if (atomic_load(&script.out_of_memory) || call == atomic_load(&script.alloc_fails_at))
        return w_fail(WEIR_OUT_OF_MEMORY, "scripted:0 has no %zu bytes (planted)", bytes);
    w_mem *mem = malloc(sizeof *mem);
    *mem = (w_mem){device, bytes, malloc(bytes ? bytes : 1)};
    memset(mem->data, 0xa5, bytes);
    atomic_fetch_add(&script.live_memory, 1);
    *out_mem = mem;
    return WEIR_OK;
}

static void mem_free(w_mem *mem)
{
    free(mem->data);
    free(mem);
    atomic_fetch_sub(&script.live_memory, 1);
}

static void *mem_map(w_mem *mem)
{
    (void)mem;
    return NULL;
}

// --------------------------------------------------------------------------------------- the queue

static void pass_time(uint64_t ns)
{
    atomic_fetch_add(&script.clock_ns, ns);
}

static void run_copy(const w_copy *c)
{
    char *device = c->mem->data + c->offset;
    memcpy(c->to_device ? device : c->host, c->to_device ? c->host : device, c->bytes);
    pass_time(script.copy_ns + (script.bytes_per_us ? c->bytes * 1000 / script.bytes_per_us : 0));
}

static void to_host(w_binding *b)
{
    if (b->mem)
        *b = (w_binding){.host = b->mem->data, .offset = b->offset, .bytes = b->bytes};
}

static weir_status run_kernel(scripted_device *d, job *j)
{
    w_kernel *kernel;
    size_t workspace;
    w_point done;
    for (int i = 0; i < W_MAX_IN; i++)
        to_host(&j->args.in[i]);
    for (int i = 0; i < W_MAX_OUT; i++)
        to_host(&j->args.out[i]);
    j->args.desc = &j->desc;
    weir_status status = d->cpu->ops->prepare(d->cpu, &j->desc, &kernel, &workspace);
    if (status != WEIR_OK)
        return status;
    j->args.workspace.host = workspace ? aligned_alloc(64, (workspace + 63) / 64 * 64) : NULL;
    j->args.workspace.bytes = workspace;
    status = d->cpu->ops->launch(d->cpu_queue, kernel, &j->args, (w_waits){0}, &done);
    free(j->args.workspace.host);
    if (atomic_load(&script.wrong_tail) && j->desc.out[0].dtype == WEIR_F32)
        ((uint32_t *)j->args.out[0].host)[j->args.out[0].bytes / 4 - 1] ^= 1u << 22;
    pass_time(script.launch_ns + script.ns_per_element * (uint64_t)(j->desc.outer * j->desc.inner));
    return status;
}

static void run_job(w_queue *q, job *j)
{
    pthread_mutex_lock(&gate_mutex);
    while (!j->is_copy && atomic_load(&script.gate_closed))
        pthread_cond_wait(&gate_changed, &gate_mutex);
    pthread_mutex_unlock(&gate_mutex);
    weir_status status = check_lost();
    if (status == WEIR_OK && j->is_copy)
        run_copy(&j->copy);
    else if (status == WEIR_OK)
        status = run_kernel((scripted_device *)q->device, j);
    if (status == WEIR_OK)
        w_timeline_signal(&q->timeline, j->value);
    else
        w_timeline_fail(&q->timeline, status, w_message());
}

static void *queue_thread(void *arg)
{
    w_queue *q = arg;
    w_fenv_enter();
    pthread_mutex_lock(&q->mutex);
    for (;;) {
        while (!q->first && !q->quit)
            pthread_cond_wait(&q->changed, &q->mutex);
        job *j = q->first;
        if (!j)
            break;
        q->first = j->next;
        pthread_mutex_unlock(&q->mutex);
        run_job(q, j);
        free(j);
        pthread_mutex_lock(&q->mutex);
    }
    pthread_mutex_unlock(&q->mutex);
    return NULL;
}

static void push(w_queue *q, job *j, w_point *out_signal)
{
    pthread_mutex_lock(&q->mutex);
    j->value = ++q->timeline.issued;
    *out_signal = (w_point){&q->timeline, j->value};
    if (q->first)
        q->last->next = j;
    else
        q->first = j;
    q->last = j;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->mutex);
}

static weir_status queue_open(w_device *device, w_queue **out_queue)
{
    w_queue *q = calloc(1, sizeof *q);
    w_timeline_init(&q->timeline);
    q->device = device;
    pthread_mutex_init(&q->mutex, NULL);
    pthread_cond_init(&q->changed, NULL);
    *out_queue = q;
    return w_thread_start(&q->thread, "scripted", queue_thread, q);
}

static void queue_close(w_queue *q)
{
    pthread_mutex_lock(&q->mutex);
    q->quit = true;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->mutex);
    pthread_join(q->thread, NULL);
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->mutex);
    w_timeline_destroy(&q->timeline);
    free(q);
}

static weir_status prepare(w_device *device, const w_desc *desc, w_kernel **out_kernel,
                           size_t *out_workspace)
{
    (void)desc;
    *out_kernel = &((scripted_device *)device)->kernel;
    *out_workspace = 0;
    return check_lost();
}

static weir_status launch(w_queue *q, w_kernel *kernel, const w_args *args, w_waits waits,
                          w_point *out_signal)
{
    (void)kernel;
    atomic_store(&script.launched_by, pthread_self());
    uint32_t call = atomic_fetch_add(&script.launches, 1) + 1;
    if (call == atomic_load(&script.launch_lost_at))
        atomic_store(&script.lost, true);
    weir_status status = check_lost();
    if (status == WEIR_OK)
        status = w_waits_foreign(waits, &q->timeline);
    if (status != WEIR_OK)
        return status;
    job *j = calloc(1, sizeof *j);
    j->desc = *args->desc;
    j->args = *args;
    push(q, j, out_signal);
    return WEIR_OK;
}

static weir_status copy(w_queue *q, const w_copy *what, w_waits waits, w_point *out_signal)
{
    uint32_t call = atomic_fetch_add(&script.copies, 1) + 1;
    weir_status status = check_lost();
    if (status == WEIR_OK && call == atomic_load(&script.copy_fails_at))
        status = w_fail(WEIR_DEVICE_FAILED, "scripted:0: copy %u failed (planted)", call);
    if (status == WEIR_OK)
        status = w_waits_foreign(waits, &q->timeline);
    if (status != WEIR_OK)
        return status;
    job *j = calloc(1, sizeof *j);
    j->is_copy = true;
    j->copy = *what;
    push(q, j, out_signal);
    return WEIR_OK;
}

static bool row(w_device *device, size_t i, const char **out_name, const char **out_why_not)
{
    (void)device;
    *out_name = "scripted";
    *out_why_not = NULL;
    return i == 0;
}

static void close_device(w_device *device)
{
    scripted_device *d = (scripted_device *)device;
    d->cpu->ops->queue_close(d->cpu_queue);
    d->cpu->ops->close(d->cpu);
    free(d);
}

static const w_device_ops ops = {close_device, queue_open, queue_close, mem_alloc,
                                 mem_free,     mem_map,    prepare,     launch,
                                 copy,         row,        NULL,        NULL};

static weir_status open_scripted(const w_bringup *what, w_device **out_devices, size_t capacity,
                                 size_t *out_count, char why[256])
{
    w_bringup scalar = {.host = what->host, .threads = 1, .isa = "scalar"};
    scripted_device *d = calloc(1, sizeof *d);
    size_t count;
    (void)capacity;
    weir_status status = w_backends[0]->open(&scalar, &d->cpu, 1, &count, why);
    if (status == WEIR_OK)
        status = d->cpu->ops->queue_open(d->cpu, &d->cpu_queue);
    if (status != WEIR_OK) {
        free(d);
        return status;
    }
    d->kernel.info.row = "scripted";
    d->base.ops = &ops;
    d->base.host = what->host;
    d->base.max_alloc = (size_t)1 << 40;
    d->base.info.memory = (uint64_t)1 << 34;
    snprintf(d->base.info.id, sizeof d->base.info.id, "scripted:0");
    snprintf(d->base.info.backend, sizeof d->base.info.backend, "scripted");
    snprintf(d->base.info.name, sizeof d->base.info.name, "a device that does what it is told");
    snprintf(d->base.info.driver, sizeof d->base.info.driver, "scripted 1");
    out_devices[0] = &d->base;
    *out_count = 1;
    return WEIR_OK;
}

static const w_backend scripted = {"scripted", open_scripted};
extern const w_backend w_backend_cpu;
const w_backend *const scripted_backends[] = {&w_backend_cpu, &scripted, NULL};

weir_context *scripted_context(const char *device)
{
    weir_context_options o = {.struct_size = sizeof o,
                              .flags = WEIR_CONTEXT_NO_PROFILE | WEIR_CONTEXT_NO_ENVIRONMENT,
                              .device = device};
    weir_context *context = NULL;
    if (w_context_create(&o, scripted_backends, &context) != WEIR_OK ||
        weir_devices_wait(context, WEIR_FOREVER) != WEIR_OK)
        fprintf(stderr, "no scripted context: %s\n", weir_message(context));
    return context;
}

void scripted_set_speed(weir_context *context, bool fast)
{
    uint64_t slow_ps = 1000000000, fast_ps = 1000;
    for (uint32_t class_number = 0; class_number < W_CLASSES; class_number++) {
        w_model_set_curve(context->model, 0, class_number, 16, fast ? slow_ps : fast_ps);
        w_model_set_curve(context->model, 1, class_number, 16, fast ? fast_ps : slow_ps);
    }
    for (size_t i = 0; i < w_op_count; i++)
        for (uint32_t d = 0; d < 2; d++)
            for (uint32_t class_number = 0; class_number < W_CLASSES; class_number++)
                w_model_set_ratio(context->model, d, w_ops[i].number, class_number, 16,
                                  W_RATIO_ONE);
    w_link link = {.latency_ps = 1000, .bytes_per_s = UINT64_C(1) << 40};
    w_model_set_link(context->model, 1, true, &link);
    w_model_set_link(context->model, 1, false, &link);
}
