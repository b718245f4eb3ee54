# SPDX-License-Identifier: Apache-2.0
# Flags of every target of ours. The floating-point ones stand last, so that a parent's -Ofast or
# fast-math loses to them.
set(WEIR_C_FLAGS -std=gnu11 -D_GNU_SOURCE -fvisibility=hidden -Wall -Wextra -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wno-unknown-pragmas)
if(WEIR_WERROR)
  list(APPEND WEIR_C_FLAGS -Werror)
endif()
set(WEIR_FP_FLAGS -fno-fast-math -ffp-contract=off -fno-math-errno)
# Builds are reproducible: no path of the build machine in any object.
set(WEIR_PATH_FLAGS -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)

function(weir_flags target)
  target_compile_options(${target} PRIVATE ${WEIR_C_FLAGS} ${WEIR_PATH_FLAGS} ${WEIR_FP_FLAGS})
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON C_EXTENSIONS ON)
  if(WEIR_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${WEIR_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${WEIR_SANITIZE})
  endif()
endfunction()
