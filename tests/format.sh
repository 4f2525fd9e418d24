#!/usr/bin/env bash
# Checks the formatting of every C++ file with clang-format 16.
#
#   tests/format.sh [--fix]
set -euo pipefail
cd "$(dirname "$0")/.."
tool=$(command -v clang-format-16 || true)
if [ -z "$tool" ]; then
  echo "format.sh: clang-format-16 is missing: cmake/install_debian_packages.sh format" >&2
  exit 1
fi
mapfile -t files < <(git ls-files '*.cc' '*.h' | grep -vE '^(tests/golden/.*/expected/|third_party/)')
if [ "${1:-}" = --fix ]; then
  "$tool" -i "${files[@]}"
else
  "$tool" --dry-run -Werror "${files[@]}"
fi
