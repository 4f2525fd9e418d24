#!/usr/bin/env bash
# Measures what docs/reference/benchmarks.md reports, on this machine.
#
#   tests/bench/run.sh
#
# Generating the largest service there is (compute.proto, 993 rules), what a generated header adds to a translation unit over its
# .pb.h, JSON, the matcher from 10 to 13,000 routes, and what connections and streams cost a server. Installs what is missing; takes about
# three minutes after the build.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
cmake/install_debian_packages.sh test
build=build/bench
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DKRATOS_BUILD_TESTS=ON -DKRATOS_BUILD_BENCHMARKS=ON \
  -DKRATOS_BUILD_EXAMPLES=OFF >/dev/null
cmake --build "$build" --target protoc-gen-kratos-http matcher_bench json_bench stream_bench googleapis_list_files kratos_googleapis >/dev/null

cache=${KRATOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kratos-cpp}
corpus=$cache/google-proto-files-$(cat third_party/googleapis/VERSION)/package
if [ ! -d "$corpus" ]; then
  echo "run.sh: run tests/googleapis/run.sh first: it fetches the corpus" >&2
  exit 1
fi
work=$build/measure
rm -rf "$work"
mkdir -p "$work/pb" "$work/http"

# median COMMAND...: the median of seven runs, in seconds.
median() {
  local i start end
  for ((i = 0; i < 7; i++)); do
    start=$(date +%s%N)
    "$@" >/dev/null
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
  done | sort -n | sed -n 4p | awk '{printf "%.2f", $1 / 1000}'
}

echo "== generating google/cloud/compute/v1/compute.proto"
compute=google/cloud/compute/v1/compute.proto
proto_only() { (cd "$corpus" && protoc -I. --descriptor_set_out=/dev/null "$compute"); }
with_plugin() {
  (cd "$corpus" && protoc -I. "--plugin=protoc-gen-kratos-http=$root/$build/bin/protoc-gen-kratos-http" \
    "--kratos-http_out=conflicts=ignore:$root/$work/http" "$compute")
}
echo "protoc alone: $(median proto_only) s; with the plugin: $(median with_plugin) s"

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

echo "== JSON"
"$build/bin/json_bench" --benchmark_min_time=1 --benchmark_enable_random_interleaving=true --benchmark_repetitions=5 \
  --benchmark_report_aggregates_only=true 2>/dev/null

echo "== matcher"
"$build/bin/matcher_bench" --benchmark_min_time=1 2>/dev/null

ulimit -n "$(ulimit -H -n)"
"$build/bin/stream_bench"
