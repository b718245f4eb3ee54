# SPDX-License-Identifier: Apache-2.0
# The conformance tests: every operation on every target (tests/conformance/conformance.h).
add_library(conformance_objects OBJECT conformance/values.c conformance/held.c conformance/shapes.c
  conformance/problem.c conformance/reference.c conformance/reference_classes.c conformance/reference_math.c
  conformance/reference_move.c conformance/problem_parts.c conformance/problem_sample.c
  conformance/problem_rows.c conformance/reference_reduce.c conformance/expect_rows.c
  conformance/canonical.c conformance/expect.c
  conformance/expect_whole.c conformance/problem_whole.c
  conformance/targets.c)
weir_flags(conformance_objects)
target_compile_definitions(conformance_objects PRIVATE ${WEIR_DEFINITIONS})
target_include_directories(conformance_objects PRIVATE ${CMOCKA_INCLUDE} ${PROJECT_SOURCE_DIR}
  $<TARGET_PROPERTY:weir_internal,INTERFACE_INCLUDE_DIRECTORIES>)
set(WEIR_CONFORMANCE $<TARGET_OBJECTS:conformance_objects>)

# `conformance_tests` builds them, `ctest -L conformance` runs them; they also cross-compile and run
# under an emulator (cmake/aarch64.cmake).
add_custom_target(conformance_tests)
# `conformance` comes after `same_bits` and finds what drivers compiled for it; the two take the same
# dtypes.
foreach(name same_bits conformance environment accuracy conditioned invalid batch products expr property indices codes dot large fast)
  weir_test(${name} conformance/${name}.c ${WEIR_CONFORMANCE})
  target_compile_definitions(test_${name} PRIVATE
    WEIR_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  set_tests_properties(${name} PROPERTIES LABELS conformance)
  add_dependencies(conformance_tests test_${name})
endforeach()
target_sources(test_same_bits PRIVATE conformance/same_bits_page.c)
target_sources(test_dot PRIVATE conformance/tiles.c conformance/dot_variants.c)
target_sources(test_fast PRIVATE conformance/tiles.c conformance/dot_variants.c)
# The C library's f64 functions against MPFR, where it is installed.
find_path(WEIR_MPFR_INCLUDE mpfr.h)
find_library(WEIR_MPFR mpfr)
if(WEIR_MPFR_INCLUDE AND WEIR_MPFR AND NOT CMAKE_CROSSCOMPILING)
  weir_test(math_f64 conformance/math_f64.c)
  target_include_directories(test_math_f64 SYSTEM PRIVATE ${WEIR_MPFR_INCLUDE})
  target_link_libraries(test_math_f64 PRIVATE ${WEIR_MPFR} m)
  set_tests_properties(math_f64 PROPERTIES LABELS conformance)
  add_dependencies(conformance_tests test_math_f64)
endif()
# The results that bench/ulp has judged, and its operands.
target_sources(test_accuracy PRIVATE ${PROJECT_SOURCE_DIR}/bench/ulp_inputs.c)
target_compile_definitions(test_accuracy PRIVATE
  WEIR_TEST_PROOFS="${PROJECT_SOURCE_DIR}/bench/results/accuracy")
set_tests_properties(conformance PROPERTIES DEPENDS same_bits ENVIRONMENT
  "XDG_CACHE_HOME=${WEIR_TEST_CACHE}/same_bits;POCL_CACHE_DIR=${WEIR_TEST_CACHE}/same_bits/pocl")
if(WEIR_SANITIZE)
  set_property(TEST conformance APPEND PROPERTY ENVIRONMENT
    "ASAN_OPTIONS=use_sigaltstack=0:detect_leaks=0"
    "TSAN_OPTIONS=suppressions=${CMAKE_CURRENT_SOURCE_DIR}/races.txt")
endif()

# On Vulkan expressions are compiled where libshaderc is, which the test is told.
if(WEIR_VULKAN AND WEIR_TEST_SHADERC)
  set_property(TEST expr APPEND PROPERTY ENVIRONMENT "LD_LIBRARY_PATH=${WEIR_TEST_SHADERC}"
    WEIR_TEST_SHADERC=1)
endif()
