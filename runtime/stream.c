// SPDX-License-Identifier: Apache-2.0
#include "runtime/stream.h"

#include "runtime/exit_guard.h"
#include "runtime/ops/chain.h"
#include "runtime/recent.h"

#include <stdio.h>
#include <string.h>

enum { MAX_OPTIONS = 256 };

struct w_command {
    w_command *next;
    uint64_t value; // on the stream's timeline
    w_call call;    // call.op NULL: a notification
    bool has_options;
    uint8_t options[MAX_OPTIONS];
    int32_t wish;
    w_point waits[W_MAX_IN + W_MAX_OUT]; // other streams' work on the tensors
    size_t n_waits;
    void (*done)(void *user, weir_status status);
    void *user;
};

// ------------------------------------------------------------------------------- running commands

static weir_status failure(weir_stream *s)
{
    pthread_mutex_lock(&s->mutex);
    weir_status status = s->failure;
    pthread_mutex_unlock(&s->mutex);
    return status;
}

static void fail(weir_stream *s, weir_status status)
{
    pthread_mutex_lock(&s->mutex);
    if (s->failure == WEIR_OK) {
        s->failure = status;
        snprintf(s->message, sizeof s->message, "%s", w_message());
    }
    pthread_mutex_unlock(&s->mutex);
}

static weir_status execute(weir_stream *s, w_command *c, w_exit_guard who)
{
    weir_status status = WEIR_OK;
    for (size_t i = 0; i < c->n_waits && status == WEIR_OK; i++)
        status = w_point_wait(c->waits[i], WEIR_FOREVER);
    if (status == WEIR_OK && atomic_load(&s->context->closing))
        status = w_fail(WEIR_CANCELLED, "the context is being destroyed");
    if (status == WEIR_OK && !w_exit_guard_enter(who))
        return w_fail(WEIR_CANCELLED, "the process is ending");
    if (status != WEIR_OK)
        return status;
    status = w_execute(s->context, &c->call, c->wish);
    w_exit_guard_leave(who);
    return status;
}

static void poison(w_call *call, weir_status status)
{
    for (size_t i = 0; i < call->n_out; i++) {
        call->out[i]->failure = status;
        call->out[i]->valid = 0;
    }
}

// What a command keeps alive until it is done: its tensors and, of an expression, the operation.
static void retain(const w_call *call)
{
    for (size_t i = 0; i < call->n_in; i++)
        weir_tensor_retain(call->in[i]);
    for (size_t i = 0; i < call->n_out; i++)
        weir_tensor_retain(call->out[i]);
    w_chain_retain(call->op->chain);
}

static void release(w_call *call)
{
    w_chain_release(call->op->chain);
    for (size_t i = 0; i < call->n_in; i++)
        weir_tensor_release(call->in[i]);
    for (size_t i = 0; i < call->n_out; i++)
        weir_tensor_release(call->out[i]);
}

static void run_command(weir_stream *s, w_command *c, w_exit_guard who)
{
    if (!c->call.op) {
        w_timeline_signal(&s->timeline, c->value);
        c->done(c->user, failure(s));
        w_fenv_enter(); // whatever the host's function has left
        return;
    }
    weir_status status = failure(s); // behind a failure nothing runs
    if (status == WEIR_OK) {
        status = execute(s, c, who);
        if (status != WEIR_OK)
            fail(s, status);
    }
    if (status != WEIR_OK)
        poison(&c->call, status);
    w_timeline_signal(&s->timeline, c->value);
    release(&c->call);
}

// Takes the first command from the queue and runs it; the mutex is held before and after.
static void run_first(weir_stream *s, w_exit_guard who)
{
    w_command *c = s->first;
    s->first = c->next;
    if (!s->first)
        s->last = NULL;
    s->busy = true;
    pthread_mutex_unlock(&s->mutex);
    run_command(s, c, who);
    w_release(&s->context->host, c, sizeof *c);
    pthread_mutex_lock(&s->mutex);
    s->busy = false;
}

