#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test.
#
#   tests/run.sh [--quick] [--tsan] [--compat]
#
#   --quick   leaves out the build with sanitizers; the tests labelled unit, e2e and fuzz are built without them instead
#   --compat  adds a build against the newest libraries there are (tests/compat; a quarter of an hour)
#   --tsan    adds a build with ThreadSanitizer of what runs on several threads (a quarter of an hour on two cores; the first
#             time as much again, for gRPC itself)
#
# On a bare Debian 12 machine (root, apt) this is all it takes. Ends with a line "N passed, 0 failed"; exit status 0 only then.
# Logs are in build/test-logs. Environment: KRATOS_JOBS (default: one a core), KRATOS_CACHE (downloads; default ~/.cache/kratos-cpp).
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1

sanitize=1
threads=0
newest=0
for argument in "$@"; do
  case "$argument" in
    --quick) sanitize=0 ;;
    --tsan) threads=1 ;;
    --compat) newest=1 ;;
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "run.sh: unknown argument '$argument' (see --help)" >&2; exit 2 ;;
  esac
done

jobs=${KRATOS_JOBS:-$(nproc)}
# Trees in other directories then share what is compiled.
export CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
export KRATOS_CACHE=${KRATOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kratos-cpp}
logs=$root/build/test-logs
mkdir -p "$logs" "$KRATOS_CACHE"
started=$SECONDS
passed=0
failed=0
skipped=0
broken=()

say() { printf '[%3d min %02d s] %s\n' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)) "$*"; }

# step NAME COMMAND...: a thing that must work for anything else to make sense.
step() {
  local name=$1
  shift
  say "$name"
  if ! "$@" >"$logs/${name// /-}.log" 2>&1; then
    tail -n 60 "$logs/${name// /-}.log"
    say "FAILED: $name (log: build/test-logs/${name// /-}.log)"
    echo "$passed passed, $((failed + 1)) failed"
    exit 1
  fi
}

# run_ctest NAME DIR ARGS...: counts what ctest reports for each test.
run_ctest() {
  local name=$1 dir=$2
  shift 2
  local log=$logs/${name// /-}.log
  say "$name"
  (cd "$dir" && ctest --output-on-failure --no-tests=error "$@") >"$log" 2>&1
  local status=$?
  local ok bad skip
  ok=$(grep -cE '^ *[0-9]+/[0-9]+ Test +#[0-9]+: .* Passed ' "$log")
  skip=$(grep -cE '^ *[0-9]+/[0-9]+ Test +#[0-9]+: .*\*\*\*Skipped ' "$log")
  bad=$(grep -E '^ *[0-9]+/[0-9]+ Test +#[0-9]+: ' "$log" | grep -cvE ' Passed |\*\*\*Skipped ')
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  passed=$((passed + ok))
  failed=$((failed + bad))
  skipped=$((skipped + skip))
  grep -E '\*\*\*Skipped ' "$log" | sed 's/^/    /'
  if [ "$bad" -gt 0 ]; then
    broken+=("$name")
    sed -n '/\*\*\*/p' "$log"
    tail -n 120 "$log"
  fi
  say "$name: $ok passed, $bad failed, $skip skipped"
}

step "install packages" cmake/install_debian_packages.sh test format bazel
# Not everywhere to be had; the tests that need them say what they leave out.
for group in browser prometheus; do
  say "install $group"
  cmake/install_debian_packages.sh "$group" >"$logs/install-$group.log" 2>&1 || say "not installed: see build/test-logs/install-$group.log"
done

# With sanitizers these programs show all they show without, so they are built once.
programs=ON
[ "$sanitize" = 0 ] || programs=OFF
step "configure" cmake --preset dev "-DKRATOS_BUILD_TEST_PROGRAMS=$programs"
step "build" cmake --build build/dev -j "$jobs"
# Many tests wait: for time-outs, downloads, a single-threaded tool.
left_out=(-LE compat)
[ "$newest" = 0 ] || left_out=()
run_ctest "tests" build/dev -j $((2 * jobs)) "${left_out[@]}"

if [ "$sanitize" = 1 ]; then
  step "install Clang" cmake/install_debian_packages.sh sanitizers
  step "configure with sanitizers" cmake --preset asan
  step "build with sanitizers" cmake --build build/asan -j "$jobs" --target kratos_sanitized_tests
  run_ctest "tests with sanitizers" build/asan -j $((2 * jobs)) -L 'unit|e2e|fuzz' -LE slow
fi

if [ "$threads" = 1 ]; then
  suites='app|core|fiber|http|client|client_stream|testing|e2e|e2e_stream|e2e_middleware|e2e_app'
  options=(-DKRATOS_TSAN_GRPC=OFF)
  say "gRPC with ThreadSanitizer"
  cmake/install_debian_packages.sh tsan >"$logs/install-tsan.log" 2>&1
  grpc=$(tests/tsan/build_grpc.sh 2>"$logs/gRPC-with-ThreadSanitizer.log")
  case $? in
    0)
      suites+='|grpc|e2e_grpc|e2e_load'
      options=(-DKRATOS_TSAN_GRPC=ON "-DgRPC_DIR=$grpc/lib/cmake/grpc" "-Dabsl_DIR=$grpc/lib/cmake/absl")
      ;;
    77)
      skipped=$((skipped + 1))
      say "skipped: the gRPC suites with ThreadSanitizer, for the sources of gRPC cannot be had: see build/test-logs"
      ;;
    *)
      failed=$((failed + 1))
      broken+=("gRPC with ThreadSanitizer")
      tail -n 60 "$logs/gRPC-with-ThreadSanitizer.log"
      ;;
  esac
  step "configure with ThreadSanitizer" cmake --preset tsan "${options[@]}"
  step "build with ThreadSanitizer" cmake --build build/tsan -j "$jobs" --target kratos_threaded_tests
  run_ctest "tests with ThreadSanitizer" build/tsan -j "$jobs" -R "^($suites)_test"
fi

say "done"
if [ ${#broken[@]} -gt 0 ]; then echo "failing: ${broken[*]} (logs in build/test-logs)"; fi
if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
