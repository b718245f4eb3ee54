#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The command as a person uses it: operations on files on every device, mistakes, the demo.
set -euo pipefail
build=$2 work=$3
weir=$build/weir
rm -rf "$work"
mkdir -p "$work/pocl"
cd "$work"
export XDG_CACHE_HOME=$work/cache POCL_CACHE_DIR=$work/pocl
failures=0
complain() {
    echo "$*" >&2
    failures=$((failures + 1))
}

# npy FILE DESCR SHAPE: a NumPy file whose bytes come from standard input.
npy() {
    local head="{'descr': '$2', 'fortran_order': False, 'shape': $3, }"
    printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "$head" >"$1"
    cat >>"$1"
}
floats=$(for i in $(seq 600); do printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((i * 7 % 256)) $((i * 31 % 256)) $((i * 13 % 256)) $((i % 2 * 128 + 61 + i % 4)); done)
printf "$floats" | npy x.npy '<f4' '(20, 30)'
printf "$floats" | npy t.npy '<f4' '(30, 20)'
printf '\x0a\xd7\x23\x3c' | npy scale.npy '<f4' '()'
printf '\x03' | npy zero.npy '|i1' '()'
printf '\x01\0\0\0\0\0\0\0' | npy axes.npy '<i8' '(1,)'

mapfile -t devices < <("$weir" devices --json --no-verify | grep -oE '"id":[[:space:]]*"[^"]*"' | sed 's/.*"\([^"]*\)"$/\1/')
echo "devices: ${devices[*]}"
[ "${devices[0]}" = cpu ] || complain "cpu is not the first device"

# The same bytes on every device and instruction set; names of ours and of ONNX.
same() {
    local name=$1 first='' sum where
    shift
    for where in "--isa scalar" "${devices[@]/#/--device }"; do
        # shellcheck disable=SC2086
        "$weir" op "$name" "$@" --out out.npy $where || complain "$name $where failed"
        sum=$(sha256sum <out.npy)
        [ -z "$first" ] && first=$sum
        [ "$sum" = "$first" ] || complain "$name $where: other bytes"
    done
    echo "ok  $name"
}
same exp --in x.npy
same Pow --in x.npy --in x.npy
same reduce_sum --in x.npy --in axes.npy --attr keepdims=0
same argmax --in x.npy --attr axis=1
same MatMul --in x.npy --in t.npy
same quantize_linear --in x.npy --in scale.npy --in zero.npy
same transpose --in x.npy
printf '\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' | npy pads.npy '<i8' '(4,)'
same Pad --in x.npy --in pads.npy --attr mode=reflect
same clamp --in x.npy --in none --in scale.npy

# mistake PART ARGUMENT...: exit status 2, one line that holds PART, no output file.
mistake() {
    local part=$1 status=0
    shift
    rm -f out.npy
    "$weir" "$@" >stdout 2>stderr || status=$?
    [ $status -eq 2 ] || complain "weir $*: exit status $status, not 2"
    [ "$(wc -l <stderr)" -eq 1 ] || complain "weir $*: not one line: $(cat stderr)"
    grep -qF -- "$part" stderr || complain "weir $*: \"$(cat stderr)\" does not name $part"
    [ ! -e out.npy ] || complain "weir $*: left an output file"
    [ -z "$(find . -maxdepth 1 -name 'out.npy?*')" ] || complain "weir $*: left a temporary file"
}
head -c 200 x.npy >cut.npy
mistake nonsense nonsense
mistake --frobnicate op exp --frobnicate
mistake absent.npy op exp --in absent.npy --out out.npy
mistake cut.npy op exp --in cut.npy --out out.npy
mistake rows op matmul --in x.npy --in x.npy --out out.npy
mistake expp op expp --in x.npy --out out.npy
mistake cuda:3 op exp --in x.npy --out out.npy --device cuda:3
mistake sse9 op exp --in x.npy --out out.npy --isa sse9
mistake alpha op matmul --in x.npy --in t.npy --out out.npy --attr alpha=two
mistake beam op matmul --in x.npy --in t.npy --out out.npy --attr beam=2
mistake constant op pad --in x.npy --in pads.npy --out out.npy --attr mode=mirror
mistake axis op argmax --in x.npy --out out.npy --attr axis=2
mistake --out op exp --in x.npy
mistake s8 op exp --in zero.npy --out out.npy
mistake --device op exp --in x.npy --out out.npy --device ''
mistake --out op exp --in x.npy --out ''

# By way of files: a grep -q that has found its line would break the command's pipe.
for subcommand in devices op tune bench demo; do
    "$weir" "$subcommand" --help >help || complain "weir $subcommand --help"
    grep -q -- '--help' help || complain "weir $subcommand --help does not name --help"
done
"$weir" op --list --json >list.json || complain "op --list --json"
grep -q '"quantize_linear"' list.json || complain "op --list --json lacks quantize_linear"
WEIR_CPU_ONLY=1 "$weir" devices >list || complain "devices on a machine with a CPU alone"
grep -q '^cpu' list && grep -qi opencl list && grep -qi vulkan list ||
    complain "devices does not say why nothing else: $(cat list)"

"$weir" demo --budget 2 >demo.txt || complain "the demo failed: $(tail -3 demo.txt)"
for part in 'row for row: yes' 'same bits on all' 'report.html'; do
    grep -q "$part" demo.txt || complain "the demo does not say \"$part\""
done
grep -q 'same bits on all .*: yes' demo.txt || complain "$(grep 'same bits' demo.txt)"
for file in gray.png threshold.png normalized.png report.html; do
    [ -s "weir-demo/$file" ] || complain "the demo wrote no $file"
done
! grep -qE '(src|href)="(https?:|//)' weir-demo/report.html || complain "the report is not self-contained"
exit $((failures > 0))
