#!/bin/sh
# update.sh PROTOC PLUGIN GOOGLEAPIS ERRORS_PLUGIN: rewrites every golden file; also the target update-golden.
set -eu
cd "$(dirname "$0")"
for case in */ diagnostics/*/; do
  case $case in
    diagnostics/ | errors/) continue ;;
    editions_*)
      if ! "$1" -I. "-I$3" -o /dev/null "$case"*.proto 2>/dev/null; then
        echo "update.sh: leaving $case alone, this protoc does not know its edition: tests/compat/run.sh --update" >&2
        continue
      fi ;;
  esac
  sh run_case.sh update "$1" "$2" "$3" "$case"
done
for case in errors/*/; do
  sh run_case.sh update "$1" "$4" "$3" "$case"
done
