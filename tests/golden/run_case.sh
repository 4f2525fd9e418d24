#!/bin/sh
# run_case.sh check|update PROTOC PLUGIN GOOGLEAPIS CASE_DIR
#
# PLUGIN is a program protoc-gen-<flag>. Runs protoc with the plugin over the .proto files of one case and compares everything that comes out with the golden
# files, byte by byte; "update" replaces them instead.
#   CASE_DIR/options       plugin parameters (optional)
#   CASE_DIR/expected/     generated files, and stderr.txt when protoc or the plugin says something
#   CASE_DIR/expected.txt  in place of expected/: the exit code and standard error of a run that must fail
set -eu
mode=$1 protoc=$2 plugin=$3 googleapis=$4 case=$(cd "$5" && pwd)
root=$(cd "$(dirname "$0")" && pwd)
name=${case#"$root"/}
flag=$(basename "$plugin")
flag=${flag#protoc-gen-}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
mkdir "$out/files" "$out/expected"

cd "$root"
set --
if [ -f "$case/options" ]; then set -- "--${flag}_opt=$(cat "$case/options")"; fi
for file in "$name"/*.proto "$name"/*.protodevel; do
  if [ -f "$file" ]; then set -- "$@" "$file"; fi
done
code=0
"$protoc" -I. "-I$googleapis" "-I$root/../../runtime/proto" "--plugin=protoc-gen-$flag=$plugin" \
  "--${flag}_out=$out/files" "$@" 2>"$out/said" || code=$?
# Without protoc's own warnings, which differ between its versions; the plugin's name a rule: "warning[...]".
grep -v ': warning: ' "$out/said" >"$out/stderr" || true

if [ "$code" -eq 0 ]; then
  golden=expected
  if [ -d "$out/files/$name" ]; then mv "$out/files/$name"/* "$out/expected/"; fi
  if [ -s "$out/stderr" ]; then mv "$out/stderr" "$out/expected/stderr.txt"; fi
else
  golden=expected.txt
  rm -r "$out/expected"
  { echo "exit $code"; cat "$out/stderr"; } >"$out/expected.txt"
fi
if [ "$mode" = update ]; then
  rm -rf "$case/expected" "$case/expected.txt"
  cp -r "$out/$golden" "$case/$golden"
  exit 0
fi
if ! diff -ru "$case/$golden" "$out/$golden"; then
  echo "the golden files of $name differ; when that is meant, build the target update-golden and review the diff" >&2
  exit 1
fi
