#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Who may include whom (docs/architecture.md), how many functions device.h has, how long files are.
set -euo pipefail
cd "$1"
status=0
complain() {
    echo "$*" >&2
    status=1
}

# The sources, with or without git.
files() {
    find . -name .git -prune -o -name 'build*' -type d -prune -o -type f -print | sed 's|^\./||'
}
[ "$(files | wc -l)" -gt 100 ] || complain "only $(files | wc -l) files: is this the source folder?"

# allowed FOLDER REGEX: every quoted or weir/ include below FOLDER matches REGEX, or is a file of
# the same folder.
allowed() {
    local folder=$1 regex=$2 line file name
    while IFS= read -r line; do
        file=${line%%:*}
        name=$(sed -E 's/.*#include [<"]([^>"]+)[>"].*/\1/' <<<"$line")
        [[ $name =~ $regex ]] || [ -e "$(dirname "$file")/$name" ] ||
            complain "$file includes $name"
    done < <(grep -rE '^ *#include ("|<weir/)' --include='*.[ch]' --include='*.inc' -H "$folder" || true)
}

base='weir/|runtime/base/'
ops="$base|runtime/ops/"
device="$ops|runtime/timeline\.h|runtime/device\.h"
allowed include '^weir/'
allowed runtime/base "^($base)"
allowed runtime/ops "^($ops)"
allowed runtime/memory "^($device|runtime/memory/|runtime/(state|exit_guard)\.h)"
allowed runtime/routing "^($device|runtime/routing/)"
# The floors of runtime itself, from the ground: each may include those before it.
below=''
for floor in timeline device pieces exit_guard state recent execute verify calibrate bringup engine stream expr context devices; do
    below="$below|$floor"
    for file in runtime/$floor.c runtime/$floor.h; do
        [ ! -e "$file" ] || allowed "$file" "^($base|runtime/(ops|memory|routing)/|runtime/(${below#|})\.h)"
    done
done
allowed backends "^($device|backends/|kernels/formula/|formulas_[a-z0-9]+\.h|lib/|(.*/)?vec\.h)"
allowed bench/harness '^(weir|bench/harness)/'
allowed tools '^(weir|tools/weir|bench/harness)/'
allowed examples '^weir/'

functions=$(sed -n '/^typedef struct w_device_ops/,/^} w_device_ops/p' runtime/device.h |
    grep -cE '\(\*[a-z_]+\)\(')
echo "device.h: $functions functions, at most 16"
[ "$functions" -ge 8 ] && [ "$functions" -le 16 ] || complain "device.h has $functions functions"

while read -r lines file; do
    [ "$file" = total ] || [ "$lines" -le 800 ] || complain "$file has $lines lines, more than 800"
done < <(files | grep -vx 'include/weir/ops.h' | # which is generated
    grep -E '\.(c|h|inc|cl|comp|glsl|def|cmake|sh)$' | xargs wc -l)

missing=$(files | grep -E '\.(c|h|inc|cl|comp|glsl|def|cmake|sh|cpp)$|CMakeLists.txt$' |
    xargs -r grep -L 'SPDX-License-Identifier' || true)
[ -z "$missing" ] || complain "without an SPDX line: $missing"
fast=$(files | grep -vE '\.md$|^tests/house' |
    xargs -r grep -lE 'cl-fast-relaxed|cl-mad-enable|cl-unsafe-math|[^o]-ffast-math' || true)
[ -z "$fast" ] || complain "fast-math in: $fast"
exit $status
