// SPDX-License-Identifier: Apache-2.0
//
// What the files of the OpenCL backend share. A device is an OpenCL context of its own; nothing is
// shared between devices.
//
// Locks, in the order they are taken: a device's `programs` (its list of kernels), a kernel's
// `arguments` (from the first clSetKernelArg to the last enqueue), a queue's `lock` (its
// outstanding events), the timeline's own.
#ifndef W_OPENCL_H
#define W_OPENCL_H

#include "backends/chain_text.h"
#include "backends/opencl/loader.h"
#include "runtime/device.h"

enum {
    W_CL_ENTRIES_MAX = 4, // kernels of one program
    W_CL_PENDING = 1024,  // outstanding events of a queue
    W_CL_WAITS = 8,       // events that a command waits for
};

// What a row of kernels.def may need of the device, and the shapes that it is for.
enum { W_CL_FMA = 1, W_CL_OWN_FMA = 2, W_CL_F64 = 4 };
typedef enum w_cl_shape { W_CL_ANY, W_CL_MANY, W_CL_WIDE } w_cl_shape;

typedef struct w_cl_row {
    const char *name;
    w_family family;
    w_class compute;  // MAP
    uint32_t in, out; // sets of 1 << weir_dtype
    const char *loop;
    const char *entry[W_CL_ENTRIES_MAX];
    uint32_t group, team, tile_rows, tile_columns, needs;
    w_cl_shape shape;
} w_cl_row;

typedef struct w_cl_device {
    w_device base;
    w_cl cl;
    cl_device_id id;
    cl_context context;
    _Atomic bool lost;
    bool exact_fma, exact_div; // made of other arithmetic (kernels/cl/lang.cl)
    const char *why_no_fma;    // NULL: rows that need one can run
    const char *why_no_f64;    // NULL: with a fused multiply-add
    size_t max_group;
    uint64_t max_global;      // work-items of one launch
    pthread_mutex_t programs; // of the list of kernels
    pthread_cond_t built;     // a kernel of it has been
    w_kernel *kernels;
} w_cl_device;

struct w_mem {
    w_cl_device *device;
    cl_mem cl;
    size_t bytes;
};

// A command that has been enqueued, and how far the timeline is once it has completed.
typedef struct w_cl_pending {
    cl_event event;
    uint64_t value;
} w_cl_pending;

struct w_queue {
    w_timeline timeline;
    w_cl_device *device;
    cl_command_queue cl;
    pthread_mutex_t lock;
    uint32_t first, count; // of pending, a ring in the order of enqueueing
    w_cl_pending pending[W_CL_PENDING];
};

// Events of other queues that a command is to wait for.
typedef struct w_cl_waits {
    cl_event events[W_CL_WAITS];
    cl_uint count;
} w_cl_waits;

// What a compiled kernel depends on.
typedef struct w_cl_key {
    const w_cl_row *row;
    const w_op *op;
    uint32_t n_in, n_attr;
    weir_dtype in[W_MAX_IN], out;
    bool f64; // follows from the others
} w_cl_key;

struct w_kernel {
    w_kernel_info info;
    w_kernel *next;
    w_cl_key key;
    cl_program program;
    cl_kernel entry[W_CL_ENTRIES_MAX];
    pthread_mutex_t arguments;
    weir_status status; // of the build, WEIR_PENDING during it; with `message` where it failed
    char message[256];
};

extern const w_source w_cl_loops[]; // "common", "map", ...: kernels/cl

// A text that grows in a fixed buffer; `full` says that it did not fit.
typedef struct w_cl_text {
    char bytes[4096];
    size_t used;
    bool full;
} w_cl_text;
// texts.c
const char *w_cl_storage(weir_dtype dtype); // what MAP and chains read and write
void w_cl_put_definitions(w_cl_text *text, const w_cl_device *device, const w_cl_key *key);
// Computes in its class, as MAP does; the others in f32 or exactly.
static inline bool w_cl_has_class(const w_cl_row *row)
{
    return row->compute != W_BY_DTYPE;
}

// device.c: records "opencl:0: clFlush: CL_OUT_OF_RESOURCES (-5)" and returns the code's status; a
// code that means the device is gone marks it so.
weir_status w_cl_fail(w_cl_device *device, const char *call, cl_int code);
// WEIR_OK, or WEIR_DEVICE_LOST with its message.
weir_status w_cl_alive(w_cl_device *device);

// programs.c
weir_status w_cl_prepare(w_device *, const w_desc *, w_kernel **out_kernel, size_t *out_workspace);
bool w_cl_row_get(w_device *, size_t i, const char **out_name, const char **out_why_not);
void w_cl_kernels_free(w_cl_device *device);
uint32_t w_cl_group(const w_cl_device *device, const w_cl_row *row, int entry);
uint64_t w_cl_sources_hash(void);
uint64_t w_cl_hash(uint64_t hash, const char *text); // FNV-1a, to be begun with W_CL_HASH
#define W_CL_HASH 0xcbf29ce484222325u

// chains.c: the classes beside the home class with their formulas; the formulas of the home class
// and the chain's function.
weir_status w_cl_chain_sources(const w_cl_device *device, const w_chain *chain, w_text *others,
                               w_text *function);

// queue.c
weir_status w_cl_queue_open(w_device *, w_queue **out_queue);
void w_cl_queue_close(w_queue *queue);
weir_status w_cl_copy(w_queue *, const w_copy *, w_waits waits, w_point *out_signal);
// Points of this device's other queues become events, for the driver to wait for; for all others
// this thread waits. Without the queue's lock; the events are released by w_cl_waits_end().
weir_status w_cl_waits_begin(w_queue *queue, w_waits waits, w_cl_waits *out);
void w_cl_waits_end(w_queue *queue, w_cl_waits *waits);
// Under the queue's lock: keeps an event that is the last of its point, or one on the way there.
void w_cl_pend(w_queue *queue, cl_event event, bool last);

// launch.c
weir_status w_cl_launch(w_queue *, w_kernel *, const w_args *, w_waits waits, w_point *out_signal);
size_t w_cl_workspace(const w_desc *desc);

#endif
