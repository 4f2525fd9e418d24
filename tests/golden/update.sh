#!/bin/sh
# update.sh PROTOC PLUGIN GOOGLEAPIS: rewrites every golden file; also the target update-golden.
set -eu
cd "$(dirname "$0")"
for case in */ diagnostics/*/; do
  case $case in diagnostics/) continue ;; esac
  sh run_case.sh update "$1" "$2" "$3" "$case"
done
