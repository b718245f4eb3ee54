// SPDX-License-Identifier: Apache-2.0
// The public calls on tensors.
#include "runtime/memory/tensor.h"

#include <string.h>

static weir_status check_meta(const weir_array *a, bool with_data)
{
    char text[160];
    if (!a)
        return w_fail(WEIR_INVALID_ARGUMENT, "the array is NULL");
    if (a->dtype <= WEIR_DTYPE_NONE || a->dtype > WEIR_F64)
        return w_fail(WEIR_INVALID_DTYPE, "dtype number %d is none", (int)a->dtype);
    if (a->rank < 0 || a->rank > WEIR_MAX_RANK)
        return w_fail(WEIR_INVALID_SHAPE, "rank %d is not in 0..%d", (int)a->rank, WEIR_MAX_RANK);
    if (w_array_count(a) < 0)
        return w_fail(WEIR_INVALID_SHAPE, "%s: a negative extent, or more than 2^59 elements",
                      w_array_text(a, text, sizeof text));
    int32_t far_axis = with_data ? w_array_far_axis(a) : -1;
    if (far_axis >= 0)
        return w_fail(WEIR_INVALID_SHAPE, "a stride on axis %d reaches beyond 2^56 elements",
                      (int)far_axis);
    if (with_data && !a->data && w_array_count(a))
        return w_fail(WEIR_INVALID_ARGUMENT, "data is NULL");
    if (with_data && w_array_count(a) && !w_array_is_aligned(a))
        return w_fail(WEIR_INVALID_ARGUMENT,
                      "data is %p, which is not a multiple of the %zu bytes of an element of %s",
                      a->data, weir_dtype_size(a->dtype), weir_dtype_name(a->dtype));
    return WEIR_OK;
}

static weir_status make(weir_context *c, const weir_array *array, bool wrap,
                        weir_tensor **out_tensor)
{
    weir_status status = check_meta(array, wrap);
    if (status != WEIR_OK)
        return status;
    weir_tensor *t = w_alloc(&c->host, sizeof *t);
    if (!t)
        return WEIR_OUT_OF_MEMORY;
    weir_array meta = *array;
    if (!wrap) {
        meta.data = NULL;
        meta.strided = false;
    }
    w_tensor_init(t, c, &meta, wrap);
    t->wrapped = wrap;
    w_context_retain(c);
    pthread_mutex_lock(&c->mutex);
    t->next = c->tensors;
    if (t->next)
        t->next->previous = t;
    c->tensors = t;
    pthread_mutex_unlock(&c->mutex);
    *out_tensor = t;
    return WEIR_OK;
}

static weir_status create(weir_context *context, const weir_array *array, bool wrap,
                          weir_tensor **out_tensor)
{
    w_fenv fenv;
    weir_status status = w_enter(context, &fenv);
    if (status != WEIR_OK)
        return status;
    if (!out_tensor)
        return w_leave(fenv, w_fail(WEIR_INVALID_ARGUMENT, "out_tensor is NULL"));
    return w_leave(fenv, make(context, array, wrap, out_tensor));
}

weir_status weir_tensor_create(weir_context *context, const weir_array *like,
                               weir_tensor **out_tensor)
{
    return create(context, like, false, out_tensor);
}

weir_status weir_tensor_wrap(weir_context *context, const weir_array *array,
                             weir_tensor **out_tensor)
{
    return create(context, array, true, out_tensor);
}

void weir_tensor_retain(weir_tensor *tensor)
{
    if (tensor)
        atomic_fetch_add(&tensor->references, 1);
}

void weir_tensor_release(weir_tensor *tensor)
{
    if (!tensor || atomic_fetch_sub(&tensor->references, 1) != 1)
        return;
    weir_context *c = tensor->context;
    if (!*c->fork_mark)
        return; // in the child of a fork a lock may be held for ever, and the device is not ours
    pthread_mutex_lock(&c->mutex);
    if (tensor->previous)
        tensor->previous->next = tensor->next;
    else
        c->tensors = tensor->next;
    if (tensor->next)
        tensor->next->previous = tensor->previous;
    w_tensor_close(tensor); // under the lock: destroying the context walks the list
    pthread_mutex_unlock(&c->mutex);
    w_release(&c->host, tensor, sizeof *tensor);
    w_context_release(c);
}

weir_array weir_tensor_meta(const weir_tensor *tensor)
{
    weir_array meta = {.dtype = WEIR_DTYPE_NONE};
    if (tensor) // field by field: the data's place may be changing
        meta = weir_array_dense(NULL, tensor->meta.dtype, tensor->meta.rank, tensor->meta.shape);
    return meta;
}

// Waits for the work on the tensor and locks it, so that none begins until it is unlocked.
static weir_status lock_at_rest(weir_tensor *tensor)
{
    weir_status status = WEIR_OK;
    pthread_mutex_lock(&tensor->mutex);
    while (status == WEIR_OK && w_point_poll(tensor->pending) == WEIR_PENDING) {
        w_point pending = tensor->pending;
        pthread_mutex_unlock(&tensor->mutex);
        status = w_point_join(pending);
        pthread_mutex_lock(&tensor->mutex);
    }
    if (status != WEIR_OK)
        pthread_mutex_unlock(&tensor->mutex);
    return status;
}

