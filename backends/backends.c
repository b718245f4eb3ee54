// SPDX-License-Identifier: Apache-2.0
// The one list of backends.
#include "runtime/device.h"

extern const w_backend w_backend_cpu, w_backend_opencl, w_backend_vulkan;

const w_backend *const w_backends[] = {
    &w_backend_cpu,
#ifdef WEIR_HAVE_OPENCL
    &w_backend_opencl,
#endif
#ifdef WEIR_HAVE_VULKAN
    &w_backend_vulkan,
#endif
    NULL,
};
