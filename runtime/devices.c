// SPDX-License-Identifier: Apache-2.0
// Devices by number and by name, and the public calls about them.
#include "runtime/bringup.h"
#include "runtime/calibrate.h"
#include "runtime/exit_guard.h"
#include "runtime/recent.h"
#include "runtime/routing/explain.h"
#include "runtime/routing/problem.h"
#include "runtime/verify.h"

#include <stdio.h>
#include <string.h>

weir_status weir_devices_wait(weir_context *context, uint64_t timeout_ns)
{
    w_fenv fenv;
    weir_status status = w_enter(context, &fenv);
    return status != WEIR_OK ? status : w_leave(fenv, w_bringup_wait(context, timeout_ns));
}

size_t weir_device_count(weir_context *context)
{
    return context ? atomic_load(&context->n_slots) : 0;
}

// The worst verdict over what has been tested on the device.
static void verdict_text(weir_context *c, uint32_t number, char text[128])
{
    const w_slot *slot = &c->slots[number];
    const w_verdicts *v = &slot->verdicts;
    uint32_t n = atomic_load(&v->count), worst = W_IDENTICAL;
    const char *why = "";
    for (uint32_t i = 0; i < n; i++)
        if (v->known[i].verdict > worst && v->known[i].verdict != W_UNAVAILABLE) {
            worst = v->known[i].verdict;
            why = v->known[i].text;
        }
    if (atomic_load(&slot->lost))
        snprintf(text, 128, "lost");
    else if (number == 0 || (n && worst == W_IDENTICAL))
        snprintf(text, 128, "identical");
    else if (!n)
        snprintf(text, 128, "not tested");
    else
        snprintf(text, 128, "%s: %s", worst == W_BOUNDED ? "bounded" : "rejected", why);
}

weir_status weir_device_get(weir_context *context, size_t index, weir_device_info *out_info)
{
    w_fenv fenv;
    weir_status status = w_enter(context, &fenv);
    if (status != WEIR_OK)
        return status;
    if (!out_info || index >= atomic_load(&context->n_slots))
        return w_leave(fenv, w_fail(WEIR_INVALID_ARGUMENT,
                                    "device number %zu; there are %u (out_info %s)", index,
                                    atomic_load(&context->n_slots), out_info ? "given" : "NULL"));
    *out_info = context->slots[index].device->info;
    verdict_text(context, (uint32_t)index, out_info->verdict);
    return w_leave(fenv, WEIR_OK);
}

// These stand for the device; every other operation is tested before it is first routed there.
static weir_status verify_device(weir_context *c, const char *id)
{
    static const weir_op telling[] = {WEIR_OP_EXP,
                                      WEIR_OP_REDUCE_SUM,
                                      WEIR_OP_MATMUL,
                                      WEIR_OP_MATMUL_INTEGER,
                                      WEIR_OP_QUANTIZE_LINEAR,
                                      WEIR_OP_TRANSPOSE};
    uint32_t number;
    weir_status status = w_device_find(c, id, &number);
    for (size_t i = 0; i < W_COUNT(telling) && status == WEIR_OK && number; i++) {
        w_problem problem;
        status = w_problem_make(w_op_get(telling[i]), WEIR_DTYPE_NONE, W_PLAIN, 64, &problem);
        w_verdict verdict;
        if (status == WEIR_OK)
            status = w_verify(c, number, &problem.desc, &verdict, NULL);
    }
    return status;
}

weir_status weir_device_verify(weir_context *context, const char *id)
{
    w_fenv fenv;
    weir_status status = w_enter(context, &fenv);
    if (status != WEIR_OK)
        return status;
    if (!id)
        return w_leave(fenv, w_fail(WEIR_INVALID_ARGUMENT, "id is NULL"));
    if (!w_exit_guard_enter(W_HOST_THREAD))
        return w_leave(fenv, w_fail(WEIR_CANCELLED, "the process is ending"));
    status = verify_device(context, id);
    w_exit_guard_leave(W_HOST_THREAD);
    return w_leave(fenv, status);
}

bool weir_backend_absent(weir_context *context, size_t i, const char **out_backend,
                         const char **out_why)
{
    if (!context || !*context->fork_mark)
        return false;
    pthread_mutex_lock(&context->mutex);
    bool is = i < context->n_absent;
    if (is && out_backend)
        *out_backend = context->absent[i].backend;
    if (is && out_why)
        *out_why = context->absent[i].why;
    pthread_mutex_unlock(&context->mutex);
    return is;
}

void weir_stats_get(weir_context *c, weir_stats *out)
{
    if (c && out)
        *out = (weir_stats){atomic_load(&c->uploads),
                            atomic_load(&c->upload_bytes),
                            atomic_load(&c->downloads),
                            atomic_load(&c->download_bytes),
                            atomic_load(&c->launches) + w_recent_launches(c),
                            atomic_load(&c->fallbacks)};
}

// ----------------------------------------------------------------------------- what routing asks

w_model *w_context_model(weir_context *context)
{
    return context && !w_forked(context) ? context->model : NULL;
}

size_t w_context_devices(weir_context *c, w_device **out_devices, size_t capacity)
{
    uint32_t n = atomic_load(&c->n_slots);
    for (uint32_t d = 0; d < n && d < capacity; d++)
        out_devices[d] = c->slots[d].device;
    return n;
}

// The host's progress function, called in the host's floating-point environment, and an end where
// the process ends.
typedef struct watch {
    const weir_tune_options *options; // the host's
    w_fenv fenv;
} watch;

static bool go_on(void *user, double fraction, const char *what)
{
    const watch *w = user;
    if (w_exit_guard_wanted(W_HOST_THREAD))
        return false;
    if (!w->options || !w->options->progress)
        return true;
    w_fenv_leave(w->fenv);
    bool answer = w->options->progress(w->options->user, fraction, what);
    w_fenv_enter();
    return answer;
}

static weir_status tune(weir_context *context, const weir_tune_options *options, w_fenv fenv)
{
    if (options && options->struct_size < sizeof *options)
        return w_context_tune(context, options); // which refuses it
    weir_status status = w_bringup_wait(context, WEIR_FOREVER);
    if (status != WEIR_OK)
        return status;
    if (!w_exit_guard_enter(W_HOST_THREAD))
        return w_fail(WEIR_CANCELLED, "the process is ending");
    watch w = {options, fenv};
    weir_tune_options watched = {.struct_size = sizeof watched};
    if (options)
        watched = *options;
    watched.progress = go_on;
    watched.user = &w;
    status = w_context_tune(context, &watched);
    w_exit_guard_leave(W_HOST_THREAD);
    return status;
}

weir_status weir_tune(weir_context *context, const weir_tune_options *options)
{
    w_fenv fenv;
    weir_status status = w_enter(context, &fenv);
    return status != WEIR_OK ? status : w_leave(fenv, tune(context, options, fenv));
}