static weir_status check_same(const weir_tensor *tensor, const weir_array *array)
{
    char a[160], b[160];
    weir_status status = check_meta(array, true);
    if (status != WEIR_OK)
        return status;
    bool same = array->dtype == tensor->meta.dtype && array->rank == tensor->meta.rank;
    for (int32_t i = 0; same && i < array->rank; i++)
        same = array->shape[i] == tensor->meta.shape[i];
    if (same)
        return WEIR_OK;
    return w_fail(array->dtype != tensor->meta.dtype ? WEIR_INVALID_DTYPE : WEIR_INVALID_SHAPE,
                  "the array is %s, the tensor %s", w_array_text(array, a, sizeof a),
                  w_array_text(&tensor->meta, b, sizeof b));
}

typedef enum access { ACCESS_WRITE, ACCESS_READ, ACCESS_SYNC } access;

// Waits for the work on the tensor, then reads or writes its host form under its lock.
static weir_status host_access(weir_tensor *tensor, const weir_array *array, access kind)
{
    weir_status status = kind == ACCESS_SYNC ? WEIR_OK : check_same(tensor, array);
    if (status == WEIR_OK)
        status = lock_at_rest(tensor);
    if (status != WEIR_OK)
        return status;
    if (kind == ACCESS_WRITE) {
        status = w_tensor_allocate(tensor, 0);
        if (status == WEIR_OK) {
            w_array_copy(&tensor->meta, array);
            w_tensor_written(tensor, 0);
        }
    } else {
        status = w_tensor_to_host(tensor);
        if (status == WEIR_OK && kind == ACCESS_READ)
            w_array_copy(array, &tensor->meta);
    }
    pthread_mutex_unlock(&tensor->mutex);
    return status;
}

static weir_status enter_access(weir_tensor *tensor, const weir_array *array, access kind)
{
    w_fenv fenv;
    if (!tensor)
        return w_fail(WEIR_INVALID_ARGUMENT, "the tensor is NULL");
    weir_status status = w_enter(tensor->context, &fenv);
    return status != WEIR_OK ? status : w_leave(fenv, host_access(tensor, array, kind));
}

weir_status weir_tensor_write(weir_tensor *tensor, const weir_array *from)
{
    return enter_access(tensor, from, ACCESS_WRITE);
}

weir_status weir_tensor_read(weir_tensor *tensor, const weir_array *to)
{
    return enter_access(tensor, to, ACCESS_READ);
}

weir_status weir_tensor_sync(weir_tensor *tensor)
{
    return enter_access(tensor, NULL, ACCESS_SYNC);
}

// A descriptor of the operation with this tensor as its second factor, and two rows of the first.
static weir_status describe_second(const weir_tensor *tensor, const w_op *op, const void *options,
                                   w_desc *desc)
{
    weir_array in[2], out;
    if (op->family != W_CONTRACT)
        return w_fail(WEIR_UNSUPPORTED, "%s is no product: it has no factor to pack", op->name);
    if (tensor->meta.rank != 2)
        return w_fail(WEIR_INVALID_SHAPE, "%s: a factor that is packed has rank 2, not %d",
                      op->name, (int)tensor->meta.rank);
    desc->op = op;
    weir_status status = w_op_values(op, options, desc->attr);
    if (status != WEIR_OK)
        return status;
    in[1] = tensor->meta;
    int64_t shape[2] = {2, in[1].shape[w_contract_transposed(desc, 1)]};
    if (w_contract_transposed(desc, 0)) {
        shape[0] = shape[1];
        shape[1] = 2;
    }
    in[0] = weir_array_dense(NULL, in[1].dtype, 2, shape);
    status = w_describe(op, options, in, 2, &out, 1, true, desc);
    desc->fast = (tensor->context->flags & WEIR_CONTEXT_FAST) != 0;
    return status;
}

static weir_status make_packed(weir_tensor *tensor, const w_desc *desc, size_t bytes)
{
    w_device *cpu = tensor->context->slots[0].device;
    weir_status status = w_tensor_to_host(tensor);
    if (status != WEIR_OK)
        return status;
    w_tensor_unpack(tensor);
    tensor->packed = w_alloc(&tensor->context->host, bytes);
    tensor->packed_bytes = bytes;
    if (!tensor->packed)
        return WEIR_OUT_OF_MEMORY;
    cpu->ops->pack(cpu, desc, tensor->meta.data, tensor->packed);
    return WEIR_OK;
}

static weir_status pack(weir_tensor *tensor, weir_op number, const void *options)
{
    const w_op *op = w_op_get(number);
    w_device *cpu = tensor->context->slots[0].device;
    w_desc desc;
    if (!op)
        return w_fail(WEIR_INVALID_ARGUMENT, "there is no operation number %u", number);
    weir_status status = describe_second(tensor, op, options, &desc);
    if (status != WEIR_OK)
        return status;
    size_t bytes = desc.empty ? 0 : cpu->ops->packed_bytes(cpu, &desc);
    if (!bytes)
        return desc.empty ? WEIR_OK
                          : w_fail(WEIR_UNSUPPORTED,
                                   "%s of %s: the kernel of this CPU packs no factor beforehand",
                                   op->name, weir_dtype_name(tensor->meta.dtype));
    status = lock_at_rest(tensor);
    if (status != WEIR_OK)
        return status;
    status = make_packed(tensor, &desc, bytes);
    pthread_mutex_unlock(&tensor->mutex);
    return status;
}

weir_status weir_tensor_pack(weir_tensor *tensor, weir_op op, const void *options)
{
    w_fenv fenv;
    if (!tensor)
        return w_fail(WEIR_INVALID_ARGUMENT, "the tensor is NULL");
    weir_status status = w_enter(tensor->context, &fenv);
    return status != WEIR_OK ? status : w_leave(fenv, pack(tensor, op, options));
}
