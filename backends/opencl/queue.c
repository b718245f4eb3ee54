// SPDX-License-Identifier: Apache-2.0
// Queues in order, their outstanding events, and copies.
#include "backends/opencl/opencl.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void command_failed(w_queue *queue, cl_int code)
{
    // The thread that finds the failure out did not cause it: its own message stays what it was,
    // until w_point_wait() or w_point_poll() hands this one on.
    weir_status status = w_cl_fail(queue->device, "a command", code);
    w_timeline_fail(&queue->timeline, status, w_message());
}

// Takes what has completed off the ring, with the lock held. Never waits.
static void reap(w_queue *queue)
{
    const w_cl *cl = &queue->device->cl;
    uint64_t reached = 0;
    while (queue->count) {
        w_cl_pending *head = &queue->pending[queue->first];
        cl_int state = CL_COMPLETE;
        cl_int code = cl->clGetEventInfo(head->event, CL_EVENT_COMMAND_EXECUTION_STATUS,
                                         sizeof state, &state, NULL);
        if (code == CL_SUCCESS && state > CL_COMPLETE)
            break;
        if (code != CL_SUCCESS || state < 0)
            command_failed(queue, code != CL_SUCCESS ? code : state);
        reached = head->value;
        cl->clReleaseEvent(head->event);
        queue->first = (queue->first + 1) % W_CL_PENDING;
        queue->count--;
    }
    if (reached)
        w_timeline_signal(&queue->timeline, reached);
}

void w_cl_pend(w_queue *queue, cl_event event, bool last)
{
    reap(queue);
    while (queue->count == W_CL_PENDING) { // so far ahead of the device, a caller waits for it
        queue->device->cl.clWaitForEvents(1, &queue->pending[queue->first].event);
        reap(queue);
    }
    if (last)
        queue->timeline.issued++;
    queue->pending[(queue->first + queue->count++) % W_CL_PENDING] =
        (w_cl_pending){event, queue->timeline.issued};
}

// The event that reaches `value`, with a reference of its own; NULL if it is not outstanding.
static cl_event event_of(w_queue *queue, uint64_t value)
{
    cl_event event = NULL;
    pthread_mutex_lock(&queue->lock);
    for (uint32_t i = 0; i < queue->count && !event; i++) {
        const w_cl_pending *p = &queue->pending[(queue->first + i) % W_CL_PENDING];
        if (p->value >= value)
            event = p->event;
    }
    if (event && queue->device->cl.clRetainEvent(event) != CL_SUCCESS)
        event = NULL;
    pthread_mutex_unlock(&queue->lock);
    return event;
}

