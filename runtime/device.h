// SPDX-License-Identifier: Apache-2.0
//
// The device interface: what a backend implements and all that the runtime sees of it. At most 16
// functions, none of them per operation; variety goes into w_desc.
//
// Locking: every function may be called from any thread, in w_fenv_enter()'s environment; a backend
// guards its own state. A w_kernel belongs to its device, is cached there by what it depends on,
// and lives as long as the device. Failures: a status, with the message recorded by w_fail(),
// naming device and driver's code. A device that is lost answers WEIR_DEVICE_LOST from then on,
// from every function, at once.
#ifndef W_DEVICE_H
#define W_DEVICE_H

#include "runtime/ops/op.h"
#include "runtime/timeline.h"

typedef struct w_device w_device;
typedef struct w_queue w_queue;   // defined by each backend; first member: w_timeline timeline
typedef struct w_mem w_mem;       // device memory; defined by each backend
typedef struct w_kernel w_kernel; // a prepared kernel; first member: w_kernel_info info

// The row of a kernels.def that a kernel came from.
typedef struct w_kernel_info {
    const char *row; // "map_f32", unique in its backend
} w_kernel_info;

// Where an operand's tensor lies. Exactly one of mem and host is set: the CPU takes host pointers,
// every other device its own memory.
typedef struct w_binding {
    w_mem *mem;
    void *host;
    size_t bytes;       // from `offset` on
    size_t offset;      // bytes into mem (a multiple of 16) or host
    const void *packed; // what pack() made of the same value; NULL: nothing
} w_binding;

typedef struct w_args {
    const w_desc *desc;     // strides fit the bound forms; valid until launch() returns
    w_binding in[W_MAX_IN]; // by operand; zero where the operand is a constant
    w_binding out[W_MAX_OUT];
    w_binding workspace;  // as large as prepare() asked
    uint32_t max_threads; // CPU: 0 for all
    bool resolved;        // every binding is a host pointer, to its first byte
} w_args;

typedef struct w_copy {
    w_mem *mem;
    size_t offset, bytes;
    void *host; // stays valid and untouched until the point is reached
    bool to_device;
} w_copy;

typedef struct w_device_ops {
    // Ends all work and frees everything. Queues and memory have been closed before.
    void (*close)(w_device *);
    weir_status (*queue_open)(w_device *, w_queue **out_queue);
    // Waits for the queue's work.
    void (*queue_close)(w_queue *);
    // 16-byte aligned, at least `bytes` long (0 gives a valid object). WEIR_OUT_OF_MEMORY is an
    // answer like any other: the caller frees something and asks again, or goes to the CPU.
    weir_status (*mem_alloc)(w_device *, size_t bytes, w_mem **out_mem);
    void (*mem_free)(w_mem *);
    // A pointer to the memory where host and device share it, else NULL.
    void *(*mem_map)(w_mem *);
    // The kernel for a descriptor: the first row of kernels.def that can run it, compiled.
    // WEIR_UNAVAILABLE where no row can. Depends on op, dtypes and shape class alone.
    weir_status (*prepare)(w_device *, const w_desc *, w_kernel **out_kernel,
                           size_t *out_workspace);
    // Starts work once `waits` are reached and returns; work on one queue runs in order.
    weir_status (*launch)(w_queue *, w_kernel *, const w_args *, w_waits waits,
                          w_point *out_signal);
    weir_status (*copy)(w_queue *, const w_copy *, w_waits waits, w_point *out_signal);
    // The rows of kernels.def, for tests and tables: row i's name, and why it cannot run here
    // (NULL: it can). Returns false past the end.
    bool (*row)(w_device *, size_t i, const char **out_name, const char **out_why_not);
    // Bytes of the second factor of a product laid out as the descriptor's kernel reads it, beside
    // its value; 0: there is no such layout. And making it, from the value in host memory into
    // 64-byte aligned memory; whoever launches with it says so in the binding. NULL: the device has
    // none.
    size_t (*packed_bytes)(w_device *, const w_desc *);
    void (*pack)(w_device *, const w_desc *, const void *value, void *out_packed);
} w_device_ops;

struct w_device { // first member of each backend's own struct
    const w_device_ops *ops;
    const w_host *host;
    weir_device_info info; // id, backend, name, driver, memory, software; verdict is the runtime's
    uint8_t uuid[16];
    char key[64]; // changes when the driver or the built-in kernels change
    size_t max_alloc;
};

// What a backend may need to know to come up.
typedef struct w_bringup {
    const w_host *host;
    const weir_pool *pool; // the host's, or NULL (CPU)
    uint32_t threads;      // CPU
    bool amx;              // CPU: it may ask the operating system for AMX
    const char *isa;       // CPU; NULL: best
    const char *cache_dir; // for drivers' compiled kernels; NULL: none
} w_bringup;

enum { W_MAX_DEVICES = 16 };

typedef struct w_backend {
    const char *name;
    // Opens every device of the backend, at most `capacity`, and returns WEIR_OK with their number;
    // with none, `why` (256 bytes) says why. A loader that is absent is no error.
    weir_status (*open)(const w_bringup *, w_device **out_devices, size_t capacity,
                        size_t *out_count, char why[256]);
} w_backend;

// The one list (backends/backends.c), the CPU first, NULL at the end.
extern const w_backend *const w_backends[];

#endif
