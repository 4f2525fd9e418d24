#!/usr/bin/env bash
# From a bare Debian 12 to generated services that answer HTTP/JSON and raw bytes.
#
#   examples/quickstart.sh [--serve] [--ports GREETER,FILES]
#
#   --serve    leaves the servers up when the tour is over; Ctrl-C ends them
#   --ports    two ports to listen on; default: free ones
#
# Installs what is missing (root or sudo, apt), builds the plugin and the runtime into build/quickstart, generates code from the
# examples' protos, starts two example servers and calls them with curl, and one with a generated gRPC client.
# Exit status: 0 when every call answered as it should.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

serve=0
greeter_port=0
files_port=0
while [ $# -gt 0 ]; do
  case "$1" in
    --serve) serve=1 ;;
    --ports)
      if ! [[ ${2:-} =~ ^([0-9]+),([0-9]+)$ ]]; then
        echo "quickstart.sh: --ports takes two numbers: --ports 8000,8001" >&2
        exit 2
      fi
      greeter_port=${BASH_REMATCH[1]}
      files_port=${BASH_REMATCH[2]}
      shift
      ;;
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "quickstart.sh: unknown argument '$1' (see --help)" >&2; exit 2 ;;
  esac
  shift
done

bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; fi

build=$root/build/quickstart
work=$(mktemp -d)
pids=()
stop_servers() {
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  pids=()
}
trap 'stop_servers; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

section() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }

# quietly WHAT COMMAND...: shows a moving count on a terminal, the output only when the command fails.
quietly() {
  local what=$1 log=$work/step.log start=$SECONDS
  shift
  if [ -t 1 ]; then
    "$@" >"$log" 2>&1 &
    local pid=$!
    while kill -0 "$pid" 2>/dev/null; do
      printf '\r%s%s %s%s\e[K' "$dim" "$what" "$(grep -oE '^\[[0-9]+/[0-9]+\]' "$log" | tail -n 1)" "$plain"
      sleep 0.3
    done
    printf '\r\e[K'
    wait "$pid" || { cat "$log"; echo "failed: $what" >&2; exit 1; }
  else
    "$@" >"$log" 2>&1 || { cat "$log"; echo "failed: $what" >&2; exit 1; }
  fi
  echo "$what: done in $((SECONDS - start)) s"
}

section "1. Install what is missing"
quietly "Debian packages" cmake/install_debian_packages.sh build grpc run

section "2. Build the plugin and the runtime; generate and build the examples"
# Quick to compile: nobody measures anything here.
quietly "configure" cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG" \
  -DKRATOS_BUILD_TESTS=OFF -DKRATOS_PRECOMPILE=ON
quietly "build" cmake --build "$build" --target helloworld greet files
echo "From examples/helloworld/greeter.proto protoc and the plugin wrote:"
(cd "$build/examples/helloworld/kratos_generated/helloworld_api" && wc -l greeter.pb.h greeter.pb.cc greeter.http.pb.h greeter.http.pb.cc | sed '$d; s/^/  /')

section "3. Start the servers"
# start NAME (PORT VARIABLE)...: starts build/bin/NAME with these ports and reads those it prints, one a line, into the variables.
start() {
  local name=$1 line addresses=() variables=() variable out
  shift
  while [ $# -gt 0 ]; do
    addresses+=("127.0.0.1:$1")
    variables+=("$2")
    shift 2
  done
  mkfifo "$work/$name.out"
  "$build/bin/$name" "${addresses[@]}" >"$work/$name.out" 2>"$work/$name.err" &
  pids+=($!)
  exec {out}<"$work/$name.out"
  for variable in "${variables[@]}"; do
    if ! IFS= read -r -t 10 line <&"$out"; then
      cat "$work/$name.err" >&2
      echo "quickstart.sh: $name did not start" >&2
      exit 1
    fi
    echo "$line"
    printf -v "$variable" '%s' "${line##* }"
  done
}
start helloworld "$greeter_port" greeter_port 0 grpc_port
start files "$files_port" files_port
greeter=http://127.0.0.1:$greeter_port
files=http://127.0.0.1:$files_port

section "4. Call them"
failures=0
# call TITLE EXPECTED-STATUS EXPECTED-TEXT CURL-ARGUMENTS...
call() {
  local title=$1 want_status=$2 want_text=$3 shown= argument
  shift 3
  for argument in "$@"; do
    if [[ $argument =~ [^A-Za-z0-9_./:=@%+-] ]]; then shown+=" '$argument'"; else shown+=" $argument"; fi
  done
  printf '\n%s%s%s\n%s$ curl%s%s\n' "$bold" "$title" "$plain" "$dim" "$shown" "$plain"
  if ! curl -sS --max-time 10 -D "$work/head" -o "$work/body" "$@"; then failures=$((failures + 1)); return; fi
  local head
  head=$(tr -d '\r' <"$work/head" | grep -v '^HTTP/1.1 100')
  echo "$head" | grep -iE '^(HTTP/|content-type|content-length|allow)'
  cat "$work/body"
  echo
  if ! grep -q "^HTTP/1.1 $want_status " <<<"$head" || ! grep -qF -- "$want_text" "$work/head" "$work/body"; then
    echo "quickstart.sh: expected status $want_status and the text $want_text" >&2
    failures=$((failures + 1))
  fi
}
printf 'first line of the notes\nsecond line\n' >"$work/notes.txt"

call "A JSON call" 200 '"Hello Ada"' \
  -X POST -H 'Content-Type: application/json' -d '{"name":"Ada"}' "$greeter/v1/hello"
call "A path variable with slashes: {name=people/*/greetings/*}" 200 '"Guten Tag, Ada"' \
  "$greeter/v1/people/ada/greetings/2"
call "A query with nested and repeated fields" 200 '"Moin, Max"' \
  "$greeter/v1/greetings?filter.language=de&tags=morning&tags=short"
call "An HttpBody upload: the body becomes the field named by body: \"content\"" 200 '"text/plain"' \
  -X PUT -H 'Content-Type: text/plain' --data-binary "@$work/notes.txt" "$files/v1/files/notes/today.txt"
call "An HttpBody download: the whole reply is the file" 200 'second line' \
  "$files/v1/files/notes/today.txt"
call "The same through response_body: one field of the reply" 200 'first line of the notes' \
  "$files/v1/files/notes/today.txt:preview"
call "An error of the service" 404 'PERSON_MISSING' "$greeter/v1/hello/nobody"
call "No such route: 404" 404 'NOT_FOUND' "$greeter/v1/nothing"
call "Known route, wrong method: 405" 405 'Allow: GET, HEAD, OPTIONS' -X DELETE "$greeter/v1/greetings"

printf '\n%sThe same service over gRPC, called by a generated client%s\n%s$ greet grpc://127.0.0.1:%s Ada de%s\n' \
  "$bold" "$plain" "$dim" "$grpc_port" "$plain"
said=$("$build/bin/greet" "grpc://127.0.0.1:$grpc_port" Ada de) || failures=$((failures + 1))
echo "$said"
if [ "$said" != "Hallo Ada" ]; then
  echo "quickstart.sh: expected the text Hallo Ada" >&2
  failures=$((failures + 1))
fi

section "5. Done"
if [ "$failures" -gt 0 ]; then
  echo "$failures calls did not answer as they should" >&2
  exit 1
fi
echo "Every call answered as it should, after $SECONDS s in all."
if [ "$serve" = 1 ]; then
  echo "The servers stay up: $greeter and $files. Ctrl-C ends them."
  wait "${pids[@]}" || true
  exit 0
fi
stop_servers
echo "The servers are stopped. Leave them up with --serve."
