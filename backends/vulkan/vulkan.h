// SPDX-License-Identifier: Apache-2.0
//
// The Vulkan backend's own state. One instance is shared by the devices that were found through it;
// a device has one compute queue of the driver, which every w_queue submits to; each w_queue has a
// timeline semaphore that drives its w_timeline, and a ring of command buffers.
//
// Locks, in the order in which they may be taken: kernels_lock (a device's pipelines), copy_lock (a
// queue's staging ring), w_queue.lock (its slots and its issued count), submit_lock (the driver's
// queue).
#ifndef W_VK_VULKAN_H
#define W_VK_VULKAN_H

#include "backends/chain_text.h"
#include "backends/vulkan/loader.h"
#include "backends/vulkan/shaderc.h"
#include "backends/vulkan/spirv.h"
#include "runtime/device.h"
#include "runtime/ops/params.h"

typedef enum w_vk_class {
    W_VK_F32,
    W_VK_BYTES,
    W_VK_I32, // MAP, REDUCE, ROW: the class that it computes in, as W_VK_F32
    W_VK_I64,
    W_VK_F64,
    W_VK_SIZE1,
    W_VK_SIZE2,
    W_VK_SIZE4,
    W_VK_SIZE8,
    W_VK_ANY
} w_vk_class;

// The embedded shaders, in the order of w_vk_module.
#define W_VK_MODULES(X)                                                                           \
    X(map_f32)                                                                                    \
    X(map_f32_f64) X(map_i32) X(map_i64) X(map_f64) X(reduce_f32) X(reduce_f32_f64) X(reduce_i32) \
        X(reduce_i64) X(reduce_f64) X(scan_f32) X(scan_f32_f64) X(scan_i32) X(scan_i64) X(scan_f64) \
            X(gather) X(histogram) X(contract_f32) X(contract_f32_f64) X(contract_f64) X(contract_int) \
                X(move) X(sample_f32) X(sample_f32_f64) X(probe)

typedef enum w_vk_module {
#define W_VK_MODULE(name) W_VK_MODULE_##name,
    W_VK_MODULES(W_VK_MODULE)
#undef W_VK_MODULE
        W_VK_MODULE_COUNT,
    // Modules without a twin, so that kernels.def can name one in every row.
    W_VK_MODULE_contract_int_f64 = W_VK_MODULE_contract_int,
    W_VK_MODULE_contract_f64_f64 = W_VK_MODULE_contract_f64,
    W_VK_MODULE_move_f64 = W_VK_MODULE_move,
    W_VK_MODULE_map_i32_f64 = W_VK_MODULE_map_i32,
    W_VK_MODULE_map_i64_f64 = W_VK_MODULE_map_i64,
    W_VK_MODULE_map_f64_f64 = W_VK_MODULE_map_f64,
    W_VK_MODULE_reduce_i32_f64 = W_VK_MODULE_reduce_i32,
    W_VK_MODULE_reduce_i64_f64 = W_VK_MODULE_reduce_i64,
    W_VK_MODULE_reduce_f64_f64 = W_VK_MODULE_reduce_f64,
    W_VK_MODULE_scan_i32_f64 = W_VK_MODULE_scan_i32,
    W_VK_MODULE_scan_i64_f64 = W_VK_MODULE_scan_i64,
    W_VK_MODULE_scan_f64_f64 = W_VK_MODULE_scan_f64,
    W_VK_MODULE_gather_f64 = W_VK_MODULE_gather,
    W_VK_MODULE_histogram_f64 = W_VK_MODULE_histogram,
} w_vk_module;

// Module i as glslang made it; its name where `out_name` is not NULL.
const uint32_t *w_vk_module_words(size_t i, size_t *out_count, const char **out_name);
// A hash of all modules, for w_device.key.
uint64_t w_vk_modules_hash(uint64_t seed);
uint64_t w_vk_hash(uint64_t seed, const void *data, size_t bytes);

typedef struct w_vk_row {
    const char *name;
    w_family family;
    w_vk_class class;
    w_vk_module module, module_f64;
    bool arithmetic;
    uint32_t group;
} w_vk_row;

extern const w_vk_row w_vk_rows[];
extern const size_t w_vk_row_count;

typedef struct w_vk_instance {
    const w_host *host;
    VkInstance handle;
    w_vk_table vk;
    bool has_shaderc;
    w_shaderc shaderc;
    _Atomic uint32_t references;
} w_vk_instance;

