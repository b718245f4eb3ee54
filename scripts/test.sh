#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the tests need, builds and runs them: a slice within 20 minutes on 2 cores, which
# prints what it leaves out; --full runs all.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

full=0
for argument in "$@"; do
    case $argument in
    --full) full=1 ;;
    -h | --help)
        echo "usage: scripts/test.sh [--full]"
        echo "  Builds into build/ (and build/asan, build/tsan, build/arm64) and runs the tests."
        echo "  --full  all shapes and all inputs, thread sanitizer, clang; about two hours"
        exit 0
        ;;
    *)
        echo "scripts/test.sh: unknown argument \"$argument\"; there is --full" >&2
        exit 2
        ;;
    esac
done

need "${build_packages[@]}" "${device_packages[@]}" g++ libcmocka-dev libmpfr-dev spirv-tools \
    libshaderc-dev glslang-dev \
    gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
[ $full -eq 0 ] || need clang

# A machine that has just installed these must find these devices: absence is a failure here.
export WEIR_TEST_REQUIRE="opencl vulkan"
export WEIR_TEST_FULL=$full
export WEIR_TEST_SEED=${WEIR_TEST_SEED:-0x$(git -C "$root" rev-parse --short=8 HEAD 2>/dev/null || echo 1)}
failed=0

# suite TITLE FOLDER CTEST-OPTION...: one ctest run; the rest goes on when it fails.
suite() {
    local title=$1 folder=$2
    shift 2
    printf '\n== %s\n' "$title"
    (cd "$folder" && ctest --output-on-failure --no-tests=error -j2 "$@") || failed=1
}

echo "Seed $WEIR_TEST_SEED; $([ $full -eq 1 ] && echo 'everything' || echo 'a slice: --full runs all')"
build "$root/build" -DWEIR_TESTS=ON -DWEIR_BENCH=ON -DWEIR_WERROR=ON
# A quarter of what a slice could have: where other tenants halve a machine's speed it must end in time.
WEIR_TEST_THIN=$([ $full -eq 1 ] && echo 1 || echo 4) suite "Release build" "$root/build"
# The table that the same-bits test ended with, and the rows of kernels that it reached.
awk '/^same bits  /{table = 1} / (reached|cannot run|NOT)/ || table; /SKIPPED|^\[/{table = 0}' \
    "$root/build/Testing/Temporary/LastTest.log" | awk '!seen[$0]++' || true

# Tests that judge numbers by the dozen run the same library code as those that compare bits: a
# slice does without them under sanitizers and emulation.
judged=$([ $full -eq 1 ] && echo '^$' || echo '^(conformance|math_f64)$')
# What drivers compiled for the first build serves the others.
shared=-DWEIR_TEST_CACHE="$root/build/tests/cache"
build "$root/build/asan" -DWEIR_WERROR=ON -DWEIR_BENCH=OFF -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    "-DCMAKE_C_FLAGS_RELWITHDEBINFO=-O1 -g1" -DWEIR_SANITIZE=address,undefined "$shared"
WEIR_TEST_FULL=0 WEIR_TEST_THIN=12 suite "Address and undefined-behaviour sanitizers" "$root/build/asan" \
    -LE house -E "$judged"

build "$root/build/arm64" -DWEIR_WERROR=ON -DWEIR_BENCH=OFF \
    -DCMAKE_TOOLCHAIN_FILE="$root/cmake/aarch64.cmake" -DWEIR_OPENCL=OFF -DWEIR_VULKAN=OFF \
    -DWEIR_TOOLS=OFF
WEIR_TEST_FULL=0 WEIR_TEST_THIN=$([ $full -eq 1 ] && echo 2 || echo 100) WEIR_TEST_REQUIRE="neon neon-dotprod" suite "NEON, under emulation" "$root/build/arm64" \
    -L 'arm64|conformance' -E "$judged"

if [ $full -eq 1 ]; then
    build "$root/build/tsan" -DWEIR_BENCH=OFF -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        -DWEIR_SANITIZE=thread "$shared"
    WEIR_TEST_FULL=0 suite "Thread sanitizer" "$root/build/tsan" -L threads
    CC=clang build "$root/build/clang" -DWEIR_WERROR=ON -DWEIR_BENCH=OFF "$shared"
    suite "clang" "$root/build/clang" -LE house
else
    printf '\nLeft out of this slice (run with --full): three quarters of what Release could have and more of the rest,\na second build (reproducible) and a parent'"'"'s (consumers) but for one slice in four each, half of spirv-val, the thread sanitizer, clang,\njudging numbers under sanitizers and emulation, and what the tests name above.\n'
fi
exit $failed
