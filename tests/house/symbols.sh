#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Only weir_ symbols are external, in the shared library and in the archive; nothing in the library
# can end the process or print.
set -euo pipefail
build=$2
status=0
for file in "$build/libweir.so" "$build/libweir.a"; do
    flags=(--defined-only --extern-only)
    [ "${file##*.}" = so ] && flags+=(--dynamic)
    names=$(nm "${flags[@]}" "$file" | awk 'NF == 3 {print $3}')
    foreign=$(grep -v '^weir_' <<<"$names" || true)
    count=$(grep -c '^weir_' <<<"$names" || true)
    echo "${file##*/}: $count weir_ symbols"
    [ "$count" -ge 40 ] || { echo "too few: is this the library?" >&2; status=1; }
    [ -z "$foreign" ] || { echo "also external in ${file##*/}: $foreign" >&2; status=1; }
done
ends=$(nm --undefined-only "$build/libweir.a" | awk '{print $2}' |
    grep -xE 'abort|exit|_exit|_Exit|quick_exit|printf|puts|putchar|perror|__assert_fail|stdout|stderr|signal|sigaction|setenv|putenv|unsetenv|dlclose' || true)
[ -z "$ends" ] || { echo "the library calls: $ends" >&2; status=1; }
needed=$(readelf -d "$build/libweir.so" | awk '/NEEDED/ {print $NF}' | tr -d '[]' |
    grep -vE '^(libc|libm|ld-linux.*|libpthread|libdl)\.so' || true)
[ -z "$needed" ] || { echo "a host would inherit: $needed" >&2; status=1; }
exit $status
