# SPDX-License-Identifier: Apache-2.0
# The runtime on a scripted device, and a context's manners.
weir_test(streams runtime/streams.c scripted/device.c) # it and `context` fork: not under an emulator
weir_test(faults runtime/faults.c scripted/device.c)
weir_test(recent runtime/recent.c scripted/device.c)
weir_test(packed runtime/packed.c)
weir_test(context runtime/context.c)
weir_test(amx runtime/amx.c) # it forks, too
weir_test(routing runtime/routing.c)
target_compile_definitions(test_routing PRIVATE WEIR_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
set_tests_properties(faults routing recent packed PROPERTIES LABELS "threads;arm64")
set_tests_properties(streams context PROPERTIES LABELS threads)
weir_test(expressions runtime/expr.c)
set_tests_properties(expressions PROPERTIES LABELS "threads;arm64")
weir_test(pieces runtime/pieces.c ${WEIR_CONFORMANCE})
weir_test(huge runtime/huge.c ${WEIR_CONFORMANCE})
weir_test(leave runtime/leave.c)
weir_test(devices runtime/devices.c)
if(WEIR_VULKAN)
  weir_test(spirv runtime/spirv.c)
endif()
