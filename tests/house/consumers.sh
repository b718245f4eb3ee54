#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Programs built every way that Weir offers itself: the installed CMake package, pkg-config, and a
# part of a parent that is built with -Ofast; shared and static; in C and in C++.
set -euo pipefail
source=$1 build=$2 work=$3 cc=$4
consumer=$source/tests/house/consumers/src
rm -rf "$work"
mkdir -p "$work"
prefix=$work/installed
expected="$(sed -n 's/^Version: //p' "$build/weir.pc") WEIR_OK 14 32 32 77"
check() {
    local got
    got=$("$@")
    [ "$got" = "$expected" ] || { echo "$*: \"$got\", not \"$expected\"" >&2; exit 1; }
    echo "ok  ${*##"$work/"}"
}

cmake --install "$build" --prefix "$prefix" >"$work/install.log"
for header in "$prefix"/include/weir/*.h; do
    echo "#include <weir/$(basename "$header")>" | "$cc" -std=c11 -Wall -Wextra -Wpedantic -Werror -I"$prefix/include" -fsyntax-only -x c -
done
lib=$(dirname "$(find "$prefix" -name libweir.so)")

cmake -S "$consumer" -B "$work/package" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >"$work/package.log"
cmake --build "$work/package" >>"$work/package.log"
for program in c_weir cpp_weir c_weir_static cpp_weir_static; do
    check "$work/package/$program"
done

export PKG_CONFIG_PATH=$lib/pkgconfig
read -ra flags <<<"$(pkg-config --cflags --libs weir)"
"$cc" "$consumer/main.c" -o "$work/pc_shared" "${flags[@]}" -Wl,-rpath,"$lib"
check "$work/pc_shared"
read -ra flags <<<"$(pkg-config --cflags --libs --static weir)"
"$cc" "$consumer/main.c" -o "$work/pc_static" "${flags[@]/-lweir/-l:libweir.a}"
check "$work/pc_static"
g++ "$consumer/main.cpp" -o "$work/pc_static_cpp" "${flags[@]/-lweir/-l:libweir.a}"
check "$work/pc_static_cpp"

readelf -d "$lib/libweir.so" >"$work/dynamic" # no pipe: grep -q would break it
grep -q 'SONAME.*libweir.so.0' "$work/dynamic" ||
    { echo "no SONAME" >&2; exit 1; }

# It takes as long as a build: one slice in four has it, another one that of reproducible.sh.
if [ "${WEIR_TEST_FULL:-1}" = 0 ] && [ $((${WEIR_TEST_SEED:-1} % 4)) != 1 ]; then
    echo "SKIP a parent's build: not in this slice"
    exit 0
fi
# The parent's flags must lose: the library refuses to compile under __FAST_MATH__.
cmake -S "$consumer" -B "$work/parent" -G Ninja -DWEIR_SOURCE="$source" -DWEIR_VULKAN=OFF >"$work/parent.log"
cmake --build "$work/parent" >>"$work/parent.log" || { tail -30 "$work/parent.log" >&2; exit 1; }
for program in c_weir cpp_weir c_weir_static cpp_weir_static; do
    check "$work/parent/$program"
done
