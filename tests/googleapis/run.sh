#!/usr/bin/env bash
# Every .proto of googleapis that has HTTP rules, through the plugin.
#
#   tests/googleapis/run.sh [BUILD_DIR]        (default: $KRATOS_BUILD_DIR, else build/dev)
#
# 1. All of them generate without an error, twice, in different company and order, with identical bytes.
# 2. The outputs named in compiled.txt compile with every warning as an error (protobuf's own headers as system headers).
# 3. Every distinct (method, template) goes through the client's encoder and the matcher and comes back the same.
#
# The corpus is the npm package google-proto-files, kept in $KRATOS_CACHE. Ends with "N passed, 0 failed".
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${1:-${KRATOS_BUILD_DIR:-$root/build/dev}}
build=$(cd "$build" && pwd) || exit 1
cache=${KRATOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kratos-cpp}
version=$(cat "$root/third_party/googleapis/VERSION")
jobs=${KRATOS_JOBS:-$(nproc)}
plugin=$build/bin/protoc-gen-kratos-http
work=$build/googleapis
passed=0
failed=0

fail() { echo "FAIL $*"; failed=$((failed + 1)); }
pass() { echo "ok   $*"; passed=$((passed + 1)); }

corpus=$cache/google-proto-files-$version/package
if [ ! -d "$corpus" ]; then
  echo "fetching google-proto-files $version"
  scratch=$(mktemp -d)
  if ! (cd "$scratch" && npm pack --silent "google-proto-files@$version" >/dev/null && tar xf ./*.tgz); then
    fail "the corpus cannot be fetched with npm"
    rm -rf "$scratch"
    echo "$passed passed, $failed failed"
    exit 1
  fi
  mkdir -p "$(dirname "$corpus")"
  mv "$scratch/package" "$corpus"
  rm -rf "$scratch"
fi

rm -rf "$work"
mkdir -p "$work/all" "$work/batches" "$work/pb"
mapfile -t protos < <(cd "$corpus" && grep -rlE --include='*.proto' 'option \(google\.api\.http\)' . | sed 's|^\./||' | LC_ALL=C sort)
if [ "${#protos[@]}" -lt 1600 ]; then fail "only ${#protos[@]} files with rules found"; fi

# generate OUT PROTO...: conflicts that googleapis really contains are not reported here. More parameters are in $parameters.
generate() {
  local out=$1
  shift
  (cd "$corpus" && protoc -I. "--plugin=protoc-gen-kratos-http=$plugin" \
    "--kratos-http_out=conflicts=ignore${parameters:+,$parameters}:$out" "$@") \
    >>"$work/generate.log" 2>&1
}

before=$(date +%s)
if generate "$work/all" "${protos[@]}"; then
  pass "${#protos[@]} files generate in one run, $(($(date +%s) - before)) s"
else
  fail "generating all ${#protos[@]} files: $(tail -n 20 "$work/generate.log")"
fi

# Again in small batches from the end: other company, other order, same bytes.
status=0
mapfile -t reversed < <(printf '%s\n' "${protos[@]}" | tac)
for ((i = 0; i < ${#reversed[@]}; i += 60)); do
  generate "$work/batches" "${reversed[@]:i:60}" || status=1
done
if [ "$status" -eq 0 ] && diff -rq "$work/all" "$work/batches" >"$work/diff.log"; then
  pass "the outputs do not depend on the run, byte for byte"
else
  fail "two runs differ: $(head -n 5 "$work/diff.log" 2>/dev/null)"
fi
if grep -qE 'error\[' "$work/generate.log"; then fail "there are errors: $(grep -E 'error\[' "$work/generate.log" | head -n 5)"; fi

# The messages of the outputs to compile, with everything they import.
mapfile -t chosen < <(grep -vE '^(#|$)' "$here/compiled.txt")
if [ "${#chosen[@]}" -lt 40 ]; then fail "compiled.txt names only ${#chosen[@]} files"; fi
(cd "$corpus" && protoc -I. --include_imports --descriptor_set_out="$work/chosen.pb" "${chosen[@]}") || fail "protoc on the chosen files"
mapfile -t closure < <("$build/bin/googleapis_list_files" "$work/chosen.pb" | grep -v '^google/protobuf/')
(cd "$corpus" && protoc -I. --cpp_out="$work/pb" "${closure[@]}") 2>/dev/null || fail "protoc --cpp_out on the chosen files"

# With json=generated its 2,012 messages take half as long again to compile, and say nothing that the others do not.
mkdir -p "$work/reflection"
parameters=json=reflection generate "$work/reflection" google/cloud/compute/v1/compute.proto || fail "compute.proto by reflection"

cxx=${CXX:-c++}
launcher=()
if command -v ccache >/dev/null; then launcher=(ccache); fi
flags=(-std=c++20 -O0 -Wall -Wextra -Wpedantic -Wshadow -Werror)
# What every output includes first is read once.
mkdir -p "$work/precompiled"
echo '#include "kratos/codegen/http_source.h"' >"$work/precompiled/common.h"
"$cxx" "${flags[@]}" -I "$root/runtime/include" -isystem "$work/pb" -x c++-header -o "$work/precompiled/common.h.gch" "$work/precompiled/common.h" ||
  fail "kratos/codegen/http_source.h"
export work root build
compile_one() {
  local base=${1%.proto} from=$work/all
  [ ! -f "$work/reflection/$base.http.pb.cc" ] || from=$work/reflection
  # fmt and the rest of the runtime are not needed: generated code includes public headers only.
  "${@:2}" -c -o /dev/null -include "$work/precompiled/common.h" -I "$from" -I "$root/runtime/include" -isystem "$work/pb" \
    "$from/$base.http.pb.cc" >"$work/${base//\//_}.log" 2>&1
}
export -f compile_one
printf '%s\n' "${chosen[@]}" | xargs -P "$jobs" -I{} bash -c \
  'if compile_one "$@"; then echo "ok {}"; else echo "bad {}"; fi' _ {} "${launcher[@]}" "$cxx" "${flags[@]}" >"$work/compiled.log"
while read -r verdict proto; do
  base=${proto%.proto}
  if [ "$verdict" = ok ]; then passed=$((passed + 1)); else fail "compile $proto: $(grep -m 3 -E 'error' "$work/${base//\//_}.log")"; fi
done <"$work/compiled.log"
echo "ok   $(grep -c '^ok' "$work/compiled.log") of ${#chosen[@]} chosen outputs compile without a warning"

(cd "$corpus" && protoc -I. --descriptor_set_out="$work/all.pb" "${protos[@]}") 2>/dev/null || fail "protoc on the corpus"
if "$build/bin/googleapis_round_trip" "$work/all.pb"; then
  pass "every distinct (method, template) makes the round trip"
else
  fail "round trips"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