static void sleep_for(uint64_t ns)
{
    struct timespec t = {.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
    nanosleep(&t, NULL);
}

// OpenCL's wait knows no time-out: with a deadline the status is asked for, at first at once and
// then at longer and longer intervals; without one the driver waits.
static void drive(w_timeline *timeline, uint64_t value, uint64_t deadline)
{
    w_queue *queue = timeline->owner;
    for (uint64_t round = 0, pause = 1000; atomic_load(&timeline->reached) < value; round++) {
        // Whoever holds the lock may be inside the driver; a poll does not wait for that.
        if (pthread_mutex_trylock(&queue->lock) == 0) {
            reap(queue);
            pthread_mutex_unlock(&queue->lock);
        }
        if (atomic_load(&timeline->reached) >= value || !deadline)
            return;
        cl_event event = deadline == WEIR_FOREVER ? event_of(queue, value) : NULL;
        if (event) {
            // A failure is found by asking the event, whatever the wait says.
            queue->device->cl.clWaitForEvents(1, &event);
            queue->device->cl.clReleaseEvent(event);
            continue;
        }
        uint64_t now = w_now();
        if (now >= deadline)
            return;
        if (round < 64) {
            sched_yield();
        } else {
            sleep_for(W_MIN(pause, deadline - now));
            pause = W_MIN(2 * pause, 500000u);
        }
    }
}

weir_status w_cl_waits_begin(w_queue *queue, w_waits waits, w_cl_waits *out)
{
    weir_status status = WEIR_OK;
    out->count = 0;
    for (size_t i = 0; i < waits.count && status == WEIR_OK; i++) {
        w_timeline *timeline = waits.points[i].timeline;
        if (!timeline || timeline == &queue->timeline)
            continue;
        w_queue *other = timeline->drive == drive ? timeline->owner : NULL;
        cl_event event = NULL;
        if (other && other->device == queue->device && out->count < W_CL_WAITS)
            event = event_of(other, waits.points[i].value);
        if (event)
            out->events[out->count++] = event;
        else
            status = w_point_wait(waits.points[i], WEIR_FOREVER);
    }
    if (status != WEIR_OK)
        w_cl_waits_end(queue, out);
    return status;
}

void w_cl_waits_end(w_queue *queue, w_cl_waits *waits)
{
    while (waits->count)
        queue->device->cl.clReleaseEvent(waits->events[--waits->count]);
}

weir_status w_cl_queue_open(w_device *base, w_queue **out_queue)
{
    w_cl_device *device = (w_cl_device *)base;
    weir_status status = w_cl_alive(device);
    if (status != WEIR_OK)
        return status;
    w_queue *queue = w_alloc_zeroed(base->host, sizeof *queue);
    if (!queue)
        return WEIR_OUT_OF_MEMORY;
    cl_int code;
    queue->device = device;
    queue->cl = device->cl.clCreateCommandQueue(device->context, device->id, 0, &code);
    if (code != CL_SUCCESS) {
        w_release(base->host, queue, sizeof *queue);
        return w_cl_fail(device, "clCreateCommandQueue", code);
    }
    pthread_mutex_init(&queue->lock, NULL);
    w_timeline_init(&queue->timeline);
    queue->timeline.owner = queue;
    queue->timeline.drive = drive;
    *out_queue = queue;
    return WEIR_OK;
}

void w_cl_queue_close(w_queue *queue)
{
    const w_cl *cl = &queue->device->cl;
    cl_int code = cl->clFinish(queue->cl);
    pthread_mutex_lock(&queue->lock);
    if (code != CL_SUCCESS)
        command_failed(queue, code);
    reap(queue);
    for (; queue->count; queue->count--) { // of a device that is lost
        cl->clReleaseEvent(queue->pending[queue->first].event);
        queue->first = (queue->first + 1) % W_CL_PENDING;
    }
    pthread_mutex_unlock(&queue->lock);
    cl->clReleaseCommandQueue(queue->cl);
    w_timeline_destroy(&queue->timeline);
    pthread_mutex_destroy(&queue->lock);
    w_release(queue->device->base.host, queue, sizeof *queue);
}

static weir_status check_copy(const w_cl_device *device, const w_copy *copy)
{
    if (copy->offset <= copy->mem->bytes && copy->bytes <= copy->mem->bytes - copy->offset)
        return WEIR_OK;
    return w_fail(WEIR_INVALID_ARGUMENT, "%s: a copy of %zu bytes at %zu of %zu",
                  device->base.info.id, copy->bytes, copy->offset, copy->mem->bytes);
}

weir_status w_cl_copy(w_queue *queue, const w_copy *copy, w_waits waits, w_point *out_signal)
{
    w_cl_device *device = queue->device;
    const w_cl *cl = &device->cl;
    weir_status status = w_cl_alive(device);
    if (status == WEIR_OK)
        status = check_copy(device, copy);
    w_cl_waits before = {.count = 0};
    if (status == WEIR_OK)
        status = copy->bytes ? w_cl_waits_begin(queue, waits, &before)
                             : w_waits_foreign(waits, &queue->timeline);
    if (status != WEIR_OK)
        return status;
    cl_int code = CL_SUCCESS;
    cl_event event, *list = before.count ? before.events : NULL;
    pthread_mutex_lock(&queue->lock);
    if (copy->bytes) { // none is an error to OpenCL; then the work before it is the point
        code = copy->to_device
                   ? cl->clEnqueueWriteBuffer(queue->cl, copy->mem->cl, CL_FALSE, copy->offset,
                                              copy->bytes, copy->host, before.count, list, &event)
                   : cl->clEnqueueReadBuffer(queue->cl, copy->mem->cl, CL_FALSE, copy->offset,
                                             copy->bytes, copy->host, before.count, list, &event);
        if (code == CL_SUCCESS)
            w_cl_pend(queue, event, true);
    }
    *out_signal = (w_point){&queue->timeline, queue->timeline.issued};
    pthread_mutex_unlock(&queue->lock);
    w_cl_waits_end(queue, &before);
    if (code != CL_SUCCESS)
        return w_cl_fail(device, copy->to_device ? "clEnqueueWriteBuffer" : "clEnqueueReadBuffer",
                         code);
    code = cl->clFlush(queue->cl);
    return code == CL_SUCCESS ? WEIR_OK : w_cl_fail(device, "clFlush", code);
}
