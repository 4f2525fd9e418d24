#!/usr/bin/env bash
# Measures what docs/reference/benchmarks.md reports, on this machine.
#
#   tests/bench/run.sh [--quick] [--publish] [PART]...     (default: every part)
#
# Parts:
#   codegen  generating the largest service there is (compute.proto, 993 rules), and what a generated header adds to a
#            translation unit over its .pb.h
#   json     encoding and decoding, beside protobuf's own JSON and its binary format
#   matcher  route lookup, from 10 to 13,000 routes
#   streams  what connections and streams cost a server
#   compare  this project beside a server written by hand for speed, cpp-httplib with protobuf's JSON, Go Kratos v3 and
#            grpc-gateway v2: see compare/README.md. Writes build/bench/results.json
#
# --quick    one short round of each: two minutes after the build. Good for "does it run", not for figures
# --publish  puts the comparison into docs/reference/benchmarks.md and README.md, and draws its charts anew
#
# Installs what is missing of Debian; Go modules come through the go command as it is configured. Without Go its contenders are
# skipped, and said to be. Takes about twenty minutes after the build.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build/bench
all=(codegen json matcher streams compare)

usage() { sed -n '2,20s/^# \{0,1\}//p' "$0"; }

quick=false
publish=false
parts=()
for argument in "$@"; do
  case "$argument" in
    --quick) quick=true ;;
    --publish) publish=true ;;
    -h | --help) usage; exit 0 ;;
    codegen | json | matcher | streams | compare) parts+=("$argument") ;;
    *) echo "run.sh: unknown argument '$argument'; see --help" >&2; exit 2 ;;
  esac
