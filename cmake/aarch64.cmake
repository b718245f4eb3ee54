# SPDX-License-Identifier: Apache-2.0
# Cross-compiles for AArch64 on Debian (gcc-aarch64-linux-gnu) and runs what is built, tests included,
# under qemu-user:
#   cmake -S . -B build-aarch64 -DCMAKE_TOOLCHAIN_FILE=cmake/aarch64.cmake -DWEIR_OPENCL=OFF -DWEIR_VULKAN=OFF
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
# A bare Debian has no cmocka for another architecture: the tests find a small one of their own,
# which is a header and needs no library.
set(CMOCKA_INCLUDE ${CMAKE_CURRENT_LIST_DIR}/../tests/conformance/cross CACHE PATH "")
set(CMOCKA_LIBRARY m CACHE STRING "")
