# SPDX-License-Identifier: Apache-2.0
# The command `weir`, its manual and the data of its demo.
include(GNUInstallDirs)
find_package(ZLIB)
find_path(WEIR_STB_INCLUDE stb/stb_image.h)
find_library(WEIR_STB stb)
find_path(WEIR_CJSON_INCLUDE cjson/cJSON.h)
find_library(WEIR_CJSON cjson)
mark_as_advanced(WEIR_STB_INCLUDE WEIR_STB WEIR_CJSON_INCLUDE WEIR_CJSON)
if(NOT (ZLIB_FOUND AND WEIR_STB_INCLUDE AND WEIR_STB AND WEIR_CJSON_INCLUDE AND WEIR_CJSON))
  message(FATAL_ERROR "The weir command needs zlib, stb and cJSON (Debian: zlib1g-dev libstb-dev "
    "libcjson-dev); -DWEIR_TOOLS=OFF builds the library alone.")
endif()

add_executable(weir_tool
  tools/weir/main.c
  tools/weir/args.c
  tools/weir/bench.c
  tools/weir/crossovers.c
  tools/weir/demo.c
  tools/weir/devices.c
  tools/weir/digits.c
  tools/weir/npy.c
  tools/weir/op.c
  tools/weir/op_list.c
  tools/weir/output.c
  tools/weir/photo.c
  tools/weir/report.c
  tools/weir/svg.c
  tools/weir/table.c
  tools/weir/tool.c
  tools/weir/tune.c)
weir_flags(weir_tool)
set_target_properties(weir_tool PROPERTIES OUTPUT_NAME weir
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_include_directories(weir_tool PRIVATE ${PROJECT_SOURCE_DIR})
target_include_directories(weir_tool SYSTEM PRIVATE ${WEIR_STB_INCLUDE} ${WEIR_CJSON_INCLUDE})
target_compile_definitions(weir_tool PRIVATE
  TOOL_DATA_FOLDER="${CMAKE_INSTALL_FULL_DATADIR}/weir")
target_link_libraries(weir_tool PRIVATE weir_harness weir_static ZLIB::ZLIB ${WEIR_STB} ${WEIR_CJSON} m)

# Beside the command, so that it finds them from any folder and wherever the build stands.
set(WEIR_DATA ${PROJECT_SOURCE_DIR}/examples/data/digits.csv.gz
  ${PROJECT_SOURCE_DIR}/examples/data/china.jpg ${PROJECT_SOURCE_DIR}/examples/data/README.md)
file(COPY ${WEIR_DATA} DESTINATION ${PROJECT_BINARY_DIR}/weir-data)

install(TARGETS weir_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES tools/weir/weir.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${WEIR_DATA} DESTINATION ${CMAKE_INSTALL_DATADIR}/weir)
