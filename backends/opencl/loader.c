// SPDX-License-Identifier: Apache-2.0
#include "backends/opencl/loader.h"

#include <dlfcn.h>
#include <stdio.h>

bool w_cl_load(w_cl *out_cl, char why[256])
{
    static const char *const names[] = {"libOpenCL.so.1", "libOpenCL.so"};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof names[0]; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *text = dlerror();
        snprintf(why, 256, "no OpenCL loader: %s", text ? text : "libOpenCL.so.1 cannot be opened");
        return false;
    }
    // POSIX hands functions out as data pointers; the union says so without a cast.
    union {
        void *data;
        void (*function)(void);
    } entry;
#define X(name)                                               \
    entry.data = dlsym(library, #name);                       \
    if (!entry.data) {                                        \
        snprintf(why, 256, "the OpenCL loader lacks " #name); \
        return false;                                         \
    }                                                         \
    out_cl->name = (__typeof__(out_cl->name))entry.function;
    W_CL_ENTRIES(X)
#undef X
    return true;
}

// clang-format off
static const struct {
    cl_int code;
    const char *name;
} codes[] = {
#define C(name) {name, #name}
    C(CL_DEVICE_NOT_FOUND),
    C(CL_DEVICE_NOT_AVAILABLE),
    C(CL_COMPILER_NOT_AVAILABLE),
    C(CL_MEM_OBJECT_ALLOCATION_FAILURE),
    C(CL_OUT_OF_RESOURCES),
    C(CL_OUT_OF_HOST_MEMORY),
    C(CL_PROFILING_INFO_NOT_AVAILABLE),
    C(CL_MEM_COPY_OVERLAP),
    C(CL_BUILD_PROGRAM_FAILURE),
    C(CL_MAP_FAILURE),
    C(CL_MISALIGNED_SUB_BUFFER_OFFSET),
    C(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST),
    C(CL_COMPILE_PROGRAM_FAILURE),
    C(CL_LINKER_NOT_AVAILABLE),
    C(CL_LINK_PROGRAM_FAILURE),
    C(CL_INVALID_VALUE),
    C(CL_INVALID_DEVICE_TYPE),
    C(CL_INVALID_PLATFORM),
    C(CL_INVALID_DEVICE),
    C(CL_INVALID_CONTEXT),
    C(CL_INVALID_QUEUE_PROPERTIES),
    C(CL_INVALID_COMMAND_QUEUE),
    C(CL_INVALID_HOST_PTR),
    C(CL_INVALID_MEM_OBJECT),
    C(CL_INVALID_BINARY),
    C(CL_INVALID_BUILD_OPTIONS),
    C(CL_INVALID_PROGRAM),
    C(CL_INVALID_PROGRAM_EXECUTABLE),
    C(CL_INVALID_KERNEL_NAME),
    C(CL_INVALID_KERNEL_DEFINITION),
    C(CL_INVALID_KERNEL),
    C(CL_INVALID_ARG_INDEX),
    C(CL_INVALID_ARG_VALUE),
    C(CL_INVALID_ARG_SIZE),
    C(CL_INVALID_KERNEL_ARGS),
    C(CL_INVALID_WORK_DIMENSION),
    C(CL_INVALID_WORK_GROUP_SIZE),
    C(CL_INVALID_WORK_ITEM_SIZE),
    C(CL_INVALID_GLOBAL_OFFSET),
    C(CL_INVALID_EVENT_WAIT_LIST),
    C(CL_INVALID_EVENT),
    C(CL_INVALID_OPERATION),
    C(CL_INVALID_BUFFER_SIZE),
    C(CL_INVALID_GLOBAL_WORK_SIZE),
    C(CL_INVALID_PROPERTY),
#undef C
    {-1001, "CL_PLATFORM_NOT_FOUND_KHR"}, // cl_khr_icd
    {-9999, "NVIDIA's code for an illegal access"},
};
// clang-format on

const char *w_cl_code_name(cl_int code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].code == code)
            return codes[i].name;
    return "an unknown code";
}