static void *stream_thread(void *arg)
{
    weir_stream *s = arg;
    w_fenv_enter();
    pthread_mutex_lock(&s->mutex);
    while (s->first || s->busy || !s->quit) {
        if (s->first && !s->busy) {
            run_first(s, W_OWN_THREAD);
            w_message_settle(true); // it is the stream's by now
        } else {
            pthread_cond_wait(&s->changed, &s->mutex);
        }
    }
    pthread_mutex_unlock(&s->mutex);
    return NULL;
}

// For w_point_join(). Callbacks are left to the stream's thread, as the host was told.
static void help(w_timeline *timeline, uint64_t value)
{
    weir_stream *s = timeline->owner;
    pthread_mutex_lock(&s->mutex);
    while (s->first && !s->busy && s->first->call.op && s->first->value <= value)
        run_first(s, W_HOST_THREAD);
    if (s->first || s->quit)
        pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->mutex);
}

// Gives the command, whose value has been set, to the stream's thread. Where none can be started
// there is nothing before it in the queue: it is done here.
static void enqueue(weir_stream *s, w_command *c)
{
    pthread_mutex_lock(&s->mutex);
    if (!s->started && !s->quit)
        s->started = w_thread_start(&s->thread, "weir-stream", stream_thread, s) == WEIR_OK;
    bool given = s->started;
    s->timeline.issued = c->value;
    if (given) {
        if (s->last)
            s->last->next = c;
        else
            s->first = c;
        s->last = c;
        pthread_cond_signal(&s->changed);
    }
    pthread_mutex_unlock(&s->mutex);
    if (given)
        return;
    run_command(s, c, W_HOST_THREAD);
    w_release(&s->context->host, c, sizeof *c);
}

// ------------------------------------------------------------------------------------- submission

static bool idle(weir_stream *s)
{
    return atomic_load(&s->timeline.reached) >= s->timeline.issued;
}

// The command's tensors, each once, by address: whoever locks several does it in this order.
static size_t sorted_tensors(const w_call *call, weir_tensor *out[W_MAX_IN + W_MAX_OUT])
{
    size_t n = 0;
    for (size_t i = 0; i < call->n_in + call->n_out; i++) {
        weir_tensor *t = i < call->n_in ? call->in[i] : call->out[i - call->n_in];
        size_t at = n;
        while (at && (uintptr_t)out[at - 1] > (uintptr_t)t)
            at--;
        if (!t || (at && out[at - 1] == t))
            continue;
        memmove(&out[at + 1], &out[at], (n++ - at) * sizeof *out);
        out[at] = t;
    }
    return n;
}

// Takes the command's place on each of its tensors, behind what was submitted before. On all of
// them at once: two streams that shared two tensors could else each come to wait for the other.
static void link_tensors(weir_stream *s, w_command *c)
{
    weir_tensor *tensors[W_MAX_IN + W_MAX_OUT];
    size_t n = sorted_tensors(&c->call, tensors);
    for (size_t i = 0; i < n; i++)
        pthread_mutex_lock(&tensors[i]->mutex);
    for (size_t i = 0; i < n; i++) {
        w_point *pending = &tensors[i]->pending;
        if (pending->timeline != &s->timeline && w_point_poll(*pending) == WEIR_PENDING)
            c->waits[c->n_waits++] = *pending;
        *pending = (w_point){&s->timeline, c->value};
    }
    for (size_t i = 0; i < n; i++)
        pthread_mutex_unlock(&tensors[i]->mutex);
}

static bool waits_reached(const w_command *c)
{
    for (size_t i = 0; i < c->n_waits; i++)
        if (w_point_poll(c->waits[i]) == WEIR_PENDING)
            return false;
    return true;
}

static bool host_has(const w_call *call)
{
    for (size_t i = 0; i < call->n_in; i++)
        if (call->in[i] && !(call->in[i]->valid & 1) && call->in[i]->bytes)
            return false;
    return true;
}

// What takes some microseconds. A product does twenty times as many operations in them as others.
static bool is_small(const w_desc *desc)
{
    double at_once = desc->op->family == W_CONTRACT ? 20 : 1;
    return desc->flops / at_once + desc->bytes <= 6e5;
}

