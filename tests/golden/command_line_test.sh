#!/bin/sh
# command_line_test.sh PROTOC PLUGIN GOOGLEAPIS VERSION: the plugin run by hand, and protoc's own failures.
set -u
protoc=$1 plugin=$2 googleapis=$3 version=$4
root=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'chmod 700 "$dir/locked" 2>/dev/null; rm -rf "$dir"' EXIT
failed=0

# expect NAME WANTED_CODE CODE PATTERN FILE
expect() {
  if [ "$2" -ne "$3" ]; then echo "$1: exit code $3, not $2" >&2; failed=1; fi
  if ! grep -q -e "$4" "$5"; then echo "$1: no \"$4\" in:" >&2; cat "$5" >&2; failed=1; fi
}
one_line() {
  if [ "$(wc -l <"$2")" -ne 1 ]; then echo "$1: not one line:" >&2; cat "$2" >&2; failed=1; fi
}

"$plugin" --version >"$dir/out" 2>"$dir/err"
expect version 0 $? "^protoc-gen-kratos-http $version\$" "$dir/out"
one_line version "$dir/out"

"$plugin" --help >"$dir/out" 2>"$dir/err"
expect help 0 $? "^Usage: protoc" "$dir/out"
for parameter in omitempty omitempty_prefix client server service_config conflicts werror; do
  expect "help: $parameter" 0 0 "^  $parameter=" "$dir/out"
done

"$plugin" --nonsense >"$dir/out" 2>"$dir/err" </dev/null
expect "unknown argument" 2 $? "unknown argument \"--nonsense\"; try --help" "$dir/err"
one_line "unknown argument" "$dir/err"

echo "this is no request" | "$plugin" >"$dir/out" 2>"$dir/err"
expect "garbage on stdin" 1 $? "standard input holds no CodeGeneratorRequest" "$dir/err"
one_line "garbage on stdin" "$dir/err"

"$plugin" >"$dir/out" 2>"$dir/err" </dev/null
expect "empty stdin" 1 $? "standard input holds no CodeGeneratorRequest" "$dir/err"

head -c 100000 /dev/urandom | "$plugin" >"$dir/out" 2>"$dir/err"
expect "random stdin" 1 $? "standard input holds no CodeGeneratorRequest" "$dir/err"

mkdir "$dir/text"
cat >"$dir/text/bytes.proto" <<'END'
syntax = "proto3";
import "google/api/annotations.proto";
message M {}
service S {
  rpc Get(M) returns (M) { option (google.api.http) = { get: "/v1/\xff" }; }
  rpc Set(M) returns (M) { option (google.api.http) = { get: "/v1/{x}" }; }
}
END
"$protoc" "-I$dir/text" "-I$googleapis" "--plugin=protoc-gen-kratos-http=$plugin" "--kratos-http_out=$dir/text" \
  bytes.proto >"$dir/out" 2>"$dir/err"
expect "text that is not UTF-8" 1 $? "^bytes.proto:5:28: error\[unreadable-rule\]: rpc S.Get: " "$dir/err"
expect "beside text that is not UTF-8" 1 1 "^bytes.proto:6:28: error\[unknown-path-field\]: rpc S.Set: " "$dir/err"

# A request that names a file it does not carry: field 1, "x.proto".
printf '\012\007x.proto' | "$plugin" >"$dir/out" 2>"$dir/err"
expect "file missing from the request" 0 $? "error\[bad-request\]: no descriptor for x.proto" "$dir/out"

if [ -w /dev/full ]; then
  (cd "$root" && "$protoc" -I. "-I$googleapis" --include_imports -o "$dir/set" greeter/in.proto)
  printf '\012\007x.proto' | "$plugin" >/dev/full 2>"$dir/err"
  expect "full disk" 1 $? "standard output cannot be written" "$dir/err"
fi

# Needs a pseudo-terminal, which a bare chroot may lack.
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
  script -qec "'$plugin'" /dev/null >"$dir/out" 2>&1 </dev/null
  expect "run on a terminal" 2 $? "this is a protoc plugin" "$dir/out"
fi

cd "$root" || exit 1
"$protoc" -I. "-I$googleapis" "--plugin=protoc-gen-kratos-http=$plugin" \
  "--kratos-http_out=$dir/missing" greeter/in.proto >"$dir/out" 2>"$dir/err"
expect "output directory missing" 1 $? "No such file or directory" "$dir/err"

# Where root cannot write either.
if [ -d /proc/self ]; then
  "$protoc" -I. "-I$googleapis" "--plugin=protoc-gen-kratos-http=$plugin" --kratos-http_out=/proc greeter/in.proto \
    >"$dir/out" 2>"$dir/err"
  expect "output directory not writable for anybody" 1 $? "No such file or directory" "$dir/err"
  one_line "output directory not writable for anybody" "$dir/err"
fi

mkdir "$dir/locked" && chmod 500 "$dir/locked"
if ! [ -w "$dir/locked" ]; then  # root may write everywhere
  "$protoc" -I. "-I$googleapis" "--plugin=protoc-gen-kratos-http=$plugin" \
    "--kratos-http_out=$dir/locked" greeter/in.proto >"$dir/out" 2>"$dir/err"
  expect "output directory not writable" 1 $? "Permission denied" "$dir/err"
fi
exit $failed
