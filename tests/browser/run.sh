#!/usr/bin/env bash
# Programs that nobody here wrote against our server: the npm packages ws and eventsource, Chromium, and wrk; and in Chromium the
# pages of the example chat and of kratos::admin, with a picture of each in KRATOS_BUILD_DIR/browser.
# Ends with "N passed, M failed" (", K skipped" when there were any) and a non-zero status when anything failed.
#
#   tests/browser/run.sh
#
#   KRATOS_BUILD_DIR  build tree that has, or gets, kratos_browser_server and chat; default: build/dev
#   KRATOS_CACHE      npm packages are kept here, at the versions and sums of package-lock.json; default: ~/.cache/kratos-cpp
#
# What is not installed is skipped; cmake/install_debian_packages.sh browser installs it.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
. "$root/tests/support/npm_packages.sh"
cache="${KRATOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kratos-cpp}/browser"
build="${KRATOS_BUILD_DIR:-$root/build/dev}"
work="$build/browser"
mkdir -p "$work" "$cache"

passed=0
failed=0
skipped=0
servers=()
profile=""

finish() {
  local server
  for server in "${servers[@]}"; do kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; done
  [[ -z "$profile" ]] || rm -rf "$profile"
}
trap finish EXIT

die() {
  echo "browser: $*" >&2
  exit 1
}

# skip <part> <why>: leaves a part out.
skip() {
  echo "skip $1: $2"
  skipped=$((skipped + 1))
}

# counted <name> <command>...: runs a program that prints "ok" and "FAIL" lines.
counted() {
  local name="$1" log="$work/$1.log" status=0 good bad
  shift
  "$@" >"$log" 2>"$work/$name.err" || status=$?
  cat "$log"
  good="$(grep -c '^ok ' "$log" || true)"
  bad="$(grep -c '^FAIL ' "$log" || true)"
  # Neither a crash nor an empty run may look like success.
  if [[ "$bad" == 0 && ("$status" != 0 || "$good" == 0) ]]; then
    echo "FAIL $name ended with status $status: $(tail -n 20 "$work/$name.err")"
    bad=1
  fi
  passed=$((passed + good))
  failed=$((failed + bad))
}

# start_server <program> [argument]...: its first line is in $line then.
start_server() {
  local name="$1"
  shift
  line=""
  mkfifo "$work/ports.$$"
  exec 8<>"$work/ports.$$"
  rm "$work/ports.$$"
  timeout 900 "$build/bin/$name" "$@" >&8 2>"$work/$name.log" 8>&- &
  servers+=($!)
  read -r -t 60 line <&8 || die "$name named no ports: $(tail -n 5 "$work/$name.log")"
  exec 8<&-
}

# load <path>: 256 connections for some seconds; every request must get its 200.
load() {
  local log="$work/load.log" requests
  if ! timeout 60 wrk -t2 -c256 -d4s --timeout 20s "http://127.0.0.1:${ports[0]}$1" >"$log" 2>&1; then
    echo "FAIL wrk $1: $(tail -n 3 "$log")"
  elif grep -E 'Socket errors|Non-2xx' "$log" >"$log.bad"; then
    echo "FAIL wrk $1: $(tr '\n' ' ' <"$log.bad")"
  else
    requests="$(sed -n 's/^Requests\/sec: *\([0-9]*\).*/\1/p' "$log")"
    if [[ "${requests:-0}" -gt 0 ]]; then
      echo "ok wrk $1 on 256 connections ($requests requests/s)"
    else
      echo "FAIL wrk $1: no requests"
    fi
  fi
}

loads() {
  load /v1/inline/a
  load /v1/handed/a
}

programs=(kratos_browser_server chat)
[[ -x "$build/bin/${programs[0]}" && -x "$build/bin/${programs[1]}" ]] ||
  cmake --build "$build" --target "${programs[@]}" >"$work/build.log" 2>&1 || die "${programs[*]} do not build"
start_server kratos_browser_server
[[ "$line" =~ ^ports\ ([0-9]+)\ ([0-9]+)\ ([0-9]+)$ ]] || die "kratos_browser_server said \"$line\" instead of its ports"
ports=("${BASH_REMATCH[@]:1}")
start_server chat 127.0.0.1:0
chat_port="${line##* }"

modules=""
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  skip "ws, eventsource, Chromium" "node or npm is not installed"
elif ! npm_packages "$here" "$cache" "$work/npm.log"; then
  skip "ws, eventsource, Chromium" "npm cannot fetch the packages: $(tail -n 1 "$work/npm.log")"
else
  # Imports are looked up beside the program.
  cp "$here"/*.mjs "$modules/"
  counted node timeout 300 node "$modules/node.mjs" "${ports[@]}"
  if [[ -x /usr/bin/chromium ]]; then
    profile="$(mktemp -d)"
    counted chromium timeout 300 node "$modules/chromium.mjs" /usr/bin/chromium "$profile" "${ports[@]}"
    counted pages timeout 300 node "$modules/pages.mjs" /usr/bin/chromium "$profile" "$work" "$chat_port" "${ports[0]}"
  else
    skip Chromium "it is not installed"
  fi
fi
if command -v wrk >/dev/null; then counted wrk loads; else skip wrk "it is not installed"; fi

# What ctest takes for a test that was not run.
[[ $((passed + failed)) -gt 0 ]] || echo "skip browser: nothing of it is installed"
echo "$passed passed, $failed failed, $skipped skipped"
[[ "$failed" == 0 ]]
