# SPDX-License-Identifier: Apache-2.0
# The conformance tests: every operation on every target (tests/conformance/conformance.h).
set(WEIR_CONFORMANCE conformance/values.c conformance/held.c conformance/shapes.c
  conformance/problem.c conformance/reference.c conformance/canonical.c conformance/expect.c
  conformance/targets.c)

foreach(name same_bits conformance environment accuracy invalid)
  weir_test(${name} conformance/${name}.c ${WEIR_CONFORMANCE})
  target_compile_definitions(test_${name} PRIVATE
    WEIR_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
endforeach()
