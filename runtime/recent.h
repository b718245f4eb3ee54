// SPDX-License-Identifier: Apache-2.0
//
// Calls that were made before. A small call on plain arrays costs more to check and describe than
// to compute, and programs make the same ones again and again: same operation, options, dtypes,
// shapes and strides, other data. What such a call came to is kept, where the CPU was its device:
// the descriptor, the kernel and its workspace. Where the data lie is looked at each time.
//
// An entry is used by one call at a time, from w_recent_take() to w_recent_give(); a call that
// finds it taken goes the long way. Threads differ in which entries they look at. No locks, and no
// allocation once a call is known.
#ifndef W_RECENT_H
#define W_RECENT_H

#include "runtime/memory/tensor.h"

enum {
    W_RECENT_OPTIONS = 240,    // bytes of options: a call with more is not kept
    W_RECENT_ROOM = 64 * 1024, // bytes of workspace that may stay with an entry
};

// A call, by which it is found again. The options, the arrays and their lists are the caller's, for
// as long as the key is used; an array that is absent is NULL or of no dtype.
typedef struct w_recent_key {
    const weir_array *const *in, *const *out;
    const void *options;
    uint64_t call; // operation, flags, how many arrays
    uint32_t n_in, n_out;
} w_recent_key;

typedef struct w_recent w_recent;

// False where the call is none that may be kept, though w_recent_take() and w_recent_keep() may yet
// find that in its options and arrays. `out`, and `in` where there are inputs, are lists. `wish` is
// the device and `fast` the flag as w_call_device() gave them. Calls on tensors are others than
// those on plain arrays: the router may choose another device for them.
static inline bool w_recent_key_make(w_recent_key *key, const w_op *op, const void *options,
                                     int32_t wish, bool tensors, bool fast,
                                     const weir_array *const *in, size_t n_in,
                                     const weir_array *const *out, size_t n_out)
{
    key->in = in;
    key->out = out;
    key->options = options;
    key->call = (uint64_t)op->number << 32 | (uint64_t)n_in << 16 | n_out << 8 |
                (uint64_t)fast << 3 | (uint64_t)tensors << 2 | (wish == 0) << 1 | 1;
    key->n_in = (uint32_t)n_in;
    key->n_out = (uint32_t)n_out;
    return !op->chain && wish <= 0 && n_in <= W_MAX_IN && n_out <= W_MAX_OUT && n_out;
}
// The entry of the same call, whose routing still holds and whose data may lie where they do. NULL:
// there is none.
w_recent *w_recent_take(weir_context *context, const w_recent_key *key);
void w_recent_give(w_recent *recent);
// Runs the key's call on the CPU. `tensors`: whose arrays the inputs are, for their packed forms;
// NULL: nobody's.
weir_status w_recent_run(weir_context *context, w_recent *recent, const w_recent_key *key,
                         weir_tensor *const *tensors, uint32_t max_threads);
// All of that for a call on plain arrays. False, having done nothing, where it is not known.
bool w_recent_call(weir_context *context, const w_recent_key *key, uint32_t max_threads,
                   weir_status *out_status);
// Small calls whose descriptor depends on nothing but the arrays' metadata are worth keeping.
bool w_recent_worth(const w_desc *desc, const w_recent_key *key);
// Keeps a call that is described and about to run on the CPU. `epoch` is w_recent_epoch() from
// before its device was chosen. Does nothing where there is no memory.
void w_recent_keep(weir_context *context, const w_recent_key *key, uint64_t epoch,
                   const w_desc *desc);
// Grows whenever the router might choose otherwise: devices, costs, verdicts.
uint64_t w_recent_epoch(const weir_context *context);

// How many calls ran so: w_count_launch() does not count them.
uint64_t w_recent_launches(weir_context *context);
// Frees all entries; nobody uses them any more.
void w_recent_free(weir_context *context);

#endif
