# SPDX-License-Identifier: Apache-2.0
# The Vulkan backend: its loader is opened at run time, so that the headers are all that the build
# needs; its shaders are compiled here and embedded as words.
find_program(WEIR_GLSLANG glslangValidator)
find_path(WEIR_VULKAN_HEADERS vulkan/vulkan_core.h)
if(NOT WEIR_GLSLANG)
  message(FATAL_ERROR "glslangValidator is needed for the Vulkan backend (Debian: glslang-tools); "
    "-DWEIR_VULKAN=OFF builds without it")
endif()
if(NOT WEIR_VULKAN_HEADERS)
  message(FATAL_ERROR "vulkan/vulkan_core.h is needed for the Vulkan backend (Debian: libvulkan-dev); "
    "-DWEIR_VULKAN=OFF builds without it")
endif()

list(APPEND WEIR_DEFINITIONS WEIR_HAVE_VULKAN)
set(WEIR_VULKAN_SOURCES
  backends/vulkan/backend.c backends/vulkan/copy.c backends/vulkan/device.c
  backends/vulkan/launch.c backends/vulkan/loader.c backends/vulkan/memory.c
  backends/vulkan/modules.c backends/vulkan/pipeline.c backends/vulkan/probe.c
  backends/vulkan/queue.c backends/vulkan/spirv.c
  backends/vulkan/chains.c backends/vulkan/shaderc.c)
# The system's own folder is searched anyway, and must not come before a cross compiler's.
if(NOT WEIR_VULKAN_HEADERS STREQUAL "/usr/include")
  set_property(SOURCE ${WEIR_VULKAN_SOURCES} APPEND PROPERTY INCLUDE_DIRECTORIES
    ${WEIR_VULKAN_HEADERS})
endif()
list(APPEND WEIR_SOURCES ${WEIR_VULKAN_SOURCES})

foreach(class f32 i32 i64 f64)
  weir_generated(map.glsl map_${class}.glsl ${class})
  weir_generated(reduce.glsl reduce_${class}.glsl ${class})
  weir_generated(scan.glsl scan_${class}.glsl ${class})
  list(APPEND WEIR_SHADER_SWITCHES ${WEIR_GENERATED}/map_${class}.glsl
    ${WEIR_GENERATED}/reduce_${class}.glsl ${WEIR_GENERATED}/scan_${class}.glsl)
endforeach()
weir_generated(histogram.glsl histogram.glsl f32)
list(APPEND WEIR_SHADER_SWITCHES ${WEIR_GENERATED}/histogram.glsl)
file(GLOB_RECURSE WEIR_SHADER_INCLUDES CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/kernels/formula/*.h ${PROJECT_SOURCE_DIR}/kernels/spv/*.glsl)

# What a chain's shader is made of (backends/vulkan/chains.c).
set(WEIR_VULKAN_TEXTS "")
foreach(name common modes class operands map_element map_words)
  list(APPEND WEIR_VULKAN_TEXTS ${PROJECT_SOURCE_DIR}/kernels/spv/${name}.glsl)
endforeach()
weir_texts(w_vk_texts ${WEIR_VULKAN_TEXTS} DEPENDS ${WEIR_SHADER_INCLUDES}
  ${PROJECT_SOURCE_DIR}/runtime/ops/canon.h ${PROJECT_SOURCE_DIR}/runtime/ops/params.h)

# weir_shader(MODULE SOURCE OPTION...): kernels/spv/SOURCE.comp as the words w_spv_MODULE.
function(weir_shader module source)
  set(spv ${WEIR_GENERATED}/${module}.spv)
  set(shader ${PROJECT_SOURCE_DIR}/kernels/spv/${source}.comp)
  add_custom_command(OUTPUT ${spv}
    COMMAND ${WEIR_GLSLANG} --quiet -V --target-env vulkan1.2 ${ARGN}
      -I${PROJECT_SOURCE_DIR}/kernels/spv -I${PROJECT_SOURCE_DIR}/kernels/formula
      -I${WEIR_GENERATED} -o ${spv} ${shader}
    DEPENDS ${shader} ${WEIR_SHADER_INCLUDES} ${WEIR_SHADER_SWITCHES}
      ${PROJECT_SOURCE_DIR}/runtime/ops/canon.h ${PROJECT_SOURCE_DIR}/runtime/ops/params.h
    VERBATIM)
  weir_embedded(words w_spv_${module} ${WEIR_GENERATED}/spv_${module}.c ${spv})
  set(WEIR_SOURCES ${WEIR_SOURCES} ${WEIR_GENERATED}/spv_${module}.c PARENT_SCOPE)
endfunction()

# Where the device's multiply-add is fused, no module mentions a double; the twins compute it
# through doubles.
foreach(module contract_int move gather histogram probe)
  weir_shader(${module} ${module} -DW_NO_F64)
endforeach()
weir_shader(contract_f64 contract -DW_IN_F64)
weir_shader(sample_f32 map -DW_IN_F32 -DW_SAMPLED -DW_NO_F64)
weir_shader(sample_f32_f64 map -DW_IN_F32 -DW_SAMPLED)
foreach(loop map reduce scan contract)
  weir_shader(${loop}_f32 ${loop} -DW_IN_F32 -DW_NO_F64)
  weir_shader(${loop}_f32_f64 ${loop} -DW_IN_F32)
endforeach()
foreach(loop map reduce scan)
  foreach(class I32 I64 F64)
    string(TOLOWER ${loop}_${class} module)
    weir_shader(${module} ${loop} -DW_IN_${class})
  endforeach()
endforeach()
