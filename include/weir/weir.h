// SPDX-License-Identifier: Apache-2.0
//
// Weir: a heterogeneous compute runtime. One header, simple first.
//
//   1. status, dtypes, arrays            what a call takes and gives back
//   2. context                           the one object that everything hangs on
//   3. plain arrays                      weir_run(): the call returns finished
//   4. tensors and streams               weir_submit(): the call returns once submitted
//   5. expressions                       several operations in one pass
//   6. devices, routing, tuning          where an operation runs, and why
//
// A named call per operation (weir_tanh(), weir_matmul(), ...) and its options struct stand in
// <weir/ops.h>, which this header includes at its end and which is generated from one list.
//
// Threads: a context may be used from any thread at the same time; a stream from one thread at a
// time; a tensor is immutable in shape and may be used by several streams, whose order on it is the
// order of their submissions. Contexts share no state.
//
// Ownership: what weir_*_create() or weir_*_wrap() returns is released with weir_*_release().
// Weir never keeps a pointer to a caller's struct or string beyond the call that takes it; the data
// of a wrapped tensor stays the caller's and must outlive the tensor.
//
// Errors: every call that can fail returns weir_status. The message of this thread's last failure
// is weir_message(). Nothing in the library prints, aborts or exits.
//
// Numbers: every operation gives the same bits on every device, instruction set and thread count
// (docs/architecture.md, "The canonical result"), in the default floating-point environment,
// whatever the host's is; the host's is restored. Not functions such as exp in f64, which the C
// library computes on the CPU alone (docs/operations.md marks them).
#ifndef WEIR_H
#define WEIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(WEIR_STATIC) || !defined(__GNUC__)
#define WEIR_API
#else
#define WEIR_API __attribute__((visibility("default")))
#endif

#define WEIR_VERSION_MAJOR 0
#define WEIR_VERSION_MINOR 1
#define WEIR_VERSION_PATCH 0

// The version of the library that is running, as "MAJOR.MINOR.PATCH". Static storage.
WEIR_API const char *weir_version(void);

// ---------------------------------------------------------------- 1. status, dtypes, arrays

// Numbers never change and are only appended to (tests/data/abi.txt is the committed list).
typedef enum weir_status {
    WEIR_OK = 0,
    WEIR_PENDING = 1,          // not an error: the work has not finished yet
    WEIR_INVALID_ARGUMENT = 2, // a null pointer, an unknown name or number, a value out of range
    WEIR_INVALID_SHAPE = 3,    // rank, extents or strides do not fit the operation
    WEIR_INVALID_DTYPE = 4,    // a dtype that the operation does not take
    WEIR_OUT_OF_MEMORY = 5,    // the host or the device has none left
    WEIR_UNAVAILABLE = 6,      // no such device, instruction set or kernel on this machine
    WEIR_DEVICE_LOST = 7,      // the device failed and will not come back in this context
    WEIR_DEVICE_FAILED = 8,    // a driver's call failed; the message has its own words
    WEIR_TIMEOUT = 9,          // the wait's time-out passed; the work goes on
    WEIR_CANCELLED = 10,       // the context is being destroyed, or the caller asked
    WEIR_FORKED = 11,          // a context inherited through fork() cannot be used in the child
    WEIR_IO = 12,              // a file could not be read or written
    WEIR_UNSUPPORTED = 13,     // valid, but not by this build
} weir_status;

// The constant's name, "WEIR_OK" and so on; "WEIR_STATUS_?" for a number that is none.
WEIR_API const char *weir_status_name(weir_status status);

typedef enum weir_dtype {
    WEIR_DTYPE_NONE = 0,
    WEIR_BOOL = 1,
    WEIR_U8 = 2,
    WEIR_S8 = 3,
    WEIR_S16 = 4,
    WEIR_S32 = 5,
    WEIR_S64 = 6,
    WEIR_F16 = 7,
    WEIR_BF16 = 8,
    WEIR_F32 = 9,
    WEIR_F64 = 10,
} weir_dtype;

// "f32", "s8", ...; "?" for a number that is none. Static storage.
WEIR_API const char *weir_dtype_name(weir_dtype dtype);
// Bytes of one element; 0 for a number that is none.
WEIR_API size_t weir_dtype_size(weir_dtype dtype);

