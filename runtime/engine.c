// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine.h"

#include "runtime/routing/route.h"

#include <stdlib.h>
#include <string.h>

static void count_launch(weir_context *context)
{
    atomic_fetch_add_explicit(&context->launches, 1, memory_order_relaxed);
}

// ------------------------------------------------------------------------------------ on the CPU

static void bind_host(const w_operand *o, const weir_array *a, w_binding *b)
{
    if (o->tensor >= 0)
        b->host = a[o->tensor].data;
}

weir_status w_launch_host(weir_context *context, w_device *device, w_queue *queue,
                          const w_desc *desc, const weir_array *in, const weir_array *out,
                          uint32_t max_threads)
{
    w_args args = {.desc = desc, .max_threads = max_threads};
    w_kernel *kernel;
    w_point done;
    size_t workspace = 0;
    weir_status status = device->ops->prepare(device, desc, &kernel, &workspace);
    if (status != WEIR_OK)
        return status;
    for (uint32_t i = 0; i < desc->n_in; i++)
        bind_host(&desc->in[i], in, &args.in[i]);
    for (uint32_t i = 0; i < desc->n_out; i++)
        bind_host(&desc->out[i], out, &args.out[i]);
    if (workspace) {
        args.workspace.host = w_alloc(&context->host, workspace);
        args.workspace.bytes = workspace;
        if (!args.workspace.host)
            return WEIR_OUT_OF_MEMORY;
    }
    status = device->ops->launch(queue, kernel, &args, (w_waits){0}, &done);
    if (status == WEIR_OK)
        status = w_point_wait(done, WEIR_FOREVER);
    w_release(&context->host, args.workspace.host, workspace);
    return status;
}

// --------------------------------------------------------------------------- on any other device

static weir_array absent(void)
{
    return (weir_array){.dtype = WEIR_DTYPE_NONE};
}

// The arrays as the form on a device has them: dense there, the caller's on the host.
static void form_arrays(weir_tensor *const *tensors, size_t n, bool dense, weir_array *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = tensors[i] ? tensors[i]->meta : absent();
        if (dense)
            out[i].strided = false;
    }
}

// Whether kernels read operand number i from the parameter block: an elementwise operation's, and
// what is a constant where it is absent, a product's zero points.
static bool may_be_constant(const w_desc *desc, uint32_t i)
{
    w_family family = desc->op->family;
    return family == W_MAP || (family == W_CONTRACT && i >= 2 && desc->out[0].dtype == WEIR_S32);
}

// A single value that the host knows travels in the parameter block, not as a buffer.
static void fold_constant(const weir_tensor *tensor, w_operand *o)
{
    if (!(tensor->valid & 1) || tensor->bytes != weir_dtype_size(o->dtype))
        return;
    const uint8_t *data = tensor->meta.data;
    int32_t value;
    switch (o->dtype) {
    case WEIR_U8:
        value = *data;
        break;
    case WEIR_S8:
        value = (int8_t)*data;
        break;
    case WEIR_S32:
    case WEIR_F32:
        memcpy(&value, data, sizeof value);
        break;
    default:
        return;
    }
    memset(o->stride, 0, sizeof o->stride);
    o->tensor = -1;
    o->offset = 0;
    o->constant = value;
}

static bool is_read(const w_desc *desc, size_t tensor)
{
    for (uint32_t i = 0; i < desc->n_in; i++)
        if (desc->in[i].tensor == (int32_t)tensor)
            return true;
    return false;
}

static weir_status place(const w_call *call, uint32_t number, const w_desc *desc, w_args *args)
{
    weir_status status = WEIR_OK;
    for (size_t i = 0; i < call->n_in && status == WEIR_OK; i++)
        if (call->in[i] && is_read(desc, i))
            status = w_tensor_to_device(call->in[i], number);
    for (size_t i = 0; i < call->n_out && status == WEIR_OK; i++)
        status = w_tensor_allocate(call->out[i], number);
    if (status != WEIR_OK)
        return status;
    for (uint32_t i = 0; i < desc->n_in; i++) {
        if (desc->in[i].tensor < 0)
            continue;
        weir_tensor *t = call->in[desc->in[i].tensor];
        args->in[i] = (w_binding){.mem = t->form[number], .bytes = t->bytes};
    }
    for (uint32_t i = 0; i < desc->n_out; i++)
        args->out[i] = (w_binding){.mem = call->out[i]->form[number], .bytes = call->out[i]->bytes};
    return WEIR_OK;
}

