# SPDX-License-Identifier: Apache-2.0
# The runtime on a scripted device, and a context's manners.
weir_test(streams runtime/streams.c scripted/device.c)
weir_test(faults runtime/faults.c scripted/device.c)
weir_test(context runtime/context.c)
set_tests_properties(streams faults context PROPERTIES LABELS "threads;arm64")
weir_test(leave runtime/leave.c)