#define WEIR_MAX_RANK 8

// A view of memory that the caller owns. `strides` are in elements, may be zero or negative, and
// count only where `strided` is true, and not along an axis of extent 1; otherwise the array is dense,
// last axis fastest.
// Rank 0 is one element. `data` is a multiple of the element's size, and may be NULL where there is
// no element.
typedef struct weir_array {
    void *data;
    weir_dtype dtype;
    int32_t rank;
    int64_t shape[WEIR_MAX_RANK];
    int64_t strides[WEIR_MAX_RANK];
    bool strided;
} weir_array;

// A dense array over `data`: `rank` extents are read from `shape` (may be NULL for rank 0).
// A rank outside 0..WEIR_MAX_RANK gives an array with that rank and no extents, which every call
// refuses by name.
WEIR_API weir_array weir_array_dense(void *data, weir_dtype dtype, int32_t rank,
                                     const int64_t *shape);

// ---------------------------------------------------------------- 2. context

typedef struct weir_context weir_context;

// What the host lends. `allocate` returns memory aligned to 64 bytes or NULL. Any thread may call.
typedef struct weir_allocator {
    void *(*allocate)(void *user, size_t bytes);
    void (*release)(void *user, void *memory, size_t bytes);
    void *user;
} weir_allocator;

// A host's thread pool: run task(arg, i) for every i in 0..count-1 and return when all are done.
// It may be called from several threads at once. `threads` is its size, the caller included. Its
// threads, and those that call Weir, need 256 KiB of stack.
typedef struct weir_pool {
    void (*run)(void *user, void (*task)(void *arg, uint32_t i), void *arg, uint32_t count);
    uint32_t threads;
    void *user;
} weir_pool;

// Receives one line at a time, without a newline. Any thread may call.
typedef void (*weir_log_fn)(void *user, const char *line);

typedef enum weir_context_flags {
    WEIR_CONTEXT_NO_ENVIRONMENT = 1, // ignore WEIR_* environment variables
    WEIR_CONTEXT_CPU_ONLY = 2,       // never load a GPU loader
    WEIR_CONTEXT_NO_PROFILE = 4,     // neither read nor write the profile
    // Lets products use AMX, where the processor and the kernel have it: the context asks the kernel
    // for it (arch_prctl), which the whole process then keeps. Signal frames grow by 8 KiB, so that
    // no thread can set an alternate signal stack of less than about 11 KiB any more; where one has
    // such a stack already, or the kernel refuses for another reason, products use VNNI or what
    // there is. weir_device_info.driver of "cpu" says which. Without the flag nothing is asked.
    WEIR_CONTEXT_AMX = 8,
    WEIR_CONTEXT_FAST = 16, // WEIR_FAST for every call
} weir_context_flags;

// Zero means the default in every field; `struct_size` is sizeof(weir_context_options).
typedef struct weir_context_options {
    size_t struct_size;
    uint32_t flags;        // of weir_context_flags
    uint32_t threads;      // CPU threads, the caller included; 0: what the affinity mask and
                           // the cgroup quota allow; at most 1024
    const char *isa;       // "scalar", "avx2", "avx512", "neon"; NULL: the best there is
    const char *device;    // a device id: every operation runs there; NULL: routed
    const char *cache_dir; // folder of the profile; NULL: $XDG_CACHE_HOME/weir; "": none
    const weir_allocator *allocator;
    const weir_pool *pool;
    weir_log_fn log;
    void *log_user;
} weir_context_options;

// Makes a context, usable at once on the CPU (under a millisecond; no driver is touched here).
// `options` may be NULL. Read once here, unless forbidden: WEIR_DEVICE, WEIR_ISA, WEIR_THREADS,
// WEIR_CACHE_DIR, WEIR_CPU_ONLY; an option that is set goes before its variable.
// Errors: WEIR_INVALID_ARGUMENT, WEIR_UNAVAILABLE (an ISA this CPU lacks), WEIR_OUT_OF_MEMORY.
WEIR_API weir_status weir_context_create(const weir_context_options *options,
                                         weir_context **out_context);