// A small operation on an idle stream whose data is here costs less to run than to hand over.
static bool runs_now(weir_stream *s, const w_command *c, const w_desc *desc, bool was_idle)
{
    if (!was_idle || c->wish > 0 || !is_small(desc) || !waits_reached(c) || failure(s) != WEIR_OK ||
        !host_has(&c->call))
        return false;
    return c->wish == 0 || w_choose(s->context, desc, &c->call) == 0;
}

static weir_status collect(const w_op *op, weir_context *context, weir_tensor *const *in,
                           size_t n_in, weir_tensor *const *out, size_t n_out, w_call *call)
{
    if ((n_in && !in) || !out)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s: the %s are NULL", op->name,
                      out ? "inputs" : "outputs");
    if (n_in > W_MAX_IN || n_out > W_MAX_OUT)
        return w_fail(WEIR_INVALID_ARGUMENT, "%s does not take %zu inputs and %zu outputs",
                      op->name, n_in, n_out);
    *call = (w_call){.op = op, .n_in = n_in, .n_out = n_out};
    for (size_t i = 0; i < n_in; i++)
        call->in[i] = in[i];
    for (size_t i = 0; i < n_out; i++) {
        if (!out[i])
            return w_fail(WEIR_INVALID_ARGUMENT, "%s: output %zu is NULL", op->name, i);
        for (size_t k = 0; k < i; k++)
            if (out[k] == out[i])
                return w_fail(WEIR_INVALID_ARGUMENT, "%s: outputs %zu and %zu are the same tensor",
                              op->name, k, i);
        call->out[i] = out[i];
    }
    for (size_t i = 0; i < n_in + n_out; i++) {
        weir_tensor *t = i < n_in ? in[i] : out[i - n_in];
        if (t && t->context != context)
            return w_fail(WEIR_INVALID_ARGUMENT, "%s: a tensor belongs to another context",
                          op->name);
    }
    return WEIR_OK;
}

// Inputs that decide a shape are needed on the host now.
static weir_status fetch_host_inputs(const w_call *call)
{
    weir_status status = WEIR_OK;
    for (size_t i = 0; i < call->n_in && i < call->op->n_in && status == WEIR_OK; i++)
        if (call->op->in[i].kind == W_HOST && call->in[i])
            status = weir_tensor_sync(call->in[i]);
    return status;
}

// What no work in flight changes: a tensor's own memory may be made at any moment. NULL: an absent
// one.
static void fixed_part(const weir_tensor *t, weir_array *out)
{
    static const weir_array absent = {.dtype = WEIR_DTYPE_NONE};
    const weir_array *a = t ? &t->meta : &absent;
    out->data = t && t->wrapped ? a->data : NULL;
    out->dtype = a->dtype;
    out->rank = a->rank;
    out->strided = a->strided;
    for (int32_t i = 0; i < a->rank; i++) {
        out->shape[i] = a->shape[i];
        out->strides[i] = a->strides[i];
    }
}

static weir_status check_call(const w_call *call, const void *options, w_desc *desc)
{
    weir_array in[W_MAX_IN], out[W_MAX_OUT];
    for (size_t i = 0; i < call->n_in; i++) {
        fixed_part(call->in[i], &in[i]);
        if (call->in[i] && i < call->op->n_in && call->op->in[i].kind == W_HOST)
            in[i].data = call->in[i]->meta.data;
    }
    for (size_t i = 0; i < call->n_out; i++)
        fixed_part(call->out[i], &out[i]);
    weir_status status =
        w_describe(call->op, options, in, call->n_in, out, call->n_out, false, desc);
    desc->fast = call->fast;
    for (size_t i = 0; i < call->n_out && status == WEIR_OK; i++)
        for (size_t k = 0; k < call->n_in; k++)
            if (call->out[i] == call->in[k] &&
                (call->op->family != W_MAP || call->op->in[k].kind == W_PIXEL))
                return w_fail(WEIR_INVALID_ARGUMENT, "%s cannot write over its input %s",
                              call->op->name, call->op->in[k].name);
    return status;
}

