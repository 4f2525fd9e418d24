#!/usr/bin/env bash
# Fuzzes every target for real, with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer.
#
#   tests/fuzz/run.sh SECONDS [TARGET...]      SECONDS each, over all targets or the ones named
#
# New inputs are collected in build/fuzz/corpus; a crash is left in build/fuzz/crashes, and the exit status is 1. Add the crash
# file to tests/fuzz/corpus/<target> and write a unit test for it.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ $# -lt 1 ] || [[ $1 == -h || $1 == --help ]]; then sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2; fi
seconds=$1
shift
if ! [[ $seconds =~ ^[0-9]+$ ]] || [ "$seconds" -eq 0 ]; then
  echo "run.sh: SECONDS is a whole number above 0, not '$seconds'" >&2
  exit 2
fi

cd "$root"
cmake/install_debian_packages.sh test sanitizers
cmake --preset fuzz >/dev/null
build=build/fuzz
for name in "$@"; do
  if ! grep -q "^$name:" "$build/fuzzers.txt"; then
    echo "run.sh: there is no target '$name'; there are $(cut -d: -f1 "$build/fuzzers.txt" | paste -sd ' ')" >&2
    exit 2
  fi
done
failed=0
ran=0
while IFS=: read -r name corpus; do
  [ -n "$name" ] || continue
  if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
  cmake --build "$build" --target "${name}_libfuzzer"
  mkdir -p "$build/corpus/$name" "$build/crashes"
  echo "== $name, $seconds s"
  if "$build/bin/${name}_libfuzzer" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="$build/crashes/$name-" "$build/corpus/$name" "tests/fuzz/corpus/$corpus"; then
    ran=$((ran + 1))
  else
    failed=$((failed + 1))
  fi
done <"$build/fuzzers.txt"
echo "$ran passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$ran" -gt 0 ]