// Waits for the work in flight, joins every thread of the context and frees it. NULL is ignored.
// In a child of fork() it frees nothing and returns.
WEIR_API void weir_context_destroy(weir_context *context);

// The message of the calling thread's last failed call, on this context or another (it may be
// NULL); "" if none failed. A call that succeeds leaves it. Valid until this thread's next Weir
// call.
WEIR_API const char *weir_message(const weir_context *context);

// ---------------------------------------------------------------- 3. plain arrays

// An operation's number: WEIR_OP_ADD, ... in <weir/ops.h>.
typedef uint32_t weir_op;

typedef enum weir_call_flags {
    // Products of bf16 and of f32 (matmul, gemm, linear) may be summed in another order than the
    // canonical one, in f32, where that is faster: today those of bf16 on CPUs with AVX-512 BF16,
    // and both on CPUs with AMX, in a context that has WEIR_CONTEXT_AMX.
    //   bf16: a subnormal factor may count as 0. Before the activation an element is within (k + 3)
    //   half ulps of f32 of the sum of the sizes of its terms, and rounded to bf16 once.
    //   f32: factors may be taken as sums of three bf16 each. Before the activation an element is
    //   within (k + 16) half ulps of the sum of the sizes of its terms; parts of factors, terms and
    //   sums below 2^-126 may count as 0 beside that. Where a sum is not finite, the whole product
    //   has the canonical bits.
    // A call that is repeated in one context has the same bits. Whatever else there is keeps its
    // bits.
    WEIR_FAST = 1,
} weir_call_flags;

// What may differ from call to call. Zero means the default.
typedef struct weir_call_options {
    size_t struct_size;
    const char *device;   // a device id: run there; NULL: as the context says
    uint32_t max_threads; // at most so many CPU threads; 0: the context's
    uint32_t reserved;    // 0
    uint64_t flags;       // of weir_call_flags; a shorter struct ends before it
} weir_call_options;

// Runs one operation on plain arrays and returns when the outputs are written.
//   options     the operation's options struct (weir_<op>_options) or NULL for all defaults
//   in          n_in arrays in the order of the operation's inputs; an optional one that is
//               absent has dtype WEIR_DTYPE_NONE or is left off the end
//   out         n_out arrays whose shapes and dtypes are those of weir_infer(); an output may be
//               exactly an input (same data, shape, strides) for elementwise operations; any
//               other overlap is refused
// Errors: any but WEIR_PENDING and WEIR_TIMEOUT. On an error of the arguments nothing is written.
WEIR_API weir_status weir_run(weir_context *context, weir_op op, const void *options,
                              const weir_array *in, size_t n_in, const weir_array *out,
                              size_t n_out, const weir_call_options *call);

// Fills in dtype, rank and shape of the outputs that the operation has for these inputs (data may
// be NULL, but for inputs that decide a shape, such as reduce_sum's `axes`). Sets data to NULL.
// `out` has room for `n_out`, which must be the operation's number of outputs.
WEIR_API weir_status weir_infer(weir_context *context, weir_op op, const void *options,
                                const weir_array *in, size_t n_in, weir_array *out, size_t n_out);

// ---------------------------------------------------------------- 4. tensors and streams

typedef struct weir_tensor weir_tensor;
typedef struct weir_stream weir_stream;

// A tensor of Weir's own memory, dense, uninitialised, resident where it is first written.
// `like` gives dtype, rank and shape; its data and strides are ignored.
WEIR_API weir_status weir_tensor_create(weir_context *context, const weir_array *like,
                                        weir_tensor **out_tensor);
// A tensor over the caller's array, which must stay valid until the tensor is released and its
// work has finished. After work on a device its new value is there only: weir_tensor_sync()
// brings it into the caller's memory.
WEIR_API weir_status weir_tensor_wrap(weir_context *context, const weir_array *array,
                                      weir_tensor **out_tensor);
