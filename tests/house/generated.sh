#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is generated and committed is fresh; numbers that a host compiled in have not changed.
set -euo pipefail
source=$1 build=$2
status=0
for file in include/weir/ops.h docs/operations.md; do
    if ! diff -u "$source/$file" "$build/generated/${file##*/}"; then
        echo "$file is stale: cmake --build build --target generate" >&2
        status=1
    fi
done
if ! sh "$source/bench/accuracy.sh" |
    diff -u "$source/docs/accuracy.md" -; then
    echo "docs/accuracy.md is stale: cmake --build build --target generate" >&2
    status=1
fi
# Lines may be added to the committed list, none may change or go.
now=$(mktemp)
trap 'rm -f "$now"' EXIT
"$build/tests/abi_numbers" >"$now"
gone=$(grep -vxFf "$now" "$source/tests/data/abi.txt" || true)
new=$(grep -vxFf "$source/tests/data/abi.txt" "$now" || true)
[ -z "$gone" ] || { echo "these numbers changed or went:"; echo "$gone"; status=1; } >&2
[ -z "$new" ] || { echo "append to tests/data/abi.txt:"; echo "$new"; status=1; } >&2
echo "$(wc -l <"$now") numbers"
exit $status
