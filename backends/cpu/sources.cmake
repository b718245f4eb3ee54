# SPDX-License-Identifier: Apache-2.0
list(APPEND WEIR_SOURCES
  backends/cpu/cpu.c backends/cpu/isa.c backends/cpu/cpus.c backends/cpu/threads.c
  backends/cpu/walk.c backends/cpu/map.c backends/cpu/reduce.c backends/cpu/move.c
  backends/cpu/contract.c)

weir_generated(formulas.h formulas.h)

# weir_cpu_isa(NAME FLAG...): the loops, compiled for one instruction set. The floating-point flags
# of weir_flags() come after these.
function(weir_cpu_isa name)
  set(files backends/cpu/${name}/${name}.c backends/cpu/${name}/contract.c)
  set_source_files_properties(${files} PROPERTIES
    COMPILE_OPTIONS "${ARGN}"
    INCLUDE_DIRECTORIES "${WEIR_GENERATED};${PROJECT_SOURCE_DIR}/kernels/formula"
    OBJECT_DEPENDS ${WEIR_GENERATED}/formulas.h)
  set(WEIR_SOURCES ${WEIR_SOURCES} ${files} PARENT_SCOPE)
endfunction()

string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" WEIR_PROCESSOR)
weir_cpu_isa(scalar)
if(WEIR_PROCESSOR MATCHES "^(x86_64|amd64)$")
  weir_cpu_isa(avx2 -mavx2 -mfma -mf16c)
  weir_cpu_isa(avx512 -mavx512f -mavx512bw -mavx512cd -mavx512dq -mavx512vl -mfma -mf16c
    -mprefer-vector-width=512)
elseif(WEIR_PROCESSOR MATCHES "^(aarch64|arm64)$")
  weir_cpu_isa(neon)
endif()