WEIR_API void weir_tensor_retain(weir_tensor *tensor);
// Work in flight keeps its tensors alive. NULL is ignored.
WEIR_API void weir_tensor_release(weir_tensor *tensor);
// dtype, rank, shape; data is NULL.
WEIR_API weir_array weir_tensor_meta(const weir_tensor *tensor);
// Copies a dense or strided host array in (write) or out (read), after the work submitted on the
// tensor before; shapes and dtypes must be equal. Returns when done.
WEIR_API weir_status weir_tensor_write(weir_tensor *tensor, const weir_array *from);
WEIR_API weir_status weir_tensor_read(weir_tensor *tensor, const weir_array *to);
// Waits for the work submitted on the tensor and makes the host's memory hold its value.
WEIR_API weir_status weir_tensor_sync(weir_tensor *tensor);

// Lays the tensor's value out once more, as the CPU reads the second factor of a product (the b of
// matmul, gemm and matmul_integer, the weight of linear): submissions of `op` with these `options` (as
// in weir_run(); the transposition counts) whose second factor it is then skip a step, which matters
// most where the first has few rows. Same bits; under WEIR_CONTEXT_FAST it is laid out for products
// under WEIR_FAST. For weights: the tensor stays as it is, the layout
// takes about as much memory again (twice, of f16 and bf16), and goes when the tensor is written or
// packed for something else. Work on other devices is not changed by it.
// Shapes: rank 2. Waits for the work submitted on the tensor; returns when done; any thread.
// Errors: WEIR_INVALID_SHAPE, WEIR_INVALID_DTYPE, WEIR_INVALID_ARGUMENT; WEIR_UNSUPPORTED: `op` is no
// product, or this CPU's kernel reads no such layout (the tensor can be used all the same).
WEIR_API weir_status weir_tensor_pack(weir_tensor *tensor, weir_op op, const void *options);

// An ordered queue of operations. Destroying a context with live streams is the caller's error;
// the streams' calls then return WEIR_CANCELLED.
WEIR_API weir_status weir_stream_create(weir_context *context, weir_stream **out_stream);
// Waits for its work, then frees it. NULL is ignored.
WEIR_API void weir_stream_release(weir_stream *stream);

// Submits one operation; returns once submitted (an operation small enough for the CPU has
// finished then). Arguments are checked before it returns; a later failure stays on the stream,
// the operations behind it are not run, and the next wait or poll returns it, once.
WEIR_API weir_status weir_submit(weir_stream *stream, weir_op op, const void *options,
                                 weir_tensor *const *in, size_t n_in, weir_tensor *const *out,
                                 size_t n_out, const weir_call_options *call);

#define WEIR_FOREVER UINT64_MAX
// WEIR_OK when all that was submitted has finished; WEIR_TIMEOUT after `timeout_ns`; else the
// stream's first failure, which is thereby read and cleared. A thread that waits without a time-out
// (here with WEIR_FOREVER; in weir_stream_release(); for a tensor's work) may run operations that have
// not begun, up to what it waits for; callbacks it leaves to Weir's threads.
WEIR_API weir_status weir_stream_wait(weir_stream *stream, uint64_t timeout_ns);
// As weir_stream_wait(), without waiting: WEIR_PENDING while there is work left.
WEIR_API weir_status weir_stream_poll(weir_stream *stream);
// Calls `done(user, status)` once, when all that was submitted so far has finished or failed; from
// a thread of Weir's, or from this call if it already has. It must not destroy the context.
WEIR_API weir_status weir_stream_notify(weir_stream *stream,
                                        void (*done)(void *user, weir_status status), void *user);

// ---------------------------------------------------------------- 5. expressions

// A small expression of elementwise operations, with at most one reduction at its end, that runs as
// one pass over memory: values between its operations stay in a cache or in registers. The result
// has the bits of the same operations run one by one: each value is rounded to the dtype that its
// operation has, and shapes broadcast as in each operation.
//
//     weir_expr_create(context, &e);
//     weir_expr_input(e, WEIR_F32, &x);
//     weir_expr_input(e, WEIR_F32, &bias);
//     weir_expr_op(e, WEIR_OP_ADD, NULL, (weir_node[]){x, bias}, 2, &sum);
//     weir_expr_op(e, WEIR_OP_TANH, NULL, &sum, 1, &y);
//     weir_expr_output(e, y);
//     weir_expr_run(e, (weir_array[]){a, b}, 2, &out, NULL);
//
// Limits: 8 inputs, 32 operations, 64 attributes and absent inputs of operations together.
// Operations of the family map, but those that take pixels; then one of the family reduce that
// takes one input. What an operation takes along an axis (a scale, a zero point) is an input of one
// value, with no elementwise use beside it. An attribute is part of the compiled expression: what
// changes from call to call is better an input of one value, which broadcasts.
//
// Threads: one thread builds an expression; after weir_expr_output() it never changes, and any
// thread may run it, at the same time. Ownership: weir_expr_release() releases it; work in flight
// keeps what it needs. Errors name the node, the limit and what was given.
typedef struct weir_expr weir_expr;
typedef uint32_t weir_node; // a value of one expression; 0: none

