# SPDX-License-Identifier: Apache-2.0
list(APPEND WEIR_SOURCES
  runtime/base/status.c runtime/base/host.c runtime/base/thread.c
  runtime/ops/ops.c runtime/ops/values.c runtime/ops/array.c runtime/ops/describe.c
  runtime/ops/geometry.c runtime/ops/map.c runtime/ops/reduce.c runtime/ops/row.c runtime/ops/contract.c
  runtime/ops/move.c runtime/ops/gather.c runtime/ops/parts.c runtime/ops/sample.c runtime/ops/catalog.c runtime/ops/chain.c
  runtime/timeline.c runtime/pieces.c runtime/exit_guard.c runtime/state.c runtime/execute.c runtime/verify.c
  runtime/calibrate.c runtime/bringup.c runtime/recent.c runtime/engine.c runtime/stream.c runtime/expr.c runtime/context.c
  runtime/devices.c
  runtime/memory/pool.c runtime/memory/tensor.c runtime/memory/tensor_api.c
  ${WEIR_GENERATED}/calls.c)
weir_generated(calls.c calls.c)
include(runtime/routing/sources.cmake)
# Their loops are over a few axes or operands: vectors would cost small calls more than they bring.
set_source_files_properties(runtime/recent.c runtime/engine.c ${WEIR_GENERATED}/calls.c
  PROPERTIES COMPILE_OPTIONS "-fno-tree-vectorize")
