// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory/tensor.h"

#include "runtime/exit_guard.h"

#include <string.h>

void w_tensor_init(weir_tensor *tensor, weir_context *context, const weir_array *array, bool valid)
{
    memset(tensor, 0, sizeof *tensor);
    tensor->context = context;
    tensor->meta = *array;
    tensor->references = 1;
    tensor->valid = valid;
    tensor->bytes = (size_t)w_array_count(array) * weir_dtype_size(array->dtype);
    pthread_mutex_init(&tensor->mutex, NULL);
}

void w_tensor_abandon(weir_tensor *tensor)
{
    for (uint32_t d = 1; d < W_MAX_DEVICES; d++) {
        if (tensor->form[d] && w_exit_guard_enter(W_HOST_THREAD)) {
            w_pool_give(&tensor->context->slots[d].pool, tensor->form[d], tensor->bytes);
            w_exit_guard_leave(W_HOST_THREAD);
        }
        tensor->form[d] = NULL;
    }
    tensor->valid &= 1;
}

void w_tensor_unpack(weir_tensor *tensor)
{
    w_release(&tensor->context->host, tensor->packed, tensor->packed_bytes);
    tensor->packed = NULL;
}

void w_tensor_close(weir_tensor *tensor)
{
    w_tensor_abandon(tensor);
    w_tensor_unpack(tensor);
    if (tensor->owns_host)
        w_release(&tensor->context->host, tensor->meta.data, tensor->bytes);
    pthread_mutex_destroy(&tensor->mutex);
}

weir_status w_tensor_allocate(weir_tensor *tensor, uint32_t number)
{
    if (number) {
        if (tensor->form[number])
            return WEIR_OK;
        return w_pool_take(&tensor->context->slots[number].pool, tensor->bytes,
                           &tensor->form[number]);
    }
    if (tensor->meta.data || !tensor->bytes)
        return WEIR_OK;
    tensor->meta.data = w_alloc(&tensor->context->host, tensor->bytes);
    tensor->owns_host = true;
    return tensor->meta.data ? WEIR_OK : WEIR_OUT_OF_MEMORY;
}

void w_tensor_written(weir_tensor *tensor, uint32_t number)
{
    tensor->valid = UINT32_C(1) << number;
    tensor->failure = WEIR_OK;
    w_tensor_unpack(tensor);
}

static weir_status copy(weir_tensor *tensor, uint32_t number, void *host, bool to_device)
{
    weir_context *c = tensor->context;
    w_queue *queue;
    w_point done;
    if (!w_exit_guard_enter(W_HOST_THREAD)) // a read by the host; a kernel's own copies are inside
        return w_fail(WEIR_CANCELLED, "the process is ending");
    weir_status status = w_slot_queue(c, number, &queue);
    w_copy what = {
        .mem = tensor->form[number], .bytes = tensor->bytes, .host = host, .to_device = to_device};
    if (status == WEIR_OK)
        status = c->slots[number].device->ops->copy(queue, &what, (w_waits){0}, &done);
    if (status == WEIR_OK)
        status = w_point_wait(done, WEIR_FOREVER);
    w_exit_guard_leave(W_HOST_THREAD);
    if (status == WEIR_OK && !tensor->uncounted) {
        atomic_fetch_add(to_device ? &c->uploads : &c->downloads, 1);
        atomic_fetch_add(to_device ? &c->upload_bytes : &c->download_bytes, tensor->bytes);
    }
    return status;
}

// Device memory is dense: a strided array goes through a dense copy.
static weir_status copy_strided(weir_tensor *tensor, uint32_t number, bool to_device)
{
    const w_host *host = &tensor->context->host;
    weir_array dense = tensor->meta;
    dense.strided = false;
    dense.data = w_alloc(host, tensor->bytes);
    if (!dense.data)
        return WEIR_OUT_OF_MEMORY;
    if (to_device)
        w_array_copy(&dense, &tensor->meta);
    weir_status status = copy(tensor, number, dense.data, to_device);
    if (!to_device && status == WEIR_OK)
        w_array_copy(&tensor->meta, &dense);
    w_release(host, dense.data, tensor->bytes);
    return status;
}

static weir_status transfer(weir_tensor *tensor, uint32_t number, bool to_device)
{
    if (!tensor->bytes)
        return WEIR_OK;
    if (w_array_is_dense(&tensor->meta))
        return copy(tensor, number, tensor->meta.data, to_device);
    return copy_strided(tensor, number, to_device);
}

static weir_status check_written(const weir_tensor *tensor)
{
    if (tensor->failure != WEIR_OK)
        return w_fail(tensor->failure, "the operation that should have written this tensor failed");
    if (!tensor->valid && tensor->bytes)
        return w_fail(WEIR_INVALID_ARGUMENT, "the tensor is read before it was written");
    return WEIR_OK;
}

weir_status w_tensor_to_host(weir_tensor *tensor)
{
    weir_status status = check_written(tensor);
    if (status == WEIR_OK)
        status = w_tensor_allocate(tensor, 0);
    if (status != WEIR_OK || tensor->valid & 1 || !tensor->bytes)
        return status;
    status = transfer(tensor, (uint32_t)__builtin_ctz(tensor->valid), false);
    if (status == WEIR_OK)
        tensor->valid |= 1;
    return status;
}

weir_status w_tensor_to_device(weir_tensor *tensor, uint32_t number)
{
    if (tensor->valid >> number & 1)
        return WEIR_OK;
    weir_status status = w_tensor_to_host(tensor); // device to device goes through the host
    if (status == WEIR_OK)
        status = w_tensor_allocate(tensor, number);
    if (status == WEIR_OK)
        status = transfer(tensor, number, true);
    if (status == WEIR_OK)
        tensor->valid |= UINT32_C(1) << number;
    return status;
}
