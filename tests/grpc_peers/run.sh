#!/usr/bin/env bash
# A gRPC server of ours and a client that nobody here wrote, which learns what it calls from the server's reflection alone: the npm
# packages grpc-js-reflection-client and @grpc/grpc-js against the example helloworld.
# Ends with "N passed, M failed" and a non-zero status when anything failed.
#
#   tests/grpc_peers/run.sh
#
#   KRATOS_BUILD_DIR  build tree that has, or gets, helloworld; default: build/dev
#   KRATOS_CACHE      npm packages are kept here, at the versions and sums of package-lock.json; default: ~/.cache/kratos-cpp
#
# Without node or npm it is skipped; cmake/install_debian_packages.sh browser installs them.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
. "$root/tests/support/npm_packages.sh"
cache="${KRATOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kratos-cpp}/grpc_peers"
build="${KRATOS_BUILD_DIR:-$root/build/dev}"
work="$build/grpc_peers"
mkdir -p "$work" "$cache"

die() {
  echo "grpc_peers: $*" >&2
  exit 1
}

skip() {
  echo "skip grpc_peers: $*"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

server=""
finish() { [[ -z "$server" ]] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; }; }
trap finish EXIT

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then skip "node or npm is not installed"; fi
npm_packages "$here" "$cache" "$work/npm.log" || skip "npm cannot fetch the packages: $(tail -n 1 "$work/npm.log")"
[[ -x "$build/bin/helloworld" ]] ||
  cmake --build "$build" --target helloworld >"$work/build.log" 2>&1 || die "helloworld does not build"
# Imports are looked up beside the program.
cp "$here"/*.mjs "$here/../browser/checks.mjs" "$modules/"

rm -f "$work/ports"
mkfifo "$work/ports"
exec 8<>"$work/ports"
timeout 600 "$build/bin/helloworld" 127.0.0.1:0 127.0.0.1:0 >&8 2>"$work/server.log" 8>&- &
server=$!
for _ in http grpc; do
  read -r -t 60 line <&8 || die "helloworld named no port: $(tail -n 5 "$work/server.log")"
done
exec 8<&-
[[ "$line" =~ "for gRPC on port "([0-9]+)$ ]] || die "helloworld said \"$line\" instead of its port for gRPC"
port="${BASH_REMATCH[1]}"

status=0
timeout 300 node "$modules/reflection.mjs" "$port" >"$work/reflection.log" 2>"$work/reflection.err" || status=$?
cat "$work/reflection.log"
passed="$(grep -c '^ok ' "$work/reflection.log" || true)"
failed="$(grep -c '^FAIL ' "$work/reflection.log" || true)"
# Neither a crash nor an empty run may look like success.
if [[ "$failed" == 0 && ("$status" != 0 || "$passed" == 0) ]]; then
  echo "FAIL the client ended with status $status: $(tail -n 20 "$work/reflection.err")"
  failed=1
fi
echo "$passed passed, $failed failed"
[[ "$failed" == 0 ]]
