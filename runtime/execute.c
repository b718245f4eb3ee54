// SPDX-License-Identifier: Apache-2.0
#include "runtime/execute.h"
#include "runtime/ops/chain.h"

#include <string.h>

void w_count_launch(weir_context *context)
{
    atomic_fetch_add_explicit(&context->launches, 1, memory_order_relaxed);
}

// ------------------------------------------------------------------------------------ on the CPU

static void bind_host(const w_operand *o, const weir_array *a, weir_tensor *const *tensors,
                      w_binding *b)
{
    if (o->tensor < 0)
        return;
    b->host = a[o->tensor].data;
    b->packed = tensors ? tensors[o->tensor]->packed : NULL;
}

static weir_status launch_one(weir_context *context, w_device *device, w_queue *queue,
                              const w_desc *desc, const weir_array *in, const weir_array *out,
                              weir_tensor *const *tensors, uint32_t max_threads)
{
    w_args args = {.desc = desc, .max_threads = max_threads, .resolved = true};
    w_kernel *kernel;
    w_point done;
    size_t workspace = 0;
    weir_status status = device->ops->prepare(device, desc, &kernel, &workspace);
    if (status != WEIR_OK)
        return status;
    for (uint32_t i = 0; i < desc->n_in; i++)
        bind_host(&desc->in[i], in, tensors, &args.in[i]);
    for (uint32_t i = 0; i < desc->n_out; i++)
        bind_host(&desc->out[i], out, NULL, &args.out[i]);
    if (workspace) {
        args.workspace.host = w_alloc(&context->host, workspace);
        args.workspace.bytes = workspace;
        if (!args.workspace.host)
            return WEIR_OUT_OF_MEMORY;
    }
    w_fenv left = w_fenv_enter(); // a driver that this thread called may have left another
    status = device->ops->launch(queue, kernel, &args, (w_waits){0}, &done);
    w_fenv_leave(left);
    if (status == WEIR_OK)
        status = w_point_wait(done, WEIR_FOREVER);
    w_release(&context->host, args.workspace.host, workspace);
    return status;
}

weir_status w_launch_host(weir_context *context, w_device *device, w_queue *queue,
                          const w_desc *desc, const weir_array *in, const weir_array *out,
                          weir_tensor *const *tensors, uint32_t max_threads)
{
    weir_status status = WEIR_OK;
    if (!desc->n_parts)
        return launch_one(context, device, queue, desc, in, out, tensors, max_threads);
    for (uint32_t i = 0; i < desc->n_parts && status == WEIR_OK; i++) {
        w_desc part;
        w_desc_part(desc, i, &part);
        if (!part.empty)
            status = launch_one(context, device, queue, &part, in, out, tensors, max_threads);
    }
    return status;
}

// --------------------------------------------------------------------------- on any other device

static weir_array absent(void)
{
    return (weir_array){.dtype = WEIR_DTYPE_NONE};
}

// The arrays as the form on a device has them: dense there, the caller's on the host.
void w_form_arrays(weir_tensor *const *tensors, size_t n, bool dense, weir_array *out)
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

bool w_desc_reads(const w_desc *desc, size_t tensor)
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
        if (call->in[i] && w_desc_reads(desc, i))
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

// A kernel that failed may have begun to write: an output that was its input too has no value there
// any more, for whoever does the work again.
static void spoil_outputs(const w_call *call, uint32_t number, weir_status status)
{
    for (size_t i = 0; i < call->n_out; i++) {
        weir_tensor *t = call->out[i];
        if (!(t->valid >> number & 1))
            continue;
        t->valid &= ~(UINT32_C(1) << number);
        if (!t->valid)
            t->failure = status;
    }
}

// A launch on a device: what it has to wait for, also where a later one failed, and its workspace,
// which is given back then.
typedef struct device_launch {
    const w_call *call;
    uint32_t number;
    w_slot *slot;
    w_queue *queue;
    w_binding workspace;
    w_point done;
} device_launch;

static weir_status start(device_launch *l, const w_desc *desc)
{
    w_device *device = l->slot->device;
    w_args args = {.desc = desc};
    w_kernel *kernel;
    w_point done;
    size_t workspace = 0;
    weir_status status = device->ops->prepare(device, desc, &kernel, &workspace);
    if (status == WEIR_OK)
        status = place(l->call, l->number, desc, &args);
    if (status == WEIR_OK && workspace) {
        status = w_pool_take(&l->slot->pool, workspace, &l->workspace.mem);
        l->workspace.bytes = workspace;
    }
    args.workspace = l->workspace;
    w_fenv left = w_fenv_enter(); // a driver that this thread called may have left another
    if (status == WEIR_OK)
        status = device->ops->launch(l->queue, kernel, &args, (w_waits){0}, &done);
    w_fenv_leave(left);
    if (status == WEIR_OK)
        l->done = done;
    return status;
}

