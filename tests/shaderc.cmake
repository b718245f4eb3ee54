# SPDX-License-Identifier: Apache-2.0
# libshaderc for the tests. Debian 12's libshaderc.so.1 lacks the symbols of glslang and SPIRV-Tools
# that it is made of, so that no program can open it; their archives supply them here. Sets
# WEIR_TEST_SHADERC to a folder with a library that can be opened, or to nothing.
set(WEIR_TEST_SHADERC "")
find_library(WEIR_SHADERC_PLAIN NAMES libshaderc.so.1 shaderc)
set(WEIR_SHADERC_PARTS "")
foreach(part glslang MachineIndependent GenericCodeGen OSDependent OGLCompiler HLSL SPIRV
    SPIRV-Tools-opt SPIRV-Tools)
  find_library(WEIR_SHADERC_${part} NAMES lib${part}.a)
  mark_as_advanced(WEIR_SHADERC_${part})
  list(APPEND WEIR_SHADERC_PARTS ${WEIR_SHADERC_${part}})
endforeach()
mark_as_advanced(WEIR_SHADERC_PLAIN)
find_program(WEIR_CXX NAMES ${CMAKE_CXX_COMPILER} c++ g++)
mark_as_advanced(WEIR_CXX)
if(WEIR_SHADERC_PLAIN AND WEIR_CXX AND NOT CMAKE_CROSSCOMPILING AND NOT
    "${WEIR_SHADERC_PARTS}" MATCHES "NOTFOUND")
  set(WEIR_TEST_SHADERC ${CMAKE_CURRENT_BINARY_DIR}/shaderc)
  file(MAKE_DIRECTORY ${WEIR_TEST_SHADERC})
  add_custom_command(OUTPUT ${WEIR_TEST_SHADERC}/libshaderc_shared.so.1
    COMMAND ${WEIR_CXX} -shared -o ${WEIR_TEST_SHADERC}/libshaderc_shared.so.1
      -Wl,-soname,libshaderc_shared.so.1 -Wl,--whole-archive ${WEIR_SHADERC_PARTS}
      -Wl,--no-whole-archive -Wl,--no-as-needed ${WEIR_SHADERC_PLAIN}
    DEPENDS ${WEIR_SHADERC_PARTS} ${WEIR_SHADERC_PLAIN} VERBATIM)
  add_custom_target(weir_test_shaderc ALL
    DEPENDS ${WEIR_TEST_SHADERC}/libshaderc_shared.so.1)
else()
  message(STATUS "Without libshaderc and its parts (Debian: libshaderc-dev, glslang-dev) the tests run \
expressions on Vulkan as separate passes")
endif()
