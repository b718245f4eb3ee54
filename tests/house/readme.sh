#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The papers tell the truth: README's program compiles and runs as printed, links lead somewhere,
# and the operations, subcommands and flags that are named exist.
set -euo pipefail
source=$1 build=$2 work=$3 cc=$4
weir=$build/weir
status=0
complain() {
    echo "$*" >&2
    status=1
}
rm -rf "$work"
mkdir -p "$work/bin"

# block LANGUAGE NUMBER: the NUMBER-th fenced block of this language in README.md.
block() {
    awk -v language="$1" -v number="$2" '
        /^```/ && inside { inside = 0; next }
        $0 == "```" language { if (++count == number) inside = 1; next }
        inside' "$source/README.md"
}

# ---- the program

block c 1 >"$work/first.c"
block text 1 >"$work/expected"
diff -u "$source/examples/first.c" "$work/first.c" || complain "README.md prints another examples/first.c"
[ -s "$work/expected" ] || complain "README.md prints no output of the program"

# The compile lines as they are printed, with this build's compiler as cc. The installation is not in
# the compiler's standard folders, so the environment adds it.
ln -s "$(command -v "$cc")" "$work/bin/cc"
cmake --install "$build" --prefix "$work/installed" >"$work/install.log"
lib=$(dirname "$(find "$work/installed" -name libweir.so)")
ln -s "$source/examples" "$source/include" "$build" "$work"
[ -e "$work/build" ] || ln -s "$build" "$work/build"
cd "$work"
lines=0
while IFS= read -r line; do
    lines=$((lines + 1))
    rm -f first
    (
        export PATH=$work/bin:$PATH
        case $line in
        *-Lbuild*) ;;
        *pkg-config*) export PKG_CONFIG_PATH=$lib/pkgconfig ;;
        *) export C_INCLUDE_PATH=$work/installed/include LIBRARY_PATH=$lib ;;
        esac
        bash -euc "$line"
    ) || { complain "does not compile: $line"; continue; }
    LD_LIBRARY_PATH=$lib WEIR_CACHE_DIR=$work/cache ./first >printed || complain "failed: $line"
    diff -u expected printed || complain "prints another text: $line"
done < <({ block sh 1; block sh 2; } | grep -E '^cc ')
[ "$lines" -ge 2 ] || complain "README.md has $lines compile lines"
echo "$lines compile lines of the first program"
for program in "$source"/examples/*.c; do
    "$cc" -std=c11 -Wall -Wextra -Werror "$program" -o example -Iinclude -Lbuild -lweir \
        -Wl,-rpath,"$build" || complain "does not compile: $program"
done

# ---- links

cd "$source"
papers=$(find . -name '*.md' -not -path './build*' -not -path './.git/*' -not -path '*/weir-demo/*')
links=0
for paper in $papers; do
    while IFS= read -r link; do
        links=$((links + 1))
        [ -e "$(dirname "$paper")/${link%%#*}" ] || complain "$paper: no such file: $link"
    done < <(grep -oE '\]\([^)]+\)' "$paper" | sed -E 's/^\]\(//; s/\)$//' | grep -vE '^(https?:|#)' || true)
done
echo "$links links"

# ---- the command

[ -x "$weir" ] || exit $status # built without it
for op in $("$weir" op --list | awk 'NR > 1 { if (!NF) exit; print $1 }'); do
    grep -q "^### $op\$" docs/operations.md || complain "docs/operations.md does not name the operation $op"
done
commands=$("$weir" --help | sed -nE 's/^  ([a-z]+)  .*/\1/p')
for command in $commands; do
    "$weir" "$command" --help >"$work/help.$command"
done
{ cat "$work"/help.*; bash scripts/test.sh --help; } >"$work/help"

# Code: spans in backticks, and indented lines.
code=$(for paper in README.md docs/*.md; do
    grep -oE '`[^`]+`' "$paper" | tr -d '`' || true
    grep -E '^    [^ ]' "$paper" || true
done)
uses=0
while read -r command rest; do
    uses=$((uses + 1))
    if ! grep -qx "$command" <<<"$commands"; then
        complain "there is no weir $command"
        continue
    fi
    for flag in $(grep -oE '(^| )--[a-z-]+' <<<"${rest%%#*}" || true); do
        grep -qE -- "$flag( |\]|,|$)" "$work/help.$command" || complain "weir $command has no $flag"
    done
done < <(grep -oE '(^|[ /])weir [a-z]+( .*)?$' <<<"$code" | sed -E 's/^[ /]*weir //')
while read -r flag; do
    grep -qE -- "$flag( |\]|,|$)" "$work/help" || complain "nothing has a flag $flag"
done < <(grep -oE '^--[a-z-]+' <<<"$code" || true)
echo "$uses uses of the command"
exit $status
