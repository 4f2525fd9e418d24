#!/usr/bin/env bash
# Mixed load on each engine: memory stays flat, and servers that take over from each other lose no call.
#
#   tests/soak/run.sh [SECONDS [HANDOVERS]]      default: 60 seconds an engine, one handover every 3 seconds of the second half
#
# Needs a build (KRATOS_BUILD_DIR, default build/dev). Exit status 0 only when no call failed and memory stayed flat.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
case "${1:-}" in -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
seconds=${1:-60}
handovers=${2:-$(((seconds + 5) / 6))}
build=${KRATOS_BUILD_DIR:-$root/build/dev}
cmake --build "$build" --target kratos_soak kratos_soak_server >/dev/null
for engine in httplib asio; do
  "$build/bin/kratos_soak" "$build/bin/kratos_soak_server" "$engine" "$seconds" "$handovers"
done
