#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same sources in another folder, built in another folder, give the same library.
set -euo pipefail
source=$1 build=$2 work=$3 cc=$4
# It takes as long as a build: one slice in four has it, another one the parent of consumers.sh.
if [ "${WEIR_TEST_FULL:-1}" = 0 ] && [ $((${WEIR_TEST_SEED:-0} % 4)) != 0 ]; then
    echo "SKIP: not in this slice"
    exit 77
fi
rm -rf "$work"
mkdir -p "$work/elsewhere"
tar -C "$source" --exclude='./build*' --exclude=./.git -cf - . | tar -C "$work/elsewhere" -xf -
cmake -S "$work/elsewhere" -B "$work/build" -G Ninja -DCMAKE_C_COMPILER="$cc" -DWEIR_TESTS=OFF -DWEIR_TOOLS=OFF \
    -DWEIR_BENCH=OFF -DCMAKE_BUILD_TYPE="$(sed -n 's/^CMAKE_BUILD_TYPE:[A-Z]*=//p' "$build/CMakeCache.txt")" >"$work/log"
cmake --build "$work/build" >>"$work/log" || { tail -30 "$work/log" >&2; exit 1; }
for file in libweir.so libweir.a; do
    cmp "$build/$file" "$work/build/$file" || { echo "$file differs" >&2; exit 1; }
    echo "ok  $file  $(sha256sum <"$build/$file" | cut -c1-16)"
done
