// SPDX-License-Identifier: Apache-2.0
// Devices come up on a thread of their own, beside the host's work. The thread then stays to run
// the self-tests that traffic asks for.
#include "runtime/bringup.h"

#include "runtime/calibrate.h"
#include "runtime/exit_guard.h"
#include "runtime/ops/chain.h"
#include "runtime/routing/profile.h"
#include "runtime/verify.h"

#include <stdio.h>
#include <string.h>

static void add_slot(weir_context *c, w_device *device)
{
    uint32_t n = atomic_load(&c->n_slots);
    w_slot *slot = &c->slots[n];
    slot->device = device;
    w_pool_init(&slot->pool, device);
    w_profile_key key;
    if (!(c->flags & WEIR_CONTEXT_NO_PROFILE)) {
        w_profile_key_make(c->slots[0].device, c->slots[0].device->info.driver, c->threads, device,
                           &key);
        w_profile_load(&c->host, c->profile_folder, &key, c->model, n);
    }
    atomic_store(&c->n_slots, n + 1);
    atomic_fetch_add(&c->changes, 1);
}

static void note_absent(weir_context *c, const w_backend *backend, const char *why)
{
    if (c->n_absent == W_MAX_BACKENDS)
        return;
    c->absent[c->n_absent].backend = backend->name;
    snprintf(c->absent[c->n_absent++].why, sizeof c->absent[0].why, "%s", why);
}

static void open_backend(weir_context *c, const w_backend *backend)
{
    w_device *devices[W_MAX_DEVICES];
    size_t count = 0, room = W_MAX_DEVICES - atomic_load(&c->n_slots);
    char why[256] = "it has no device";
    w_bringup what = {.host = &c->host,
                      .threads = c->threads,
                      .cache_dir = c->cache_dir[0] ? c->cache_dir : NULL};
    weir_status status = backend->open(&what, devices, room, &count, why);
    w_exit_guard_renew(); // the libraries just loaded have registered handlers of their own
    if (status != WEIR_OK)
        count = 0;
    pthread_mutex_lock(&c->mutex);
    for (size_t i = 0; i < count; i++)
        add_slot(c, devices[i]);
    if (!count)
        note_absent(c, backend, status == WEIR_OK ? why : w_message());
    pthread_mutex_unlock(&c->mutex);
}

static void open_all(weir_context *c)
{
    for (size_t i = 1; c->backends[i]; i++) {
        if (atomic_load(&c->closing) || !w_exit_guard_enter(W_OWN_THREAD))
            break;
        open_backend(c, c->backends[i]);
        w_exit_guard_leave(W_OWN_THREAD);
    }
    pthread_mutex_lock(&c->mutex);
    c->bringup = W_UP;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->mutex);
}

static bool may_go_on(void *user, double fraction, const char *what)
{
    (void)fraction;
    (void)what;
    return !atomic_load(&((weir_context *)user)->closing) && !w_exit_guard_wanted(W_OWN_THREAD);
}

// A device that gives no cost is not measured for ever; each time it gets a second more, for a busy
// machine may not come to a figure in less.
enum { MOST_FRUITLESS = 12 };

// Software devices share the host's cores: they are measured when someone asks (weir_tune()).
static void prove(weir_context *c, uint32_t number, const w_desc *desc)
{
    weir_op ops[W_CHAIN_NODES] = {desc->op->number};
    const w_chain *chain = desc->op->chain;
    for (uint32_t k = 0; chain && k < chain->n_nodes; k++)
        ops[k] = chain->node[k].op->number;
    w_slot *slot = &c->slots[number];
    const weir_tune_options options = {.struct_size = sizeof options,
                                       .budget_seconds = 1 + slot->fruitless,
                                       .ops = ops,
                                       .n_ops = chain ? chain->n_nodes : 1,
                                       .progress = may_go_on,
                                       .user = c};
    w_verdict verdict;
    if (w_verify(c, number, desc, &verdict, NULL) != WEIR_OK || verdict != W_IDENTICAL ||
        slot->device->info.software || slot->fruitless == MOST_FRUITLESS ||
        w_cost_kernel(c->model, number, desc) >= 0)
        return;
    w_context_tune(c, &options);
    slot->fruitless = w_cost_kernel(c->model, number, desc) < 0 ? slot->fruitless + 1 : 0;
}

