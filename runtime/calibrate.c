// SPDX-License-Identifier: Apache-2.0
#include "runtime/calibrate.h"

#include "runtime/routing/problem.h"
#include "runtime/routing/profile.h"
#include "runtime/routing/tune.h"
#include "runtime/verify.h"

static uint32_t up(weir_context *c, w_device **devices)
{
    uint32_t n = atomic_load(&c->n_slots);
    for (uint32_t d = 0; d < n; d++)
        devices[d] = c->slots[d].device;
    return n;
}

static weir_status tuner_verify(void *user, uint32_t device, const w_op *op)
{
    const char *why = "";
    w_problem problem;
    weir_status status = w_problem_make(op, WEIR_DTYPE_NONE, W_PLAIN, 64, &problem);
    w_verdict verdict;
    if (status == WEIR_OK)
        status = w_verify(user, device, &problem.desc, &verdict, &why);
    if (status != WEIR_OK)
        return status;
    return verdict == W_IDENTICAL ? WEIR_OK : w_fail(WEIR_UNAVAILABLE, "%s", why);
}

weir_status w_context_tune(weir_context *c, const weir_tune_options *options)
{
    w_device *devices[W_MAX_DEVICES];
    uint32_t n = up(c, devices);
    w_tuner tuner = {
        .host = &c->host, .devices = devices, .n_devices = n, .verify = tuner_verify, .user = c};
    weir_status status = w_tune(&tuner, c->model, options);
    for (uint32_t d = 0; d < n && !(c->flags & WEIR_CONTEXT_NO_PROFILE); d++) {
        w_profile_key key;
        w_profile_key_make(devices[0], devices[0]->info.driver, c->threads, devices[d], &key);
        if (w_profile_save(&c->host, c->profile_folder, &key, c->model, d) != WEIR_OK)
            w_log(&c->host, "the profile was not written: %s", w_message());
    }
    return status;
}
