# SPDX-License-Identifier: Apache-2.0
list(APPEND WEIR_SOURCES backends/backends.c)
include(backends/cpu/sources.cmake)
if(WEIR_OPENCL)
  include(backends/opencl/sources.cmake)
endif()
if(WEIR_VULKAN)
  include(backends/vulkan/sources.cmake)
endif()
