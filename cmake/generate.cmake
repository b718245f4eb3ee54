# SPDX-License-Identifier: Apache-2.0
# Programs that run at build time, and the functions that call them.
add_executable(weir_generate runtime/ops/generate.c runtime/ops/page.c runtime/ops/ops.c runtime/ops/catalog.c
  runtime/base/status.c)
weir_flags(weir_generate)
target_include_directories(weir_generate PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
add_executable(weir_embed cmake/embed.c)
weir_flags(weir_embed)

set(WEIR_GENERATED ${PROJECT_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${WEIR_GENERATED})

# weir_generated(KIND FILE [CLASS]): expands ops.def into ${WEIR_GENERATED}/FILE.
function(weir_generated kind file)
  add_custom_command(OUTPUT ${WEIR_GENERATED}/${file}
    COMMAND weir_generate ${kind} ${WEIR_GENERATED}/${file} ${ARGN}
    DEPENDS weir_generate VERBATIM)
endfunction()

# weir_embedded(KIND NAME OUTPUT INPUT...): C arrays from texts (includes resolved) or SPIR-V words.
function(weir_embedded kind name output)
  add_custom_command(OUTPUT ${output}
    COMMAND weir_embed ${kind} ${name} ${output} ${PROJECT_SOURCE_DIR} ${ARGN}
    DEPENDS weir_embed ${ARGN} VERBATIM)
endfunction()

# include/weir/ops.h, docs/operations.md and docs/accuracy.md are generated and committed; this target
# renews them, a test compares.
weir_generated(ops.h ops.h)
weir_generated(operations.md operations.md)
add_custom_target(generate
  COMMAND ${CMAKE_COMMAND} -E copy ${WEIR_GENERATED}/ops.h ${PROJECT_SOURCE_DIR}/include/weir/ops.h
  COMMAND ${CMAKE_COMMAND} -E copy ${WEIR_GENERATED}/operations.md
    ${PROJECT_SOURCE_DIR}/docs/operations.md
  COMMAND sh bench/accuracy.sh > docs/accuracy.md
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  DEPENDS ${WEIR_GENERATED}/ops.h ${WEIR_GENERATED}/operations.md)
add_custom_target(weir_ops_h ALL DEPENDS ${WEIR_GENERATED}/ops.h ${WEIR_GENERATED}/operations.md)