done
[ ${#parts[@]} -gt 0 ] || parts=("${all[@]}")

wanted() {
  local part
  for part in "${parts[@]}"; do [ "$part" != "$1" ] || return 0; done
  return 1
}

# median COMMAND...: the median of seven runs (quick: one), in seconds.
median() {
  local i start end runs=7
  if $quick; then runs=1; fi
  for ((i = 0; i < runs; i++)); do
    start=$(date +%s%N)
    "$@" >/dev/null
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
  done | sort -n | sed -n "$(((runs + 1) / 2))p" | awk '{printf "%.2f", $1 / 1000}'
}

# compile_ten_rpcs FILE: what the bindings of a service of ten rpcs take to compile, over its messages.
compile_ten_rpcs() {
  echo "== compiling $1.pb.cc and .http.pb.cc, a service of ten rpcs (-O2 -c)"
  (cd "$corpus" && protoc -I. "--cpp_out=$work/pb" "--plugin=protoc-gen-kratos-http=$build/bin/protoc-gen-kratos-http" \
    "--kratos-http_out=$work/pb" "$1.proto" && protoc -I. "--cpp_out=$work/pb" google/api/*.proto google/rpc/status.proto \
    google/longrunning/operations.proto) 2>/dev/null
  local flags=(-std=c++20 -O2 -c -o /dev/null -I "$work/pb" -I runtime/include)
  messages() { c++ "${flags[@]}" "$work/pb/$1.pb.cc"; }
  bindings() { c++ "${flags[@]}" "$work/pb/$1.http.pb.cc"; }
  echo ".pb.cc: $(median messages "$1") s; .http.pb.cc: $(median bindings "$1") s"
}

run_codegen() {
  local cache corpus work compute
  cache=${KRATOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kratos-cpp}
  corpus=$cache/google-proto-files-$(cat third_party/googleapis/VERSION)/package
  work=$build/measure
  rm -rf "$work"
  mkdir -p "$work/pb" "$work/http"
  if [ -d "$corpus" ]; then
    echo "== generating google/cloud/compute/v1/compute.proto"
    compute=google/cloud/compute/v1/compute.proto
    proto_only() { (cd "$corpus" && protoc -I. --descriptor_set_out=/dev/null "$compute"); }
    with_plugin() {
      (cd "$corpus" && protoc -I. "--plugin=protoc-gen-kratos-http=$build/bin/protoc-gen-kratos-http" \
        "--kratos-http_out=conflicts=ignore:$work/http" "$compute")
    }
    echo "protoc alone: $(median proto_only) s; with the plugin: $(median with_plugin) s"
  else
    echo "skip compute.proto: tests/googleapis/run.sh fetches the corpus, and has not been run"
  fi

  if [ -d "$corpus" ]; then compile_ten_rpcs google/cloud/dialogflow/v2/entity_type; fi

  echo "== what greeter.http.pb.h adds to a translation unit over greeter.pb.h (-O2 -c)"
  protoc -I examples/helloworld -I third_party/googleapis --cpp_out="$work/pb" \
    "--plugin=protoc-gen-kratos-http=$build/bin/protoc-gen-kratos-http" --kratos-http_out="$work/pb" \
    examples/helloworld/greeter.proto
  echo '#include "greeter.pb.h"' >"$work/messages.cc"
  echo '#include "greeter.http.pb.h"' >"$work/bindings.cc"
  flags=(-std=c++20 -O2 -c -o /dev/null -I "$work/pb" -I runtime/include -I "$build/generated/kratos_googleapis")
  messages() { c++ "${flags[@]}" "$work/messages.cc"; }
  bindings() { c++ "${flags[@]}" "$work/bindings.cc"; }
  echo "greeter.pb.h: $(median messages) s; greeter.http.pb.h: $(median bindings) s"
}

run_json() {
  echo "== JSON"
  local options=(--benchmark_min_time=1 --benchmark_enable_random_interleaving=true --benchmark_repetitions=5
    --benchmark_report_aggregates_only=true)
  if $quick; then options=(--benchmark_min_time=0.1); fi
  "$build/bin/json_bench" "${options[@]}" 2>/dev/null
}

run_matcher() {
  echo "== matcher"
  local seconds=1
  if $quick; then seconds=0.1; fi
  "$build/bin/matcher_bench" --benchmark_min_time=$seconds 2>/dev/null
}

run_streams() {
  local options=()
  if $quick; then options=(--rounds 1 --seconds 0.3 --connections 1000 --streams 1000 --megabytes 128); fi
  (ulimit -n "$(ulimit -H -n)" && "$build/bin/stream_bench" "${options[@]}")
}

run_compare() {
  local options=(--bin "$build/bin" --out "$build/results.json")
  if $quick; then options+=(--quick); fi
  if command -v go >/dev/null; then
    tests/bench/compare/build_go.sh "$build/compare" >"$build/compare-go.log" 2>&1 ||
      { echo "run.sh: the Go contenders do not build:" >&2; tail -n 30 "$build/compare-go.log" >&2; exit 1; }
    options+=(--go "$build/compare/bin")
  fi
  (ulimit -n "$(ulimit -H -n)" && python3 tests/bench/compare/compare.py "${options[@]}")
  python3 tests/bench/compare/report.py "$build/results.json"
  if $publish; then python3 tests/bench/compare/report.py "$build/results.json" --publish .; fi
}

cd "$root"
cmake/install_debian_packages.sh test
targets=()
if wanted codegen; then targets+=(protoc-gen-kratos-http kratos_googleapis); fi
if wanted json; then targets+=(json_bench); fi
if wanted matcher; then targets+=(matcher_bench); fi
if wanted streams; then targets+=(stream_bench); fi
if wanted compare; then targets+=(kratos_compare); fi
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DKRATOS_BUILD_TESTS=ON -DKRATOS_BUILD_BENCHMARKS=ON \
  -DKRATOS_BUILD_EXAMPLES=OFF >/dev/null
cmake --build "$build" --target "${targets[@]}" >"$build/build.log" 2>&1 || { tail -n 40 "$build/build.log" >&2; exit 1; }
for part in "${all[@]}"; do
  if wanted "$part"; then "run_$part"; fi
done