static weir_status launch_on_device(weir_context *context, const w_call *call, uint32_t number,
                                    const w_desc *desc)
{
    w_slot *slot = &context->slots[number];
    w_args args = {.desc = desc};
    w_kernel *kernel;
    w_queue *queue;
    w_point done;
    size_t workspace = 0;
    weir_status status = w_slot_queue(context, number, &queue);
    if (status == WEIR_OK)
        status = slot->device->ops->prepare(slot->device, desc, &kernel, &workspace);
    if (status == WEIR_OK)
        status = place(call, number, desc, &args);
    if (status == WEIR_OK && workspace) {
        status = w_pool_take(&slot->pool, workspace, &args.workspace.mem);
        args.workspace.bytes = workspace;
    }
    if (status == WEIR_OK)
        status = slot->device->ops->launch(queue, kernel, &args, (w_waits){0}, &done);
    if (status == WEIR_OK)
        status = w_point_wait(done, WEIR_FOREVER);
    w_pool_give(&slot->pool, args.workspace.mem, workspace);
    return status;
}

// ---------------------------------------------------------------------------------- either of them

static weir_status to_host(const w_call *call)
{
    weir_status status = WEIR_OK;
    for (size_t i = 0; i < call->n_in && status == WEIR_OK; i++)
        if (call->in[i])
            status = w_tensor_to_host(call->in[i]);
    for (size_t i = 0; i < call->n_out && status == WEIR_OK; i++)
        status = w_tensor_allocate(call->out[i], 0);
    return status;
}

weir_status w_execute_on(weir_context *context, const w_call *call, uint32_t number)
{
    weir_array in[W_MAX_IN], out[W_MAX_OUT];
    w_desc desc;
    weir_status status = number ? WEIR_OK : to_host(call);
    if (status != WEIR_OK)
        return status;
    form_arrays(call->in, call->n_in, number != 0, in);
    for (size_t i = 0; i < call->n_in; i++)
        if (call->in[i] && call->op->in[i].kind == W_HOST)
            in[i] = call->in[i]->meta; // read on the host, as it lies there
    form_arrays(call->out, call->n_out, number != 0, out);
    for (size_t i = 0; number && i < call->n_out; i++)
        out[i].data = NULL; // overlap was checked on the host's view of them
    status = w_describe(call->op, call->options, in, call->n_in, out, call->n_out, false, &desc);
    if (status != WEIR_OK)
        return status;
    if (!desc.empty && number) {
        for (uint32_t i = 0; i < desc.n_in; i++)
            if (desc.in[i].tensor >= 0 && may_be_constant(&desc, i))
                fold_constant(call->in[desc.in[i].tensor], &desc.in[i]);
        status = launch_on_device(context, call, number, &desc);
    } else if (!desc.empty) {
        w_slot *cpu = &context->slots[0];
        status = w_launch_host(context, cpu->device, cpu->queue, &desc, in, out, call->max_threads);
    }
    if (!call->uncounted)
        count_launch(context);
    for (size_t i = 0; i < call->n_out && status == WEIR_OK; i++)
        w_tensor_written(call->out[i], number);
    return status;
}

// ------------------------------------------------------------------------------------- the choice

// Work below this is not worth waking a driver for, whatever the device.
static bool is_demand(const w_desc *desc)
{
    return desc->flops + desc->bytes > 4e6;
}

static bool usable(weir_context *context, uint32_t number, const w_desc *desc, bool *out_proved)
{
    if (atomic_load(&context->slots[number].lost))
        return false;
    w_verdict verdict = number ? w_verified(context, number, desc) : W_IDENTICAL;
    *out_proved = verdict == W_IDENTICAL;
    return verdict == W_IDENTICAL || verdict == W_UNKNOWN;
}

