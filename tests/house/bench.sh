#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `weir bench` and bench/peers: mistakes, what they write, and the comparison with an earlier report. No
# time is judged here.
set -euo pipefail
build=$2 work=$3
rm -rf "$work"
mkdir -p "$work"
cd "$work"
export XDG_CACHE_HOME=$work/cache
failures=0
complain() {
    echo "$*" >&2
    failures=$((failures + 1))
}

# expect STATUS PART COMMAND...: the exit status, and a line that holds PART on either stream.
expect() {
    local wanted=$1 part=$2 status=0
    shift 2
    "$@" >said 2>&1 || status=$?
    [ $status -eq "$wanted" ] || complain "$*: exit status $status, not $wanted: $(tail -3 said)"
    grep -qF -- "$part" said || complain "$*: does not say $part: $(tail -3 said)"
}

# well_formed REPORT PAGE: the report is one that --baseline reads (no check of ours could be stricter
# than the parser), the page holds it whole and needs nothing but itself.
well_formed() {
    local report=$1 page=$2 part
    for part in '"bench"' '"machine"' '"threads"' '"contenders"' '"rows"' '"summary"' '"better"' '"weir"'; do
        grep -qF "$part" "$report" || complain "$report lacks $part"
    done
    ! grep -qE 'nan|inf' <(sed 's/"[^"]*"//g' "$report") || complain "$report holds a number that JSON has not"
    for part in '<!doctype html>' '</html>' '<title>' 'prefers-color-scheme: dark' 'noscript'; do
        grep -qF "$part" "$page" || complain "$page lacks $part"
    done
    ! grep -qE '(src|href)="?(https?:|//)|@import|url\(|@REPORT@' "$page" || complain "$page is not self-contained"
    local data
    data=$(sed -n 's/.*id="report">//p' "$page")
    [ "${data%%</script>*}" != "$data" ] && [[ ${data%%</script>*} != *'<'* ]] ||
        complain "$page: its data could end the script"
}

tiny=(--sizes 100 --ops exp,add,neg,reduce_sum --samples 1 --sample-ms 0.01 --threads 1)
made() { # made FILE NANOSECONDS: a report with such a time for everything
    cat >"$1" <<EOF
{"bench": "weir", "summary": {"small_call_ns": $2}, "rows": [
 {"group": "elementwise", "name": "exp", "shape": "100", "ns": {"weir": $2}},
 {"group": "elementwise", "name": "add", "shape": "100", "ns": {"weir": $2, "numpy": 1}},
 {"group": "elementwise", "name": "gone", "shape": "100", "ns": {"weir": $2}}]}
EOF
}
made fast.json 1e-6
made slow.json 1e12
echo '{"rows": [], "summary": {}}' >empty.json
head -c 100 slow.json >cut.json

try() { # try COMMAND...: what both programs have in common
    expect 0 small_call_ns "$@" "${tiny[@]}" --json report.json --html page.html
    well_formed report.json page.html
    expect 0 '0 worse' "$@" "${tiny[@]}" --baseline slow.json
    expect 1 'WORSE  elementwise, exp' "$@" "${tiny[@]}" --baseline fast.json
    ! grep -q gone said || complain "a curve of the baseline that was not measured is compared"
    expect 2 empty.json "$@" "${tiny[@]}" --baseline empty.json
    expect 2 cut.json "$@" "${tiny[@]}" --baseline cut.json
    expect 2 absent.json "$@" "${tiny[@]}" --baseline absent.json
    expect 2 nonsense "$@" --only nonsense
    expect 2 expp "$@" --ops exp,expp
    expect 2 --frobnicate "$@" --frobnicate
    expect 2 '1 to 63' "$@" --samples 0
    expect 2 threads "$@" --threads none
    expect 2 sse9 "$@" "${tiny[@]}" --isa sse9
    expect 2 'nothing to measure' "$@" --only elementwise --ops exp --sizes 3 --samples 1
    expect 0 --baseline "$@" --help
}
try "$build/weir" bench
if [ -x "$build/bench/peers" ]; then
    try "$build/bench/peers" --no-python
    # A peer that is absent has a note, and the rest goes on.
    expect 0 'absent: NumPy and PyTorch' "$build/bench/peers" "${tiny[@]}" --python "$work/none"
    expect 0 exp "$build/bench/peers" "${tiny[@]}" --no-python --markdown page.md
    for part in '# How fast it is' '## Where a peer still wins' '## elementwise' '| exp | 100 |'; do
        grep -qF "$part" page.md || complain "the page for docs lacks $part"
    done
    expect 0 'matmul_f32_avx2' "$build/bench/peers" --no-python --quick --only matmul_f32 --samples 1 \
        --sample-ms 0.01 --threads 1
fi
exit $((failures > 0))
