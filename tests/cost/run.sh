#!/usr/bin/env bash
# Holds what operations cost against baseline.tsv: instructions within 5 %, allocations exactly.
#
#   tests/cost/run.sh [--update] PROGRAM      (cost_program of a build tree)
#
#   --update   rewrites baseline.tsv
#
# A baseline of another compiler, other flags or libraries is none: then the test is skipped.
# Instructions are those of the program alone, counted by callgrind: they are the same whatever else the machine does.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
update=0
if [[ "${1:-}" == --update ]]; then update=1; shift; fi
if [[ $# != 1 || "$1" == -* ]]; then sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; fi
program=$1
build=$("$program" build)
known=$(sed -n 's/^# build: //p' "$here/baseline.tsv" 2>/dev/null || true)
if [[ "$update" == 0 && "$build" != "$known" ]]; then
  echo "skip cost: the baseline is of \"$known\", this build is of \"$build\""
  exit 0
fi
command -v valgrind >/dev/null || { echo "skip cost: valgrind is not installed"; exit 0; }

# The C library has a form of memchr and the like for each processor: take the one that all have.
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX,-AVX512F,-AVX512VL,-AVX512BW,-BMI2,-ERMS,-FSRM,-SSE4_1,-SSE4_2,-SSSE3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=200
"$program" allocations >"$work/allocations"
while IFS=$'\t' read -r name allocations; do
  valgrind --tool=callgrind --toggle-collect=Measured --callgrind-out-file="$work/out" \
    "$program" run "$name" "$count" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  instructions=$(sed -n 's/^\(totals\|summary\): \([0-9]*\).*/\2/p' "$work/out" | tail -n 1)
  printf '%s\t%d\t%d\n' "$name" $((instructions / count)) "$allocations"
done <"$work/allocations" >"$work/measured"

if [[ "$update" == 1 ]]; then
  { echo "# operation, instructions, allocations"; echo "# build: $build"; cat "$work/measured"; } >"$here/baseline.tsv"
  cat "$here/baseline.tsv"
  exit 0
fi

# Less is a failure too: the baseline is to follow, or it guards nothing.
awk -F'\t' '
  NR == FNR { if ($0 !~ /^#/) { instructions[$1] = $2; allocations[$1] = $3 } next }
  {
    verdict = "ok"
    if (!($1 in instructions)) verdict = "FAIL: not in the baseline"
    else {
      seen[$1] = 1
      change = ($2 / instructions[$1] - 1) * 100
      if (change > 5 || change < -5) verdict = sprintf("FAIL: %+.1f %% against %d", change, instructions[$1])
      if ($3 != allocations[$1]) verdict = verdict sprintf(" FAIL: %d allocations in the baseline", allocations[$1])
    }
    if (verdict != "ok") failed++
    else passed++
    printf "%-28s %8d instructions %3d allocations  %s\n", $1, $2, $3, verdict
  }
  END {
    for (name in instructions) if (!(name in seen)) { printf "FAIL: %s is not measured any more\n", name; failed++ }
    if (failed) print "where the change is meant: tests/cost/run.sh --update, and say why in the commit"
    printf "%d passed, %d failed\n", passed, failed
    exit failed != 0
  }' "$here/baseline.tsv" "$work/measured"