// Bindings of every shader's one descriptor set.
enum {
    W_VK_PARAMETERS = 0,
    W_VK_IN = 1,
    W_VK_OUT = 1 + W_MAX_IN,
    W_VK_SPACE,
    W_VK_BINDINGS,
    W_VK_STORAGE_BUFFERS = W_VK_BINDINGS - 1,
};

// Specialization constants of a pipeline: what it depends on besides its module.
typedef struct w_vk_special {
    uint32_t fma, div; // of the device
    uint32_t op, in[W_MAX_IN], out, flat, size;
    uint32_t unroll;      // a compiler that takes long over unrolled loops is spared them
    uint32_t n_in;        // operands
    uint32_t phase, last; // REDUCE, ROW: of each pipeline; kernels/spv/reduce.comp
} w_vk_special;

// A kernel has a pipeline for each phase, and a ROW one more at W_VK_WHOLE that writes its output.
enum { W_VK_WHOLE = W_MAX_PHASES, W_VK_PIPELINES };

struct w_kernel {
    w_kernel_info info;
    const w_vk_row *row;
    w_vk_special special;
    const w_chain *chain; // NULL: a module's
    VkPipeline pipeline[W_VK_PIPELINES];
    w_kernel *next;
};

// What the bring-up probe found.
typedef struct w_vk_probe {
    uint32_t fma_mode, div_mode;
    bool fma_native, div_native, subnormals;
    char why_no_float[128]; // "" where float arithmetic is available
    char text[256];         // in words, for the log
} w_vk_probe;

typedef struct w_vk_device {
    w_device base;
    w_vk_instance *instance;
    w_vk_table vk;
    VkPhysicalDevice physical;
    VkDevice handle;
    VkQueue queue;
    uint32_t family;
    bool unified; // its memory is the host's, cached: mapped and copied by the host
    bool float64, int64;
    uint32_t device_type, host_type; // memory types; host_type is for staging and parameters
    VkDeviceSize buffer_alignment, max_buffer;
    uint32_t max_groups_x, max_groups_y;
    w_spirv_modes modes;
    w_vk_probe probe;
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout layout;
    VkPipelineCache cache;
    pthread_mutex_t kernels_lock, submit_lock;
    w_kernel *kernels;
    _Atomic bool lost;
} w_vk_device;

struct w_mem {
    w_vk_device *device;
    VkBuffer buffer;
    VkDeviceMemory memory;
    size_t bytes;
    void *mapped; // where host and device share it
    // The last use by a queue, so that a copy by the host waits for it alone.
    w_queue *_Atomic used_by;
    _Atomic uint64_t used_at;
};

enum { W_VK_SLOTS = 32, W_VK_PARAMETER_BYTES = 1024, W_VK_STAGES = 4 };
#define W_VK_STAGE_BYTES ((size_t)4 << 20)

// A command buffer with its parameter block, free again once `value` is reached.
typedef struct w_vk_slot {
    VkCommandBuffer commands;
    VkDescriptorSet set;
    uint64_t value;
} w_vk_slot;

// A piece of the staging ring. A download is copied on to the host once `value` is reached.
typedef struct w_vk_stage {
    uint64_t value;
    void *host; // a download's destination, NULL: none is due
    size_t bytes;
} w_vk_stage;

struct w_queue {
    w_timeline timeline;
    w_vk_device *device;
    pthread_mutex_t lock;
    pthread_mutex_t copy_lock; // the staging ring: one copy at a time takes pieces of it
    VkSemaphore semaphore;
    VkCommandPool commands;
    VkDescriptorPool sets;
    w_mem *parameters; // W_VK_SLOTS blocks
    w_mem *staging;    // made when first needed
    uint32_t next_slot, next_stage;
    w_vk_slot slots[W_VK_SLOTS];
    w_vk_stage stages[W_VK_STAGES];
};

// device.c -------------------------------------------------------------------------------------

// Opens one physical device as number `number`; false with `why` where it cannot be used. Where
// `staged` is true, memory is treated as a discrete GPU's although it is the host's (tests).
bool w_vk_device_open(w_vk_instance *instance, VkPhysicalDevice physical, size_t number,
                      bool staged, w_vk_device **out_device, char why[256]);
// The backend's open(), with `staged` as above.
weir_status w_vk_open(const w_bringup *bringup, bool staged, w_device **out_devices,
                      size_t capacity, size_t *out_count, char why[256]);
void w_vk_instance_release(w_vk_instance *instance);
extern const w_device_ops w_vk_device_ops;

