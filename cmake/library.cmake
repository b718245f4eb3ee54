# SPDX-License-Identifier: Apache-2.0
# One set of objects, three libraries: `weir` shared, `weir_static` an archive of one object in
# which only weir_ symbols are external, and `weir_internal` with everything visible, for tests.
add_library(weir_objects OBJECT ${WEIR_SOURCES})
weir_flags(weir_objects)
target_compile_definitions(weir_objects PRIVATE ${WEIR_DEFINITIONS})
target_include_directories(weir_objects PUBLIC
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
target_include_directories(weir_objects PRIVATE ${PROJECT_SOURCE_DIR} ${WEIR_GENERATED})
set(WEIR_LINK pthread ${CMAKE_DL_LIBS} m)

add_library(weir SHARED $<TARGET_OBJECTS:weir_objects>)
set_target_properties(weir PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
  LINKER_LANGUAGE C)
target_link_libraries(weir PRIVATE ${WEIR_LINK})
target_link_options(weir PRIVATE -Wl,--no-undefined -Wl,-z,relro,-z,now)

set(WEIR_ONE ${PROJECT_BINARY_DIR}/weir_one.o)
add_custom_command(OUTPUT ${WEIR_ONE}
  COMMAND ${CMAKE_C_COMPILER} -r -nostdlib -o ${WEIR_ONE} $<TARGET_OBJECTS:weir_objects>
  COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${WEIR_ONE}
  DEPENDS weir_objects $<TARGET_OBJECTS:weir_objects> COMMAND_EXPAND_LISTS VERBATIM)
add_library(weir_static STATIC ${WEIR_ONE})
set_source_files_properties(${WEIR_ONE} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
set_target_properties(weir_static PROPERTIES OUTPUT_NAME weir LINKER_LANGUAGE C)
target_link_libraries(weir_static INTERFACE ${WEIR_LINK})

add_library(weir_internal STATIC $<TARGET_OBJECTS:weir_objects>)
set_target_properties(weir_internal PROPERTIES LINKER_LANGUAGE C EXCLUDE_FROM_ALL ON)
target_link_libraries(weir_internal INTERFACE ${WEIR_LINK})
target_include_directories(weir_internal INTERFACE ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/include ${WEIR_GENERATED})

foreach(target weir weir_static)
  target_include_directories(${target} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
  if(WEIR_SANITIZE)
    target_link_options(${target} INTERFACE -fsanitize=${WEIR_SANITIZE})
  endif()
endforeach()
if(WEIR_SANITIZE)
  target_link_options(weir PRIVATE -fsanitize=${WEIR_SANITIZE} -Wl,-z,undefs)
  target_link_options(weir_internal INTERFACE -fsanitize=${WEIR_SANITIZE})
endif()
add_library(weir::weir ALIAS weir)
add_library(weir::weir_static ALIAS weir_static)
