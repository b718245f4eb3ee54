# SPDX-License-Identifier: Apache-2.0
list(APPEND WEIR_SOURCES
  runtime/routing/cost.c
  runtime/routing/problem.c
  runtime/routing/route.c
  runtime/routing/measure.c
  runtime/routing/tune.c
  runtime/routing/profile.c
  runtime/routing/profile_text.c
  runtime/routing/explain.c)