WEIR_API weir_status weir_expr_create(weir_context *context, weir_expr **out_expr);
// NULL is ignored.
WEIR_API void weir_expr_release(weir_expr *expr);
// The next input: the first call makes the first array of weir_expr_run(), and so on.
WEIR_API weir_status weir_expr_input(weir_expr *expr, weir_dtype dtype, weir_node *out_node);
// An operation on nodes, in the order of its inputs; an optional one that is absent is 0 or left
// off the end. `options` as in weir_run(), copied. Dtypes and attributes are checked here. Errors:
// WEIR_INVALID_ARGUMENT, WEIR_INVALID_DTYPE, WEIR_UNSUPPORTED (a limit, another family, anything
// behind a reduction).
WEIR_API weir_status weir_expr_op(weir_expr *expr, weir_op op, const void *options,
                                  const weir_node *in, size_t n_in, weir_node *out_node);
// The result is this node, an operation's, to which every input and operation must lead. Completes
// the expression.
WEIR_API weir_status weir_expr_output(weir_expr *expr, weir_node node);
// As weir_infer(): dtype, rank and shape of the result for these inputs, whose data may be NULL.
WEIR_API weir_status weir_expr_infer(const weir_expr *expr, const weir_array *in, size_t n_in,
                                     weir_array *out);
// As weir_run(): plain arrays in the order of the inputs, one output. Without a reduction the
// output may be exactly an input.
WEIR_API weir_status weir_expr_run(const weir_expr *expr, const weir_array *in, size_t n_in,
                                   const weir_array *out, const weir_call_options *call);
// As weir_submit(): tensors, returns once submitted; the expression may be released at once.
WEIR_API weir_status weir_expr_submit(weir_stream *stream, const weir_expr *expr,
                                      weir_tensor *const *in, size_t n_in, weir_tensor *out,
                                      const weir_call_options *call);

// ---------------------------------------------------------------- 6. devices, routing, tuning

typedef struct weir_device_info {
    char id[32];      // "cpu", "opencl:0", "vulkan:0": what `device` options take
    char backend[16]; // "cpu", "opencl", "vulkan"
    char name[128];
    char driver[128];
    char verdict[128]; // "identical", "bounded: ...", "rejected: ..."
    uint64_t memory;   // bytes; for the CPU the host's
    bool software;     // runs on the CPU (PoCL, lavapipe)
} weir_device_info;

// Brings every backend up, if that has not happened, and waits for it. WEIR_TIMEOUT if it takes
// longer than `timeout_ns`; it then goes on beside.
WEIR_API weir_status weir_devices_wait(weir_context *context, uint64_t timeout_ns);
// How many devices are up now; "cpu" is number 0.
WEIR_API size_t weir_device_count(weir_context *context);
WEIR_API weir_status weir_device_get(weir_context *context, size_t index,
                                     weir_device_info *out_info);
// Self-tests six operations of different kinds (exp, reduce_sum, matmul, matmul_integer,
// quantize_linear, transpose) on the device against the scalar CPU kernels and puts the outcome into its verdict. Takes up to seconds where a driver compiles.
WEIR_API weir_status weir_device_verify(weir_context *context, const char *id);
// Why a backend has no device: for i = 0, 1, ... its name and the reason, until false is returned.
// Backends that have devices are left out. Pointers live as long as the context.
WEIR_API bool weir_backend_absent(weir_context *context, size_t i, const char **out_backend,
                                  const char **out_why);