// A driver's failure as a status, with a message that names the device, the call and the result.
// A lost device is lost from then on.
weir_status w_vk_failed(w_vk_device *device, VkResult result, const char *call);
// WEIR_DEVICE_LOST where the device is lost, else WEIR_OK.
weir_status w_vk_alive(w_vk_device *device);

// memory.c -------------------------------------------------------------------------------------

weir_status w_vk_mem_create(w_vk_device *device, size_t bytes, uint32_t memory_type, bool map,
                            VkBufferUsageFlags usage, w_mem **out_mem);
weir_status w_vk_mem_alloc(w_device *device, size_t bytes, w_mem **out_mem);
void w_vk_mem_free(w_mem *mem);
void *w_vk_mem_map(w_mem *mem);

// queue.c --------------------------------------------------------------------------------------

weir_status w_vk_queue_open(w_device *device, w_queue **out_queue);
void w_vk_queue_close(w_queue *queue);
// Waits until the queue has reached `value`; the queue's lock must not be held.
weir_status w_vk_queue_reach(w_queue *queue, uint64_t value);
// Takes the lock and begins a command buffer that comes after all work before it.
weir_status w_vk_begin(w_queue *queue, w_vk_slot **out_slot);
// Ends and submits it, gives the value it will reach, and releases the lock. Also after a failure
// while recording, with that status.
weir_status w_vk_submit(w_queue *queue, w_vk_slot *slot, weir_status recorded, uint64_t *out_value);
void *w_vk_slot_parameters(const w_queue *queue, const w_vk_slot *slot);
// Notes that `value` of the queue uses the memory.
void w_vk_mem_used(w_mem *mem, w_queue *queue, uint64_t value);
void w_vk_barrier(const w_vk_device *device, VkCommandBuffer commands);

// copy.c, pipeline.c, launch.c, probe.c ----------------------------------------------------------

weir_status w_vk_copy(w_queue *queue, const w_copy *copy, w_waits waits, w_point *out_signal);

bool w_vk_row_at(w_device *device, size_t i, const char **out_name, const char **out_why_not);
weir_status w_vk_prepare(w_device *device, const w_desc *desc, w_kernel **out_kernel,
                         size_t *out_workspace);
// Destroys the kernel's pipelines, and frees it.
void w_vk_kernel_free(w_vk_device *device, w_kernel *kernel);
// Elements smaller than a word are written by whole words, each by who owns it. False: words of the
// output have several owners, which MOVE alone knows how to write.
bool w_vk_owns_words(const w_desc *desc);
extern const w_source w_vk_texts[]; // "common", "class", ...: kernels/spv
// NULL, or why the device has no kernel for a chain of MAPs.
const char *w_vk_why_no_chain(const w_vk_device *device, const w_chain *chain);
weir_status w_vk_chain_pipeline(w_vk_device *device, const w_chain *chain,
                                const w_vk_special *special, VkPipeline *out_pipeline);
// The pipeline of a shader's words, as glslang made them.
weir_status w_vk_pipeline_of(w_vk_device *device, const uint32_t *words, size_t count,
                             const w_vk_special *special, VkPipeline *out_pipeline);
// The pipeline of a module, made with the device's kernels_lock held.
weir_status w_vk_pipeline(w_vk_device *device, w_vk_module module, const w_vk_special *special,
                          VkPipeline *out_pipeline);

typedef struct w_vk_push {
    uint32_t units, pass, count, blocks, source, target, span, kept;
} w_vk_push;

// A range of memory that a binding shows the shader; `skip` is what alignment put before it.
typedef struct w_vk_view {
    VkDescriptorBufferInfo info;
    uint32_t skip;
} w_vk_view;
weir_status w_vk_view_of(const w_vk_device *device, const w_binding *binding, w_vk_view *out);
// Writes the slot's descriptor set; a binding whose buffer is VK_NULL_HANDLE gets the parameters.
void w_vk_bind(w_queue *queue, const w_vk_slot *slot, const w_vk_view views[W_VK_BINDINGS]);
// Records one dispatch of `groups` work-groups.
void w_vk_dispatch(const w_queue *queue, const w_vk_slot *slot, uint64_t groups,
                   const w_vk_push *push);
// Bytes of workspace that a launch needs.
size_t w_vk_workspace(const w_desc *desc);
weir_status w_vk_launch(w_queue *queue, w_kernel *kernel, const w_args *args, w_waits waits,
                        w_point *out_signal);

// Fills in device->probe.
weir_status w_vk_probe_run(w_vk_device *device);

#endif