static void *bringup_thread(void *arg)
{
    weir_context *c = arg;
    w_fenv_enter();
    open_all(c);
    w_message_settle(true); // what it met, it has written down
    pthread_mutex_lock(&c->mutex);
    while (!atomic_load(&c->closing)) {
        if (!c->n_wanted) {
            pthread_cond_wait(&c->changed, &c->mutex);
            continue;
        }
        w_desc desc = c->wanted[--c->n_wanted];
        const w_chain *chain = desc.op->chain;
        uint32_t number = c->wanted_on[c->n_wanted];
        pthread_mutex_unlock(&c->mutex);
        if (w_exit_guard_enter(W_OWN_THREAD)) {
            prove(c, number, &desc);
            w_message_settle(true);
            w_exit_guard_leave(W_OWN_THREAD);
        }
        w_chain_release(chain);
        pthread_mutex_lock(&c->mutex);
    }
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

void w_bringup_start(weir_context *c)
{
    w_exit_guard_thread();
    pthread_mutex_lock(&c->mutex);
    if (c->bringup == W_DOWN) {
        w_exit_guard_renew();
        bool nothing = (c->flags & WEIR_CONTEXT_CPU_ONLY) || !c->backends[1];
        for (size_t i = 1; nothing && c->backends[i]; i++)
            note_absent(c, c->backends[i], "left out: the context is for the CPU alone");
        c->bringup = nothing ? W_UP : W_COMING_UP;
        if (!nothing &&
            w_thread_start(&c->bringup_thread, "weir-bringup", bringup_thread, c) != WEIR_OK) {
            w_log(&c->host, "%s; only the CPU is used", w_message());
            c->bringup = W_UP;
        } else {
            c->bringup_started = !nothing;
        }
    }
    pthread_mutex_unlock(&c->mutex);
}

weir_status w_bringup_wait(weir_context *c, uint64_t timeout_ns)
{
    uint64_t deadline = w_deadline(timeout_ns);
    w_bringup_start(c);
    pthread_mutex_lock(&c->mutex);
    while (c->bringup != W_UP && w_cond_wait_until(&c->changed, &c->mutex, deadline))
        ;
    bool up = c->bringup == W_UP;
    pthread_mutex_unlock(&c->mutex);
    return up ? WEIR_OK : w_fail(WEIR_TIMEOUT, "the devices were not up when the time-out passed");
}

void w_bringup_want(weir_context *c, uint32_t number, const w_desc *desc)
{
    pthread_mutex_lock(&c->mutex);
    bool room = c->n_wanted < W_MAX_WANTED;
    for (uint32_t i = 0; i < c->n_wanted; i++)
        room &= c->wanted_on[i] != number || c->wanted[i].op != desc->op;
    if (room) {
        w_chain_retain(desc->op->chain); // the expression may be gone by then
        c->wanted[c->n_wanted] = *desc;
        c->wanted_on[c->n_wanted++] = number;
        pthread_cond_broadcast(&c->changed);
    }
    pthread_mutex_unlock(&c->mutex);
}

void w_bringup_join(weir_context *c)
{
    pthread_mutex_lock(&c->mutex);
    bool started = c->bringup_started;
    c->bringup_started = false;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->mutex);
    if (started)
        pthread_join(c->bringup_thread, NULL);
    for (; c->n_wanted; c->n_wanted--)
        w_chain_release(c->wanted[c->n_wanted - 1].op->chain);
}

weir_status w_device_find(weir_context *c, const char *id, uint32_t *out_number)
{
    if (w_slot_find(c, id, out_number))
        return WEIR_OK;
    weir_status status = w_bringup_wait(c, WEIR_FOREVER);
    if (status != WEIR_OK || w_slot_find(c, id, out_number))
        return status;
    char known[160] = "";
    for (uint32_t d = 0; d < atomic_load(&c->n_slots); d++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", d ? ", " : "",
                 c->slots[d].device->info.id);
    return w_fail(WEIR_UNAVAILABLE, "there is no device \"%.40s\" here, only %s", id, known);
}