// A call that was made before, on the arrays of its tensors.
typedef struct known_call {
    weir_array in[W_MAX_IN], out[W_MAX_OUT];
    const weir_array *in_list[W_MAX_IN], *out_list[W_MAX_OUT]; // to them, for the key
    w_recent_key key;
    bool keyed;     // it may be kept
    uint64_t epoch; // before its device is chosen
} known_call;

static void look_for_known(weir_stream *s, const w_call *call, const void *options, int32_t wish,
                           known_call *k)
{
    for (size_t i = 0; i < call->n_in; i++) {
        fixed_part(call->in[i], &k->in[i]);
        k->in_list[i] = &k->in[i];
    }
    for (size_t i = 0; i < call->n_out; i++) {
        fixed_part(call->out[i], &k->out[i]);
        k->out_list[i] = &k->out[i];
    }
    k->epoch = w_recent_epoch(s->context);
    k->keyed = w_recent_key_make(&k->key, call->op, options, wish, true, call->fast, k->in_list,
                                 call->n_in, k->out_list, call->n_out);
}

// Whether nobody works on the tensor, and its value, or the place of one, is on the host alone.
static bool at_rest(const weir_stream *s, const weir_tensor *t, bool read)
{
    bool done = t->pending.timeline == &s->timeline || w_point_poll(t->pending) == WEIR_OK;
    return done && t->meta.data && (t->valid == 1 || !read); // in this order
}

// The entry of a call that is known and can run at once, which then has its place on all its
// tensors.
static w_recent *take_known(weir_stream *s, const w_call *call, known_call *k)
{
    weir_tensor *tensors[W_MAX_IN + W_MAX_OUT];
    size_t n = sorted_tensors(call, tensors);
    w_recent *recent = NULL;
    bool rest = true;
    for (size_t i = 0; i < n; i++)
        pthread_mutex_lock(&tensors[i]->mutex);
    for (size_t i = 0; i < call->n_in + call->n_out && rest; i++) {
        bool read = i < call->n_in;
        weir_tensor *t = read ? call->in[i] : call->out[i - call->n_in];
        weir_array *a = read ? &k->in[i] : &k->out[i - call->n_in];
        rest = !t || at_rest(s, t, read);
        a->data = t && rest ? t->meta.data : NULL;
    }
    if (rest)
        recent = w_recent_take(s->context, &k->key);
    for (size_t i = 0; i < n && recent; i++)
        tensors[i]->pending = (w_point){&s->timeline, s->timeline.issued + 1};
    for (size_t i = n; i-- > 0;)
        pthread_mutex_unlock(&tensors[i]->mutex);
    return recent;
}

// Runs a call that is known on an idle stream. False, having done nothing, where it is not, or
// where some of it has to be waited for or brought here.
static bool run_known(weir_stream *s, const w_call *call, known_call *k)
{
    if (!k->keyed || !idle(s) || failure(s) != WEIR_OK)
        return false;
    w_recent *recent = take_known(s, call, k);
    if (!recent)
        return false;
    // On the CPU a launch that is prepared does not fail.
    w_recent_run(s->context, recent, &k->key, call->in, call->max_threads);
    w_recent_give(recent);
    for (size_t i = 0; i < call->n_out; i++)
        w_tensor_written(call->out[i], 0);
    w_timeline_signal(&s->timeline, ++s->timeline.issued);
    return true;
}

static void run_at_once(weir_stream *s, w_command *c, const w_desc *desc, const known_call *k)
{
    weir_status status = w_execute(s->context, &c->call, 0);
    if (status != WEIR_OK) {
        poison(&c->call, status);
        fail(s, status);
    } else if (k->keyed && w_recent_worth(desc, &k->key)) {
        w_recent_keep(s->context, &k->key, k->epoch, desc);
    }
    s->timeline.issued = c->value;
    w_timeline_signal(&s->timeline, c->value);
    w_release(&s->context->host, c, sizeof *c);
}

