// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine.h"

#include "runtime/bringup.h"
#include "runtime/exit_guard.h"
#include "runtime/pieces.h"
#include "runtime/recent.h"
#include "runtime/routing/route.h"
#include "runtime/verify.h"

#include <inttypes.h>
#include <string.h>

// ------------------------------------------------------------------------------------- the choice

// Work below this is not worth waking a driver for, whatever the device.
static bool is_demand(const w_desc *desc)
{
    return desc->flops + desc->bytes > 4e6;
}

// Where the data of a call on tensors lies.
static void place_tensors(const w_desc *desc, const w_call *call, w_place *place)
{
    for (size_t i = 0; i < call->n_in; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again |= call->in[k] == call->in[i];
        if (!call->in[i] || again || !w_desc_reads(desc, i))
            continue;
        place->in[place->n_in].bytes = call->in[i]->bytes;
        place->in[place->n_in++].valid = call->in[i]->valid;
    }
    for (size_t i = 0; i < call->n_out && call->out_on_host; i++) {
        place->out_bytes += call->out[i]->bytes;
        place->n_out++;
    }
}

static uint64_t array_bytes(const weir_array *a)
{
    return (uint64_t)w_array_count(a) * weir_dtype_size(a->dtype);
}

// The same for plain arrays: on the host, and wanted there.
static void place_arrays(const w_desc *desc, const weir_array *in, size_t n_in,
                         const weir_array *out, size_t n_out, w_place *place)
{
    for (size_t i = 0; i < n_in; i++)
        if (w_desc_reads(desc, i)) {
            place->in[place->n_in].bytes = array_bytes(&in[i]);
            place->in[place->n_in++].valid = 1;
        }
    for (size_t i = 0; i < n_out; i++) {
        place->out_bytes += array_bytes(&out[i]);
        place->n_out++;
    }
}

// No choice to make: the CPU is all there is yet, or nothing is reduced (which it alone does).
static bool cpu_alone(weir_context *context, const w_desc *desc)
{
    if (atomic_load(&context->n_slots) == 1 && !(context->flags & WEIR_CONTEXT_CPU_ONLY) &&
        is_demand(desc))
        w_bringup_start(context);
    return atomic_load(&context->n_slots) == 1 || desc->inner == 0;
}

static uint32_t devices_up(weir_context *context)
{
    uint32_t n = atomic_load(&context->n_slots), up = 0;
    for (uint32_t d = 0; d < n; d++)
        up |= (uint32_t)!atomic_load(&context->slots[d].lost) << d;
    return up;
}

// Hardware that was never measured cannot win: traffic that it could serve asks for a measurement.
static void want_measured(weir_context *context, const w_desc *desc, uint32_t up)
{
    for (uint32_t d = 1; up >> d; d++)
        if (up >> d & 1 && !context->slots[d].device->info.software &&
            w_cost_kernel(context->model, d, desc) < 0) {
            w_verdict verdict = w_verified(context, d, desc);
            if (verdict == W_IDENTICAL || verdict == W_UNKNOWN)
                w_bringup_want(context, d, desc);
        }
}

// Whether the device gives memory for each of the arrays in one piece.
static bool fits(const w_device *device, const w_place *place)
{
    bool fits_all = place->out_bytes <= (uint64_t)device->max_alloc * W_MAX(place->n_out, 1);
    for (uint32_t i = 0; i < place->n_in; i++)
        fits_all &= place->in[i].bytes <= device->max_alloc;
    return fits_all;
}

// The best device that has proved itself. One that would win and is not proved yet gets no work,
// but the bring-up thread proves it, and traffic moves over. Small calls, which the CPU wins, end
// at the first round.
static uint32_t route(weir_context *context, const w_desc *desc, w_place *place)
{
    place->eligible = devices_up(context);
    if (is_demand(desc))
        want_measured(context, desc, place->eligible);
    for (;;) {
        uint32_t best = w_route(context->model, desc, place);
        if (best == 0)
            return 0;
        w_verdict verdict = fits(context->slots[best].device, place)
                                ? w_verified(context, best, desc)
                                : W_UNAVAILABLE;
        if (verdict == W_IDENTICAL)
            return best;
        if (verdict == W_UNKNOWN)
            w_bringup_want(context, best, desc);
        place->eligible &= ~(UINT32_C(1) << best);
    }
}

