#!/bin/sh
# errors_command_line_test.sh PLUGIN VERSION: protoc-gen-kratos-errors run by hand. What it shares with the HTTP plugin,
# command_line_test.sh tries.
set -u
plugin=$1 version=$2
failed=0
expect() {
  if [ "$2" != "$3" ]; then echo "$1: \"$3\", not \"$2\"" >&2; failed=1; fi
}
expect version "protoc-gen-kratos-errors $version" "$("$plugin" --version)"
help=$("$plugin" --help)
for part in 'Usage: protoc --kratos-errors_out=' 'errors.default_code' '  werror=true|false'; do
  case $help in *"$part"*) ;; *) echo "help: no \"$part\" in: $help" >&2; failed=1 ;; esac
done
expect "no request" \
  "protoc-gen-kratos-errors: standard input holds no CodeGeneratorRequest; run the plugin through protoc --kratos-errors_out=DIR" \
  "$("$plugin" 2>&1 </dev/null)"
exit $failed
