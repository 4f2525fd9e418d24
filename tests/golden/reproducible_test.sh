#!/bin/sh
# reproducible_test.sh PROTOC PLUGIN GOOGLEAPIS: the output for a file is the same in every run, whatever other files the run
# generates, in whatever order, and from whatever directory and environment.
set -eu
protoc=$1 plugin=$2 googleapis=$3
root=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/alone" "$dir/again" "$dir/together" "$dir/backwards"
generate() {
  out=$1
  shift
  "$protoc" "-I$root" "-I$googleapis" "--plugin=protoc-gen-kratos-http=$plugin" \
    "--kratos-http_out=$out" "$@" 2>/dev/null
}
files="greeter/in.proto proto2_groups/in.proto imports/in.proto imports/other.proto imports/sibling.proto http_body/in.proto clashing_names/in.proto"
backwards="proto2_groups/in.proto clashing_names/in.proto http_body/in.proto imports/sibling.proto imports/other.proto imports/in.proto greeter/in.proto"
cd "$root"
for file in $files; do
  generate "$dir/alone" "$file"
  (cd / && LC_ALL=C TZ=Asia/Tokyo HOME=/nowhere generate "$dir/again" "$root/$file")
done
# shellcheck disable=SC2086
generate "$dir/together" $files
# shellcheck disable=SC2086
generate "$dir/backwards" $backwards
test -s "$dir/alone/greeter/in.http.pb.h"
diff -r "$dir/alone" "$dir/again"
diff -r "$dir/alone" "$dir/together"
diff -r "$dir/alone" "$dir/backwards"