uint32_t w_choose(weir_context *context, const w_desc *desc, const w_call *call)
{
    w_place place = {.n_in = 0};
    if (cpu_alone(context, desc))
        return 0;
    place_tensors(desc, call, &place);
    return route(context, desc, &place);
}

// A device that was asked for by name runs what it can run; wrong results it may not give.
static weir_status check_verdict(weir_context *context, uint32_t number, const w_desc *desc)
{
    if (number == 0 || desc->empty)
        return WEIR_OK;
    const char *why = "";
    w_verdict verdict;
    weir_status status = w_verify(context, number, desc, &verdict, &why);
    if (status != WEIR_OK)
        return status;
    const char *id = context->slots[number].device->info.id;
    if (verdict == W_UNAVAILABLE)
        return w_fail(WEIR_UNAVAILABLE, "%s cannot run %s: %s", id, desc->op->name, why);
    if (verdict == W_REJECTED)
        return w_fail(WEIR_UNAVAILABLE, "%s failed the self-test of %s: %s", id, desc->op->name,
                      why);
    return WEIR_OK;
}

// The indices of a GATHER, where the host holds them; a device's own are looked at there.
static weir_status check_tensors(const w_desc *desc, const w_call *call)
{
    if (desc->op->family != W_GATHER || !(call->in[1]->valid & 1))
        return WEIR_OK;
    return w_check_indices(desc, &call->in[1]->meta);
}

weir_status w_execute(weir_context *context, const w_call *call, int32_t wish)
{
    if (wish == 0 && call->op->family != W_GATHER)
        return w_execute_on(context, call, 0);
    weir_array in[W_MAX_IN], out[W_MAX_OUT];
    w_desc desc;
    w_form_arrays(call->in, call->n_in, false, in);
    w_form_arrays(call->out, call->n_out, false, out);
    weir_status status =
        w_describe(call->op, call->options, in, call->n_in, out, call->n_out, false, &desc);
    if (status == WEIR_OK)
        status = check_tensors(&desc, call);
    if (status != WEIR_OK)
        return status;
    if (wish == 0)
        return w_execute_on(context, call, 0);
    if (wish != W_ROUTED) {
        status = check_verdict(context, (uint32_t)wish, &desc);
        return status == WEIR_OK ? w_execute_on(context, call, (uint32_t)wish) : status;
    }
    uint32_t number = w_choose(context, &desc, call);
    status = w_execute_on(context, call, number);
    if (status == WEIR_OK)
        w_slot_worked(context, number);
    if (status == WEIR_OK || number == 0)
        return status;
    w_slot_failed(context, number, status);
    atomic_fetch_add(&context->fallbacks, 1);
    return w_execute_on(context, call, 0);
}

// ------------------------------------------------------------------------------------ plain arrays

weir_status w_call_device(weir_context *context, const weir_call_options *options,
                          int32_t *out_number, uint32_t *out_max_threads, bool *out_fast)
{
    const size_t first_size = offsetof(weir_call_options, flags); // before there were flags
    *out_number = W_ROUTED;
    *out_max_threads = 0;
    *out_fast = (context->flags & WEIR_CONTEXT_FAST) != 0;
    if (options && (options->struct_size < first_size || options->struct_size > 4096))
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "call.struct_size is %zu; set it to sizeof(weir_call_options), %zu",
                      options->struct_size, sizeof *options);
    size_t unknown = options ? w_unknown_byte(options, sizeof *options, options->struct_size) : 0;
    if (unknown)
        return w_fail(WEIR_UNSUPPORTED, "call has a field at byte %zu that this version lacks",
                      unknown);
    if (options && options->reserved)
        return w_fail(WEIR_INVALID_ARGUMENT, "call.reserved is %" PRIu32 "; it is 0",
                      options->reserved);
    uint64_t flags = options && options->struct_size >= sizeof *options ? options->flags : 0;
    if (flags & ~(uint64_t)WEIR_FAST)
        return w_fail(WEIR_INVALID_ARGUMENT, "call.flags 0x%llx has an unknown bit",
                      (unsigned long long)flags);
    *out_fast |= (flags & WEIR_FAST) != 0;
    const char *id = options && options->device ? options->device : context->device;
    *out_max_threads = options ? options->max_threads : 0;
    if (!id[0])
        return WEIR_OK;
    uint32_t number;
    weir_status status = w_device_find(context, id, &number);
    if (status == WEIR_OK)
        *out_number = (int32_t)number;
    return status;
}