static void submit(weir_stream *s, w_command *c, const void *options, const w_desc *desc,
                   const known_call *k)
{
    if (options) {
        uint32_t size;
        memcpy(&size, options, sizeof size);
        memcpy(c->options, options, W_MIN(size, MAX_OPTIONS));
        if (size > MAX_OPTIONS) // what is beyond was checked to be zero
            memcpy(c->options, &(uint32_t){MAX_OPTIONS}, sizeof(uint32_t));
        c->call.options = c->options;
    }
    bool was_idle = idle(s);
    c->value = s->timeline.issued + 1;
    link_tensors(s, c);
    if (runs_now(s, c, desc, was_idle)) {
        run_at_once(s, c, desc, k);
        return;
    }
    retain(&c->call);
    enqueue(s, c);
}

static weir_status submit_anew(weir_stream *s, const w_call *call, const void *options,
                               int32_t wish, const known_call *k)
{
    w_desc desc;
    w_command *c = w_alloc_zeroed(&s->context->host, sizeof *c);
    if (!c)
        return WEIR_OUT_OF_MEMORY;
    c->call = *call;
    c->wish = wish;
    weir_status status = fetch_host_inputs(&c->call);
    if (status == WEIR_OK)
        status = check_call(&c->call, options, &desc);
    if (status == WEIR_OK)
        submit(s, c, options, &desc, k);
    else
        w_release(&s->context->host, c, sizeof *c);
    return status;
}

weir_status w_submit(weir_stream *s, const w_op *op, const void *options, weir_tensor *const *in,
                     size_t n_in, weir_tensor *const *out, size_t n_out,
                     const weir_call_options *call)
{
    w_call made;
    int32_t wish;
    known_call k;
    weir_status status = collect(op, s->context, in, n_in, out, n_out, &made);
    if (status == WEIR_OK)
        status = w_call_device(s->context, call, &wish, &made.max_threads, &made.fast);
    if (status != WEIR_OK)
        return status;
    look_for_known(s, &made, options, wish, &k);
    return run_known(s, &made, &k) ? WEIR_OK : submit_anew(s, &made, options, wish, &k);
}

weir_status weir_submit(weir_stream *stream, weir_op op, const void *options,
                        weir_tensor *const *in, size_t n_in, weir_tensor *const *out, size_t n_out,
                        const weir_call_options *call)
{
    w_fenv fenv;
    if (!stream)
        return w_fail(WEIR_INVALID_ARGUMENT, "the stream is NULL");
    weir_status status = w_enter(stream->context, &fenv);
    if (status != WEIR_OK)
        return status;
    const w_op *row = w_op_get(op);
    if (!row)
        return w_leave(fenv, w_fail(WEIR_INVALID_ARGUMENT, "there is no operation number %u", op));
    return w_leave(fenv, w_submit(stream, row, options, in, n_in, out, n_out, call));
}

// ---------------------------------------------------------------------------------- life and waits

static weir_status take_failure(weir_stream *s)
{
    pthread_mutex_lock(&s->mutex);
    weir_status status = s->failure;
    s->failure = WEIR_OK;
    if (status != WEIR_OK)
        w_fail(status, "%s", s->message);
    pthread_mutex_unlock(&s->mutex);
    return status;
}

weir_status weir_stream_wait(weir_stream *stream, uint64_t timeout_ns)
{
    w_fenv fenv;
    if (!stream)
        return w_fail(WEIR_INVALID_ARGUMENT, "the stream is NULL");
    weir_status status = w_enter(stream->context, &fenv);
    if (status != WEIR_OK)
        return status;
    w_point all = {&stream->timeline, stream->timeline.issued};
    status =
        timeout_ns == WEIR_FOREVER ? w_point_join(all) : w_point_wait(all, w_deadline(timeout_ns));
    return w_leave(fenv, status == WEIR_OK ? take_failure(stream) : status);
}

