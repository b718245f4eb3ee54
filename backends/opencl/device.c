// SPDX-License-Identifier: Apache-2.0
// Devices: finding them, what they can, their memory.
#include "backends/opencl/opencl.h"

#include <stdio.h>
#include <string.h>

#define DEVICE_UUID 0x106A // CL_DEVICE_UUID_KHR of cl_khr_device_uuid, newer than some headers

// ---------------------------------------------------------------- failures

static weir_status status_of(cl_int code)
{
    switch (code) {
    case CL_MEM_OBJECT_ALLOCATION_FAILURE:
    case CL_OUT_OF_RESOURCES:
    case CL_OUT_OF_HOST_MEMORY:
    case CL_INVALID_BUFFER_SIZE:
        return WEIR_OUT_OF_MEMORY;
    case CL_DEVICE_NOT_AVAILABLE:
    case CL_INVALID_CONTEXT:
    case CL_INVALID_COMMAND_QUEUE:
    case CL_INVALID_DEVICE:
    case -9999:
        return WEIR_DEVICE_LOST;
    default:
        return WEIR_DEVICE_FAILED;
    }
}

weir_status w_cl_fail(w_cl_device *device, const char *call, cl_int code)
{
    weir_status status = status_of(code);
    if (status == WEIR_DEVICE_LOST)
        atomic_store(&device->lost, true);
    return w_fail(status, "%s: %s: %s (%d)", device->base.info.id, call, w_cl_code_name(code),
                  code);
}

weir_status w_cl_alive(w_cl_device *device)
{
    if (!atomic_load(&device->lost))
        return WEIR_OK;
    return w_fail(WEIR_DEVICE_LOST, "%s: the device was lost", device->base.info.id);
}

// ---------------------------------------------------------------- memory

static weir_status mem_alloc(w_device *base, size_t bytes, w_mem **out_mem)
{
    w_cl_device *device = (w_cl_device *)base;
    weir_status status = w_cl_alive(device);
    if (status != WEIR_OK)
        return status;
    if (bytes > base->max_alloc)
        return w_fail(WEIR_OUT_OF_MEMORY, "%s: %zu bytes in one piece; it gives at most %zu",
                      base->info.id, bytes, base->max_alloc);
    w_mem *mem = w_alloc_zeroed(base->host, sizeof *mem);
    if (!mem)
        return WEIR_OUT_OF_MEMORY;
    cl_int code;
    mem->device = device;
    mem->bytes = bytes;
    mem->cl = device->cl.clCreateBuffer(device->context, CL_MEM_READ_WRITE, W_MAX(bytes, 16), NULL,
                                        &code);
    if (code != CL_SUCCESS) {
        w_release(base->host, mem, sizeof *mem);
        return w_cl_fail(device, "clCreateBuffer", code);
    }
    *out_mem = mem;
    return WEIR_OK;
}

// Commands in flight keep the driver's buffer alive.
static void mem_free(w_mem *mem)
{
    mem->device->cl.clReleaseMemObject(mem->cl);
    w_release(mem->device->base.host, mem, sizeof *mem);
}

// OpenCL 1.2 shares a buffer with the host only while no command uses it: never, to the runtime.
static void *mem_map(w_mem *mem)
{
    (void)mem;
    return NULL;
}

static void device_close(w_device *base)
{
    w_cl_device *device = (w_cl_device *)base;
    w_cl_kernels_free(device);
    device->cl.clReleaseContext(device->context);
    pthread_cond_destroy(&device->built);
    pthread_mutex_destroy(&device->programs);
    w_release(base->host, device, sizeof *device);
}

static const w_device_ops device_ops = {
    .close = device_close,
    .queue_open = w_cl_queue_open,
    .queue_close = w_cl_queue_close,
    .mem_alloc = mem_alloc,
    .mem_free = mem_free,
    .mem_map = mem_map,
    .prepare = w_cl_prepare,
    .launch = w_cl_launch,
    .copy = w_cl_copy,
    .row = w_cl_row_get,
};

// ---------------------------------------------------------------- what a device is

static void platform_text(const w_cl *cl, cl_platform_id id, cl_platform_info what, char text[256])
{
    if (cl->clGetPlatformInfo(id, what, 256, text, NULL) != CL_SUCCESS)
        snprintf(text, 256, "?");
}

static void device_text(const w_cl *cl, cl_device_id id, cl_device_info what, char text[256])
{
    if (cl->clGetDeviceInfo(id, what, 256, text, NULL) != CL_SUCCESS)
        snprintf(text, 256, "?");
}

// A number of up to 64 bits, zero where the device has no answer.
static uint64_t device_number(const w_cl *cl, cl_device_id id, cl_device_info what)
{
    uint64_t value = 0;
    if (cl->clGetDeviceInfo(id, what, sizeof value, &value, NULL) != CL_SUCCESS)
        value = 0;
    return value;
}

