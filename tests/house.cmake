# SPDX-License-Identifier: Apache-2.0
# The house itself: symbols, includes, generated files, installation, consumers. Shell and awk.
if(CMAKE_CROSSCOMPILING OR WEIR_SANITIZE)
  return()
endif()
add_executable(abi_numbers house/abi_numbers.c)
weir_flags(abi_numbers)
target_link_libraries(abi_numbers PRIVATE weir_static)

function(house_test name)
  add_test(NAME ${name} COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/house/${name}.sh
    ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR} ${CMAKE_CURRENT_BINARY_DIR}/${name}
    ${CMAKE_C_COMPILER})
  set_tests_properties(${name} PROPERTIES LABELS house TIMEOUT 900 SKIP_RETURN_CODE 77)
endfunction()
house_test(symbols)      # only weir_ is external
house_test(includes)     # who may know whom; device.h's size; file lengths
house_test(generated)    # ops.h and the committed numbers are fresh
house_test(consumers)    # install, pkg-config, CMake package, add_subdirectory; shared, static, C++
# The longest begin first, so that no other waits for them at the end.
set_tests_properties(consumers PROPERTIES COST 1000)
house_test(reproducible) # two builds, the same bytes
house_test(readme)       # the program, links, operations and flags in the papers
if(WEIR_TOOLS)
  house_test(bench)   # `weir bench` and bench/peers: mistakes, what they write, baselines
  house_test(command) # operations on files on every device, mistakes, the demo
endif()