weir_status weir_stream_poll(weir_stream *stream)
{
    w_fenv fenv;
    if (!stream)
        return w_fail(WEIR_INVALID_ARGUMENT, "the stream is NULL");
    weir_status status = w_enter(stream->context, &fenv);
    if (status != WEIR_OK)
        return status;
    return w_leave(fenv, idle(stream) ? take_failure(stream) : WEIR_PENDING);
}

weir_status weir_stream_notify(weir_stream *stream, void (*done)(void *user, weir_status status),
                               void *user)
{
    w_fenv fenv;
    if (!stream || !done)
        return w_fail(WEIR_INVALID_ARGUMENT, "the %s is NULL", stream ? "callback" : "stream");
    weir_status status = w_enter(stream->context, &fenv);
    if (status != WEIR_OK)
        return status;
    if (idle(stream)) {
        status = failure(stream);
        w_leave(fenv, WEIR_OK); // the host's code runs in the host's environment
        done(user, status);
        return WEIR_OK;
    }
    w_command *c = w_alloc_zeroed(&stream->context->host, sizeof *c);
    if (!c)
        return w_leave(fenv, WEIR_OUT_OF_MEMORY);
    c->done = done;
    c->user = user;
    c->value = stream->timeline.issued + 1;
    enqueue(stream, c);
    return w_leave(fenv, WEIR_OK);
}

static void free_streams(weir_context *context)
{
    while (context->streams) {
        weir_stream *s = context->streams;
        context->streams = s->next;
        pthread_cond_destroy(&s->changed);
        pthread_mutex_destroy(&s->mutex);
        w_timeline_destroy(&s->timeline);
        w_release(&context->host, s, sizeof *s);
    }
}

static weir_stream *reuse(weir_context *context)
{
    weir_stream *s = NULL;
    pthread_mutex_lock(&context->mutex);
    for (s = context->streams; s && s->in_use; s = s->next)
        ;
    if (s)
        s->in_use = true;
    pthread_mutex_unlock(&context->mutex);
    return s;
}

weir_status weir_stream_create(weir_context *context, weir_stream **out_stream)
{
    w_fenv fenv;
    weir_status status = w_enter(context, &fenv);
    if (status != WEIR_OK)
        return status;
    if (!out_stream)
        return w_leave(fenv, w_fail(WEIR_INVALID_ARGUMENT, "out_stream is NULL"));
    weir_stream *s = reuse(context);
    if (!s) {
        s = w_alloc_zeroed(&context->host, sizeof *s);
        if (!s)
            return w_leave(fenv, WEIR_OUT_OF_MEMORY);
        s->context = context;
        s->in_use = true;
        w_timeline_init(&s->timeline);
        s->timeline.help = help;
        s->timeline.owner = s;
        pthread_mutex_init(&s->mutex, NULL);
        pthread_cond_init(&s->changed, NULL);
        pthread_mutex_lock(&context->mutex);
        s->next = context->streams;
        context->streams = s;
        context->free_streams = free_streams;
        pthread_mutex_unlock(&context->mutex);
    }
    w_context_retain(context);
    *out_stream = s;
    return w_leave(fenv, WEIR_OK);
}

void weir_stream_release(weir_stream *stream)
{
    if (!stream)
        return;
    weir_context *context = stream->context;
    if (!w_forked(context)) { // else: the child of a fork, where no thread will ever finish it
        w_message_settle(true);
        w_fenv fenv = w_fenv_enter(); // it may run commands
        w_point_join((w_point){&stream->timeline, stream->timeline.issued});
        take_failure(stream);
        w_leave(fenv, WEIR_OK);
        pthread_mutex_lock(&context->mutex);
        stream->in_use = false;
        pthread_mutex_unlock(&context->mutex);
    }
    w_context_release(context);
}

void w_streams_stop(weir_context *context)
{
    for (weir_stream *s = context->streams; s; s = s->next) {
        pthread_mutex_lock(&s->mutex);
        s->quit = true;
        pthread_cond_signal(&s->changed);
        bool started = s->started;
        s->started = false;
        pthread_mutex_unlock(&s->mutex);
        if (started)
            pthread_join(s->thread, NULL);
    }
}