static bool has_extension(const w_cl *cl, const w_host *host, cl_device_id id, const char *name)
{
    size_t size = 0, length = strlen(name);
    if (cl->clGetDeviceInfo(id, CL_DEVICE_EXTENSIONS, 0, NULL, &size) != CL_SUCCESS || !size)
        return false;
    char *list = w_alloc_zeroed(host, size + 1);
    bool found = false;
    if (list && cl->clGetDeviceInfo(id, CL_DEVICE_EXTENSIONS, size, list, NULL) == CL_SUCCESS)
        for (const char *at = list; !found && (at = strstr(at, name)); at += length)
            found = (at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]);
    if (list)
        w_release(host, list, size + 1);
    return found;
}

// NULL, or why no kernel of ours can run on it.
static const char *why_unusable(const w_cl *cl, cl_device_id id)
{
    char profile[256], version[256];
    int major = 0, minor = 0;
    device_text(cl, id, CL_DEVICE_PROFILE, profile);
    device_text(cl, id, CL_DEVICE_VERSION, version);
    if (!device_number(cl, id, CL_DEVICE_AVAILABLE))
        return "is not available";
    if (!device_number(cl, id, CL_DEVICE_COMPILER_AVAILABLE))
        return "has no compiler";
    if (sscanf(version, "OpenCL %d.%d", &major, &minor) != 2 || major * 10 + minor < 12)
        return "is older than OpenCL 1.2";
    if (strcmp(profile, "FULL_PROFILE") != 0)
        return "has the embedded profile only";
    if (!device_number(cl, id, CL_DEVICE_ENDIAN_LITTLE))
        return "is big-endian";
    return NULL;
}

static void describe_numbers(w_cl_device *device, const w_host *host)
{
    const w_cl *cl = &device->cl;
    uint64_t fp = device_number(cl, device->id, CL_DEVICE_SINGLE_FP_CONFIG);
    device->exact_div = !(fp & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT);
    device->exact_fma = !(fp & CL_FP_FMA);
    if (!(fp & CL_FP_ROUND_TO_NEAREST))
        device->why_no_fma = "the device does not round to nearest";
    else if (device->exact_fma && !has_extension(cl, host, device->id, "cl_khr_fp64"))
        device->why_no_fma = "the device has neither a fused multiply-add nor f64";
    uint64_t wide = device_number(cl, device->id, CL_DEVICE_DOUBLE_FP_CONFIG);
    uint64_t needs = CL_FP_FMA | CL_FP_ROUND_TO_NEAREST | CL_FP_INF_NAN | CL_FP_DENORM;
    if (!has_extension(cl, host, device->id, "cl_khr_fp64") || (wide & needs) != needs)
        device->why_no_f64 = "the device has no f64 with a fused multiply-add";
    if (!(fp & CL_FP_DENORM))
        w_log(host, "%s flushes subnormal numbers", device->base.info.id);
    uint64_t bits = device_number(cl, device->id, CL_DEVICE_ADDRESS_BITS);
    device->max_global = bits == 32 ? UINT32_MAX : UINT64_MAX;
    size_t sizes[16] = {0};
    device->max_group = (size_t)device_number(cl, device->id, CL_DEVICE_MAX_WORK_GROUP_SIZE);
    if (cl->clGetDeviceInfo(device->id, CL_DEVICE_MAX_WORK_ITEM_SIZES, sizeof sizes, sizes, NULL) ==
        CL_SUCCESS)
        device->max_group = W_MIN(device->max_group, sizes[0]);
}

// The driver's own identity where it has one, else made of the names and the number.
static void describe_uuid(w_cl_device *device, const w_host *host, const char *names)
{
    const w_cl *cl = &device->cl;
    uint8_t *uuid = device->base.uuid;
    if (has_extension(cl, host, device->id, "cl_khr_device_uuid") &&
        cl->clGetDeviceInfo(device->id, DEVICE_UUID, 16, uuid, NULL) == CL_SUCCESS)
        return;
    uint64_t hash[2];
    hash[0] = w_cl_hash(w_cl_hash(W_CL_HASH, names), device->base.info.id);
    hash[1] = w_cl_hash(w_cl_hash(hash[0], device->base.info.name), names);
    memcpy(uuid, hash, sizeof hash);
}

