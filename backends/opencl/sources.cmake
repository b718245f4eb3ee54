# SPDX-License-Identifier: Apache-2.0
# The OpenCL backend: only headers at build time, the library is opened at run time.
find_path(WEIR_OPENCL_HEADERS CL/cl.h)
mark_as_advanced(WEIR_OPENCL_HEADERS)
if(NOT WEIR_OPENCL_HEADERS)
  message(WARNING "no CL/cl.h (Debian: opencl-headers): built without OpenCL")
  return()
endif()

# The loops that programs are made of.
file(GLOB WEIR_CL_LOOPS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/kernels/cl/*.cl)
set(WEIR_CL_INCLUDED ${PROJECT_SOURCE_DIR}/runtime/ops/params.h ${PROJECT_SOURCE_DIR}/runtime/ops/canon.h
  ${PROJECT_SOURCE_DIR}/kernels/cl/class.cl)
foreach(part lang lang_other numbers)
  list(REMOVE_ITEM WEIR_CL_LOOPS ${PROJECT_SOURCE_DIR}/kernels/cl/${part}.cl)
  list(APPEND WEIR_CL_INCLUDED ${PROJECT_SOURCE_DIR}/kernels/cl/${part}.cl)
endforeach()
weir_texts(w_cl_loops ${WEIR_CL_LOOPS} DEPENDS ${WEIR_CL_INCLUDED} ${WEIR_FORMULA_PARTS})

list(APPEND WEIR_SOURCES backends/opencl/loader.c
  backends/opencl/device.c backends/opencl/programs.c backends/opencl/texts.c backends/opencl/chains.c backends/opencl/queue.c
  backends/opencl/launch.c)
list(APPEND WEIR_DEFINITIONS WEIR_HAVE_OPENCL)
