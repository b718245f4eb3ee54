# SPDX-License-Identifier: Apache-2.0
list(APPEND WEIR_SOURCES
  backends/cpu/cpu.c backends/cpu/isa.c backends/cpu/cpus.c backends/cpu/threads.c
  backends/cpu/walk.c backends/cpu/map.c backends/cpu/sample.c backends/cpu/reduce.c backends/cpu/chain.c
  backends/cpu/row.c backends/cpu/row_stripe.c backends/cpu/row_group.c backends/cpu/move.c
  backends/cpu/contract.c backends/cpu/contract_shape.c backends/cpu/contract_tile.c backends/cpu/contract_dot.c
  backends/cpu/contract_dot_few.c backends/cpu/math.c backends/cpu/math_f64.c
  backends/cpu/scan.c backends/cpu/gather.c backends/cpu/histogram.c)
# Its loops are over operands: vectors would cost small calls more than they bring.
set_source_files_properties(backends/cpu/cpu.c PROPERTIES COMPILE_OPTIONS "-fno-tree-vectorize")
weir_generated(histogram formulas_histogram.h f32)
set_source_files_properties(backends/cpu/histogram.c PROPERTIES
  INCLUDE_DIRECTORIES "${WEIR_GENERATED};${PROJECT_SOURCE_DIR}/kernels/formula"
  OBJECT_DEPENDS ${WEIR_GENERATED}/formulas_histogram.h)
set_source_files_properties(backends/cpu/math.c PROPERTIES
  INCLUDE_DIRECTORIES ${PROJECT_BINARY_DIR}/generated
  OBJECT_DEPENDS ${PROJECT_BINARY_DIR}/generated/formulas_f64.h)

foreach(class f32 i32 i64 f64)
  weir_generated(formulas formulas_${class}.h ${class})
endforeach()

# weir_cpu_isa(NAME BYTES FLAG...): the loops, compiled for one instruction set with vectors of so many
# bytes, 0 for two lanes (gcc 12 for AArch64 gets masks of one 64-bit lane wrong: where it joins two
# comparisons, true is 1 instead of all ones). The floating-point flags of weir_flags() come after these.
function(weir_cpu_isa name bytes)
  # A loop computes two vectors at a time (loops/map.inc); this makes gcc weave them into one stream, as
  # clang does anyway. The products' kernels are written by the register and stay as they are.
  set(weave "")
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    set(weave -fschedule-insns -fsched-pressure --param=max-sched-region-insns=1000 --param=max-sched-region-blocks=40 --param=max-sched-extend-regions-iters=3)
  endif()
  set(files backends/cpu/${name}/${name}.c backends/cpu/${name}/contract.c)
  set_source_files_properties(backends/cpu/${name}/${name}.c PROPERTIES COMPILE_OPTIONS "${ARGN};${weave}")
  set_source_files_properties(backends/cpu/${name}/contract.c PROPERTIES COMPILE_OPTIONS "${ARGN}")
  set_source_files_properties(${files} PROPERTIES
    INCLUDE_DIRECTORIES "${WEIR_GENERATED};${PROJECT_SOURCE_DIR}/kernels/formula"
    OBJECT_DEPENDS ${WEIR_GENERATED}/formulas_f32.h)
  # One file a class, for a source file has one set of definitions.
  foreach(class i32 i64 f64)
    string(TOUPPER ${class} upper)
    string(REGEX REPLACE ".*([0-9][0-9])" "\\1" bits ${class})
    math(EXPR lane "2 * ${bits} / 8")
    if(bytes)
      set(lane ${bytes})
    endif()
    set(file ${WEIR_GENERATED}/${class}_${name}.c)
    file(CONFIGURE OUTPUT ${file} CONTENT
      "#define W_ISA ${name}\n#define W_BYTES ${lane}\n#define W_CLASS ${class}\n#define IN_CLASS_${upper}\n#include \"backends/cpu/loops/class.inc\"\n")
    set_source_files_properties(${file} PROPERTIES
      COMPILE_OPTIONS "${ARGN}"
      INCLUDE_DIRECTORIES "${WEIR_GENERATED};${PROJECT_SOURCE_DIR}/kernels/formula"
      OBJECT_DEPENDS ${WEIR_GENERATED}/formulas_${class}.h)
    list(APPEND files ${file})
  endforeach()
  set(WEIR_SOURCES ${WEIR_SOURCES} ${files} PARENT_SCOPE)
endfunction()

string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" WEIR_PROCESSOR)
weir_cpu_isa(scalar 0)
if(WEIR_PROCESSOR MATCHES "^(x86_64|amd64)$")
  weir_cpu_isa(avx2 32 -mavx2 -mfma -mf16c)
  weir_cpu_isa(avx512 64 -mavx512f -mavx512bw -mavx512cd -mavx512dq -mavx512vl -mfma -mf16c
    -mprefer-vector-width=512)
  # What newer processors have beside these sets: files of their own, run where CPUID says so.
  list(APPEND WEIR_SOURCES backends/cpu/avx2/vnni.c backends/cpu/avx512/vnni.c backends/cpu/avx512/bf16.c
    backends/cpu/avx512/amx.c backends/cpu/avx512/amx_split.c)
  set_source_files_properties(backends/cpu/avx2/vnni.c PROPERTIES COMPILE_OPTIONS "-mavx2;-mavxvnni")
  set_source_files_properties(backends/cpu/avx512/vnni.c PROPERTIES
    COMPILE_OPTIONS "-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl;-mavx512vnni")
  set_source_files_properties(backends/cpu/avx512/bf16.c PROPERTIES
    COMPILE_OPTIONS "-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl;-mavx512bf16")
  set_source_files_properties(backends/cpu/avx512/amx.c backends/cpu/avx512/amx_split.c PROPERTIES
    COMPILE_OPTIONS "-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl;-mavx512vnni;-mamx-tile;-mamx-int8;-mamx-bf16")
elseif(WEIR_PROCESSOR MATCHES "^(aarch64|arm64)$")
  weir_cpu_isa(neon 16)
  # What newer processors have beside it, run where the hwcaps say so. gcc's first scheduling moves loads up until
  # the sums of a tile no longer fit the registers.
  set(dot_flags -fno-schedule-insns)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
    set(dot_flags "")
  endif()
  list(APPEND WEIR_SOURCES backends/cpu/neon/dotprod.c backends/cpu/neon/i8mm.c)
  set_source_files_properties(backends/cpu/neon/dotprod.c PROPERTIES COMPILE_OPTIONS "-march=armv8.2-a+dotprod;${dot_flags}")
  set_source_files_properties(backends/cpu/neon/i8mm.c PROPERTIES COMPILE_OPTIONS "-march=armv8.2-a+dotprod+i8mm;${dot_flags}")
endif()
