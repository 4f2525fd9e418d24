#!/bin/sh
# list_test.sh GOLDEN_DIR CASE...: every directory with a case is in the list that CMake runs.
set -eu
cd "$1"
shift
code=0
for case in */in* diagnostics/*/in* errors/*/in*; do
  case=$(basename "$(dirname "$case")")
  found=0
  for listed in "$@"; do
    if [ "$listed" = "$case" ]; then found=1; fi
  done
  if [ $found -eq 0 ]; then
    echo "tests/golden: case $case is not listed in CMakeLists.txt" >&2
    code=1
  fi
done
exit $code