uint32_t w_choose(weir_context *context, const w_desc *desc, const w_call *call)
{
    uint32_t n = atomic_load(&context->n_slots), proved = 1;
    if (n == 1 || desc->inner == 0) {
        if (!(context->flags & WEIR_CONTEXT_CPU_ONLY) && is_demand(desc))
            w_bringup_start(context);
        return 0;
    }
    w_place place = {.eligible = 1, .n_in = 0};
    for (uint32_t d = 1; d < n; d++) {
        bool is_proved = false;
        if (usable(context, d, desc, &is_proved)) {
            if (is_demand(desc) && !context->slots[d].device->info.software &&
                w_cost_kernel(context->model, d, desc) < 0)
                w_bringup_want(context, d, desc);
            place.eligible |= UINT32_C(1) << d;
            proved |= (uint32_t)is_proved << d;
        }
    }
    for (size_t i = 0; i < call->n_in; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++)
            again |= call->in[k] == call->in[i];
        if (!call->in[i] || again || !is_read(desc, i))
            continue;
        place.in[place.n_in].bytes = call->in[i]->bytes;
        place.in[place.n_in++].valid = call->in[i]->valid;
    }
    for (size_t i = 0; i < call->n_out && call->out_on_host; i++) {
        place.out_bytes += call->out[i]->bytes;
        place.n_out++;
    }
    uint32_t best = w_route(context->model, desc, &place);
    if (proved >> best & 1)
        return best;
    w_bringup_want(context, best, desc); // traffic moves over once it is proved
    place.eligible &= proved;
    return w_route(context->model, desc, &place);
}

// A device that was asked for by name runs what it can run; wrong results it may not give.
static weir_status check_verdict(weir_context *context, uint32_t number, const w_desc *desc)
{
    if (number == 0 || desc->empty)
        return WEIR_OK;
    const char *why = "";
    w_verdict verdict = w_verify(context, number, desc, &why);
    const char *id = context->slots[number].device->info.id;
    if (verdict == W_UNAVAILABLE)
        return w_fail(WEIR_UNAVAILABLE, "%s cannot run %s: %s", id, desc->op->name, why);
    if (verdict == W_REJECTED)
        return w_fail(WEIR_UNAVAILABLE, "%s failed the self-test of %s: %s", id, desc->op->name,
                      why);
    return WEIR_OK;
}

weir_status w_execute(weir_context *context, const w_call *call, int32_t wish)
{
    if (wish == 0)
        return w_execute_on(context, call, 0);
    weir_array in[W_MAX_IN], out[W_MAX_OUT];
    w_desc desc;
    form_arrays(call->in, call->n_in, false, in);
    form_arrays(call->out, call->n_out, false, out);
    weir_status status =
        w_describe(call->op, call->options, in, call->n_in, out, call->n_out, false, &desc);
    if (status != WEIR_OK)
        return status;
    if (wish != W_ROUTED) {
        status = check_verdict(context, (uint32_t)wish, &desc);
        return status == WEIR_OK ? w_execute_on(context, call, (uint32_t)wish) : status;
    }
    uint32_t number = w_choose(context, &desc, call);
    status = w_execute_on(context, call, number);
    if (status == WEIR_OK || number == 0)
        return status;
    w_slot_failed(context, number, status);
    atomic_fetch_add(&context->fallbacks, 1);
    return w_execute_on(context, call, 0);
}

// ------------------------------------------------------------------------------------ plain arrays

weir_status w_call_device(weir_context *context, const weir_call_options *options,
                          int32_t *out_number, uint32_t *out_max_threads)
{
    const char *id = options && options->device ? options->device : context->device;
    *out_number = W_ROUTED;
    *out_max_threads = options ? options->max_threads : 0;
    if (options && (options->struct_size < sizeof(size_t) || options->struct_size > 4096))
        return w_fail(WEIR_INVALID_ARGUMENT, "call.struct_size is %zu; set it to the struct's size",
                      options->struct_size);
    if (!id[0])
        return WEIR_OK;
    uint32_t number;
    weir_status status = w_device_find(context, id, &number);
    if (status == WEIR_OK)
        *out_number = (int32_t)number;
    return status;
}

