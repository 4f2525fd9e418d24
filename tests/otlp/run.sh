#!/usr/bin/env bash
# Spans that are exported over a real socket, read by OpenTelemetry's own schema: the PyPI package opentelemetry-proto.
# Ends with "N passed, M failed" and a non-zero status when anything failed.
#
#   tests/otlp/run.sh
#
#   KRATOS_BUILD_DIR  build tree that has, or gets, kratos_otlp_export; default: build/dev
#   KRATOS_CACHE      the packages of requirements.txt are kept here; default: ~/.cache/kratos-cpp
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
cache="${KRATOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kratos-cpp}/otlp"
build="${KRATOS_BUILD_DIR:-$root/build/dev}"
work="$build/otlp"
mkdir -p "$work" "$cache"

die() {
  echo "otlp: $*" >&2
  exit 1
}

skip() {
  echo "skip otlp: $*"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

# packages: once for each list of them, and for each version of Python.
packages() {
  local sum
  sum="$( (cat "$here/requirements.txt" && python3 --version) | sha256sum | cut -c1-16)"
  modules="$cache/$sum"
  (
    flock 9
    [[ -f "$modules/complete" ]] && exit 0
    rm -rf "$modules"
    timeout 300 python3 -m pip install --target "$modules" --no-deps --require-hashes --only-binary :all: \
      --disable-pip-version-check -r "$here/requirements.txt" >"$work/pip.log" 2>&1 || exit 1
    touch "$modules/complete"
  ) 9>"$cache/lock"
}

command -v python3 >/dev/null || skip "python3 is not installed"
python3 -m pip --version >/dev/null 2>&1 || skip "pip is not installed (python3-pip)"
packages || skip "pip cannot fetch the packages: $(tail -n 1 "$work/pip.log")"
[[ -x "$build/bin/kratos_otlp_export" ]] ||
  cmake --build "$build" --target kratos_otlp_export >"$work/build.log" 2>&1 || die "kratos_otlp_export does not build"

status=0
PYTHONPATH="$modules" timeout 300 python3 "$here/collector.py" "$build/bin/kratos_otlp_export" \
  >"$work/collector.log" 2>"$work/collector.err" || status=$?
cat "$work/collector.log"
passed="$(grep -c '^ok ' "$work/collector.log" || true)"
failed="$(grep -c '^FAIL ' "$work/collector.log" || true)"
# Neither a crash nor an empty run may look like success.
if [[ "$failed" == 0 && ("$status" != 0 || "$passed" == 0) ]]; then
  echo "FAIL the collector ended with status $status: $(tail -n 20 "$work/collector.err")"
  failed=1
fi
echo "$passed passed, $failed failed"
[[ "$failed" == 0 ]]