// Counters since the context was made. Bytes and numbers of copies between host and devices.
typedef struct weir_stats {
    uint64_t uploads, upload_bytes;
    uint64_t downloads, download_bytes;
    uint64_t launches;  // kernels launched, on any device
    uint64_t fallbacks; // operations that ran on the CPU because their device failed
} weir_stats;
WEIR_API void weir_stats_get(weir_context *context, weir_stats *out_stats);

// Where the inputs are and where the output is wanted.
typedef enum weir_residency {
    WEIR_ON_HOST = 0,   // inputs in host memory, output wanted there
    WEIR_ON_DEVICE = 1, // inputs on the candidate device, output stays there
} weir_residency;

// What the router would do with an operation of n elements (matmul: n x n x n), and what it
// predicts for device number `device`, in nanoseconds; negative where nothing was measured.
WEIR_API double weir_predict(weir_context *context, weir_op op, weir_residency residency,
                             uint64_t n, size_t device);

// One interval of sizes on which one device wins: from `from` to the next interval's.
typedef struct weir_crossover {
    uint64_t from;
    uint32_t device;
} weir_crossover;
// The intervals of sizes of an operation over what was measured, ascending, the first from 1.
// Writes at most `capacity` and returns how many there are; 0 if the operation is not measured.
// With `device` >= 0 only the CPU and that device are compared.
WEIR_API size_t weir_crossovers(weir_context *context, weir_op op, weir_residency residency,
                                int32_t device, weir_crossover *out, size_t capacity);

typedef struct weir_tune_options {
    size_t struct_size;
    double budget_seconds; // a hard deadline; 0: 10 seconds
    const weir_op *ops;    // which operations; NULL: all
    size_t n_ops;
    // Progress from 0 to 1 and what is measured now; return false to cancel. May be NULL.
    bool (*progress)(void *user, double fraction, const char *what);
    void *user;
    bool renew; // measure again what the profile already holds
} weir_tune_options;

// Measures links and kernels on every device that gives identical bits, and writes the profile.
// WEIR_CANCELLED keeps what was measured; calling again goes on. `options` may be NULL.
WEIR_API weir_status weir_tune(weir_context *context, const weir_tune_options *options);

// ---------------------------------------------------------------- the list of operations

// What an operation is, for programs that do not know it at compile time.
typedef struct weir_op_info {
    const char *name;   // "reduce_sum"
    const char *onnx;   // ONNX's spelling, or ""
    const char *family; // "map", "reduce", "row", "contract", "move", "sample", "scan", "gather",
                        // "histogram"
    uint32_t inputs, required_inputs, outputs, attributes;
    const char *doc, *source;
} weir_op_info;
// The numbers of all operations, ascending; returns how many there are, writes at most capacity.
WEIR_API size_t weir_op_list(weir_op *out, size_t capacity);
WEIR_API weir_status weir_op_describe(weir_op op, weir_op_info *out_info);
// By name or ONNX spelling; 0 if there is none.
WEIR_API weir_op weir_op_find(const char *name);
// Name of input or output number i, the dtypes it takes as "f32|u8", and whether it may be absent.
WEIR_API weir_status weir_op_input(weir_op op, uint32_t i, const char **out_name,
                                   const char **out_dtypes, bool *out_optional);
WEIR_API weir_status weir_op_output(weir_op op, uint32_t i, const char **out_name,
                                    const char **out_dtypes);
// Name of attribute number i, its kind ("float", "int", "ints", "dtype", "operation", or names such as
// "constant|reflect") and its default as text.
WEIR_API weir_status weir_op_attribute(weir_op op, uint32_t i, const char **out_name,
                                       const char **out_kind, const char **out_default);
// Sets one attribute in an options struct from text ("0.5", "-1", "0,2,1", "f16", "relu"), the way `weir op
// --attr` does. `options` points to weir_op_options_size(op) zeroed bytes at first.
WEIR_API weir_status weir_op_set(weir_op op, void *options, const char *name, const char *value);
WEIR_API size_t weir_op_options_size(weir_op op);

#ifdef __cplusplus
}
#endif

#include <weir/ops.h>

#endif