// Puts plain arrays into tensors on the stack and runs those.
static weir_status run_tensors(weir_context *context, const w_op *op, const void *options,
                               const weir_array *in, size_t n_in, const weir_array *out,
                               size_t n_out, int32_t wish, uint32_t max_threads, bool unproved)
{
    weir_tensor tensors[W_MAX_IN + W_MAX_OUT];
    w_call call = {.op = op,
                   .options = options,
                   .n_in = n_in,
                   .n_out = n_out,
                   .max_threads = max_threads,
                   .out_on_host = true,
                   .uncounted = unproved};
    for (size_t i = 0; i < n_in; i++) {
        w_tensor_init(&tensors[i], context, &in[i], true);
        tensors[i].uncounted = unproved;
        call.in[i] = in[i].dtype == WEIR_DTYPE_NONE ? NULL : &tensors[i];
    }
    for (size_t i = 0; i < n_out; i++) {
        w_tensor_init(&tensors[n_in + i], context, &out[i], false);
        tensors[n_in + i].uncounted = unproved;
        call.out[i] = &tensors[n_in + i];
    }
    weir_status status =
        unproved ? w_execute_on(context, &call, (uint32_t)wish) : w_execute(context, &call, wish);
    for (size_t i = 0; i < n_out && status == WEIR_OK; i++)
        status = w_tensor_to_host(call.out[i]);
    if (status != WEIR_OK && wish == W_ROUTED && atomic_load(&context->n_slots) > 1) {
        // The device failed after its kernel; the inputs are still here.
        atomic_fetch_add(&context->fallbacks, 1);
        status = w_execute_on(context, &call, 0);
    }
    for (size_t i = 0; i < n_in + n_out; i++)
        w_tensor_close(&tensors[i]);
    return status;
}

weir_status w_run_arrays_on(weir_context *context, uint32_t number, const w_op *op,
                            const void *options, const weir_array *in, size_t n_in,
                            const weir_array *out, size_t n_out)
{
    return run_tensors(context, op, options, in, n_in, out, n_out, (int32_t)number, 0, true);
}

static weir_status run(weir_context *context, weir_op number, const void *options,
                       const weir_array *in, size_t n_in, const weir_array *out, size_t n_out,
                       const weir_call_options *call)
{
    const w_op *op = w_op_get(number);
    w_desc desc;
    int32_t wish;
    uint32_t max_threads;
    if (!op)
        return w_fail(WEIR_INVALID_ARGUMENT, "there is no operation number %u", number);
    weir_status status = w_describe(op, options, in, n_in, (weir_array *)out, n_out, false, &desc);
    if (status == WEIR_OK)
        status = w_check_data(op, in, n_in, out, n_out);
    if (status == WEIR_OK)
        status = w_call_device(context, call, &wish, &max_threads);
    if (status != WEIR_OK || desc.empty)
        return status;
    bool cpu =
        wish == 0 || desc.inner == 0 || (wish == W_ROUTED && atomic_load(&context->n_slots) == 1);
    if (!cpu)
        return run_tensors(context, op, options, in, n_in, out, n_out, wish, max_threads, false);
    if (wish == W_ROUTED)
        w_choose(context, &desc, &(w_call){.op = op}); // may wake the bring-up
    w_slot *slot = &context->slots[0];
    count_launch(context);
    return w_launch_host(context, slot->device, slot->queue, &desc, in, out, max_threads);
}

weir_status weir_run(weir_context *context, weir_op op, const void *options, const weir_array *in,
                     size_t n_in, const weir_array *out, size_t n_out,
                     const weir_call_options *call)
{
    w_fenv fenv;
    weir_status status = w_enter(context, &fenv);
    if (status != WEIR_OK)
        return status;
    return w_leave(fenv, run(context, op, options, in, n_in, out, n_out, call));
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