// One part after the other: a queue keeps their order. (They are copies, without a workspace.)
static weir_status start_parts(device_launch *l, const w_desc *desc)
{
    weir_status status = WEIR_OK;
    for (uint32_t i = 0; i < desc->n_parts && status == WEIR_OK; i++) {
        w_desc part;
        w_desc_part(desc, i, &part);
        if (!part.empty)
            status = start(l, &part);
    }
    return status;
}

static weir_status launch_on_device(weir_context *context, const w_call *call, uint32_t number,
                                    const w_desc *desc)
{
    device_launch l = {.call = call, .number = number, .slot = &context->slots[number]};
    weir_status status = w_slot_queue(context, number, &l.queue);
    if (status == WEIR_OK)
        status = desc->n_parts ? start_parts(&l, desc) : start(&l, desc);
    weir_status reached = w_point_wait(l.done, WEIR_FOREVER);
    status = status == WEIR_OK ? reached : status;
    if (status != WEIR_OK)
        spoil_outputs(call, number, status);
    w_pool_give(&l.slot->pool, l.workspace.mem, l.workspace.bytes);
    return status;
}

// --------------------------------------------------------------------------------------
// expressions

// The operations of a chain one after the other, through values that stay on the device.
typedef struct passes {
    weir_context *context;
    const w_call *call;
    const w_chain *chain;
    uint32_t number;
    bool made[W_CHAIN_NODES];
    weir_tensor value[W_CHAIN_NODES];
} passes;

static weir_tensor *value_of(passes *p, int32_t value)
{
    if (value < 0)
        return NULL;
    return value < W_MAX_IN ? p->call->in[value] : &p->value[value - W_MAX_IN];
}

// A value that nothing after node k reads gives its memory back.
static void drop_values(passes *p, uint32_t k)
{
    for (uint32_t i = 0; i < p->chain->n_nodes; i++) {
        bool needed = false;
        for (uint32_t later = k + 1; later < p->chain->n_nodes; later++)
            for (uint32_t o = 0; o < p->chain->node[later].n_in; o++)
                needed |= p->chain->node[later].in[o] == (int32_t)(W_MAX_IN + i);
        if (p->made[i] && !needed) {
            w_tensor_close(&p->value[i]);
            p->made[i] = false;
        }
    }
}

// Runs `op` on the device; its output is the call's own, or a value made here as number `k`.
static weir_status run_pass(passes *p, const w_op *op, const void *options, weir_tensor *const *in,
                            size_t n_in, uint32_t k, bool last)
{
    w_call pass = {.op = op, .options = options, .n_in = n_in, .n_out = 1};
    weir_array metas[W_MAX_IN], meta = {0};
    w_desc unused;
    memcpy(pass.in, in, n_in * sizeof *in);
    pass.max_threads = p->call->max_threads;
    pass.uncounted = p->call->uncounted;
    pass.out[0] = p->call->out[0];
    if (!last) {
        w_form_arrays(pass.in, n_in, true, metas);
        weir_status status = w_describe(op, options, metas, n_in, &meta, 1, true, &unused);
        if (status != WEIR_OK)
            return status;
        w_tensor_init(&p->value[k], p->context, &meta, false);
        p->value[k].uncounted = true;
        p->made[k] = true;
        pass.out[0] = &p->value[k];
    }
    return w_execute_on(p->context, &pass, p->number);
}

static weir_status run_node(passes *p, uint32_t k)
{
    const w_chain_node *node = &p->chain->node[k];
    // A reduction's are the call's own (w_chain_options()).
    const void *options = node->op->family == W_REDUCE ? p->call->options
                          : node->has_options          ? node->options
                                                       : NULL;
    weir_tensor *in[W_MAX_IN];
    for (uint32_t i = 0; i < node->n_in; i++)
        in[i] = value_of(p, node->in[i]);
    return run_pass(p, node->op, options, in, node->n_in, k, k + 1 == p->chain->n_nodes);
}