static bool writes_over_input(const w_call *call)
{
    for (size_t i = 0; i < call->n_in; i++)
        for (size_t o = 0; o < call->n_out; o++)
            if (call->in[i] && call->in[i]->meta.data == call->out[o]->meta.data)
                return true;
    return false;
}

// On a device other than the CPU. A routed call whose device fails, even in bringing the result
// home, is done again on the CPU: its inputs are still here.
static weir_status run_on_device(weir_context *context, w_arrays *a, int32_t wish, uint32_t number)
{
    weir_status status = wish == W_ROUTED ? w_execute_on(context, &a->call, number)
                                          : w_execute(context, &a->call, wish);
    bool again = wish == W_ROUTED;
    if (status == WEIR_OK) {
        status = w_arrays_fetch(a);
        again &= !writes_over_input(&a->call); // which a part of the result may have replaced
    }
    if (status == WEIR_OK)
        w_slot_worked(context, number);
    if (status == WEIR_OK || !again)
        return status;
    w_slot_failed(context, number, status);
    atomic_fetch_add(&context->fallbacks, 1);
    status = w_execute_on(context, &a->call, 0);
    return status;
}

// A call on plain arrays.
typedef struct plain_call {
    weir_context *context;
    const w_op *op;
    const void *options;
    const weir_array *in, *out;
    size_t n_in, n_out;
    int32_t wish;
    uint32_t device, max_threads;
    bool fast;
} plain_call;

// On a device, the whole of it or a piece.
static weir_status run_piece(void *user, const w_piece *piece)
{
    const plain_call *c = user;
    w_arrays arrays;
    w_arrays_open(&arrays, c->context, c->op, c->options, piece->in, c->n_in, piece->out, c->n_out);
    arrays.call.max_threads = c->max_threads;
    arrays.call.fast = c->fast;
    weir_status status = run_on_device(c->context, &arrays, c->wish, c->device);
    w_arrays_close(&arrays);
    return status;
}

static weir_status run_pieces(plain_call *c, const w_desc *desc)
{
    const w_device *device = c->context->slots[c->device].device;
    w_piece whole;
    if (w_pieces_needed(device, desc, c->in, c->n_in, c->out, c->n_out))
        return w_pieces_run(device, desc, c->in, c->n_in, c->out, c->n_out, run_piece, c);
    memcpy(whole.in, c->in, c->n_in * sizeof *c->in);
    memcpy(whole.out, c->out, c->n_out * sizeof *c->out);
    return run_piece(c, &whole);
}

static weir_status describe_call(const plain_call *c, w_desc *desc)
{
    weir_status status =
        w_describe(c->op, c->options, c->in, c->n_in, (weir_array *)c->out, c->n_out, false, desc);
    if (status == WEIR_OK)
        status = w_check_data(c->op, c->in, c->n_in, c->out, c->n_out);
    if (status == WEIR_OK && c->op->family == W_GATHER)
        status = w_check_indices(desc, &c->in[1]);
    desc->fast = c->fast;
    return status;
}

static uint32_t choose_device(const plain_call *c, const w_desc *desc)
{
    w_place place = {.n_in = 0};
    if (c->wish != W_ROUTED)
        return desc->inner ? (uint32_t)c->wish : 0;
    if (cpu_alone(c->context, desc))
        return 0;
    place_arrays(desc, c->in, c->n_in, c->out, c->n_out, &place);
    return route(c->context, desc, &place);
}

