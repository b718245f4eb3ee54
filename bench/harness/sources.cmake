# SPDX-License-Identifier: Apache-2.0
# What `weir bench` and bench/peers share; knows include/weir alone, and leaves to those who link it
# which of the libraries that is. Needs cJSON.
find_path(WEIR_CJSON_INCLUDE cjson/cJSON.h)
find_library(WEIR_CJSON cjson)
if(NOT WEIR_CJSON_INCLUDE OR NOT WEIR_CJSON)
  return() # the tools and the benches say what is missing
endif()
weir_embedded(text harness_page ${WEIR_GENERATED}/harness_page.c
  ${PROJECT_SOURCE_DIR}/bench/harness/page.html)
add_library(weir_harness STATIC EXCLUDE_FROM_ALL
  bench/harness/cases.c
  bench/harness/ceilings.c
  bench/harness/contenders.c
  bench/harness/measure.c
  bench/harness/print.c
  bench/harness/results.c
  bench/harness/time.c
  ${WEIR_GENERATED}/harness_page.c)
weir_flags(weir_harness)
target_include_directories(weir_harness PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
target_include_directories(weir_harness SYSTEM PRIVATE ${WEIR_CJSON_INCLUDE})
target_link_libraries(weir_harness PUBLIC ${WEIR_CJSON} m)
