# SPDX-License-Identifier: Apache-2.0
# The benches: build/bench/NAME. Each needs cJSON for its report; ulp needs MPFR for the truth.
find_path(WEIR_CJSON_INCLUDE cjson/cJSON.h)
find_library(WEIR_CJSON cjson)
find_path(WEIR_MPFR_INCLUDE mpfr.h)
find_library(WEIR_MPFR mpfr)
mark_as_advanced(WEIR_CJSON_INCLUDE WEIR_CJSON WEIR_MPFR_INCLUDE WEIR_MPFR)

function(weir_bench name)
  add_executable(bench_${name} bench/${name}.c ${ARGN} bench/common.c bench/report.c
    bench/harness/time.c)
  weir_flags(bench_${name})
  set_target_properties(bench_${name} PROPERTIES OUTPUT_NAME ${name}
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
  target_include_directories(bench_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_include_directories(bench_${name} SYSTEM PRIVATE ${WEIR_CJSON_INCLUDE})
  target_link_libraries(bench_${name} PRIVATE weir_static ${WEIR_CJSON} ${CMAKE_DL_LIBS} m)
endfunction()

if(WEIR_CJSON_INCLUDE AND WEIR_CJSON)
  weir_bench(matmul)
  weir_bench(calls)
  weir_bench(routing)
  weir_bench(chains)
  # Weir and its peers in one run. Peers are loaded while it runs: none is needed to build it. Its
  # fork-join looks inside the library.
  add_executable(bench_peers bench/peers.c bench/peers/blas.c bench/peers/dnnl.c bench/peers/markdown.c
    bench/peers/narrow.c
    bench/peers/python.c bench/peers/threads.c bench/peers/vector.c bench/common.c)
  weir_flags(bench_peers)
  set_target_properties(bench_peers PROPERTIES OUTPUT_NAME peers
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
  target_include_directories(bench_peers SYSTEM PRIVATE ${WEIR_CJSON_INCLUDE})
  target_link_libraries(bench_peers PRIVATE weir_harness weir_internal)
  configure_file(${PROJECT_SOURCE_DIR}/bench/peers/child.py
    ${PROJECT_BINARY_DIR}/bench/peers_child.py COPYONLY)
  if(WEIR_MPFR_INCLUDE AND WEIR_MPFR)
    weir_bench(ulp bench/ulp_judge.c bench/ulp_quick.c bench/ulp_result.c bench/ulp_truth.c
      bench/ulp_inputs.c bench/ulp_parts.c)
    # So that loops become vectors; what they compute stays as written.
    set_source_files_properties(bench/ulp_quick.c bench/ulp_judge.c PROPERTIES COMPILE_OPTIONS
      "-O3;-fno-math-errno;-fno-trapping-math;-fno-tree-pre;-fno-code-hoisting")
    # The parts are formulas, compiled as a backend compiles them.
    target_include_directories(bench_ulp PRIVATE ${PROJECT_SOURCE_DIR}/kernels/formula)
    target_include_directories(bench_ulp SYSTEM PRIVATE ${WEIR_MPFR_INCLUDE})
    target_link_libraries(bench_ulp PRIVATE ${WEIR_MPFR})
  else()
    message(STATUS "Without MPFR (Debian: libmpfr-dev) the bench `ulp` is left out")
  endif()
else()
  message(STATUS "Without cJSON (Debian: libcjson-dev) the benches are left out")
endif()
