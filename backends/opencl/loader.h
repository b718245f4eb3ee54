// SPDX-License-Identifier: Apache-2.0
//
// The OpenCL library, opened at run time: every entry point stands in the one list below, and
// nothing is linked. Only the Khronos headers are needed to build.
#ifndef W_OPENCL_LOADER_H
#define W_OPENCL_LOADER_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <stdbool.h>
#include <stddef.h>

#define W_CL_ENTRIES(X)          \
    X(clGetPlatformIDs)          \
    X(clGetPlatformInfo)         \
    X(clGetDeviceIDs)            \
    X(clGetDeviceInfo)           \
    X(clCreateContext)           \
    X(clReleaseContext)          \
    X(clCreateCommandQueue)      \
    X(clReleaseCommandQueue)     \
    X(clCreateBuffer)            \
    X(clReleaseMemObject)        \
    X(clCreateProgramWithSource) \
    X(clBuildProgram)            \
    X(clGetProgramBuildInfo)     \
    X(clReleaseProgram)          \
    X(clCreateKernel)            \
    X(clReleaseKernel)           \
    X(clSetKernelArg)            \
    X(clGetKernelWorkGroupInfo)  \
    X(clEnqueueNDRangeKernel)    \
    X(clEnqueueReadBuffer)       \
    X(clEnqueueWriteBuffer)      \
    X(clFlush)                   \
    X(clFinish)                  \
    X(clWaitForEvents)           \
    X(clGetEventInfo)            \
    X(clRetainEvent)             \
    X(clReleaseEvent)

typedef struct w_cl {
#define X(name) __typeof__(&(name)) name;
    W_CL_ENTRIES(X)
#undef X
} w_cl;

// Opens the library and fills the table in; with false, `why` (256 bytes) says what is missing. The
// library stays loaded for good: drivers keep threads and exit handlers.
bool w_cl_load(w_cl *out_cl, char why[256]);

// "CL_OUT_OF_RESOURCES", or "an unknown code".
const char *w_cl_code_name(cl_int code);

#endif
