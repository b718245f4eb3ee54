# SPDX-License-Identifier: Apache-2.0
list(APPEND WEIR_SOURCES
  runtime/base/status.c runtime/base/host.c runtime/base/thread.c
  runtime/ops/ops.c runtime/ops/values.c runtime/ops/array.c runtime/ops/describe.c
  runtime/ops/geometry.c runtime/ops/map.c runtime/ops/reduce.c runtime/ops/contract.c
  runtime/ops/move.c runtime/ops/catalog.c
  runtime/timeline.c)
