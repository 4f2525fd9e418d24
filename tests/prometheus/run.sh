#!/usr/bin/env bash
# The real Prometheus reads our metrics: promtool has nothing to say against any line of /metrics, and prometheus scrapes a running
# server whose calls it then knows by the names and labels of Kratos.
# Ends with "N passed, M failed" and a non-zero status when anything failed.
#
#   tests/prometheus/run.sh
#
#   KRATOS_BUILD_DIR  build tree that has, or gets, kratos_prometheus_server; default: build/dev
#   KRATOS_GRPC       ON when that server has gRPC too; default: OFF
#
# What is not installed is skipped; cmake/install_debian_packages.sh prometheus installs it.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
build="${KRATOS_BUILD_DIR:-$root/build/dev}"
work="$build/prometheus"
rm -rf "$work"
mkdir -p "$work"

die() {
  echo "prometheus: $*" >&2
  exit 1
}

for tool in prometheus promtool python3 curl; do
  if ! command -v "$tool" >/dev/null; then
    echo "skip prometheus: $tool is not installed"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
  fi
done
[[ -x "$build/bin/kratos_prometheus_server" ]] ||
  cmake --build "$build" --target kratos_prometheus_server >"$work/build.log" 2>&1 || die "kratos_prometheus_server does not build"

server=""
finish() { [[ -z "$server" ]] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; }; }
trap finish EXIT

mkfifo "$work/port"
exec 8<>"$work/port"
timeout 600 "$build/bin/kratos_prometheus_server" >&8 2>"$work/server.log" 8>&- &
server=$!
line=""
read -r -t 60 line <&8 || die "the server named no port: $(tail -n 5 "$work/server.log")"
exec 8<&-
[[ "$line" =~ ^port\ ([0-9]+)$ ]] || die "the server said \"$line\" instead of its port"
port="${BASH_REMATCH[1]}"

passed=0
failed=0
# said <good or bad> <line>: one result.
said() {
  if [[ "$1" == good ]]; then
    passed=$((passed + 1))
    echo "ok $2"
  else
    failed=$((failed + 1))
    echo "FAIL $2"
  fi
}

curl -fsS -D "$work/head" -o "$work/metrics" "http://127.0.0.1:$port/metrics"
if grep -qi '^content-type: text/plain; version=0.0.4' "$work/head"; then said good "the media type"; else said bad "the media type: $(cat "$work/head")"; fi
# It prints its complaints, and fails for the worse ones only.
complaints="$(promtool check metrics <"$work/metrics" 2>&1)" || complaints="status $?: $complaints"
if [[ -z "$complaints" ]]; then said good "promtool check metrics"; else said bad "promtool check metrics: $complaints"; fi

grpc=()
[[ "${KRATOS_GRPC:-OFF}" == OFF ]] || grpc=(grpc)
status=0
timeout 300 python3 "$here/check.py" "$(command -v prometheus)" "$port" "$work" "${grpc[@]}" >"$work/check.log" 2>"$work/check.err" ||
  status=$?
cat "$work/check.log"
good="$(grep -c '^ok ' "$work/check.log" || true)"
bad="$(grep -c '^FAIL ' "$work/check.log" || true)"
# Neither a crash nor an empty run may look like success.
if [[ "$bad" == 0 && ("$status" != 0 || "$good" == 0) ]]; then
  echo "FAIL check.py ended with status $status: $(tail -n 5 "$work/check.err") $(tail -n 5 "$work/prometheus.log" 2>/dev/null)"
  bad=1
fi
passed=$((passed + good))
failed=$((failed + bad))
echo "$passed passed, $failed failed"
[[ "$failed" == 0 ]]