static void describe(w_cl_device *device, const w_host *host, cl_platform_id platform)
{
    const w_cl *cl = &device->cl;
    weir_device_info *info = &device->base.info;
    char name[256], version[256], driver[256], device_name[256];
    platform_text(cl, platform, CL_PLATFORM_NAME, name);
    platform_text(cl, platform, CL_PLATFORM_VERSION, version);
    device_text(cl, device->id, CL_DRIVER_VERSION, driver);
    device_text(cl, device->id, CL_DEVICE_NAME, device_name);
    snprintf(info->backend, sizeof info->backend, "opencl");
    snprintf(info->name, sizeof info->name, "%.*s", (int)sizeof info->name - 1, device_name);
    snprintf(info->driver, sizeof info->driver, "%.48s %.32s, %.40s", name, driver, version);
    info->memory = device_number(cl, device->id, CL_DEVICE_GLOBAL_MEM_SIZE);
    info->software = device_number(cl, device->id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU;
    device->base.max_alloc = (size_t)device_number(cl, device->id, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
    describe_numbers(device, host);
    describe_uuid(device, host, name);
    uint64_t key = w_cl_hash(w_cl_hash(w_cl_hash(W_CL_HASH, name), version), driver);
    snprintf(device->base.key, sizeof device->base.key, "%016llx-%016llx", (unsigned long long)key,
             (unsigned long long)w_cl_sources_hash());
}

// ---------------------------------------------------------------- opening

static weir_status device_open(const w_cl *cl, const w_host *host, cl_platform_id platform,
                               cl_device_id id, size_t number, w_device **out_device)
{
    w_cl_device *device = w_alloc_zeroed(host, sizeof *device);
    if (!device)
        return WEIR_OUT_OF_MEMORY;
    device->base.ops = &device_ops;
    device->base.host = host;
    device->cl = *cl;
    device->id = id;
    snprintf(device->base.info.id, sizeof device->base.info.id, "opencl:%zu", number);
    describe(device, host, platform);
    cl_int code;
    cl_context_properties properties[] = {CL_CONTEXT_PLATFORM, (cl_context_properties)platform, 0};
    device->context = cl->clCreateContext(properties, 1, &id, NULL, NULL, &code);
    if (code != CL_SUCCESS) {
        weir_status status = w_cl_fail(device, "clCreateContext", code);
        w_release(host, device, sizeof *device);
        return status;
    }
    pthread_mutex_init(&device->programs, NULL);
    pthread_cond_init(&device->built, NULL);
    *out_device = &device->base;
    return WEIR_OK;
}

typedef struct opening {
    const w_cl *cl;
    const w_host *host;
    w_device **devices;
    size_t capacity, count;
    char *why;
} opening;

// A device that cannot be used is left out with a line in the log, and is the reason if none is.
static void open_one(opening *o, cl_platform_id platform, cl_device_id id)
{
    const char *unusable = why_unusable(o->cl, id);
    char name[256];
    device_text(o->cl, id, CL_DEVICE_NAME, name);
    if (unusable)
        snprintf(o->why, 256, "%.100s %s", name, unusable);
    else if (device_open(o->cl, o->host, platform, id, o->count, &o->devices[o->count]) == WEIR_OK)
        o->count++;
    else
        snprintf(o->why, 256, "%s", w_message());
    if (o->why[0])
        w_log(o->host, "OpenCL: %s", o->why);
}

static void open_platform(opening *o, cl_platform_id platform)
{
    cl_device_id ids[W_MAX_DEVICES];
    cl_uint n = 0;
    cl_int code = o->cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, W_MAX_DEVICES, ids, &n);
    if (code != CL_SUCCESS && code != CL_DEVICE_NOT_FOUND)
        snprintf(o->why, 256, "clGetDeviceIDs: %s (%d)", w_cl_code_name(code), code);
    if (code != CL_SUCCESS)
        return;
    for (cl_uint i = 0; i < W_MIN(n, W_MAX_DEVICES) && o->count < o->capacity; i++) {
        o->why[0] = '\0';
        open_one(o, platform, ids[i]);
    }
}

static weir_status backend_open(const w_bringup *bringup, w_device **out_devices, size_t capacity,
                                size_t *out_count, char why[256])
{
    w_cl cl;
    cl_platform_id platforms[W_MAX_DEVICES];
    cl_uint n = 0;
    *out_count = 0;
    why[0] = '\0';
    if (!w_cl_load(&cl, why))
        return WEIR_OK;
    cl_int code = cl.clGetPlatformIDs(W_MAX_DEVICES, platforms, &n);
    if (code == -1001 || (code == CL_SUCCESS && n == 0)) {
        snprintf(why, 256, "the OpenCL loader finds no driver");
        return WEIR_OK;
    }
    if (code != CL_SUCCESS) {
        snprintf(why, 256, "clGetPlatformIDs: %s (%d)", w_cl_code_name(code), code);
        return WEIR_OK;
    }
    opening o = {&cl, bringup->host, out_devices, capacity, 0, why};
    for (cl_uint i = 0; i < W_MIN(n, W_MAX_DEVICES); i++)
        open_platform(&o, platforms[i]);
    *out_count = o.count;
    if (!o.count && !why[0])
        snprintf(why, 256, "the OpenCL drivers have no device");
    return WEIR_OK;
}

extern const w_backend w_backend_opencl;
const w_backend w_backend_opencl = {.name = "opencl", .open = backend_open};
