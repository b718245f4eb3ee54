// SPDX-License-Identifier: Apache-2.0
#ifndef W_STREAM_H
#define W_STREAM_H

#include "runtime/engine.h"

typedef struct w_command w_command;

// Commands run in order, one at a time: on a thread that the first one starts, on one of the host's
// that waits for them (waking a thread that sleeps takes longer than a small product), or, a small
// one on an idle stream, in the call that submits it. A released stream stays with its context and
// is used again: points on its timeline, which only counts up, stay good.
struct weir_stream {
    weir_context *context;
    w_timeline timeline; // never fails; its failures are the stream's own, read once
    bool in_use;
    pthread_mutex_t mutex; // guards what follows
    pthread_cond_t changed;
    w_command *first, *last;
    bool busy; // somebody runs a command
    bool started, quit;
    pthread_t thread;
    weir_status failure;
    char message[256];
    weir_stream *next;
};

// A call on tensors, for weir_submit() and for expressions; the context has been entered.
weir_status w_submit(weir_stream *stream, const w_op *op, const void *options,
                     weir_tensor *const *in, size_t n_in, weir_tensor *const *out, size_t n_out,
                     const weir_call_options *call);

// Cancels what has not begun, joins the threads of all streams (the context is being destroyed).
void w_streams_stop(weir_context *context);

#endif