// A call that is not known yet. `key` is NULL where it is none that may be kept.
static weir_status run_anew(plain_call *c, const w_recent_key *key)
{
    weir_context *context = c->context;
    w_slot *cpu = &context->slots[0];
    w_desc desc;
    uint64_t epoch = w_recent_epoch(context);
    weir_status status = describe_call(c, &desc);
    if (status != WEIR_OK || desc.empty)
        return status;
    c->device = choose_device(c, &desc);
    if (c->device && w_exit_guard_enter(W_HOST_THREAD)) {
        status = run_pieces(c, &desc);
        w_exit_guard_leave(W_HOST_THREAD);
        return status;
    }
    if (c->device && c->wish != W_ROUTED)
        return w_fail(WEIR_CANCELLED, "the process is ending");
    if (key && w_recent_worth(&desc, key))
        w_recent_keep(context, key, epoch, &desc);
    w_count_launch(context);
    return w_launch_host(context, cpu->device, cpu->queue, &desc, c->in, c->out, NULL,
                         c->max_threads);
}

weir_status w_run(weir_context *context, const w_op *op, const void *options, const weir_array *in,
                  size_t n_in, const weir_array *out, size_t n_out, const weir_call_options *call)
{
    plain_call c = {context, op, options, in, out, n_in, n_out, 0, 0, 0, false};
    const weir_array *in_list[W_MAX_IN], *out_list[W_MAX_OUT];
    w_recent_key key;
    weir_status status = w_call_device(context, call, &c.wish, &c.max_threads, &c.fast);
    if (status != WEIR_OK)
        return status;
    for (size_t i = 0; in && i < n_in && i < W_MAX_IN; i++)
        in_list[i] = &in[i];
    for (size_t i = 0; out && i < n_out && i < W_MAX_OUT; i++)
        out_list[i] = &out[i];
    bool keyed =
        out && (in || !n_in) &&
        w_recent_key_make(&key, op, options, c.wish, false, c.fast, in_list, n_in, out_list, n_out);
    if (keyed && w_recent_call(context, &key, c.max_threads, &status))
        return status;
    return run_anew(&c, keyed ? &key : NULL);
}

weir_status weir_run(weir_context *context, weir_op number, const void *options,
                     const weir_array *in, size_t n_in, const weir_array *out, size_t n_out,
                     const weir_call_options *call)
{
    w_fenv fenv;
    weir_status status = w_enter(context, &fenv);
    if (status != WEIR_OK)
        return status;
    const w_op *op = w_op_get(number);
    status = op ? w_run(context, op, options, in, n_in, out, n_out, call)
                : w_fail(WEIR_INVALID_ARGUMENT, "there is no operation number %u", number);
    return w_leave(fenv, status);
}

// The long way of a named call: weir_run() with copies of its arrays.
static weir_status run_copies(weir_context *context, const w_op *op, const void *options,
                              const weir_array *const *in, size_t n_in,
                              const weir_array *const *out, size_t n_out)
{
    weir_array in_copy[W_MAX_IN], out_copy[W_MAX_OUT];
    for (size_t i = 0; i < n_in; i++)
        w_array_take(&in_copy[i], in[i]);
    for (size_t i = 0; i < n_out; i++)
        w_array_take(&out_copy[i], out[i]);
    return w_run(context, op, options, in_copy, n_in, out_copy, n_out, NULL);
}

weir_status w_call_named(weir_context *context, const w_op *op, const void *options,
                         const weir_array *const *in, size_t n_in, const weir_array *const *out,
                         size_t n_out)
{
    w_fenv fenv;
    w_recent_key key;
    weir_status status = w_enter(context, &fenv);
    if (status != WEIR_OK)
        return status;
    bool fast = (context->flags & WEIR_CONTEXT_FAST) != 0;
    // Not where the context asks for a device: w_call_device() finds out which.
    bool known =
        !context->device[0] &&
        w_recent_key_make(&key, op, options, W_ROUTED, false, fast, in, n_in, out, n_out) &&
        w_recent_call(context, &key, 0, &status);
    return w_leave(fenv, known ? status : run_copies(context, op, options, in, n_in, out, n_out));
}

weir_status weir_infer(weir_context *context, weir_op number, const void *options,
                       const weir_array *in, size_t n_in, weir_array *out, size_t n_out)
{
    w_fenv fenv;
    w_desc desc;
    weir_status status = w_enter(context, &fenv);
    if (status != WEIR_OK)
        return status;
    const w_op *op = w_op_get(number);
    if (!op)
        return w_leave(fenv,
                       w_fail(WEIR_INVALID_ARGUMENT, "there is no operation number %u", number));
    return w_leave(fenv, w_describe(op, options, in, n_in, out, n_out, true, &desc));
}