static weir_status run_passes(passes *p)
{
    weir_status status = WEIR_OK;
    uint32_t k = 0;
    if (p->chain->map && !p->context->separate_chains) { // what comes before the reduction at once
        k = p->chain->n_maps;
        status = run_pass(p, &p->chain->map->op, NULL, p->call->in, p->call->n_in, k - 1, false);
    }
    for (; k < p->chain->n_nodes && status == WEIR_OK; k++) {
        status = run_node(p, k);
        drop_values(p, k);
    }
    drop_values(p, p->chain->n_nodes);
    return status;
}

static weir_status launch_separately(weir_context *context, const w_call *call, uint32_t number)
{
    passes *p = w_alloc_zeroed(&context->host, sizeof *p);
    if (!p)
        return WEIR_OUT_OF_MEMORY;
    p->context = context;
    p->call = call;
    p->chain = call->op->chain;
    p->number = number;
    weir_status status = run_passes(p);
    w_release(&context->host, p, sizeof *p);
    return status;
}

// In one pass where the device has a kernel for it; else in passes, which count themselves.
static weir_status launch_chain(weir_context *context, const w_call *call, uint32_t number,
                                const w_desc *desc, bool *out_counted)
{
    w_device *device = context->slots[number].device;
    w_kernel *kernel;
    size_t workspace;
    weir_status status = context->separate_chains
                             ? WEIR_UNAVAILABLE
                             : device->ops->prepare(device, desc, &kernel, &workspace);
    *out_counted = status == WEIR_UNAVAILABLE;
    if (status == WEIR_OK)
        return launch_on_device(context, call, number, desc);
    return *out_counted ? launch_separately(context, call, number) : status;
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
    bool counted = false;
    weir_status status = number ? WEIR_OK : to_host(call);
    if (status != WEIR_OK)
        return status;
    w_form_arrays(call->in, call->n_in, number != 0, in);
    for (size_t i = 0; i < call->n_in; i++)
        if (call->in[i] && call->op->in[i].kind == W_HOST)
            in[i] = call->in[i]->meta; // read on the host, as it lies there
    w_form_arrays(call->out, call->n_out, number != 0, out);
    for (size_t i = 0; number && i < call->n_out; i++)
        out[i].data = NULL; // overlap was checked on the host's view of them
    status = w_describe(call->op, call->options, in, call->n_in, out, call->n_out, false, &desc);
    if (status != WEIR_OK)
        return status;
    desc.fast = call->fast;
    if (!desc.empty && number) {
        for (uint32_t i = 0; i < desc.n_in; i++)
            if (desc.in[i].tensor >= 0 && may_be_constant(&desc, i))
                fold_constant(call->in[desc.in[i].tensor], &desc.in[i]);
        status = call->op->chain ? launch_chain(context, call, number, &desc, &counted)
                                 : launch_on_device(context, call, number, &desc);
    } else if (!desc.empty) {
        w_slot *cpu = &context->slots[0];
        status = w_launch_host(context, cpu->device, cpu->queue, &desc, in, out, call->in,
                               call->max_threads);
    }
    if (!call->uncounted && !counted)
        w_count_launch(context);
    for (size_t i = 0; i < call->n_out && status == WEIR_OK; i++)
        w_tensor_written(call->out[i], number);
    return status;
}

// ------------------------------------------------------------------------------------ plain arrays

void w_arrays_open(w_arrays *a, weir_context *context, const w_op *op, const void *options,
                   const weir_array *in, size_t n_in, const weir_array *out, size_t n_out)
{
    a->call = (w_call){.op = op, .options = options, .n_in = n_in, .n_out = n_out};
    a->call.out_on_host = true;
    for (size_t i = 0; i < n_in; i++) {
        w_tensor_init(&a->tensors[i], context, &in[i], true);
        a->call.in[i] = in[i].dtype == WEIR_DTYPE_NONE ? NULL : &a->tensors[i];
    }
    for (size_t i = 0; i < n_out; i++) {
        w_tensor_init(&a->tensors[n_in + i], context, &out[i], false);
        a->call.out[i] = &a->tensors[n_in + i];
    }
}

weir_status w_arrays_fetch(w_arrays *a)
{
    weir_status status = WEIR_OK;
    for (size_t i = 0; i < a->call.n_out && status == WEIR_OK; i++)
        status = w_tensor_to_host(a->call.out[i]);
    return status;
}

void w_arrays_close(w_arrays *a)
{
    for (size_t i = 0; i < a->call.n_in + a->call.n_out; i++)
        w_tensor_close(&a->tensors[i]);
}
