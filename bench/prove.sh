#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Judges every unary operation over f32 on all 2^32 inputs, then hashes the same results on the other
# instruction sets and devices, and the others on --pairs tuples; what is found goes into
# bench/results/accuracy, from which docs/accuracy.md is made. May be stopped at any time: what is known of
# today's formulas is not run again. LP_NATIVE_VECTOR_WIDTH=512 lets lavapipe use AVX-512: a fifth less time.
#   bench/prove.sh [OPERATION ...]   default: all. ULP: the program. TARGETS: what is hashed. PAIRS: tuples.
set -euo pipefail
cd "$(dirname "$0")/.."
ulp=${ULP:-build/bench/ulp} results=bench/results/accuracy
targets=${TARGETS:-avx2 opencl:0 vulkan:0 scalar} pairs=${PAIRS:-100000000}
failed=0 log=$(mktemp)
trap 'rm -f "$log"' EXIT
mkdir -p "$results"

known=$("$ulp" --list)
if [ $# -eq 0 ]; then
    # What the papers name first.
    set -- exp log tanh sigmoid erf gelu sin cos
    for name in $(awk '$2 == 1 { print $1 }' <<<"$known") $(awk '$2 > 1 { print $1 }' <<<"$known"); do
        [[ " $* " == *" $name "* ]] || set -- "$@" "$name"
    done
fi

# One operation on one target; a line of what came out.
run() {
    local name=$1 line=""
    shift
    if ! nice -n 19 "$ulp" --op "$name" --results "$results" --pairs "$pairs" "$@" >"$log" 2>&1; then
        failed=1
        line="FAILED $name "
    fi
    line+=$(grep -E "^$name |^known|^ulp: " "$log" | tail -1) || true
    echo "$(date -u +%H:%M:%S) $* $line"
}

for name in "$@"; do
    run "$name"
done
for target in $targets; do
    for name in "$@"; do
        case $target in
        *:*) run "$name" --hash --device "$target" ;;
        *) run "$name" --hash --isa "$target" ;;
        esac
    done
done
exit $failed
