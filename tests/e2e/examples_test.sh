#!/usr/bin/env bash
# Runs an example and makes every call that its README shows.
#
#   examples_test.sh PROGRAM README PORT...
#
# The ports are those the README writes, one for each address the program takes; it gets free ones and prints a line for each, with
# the port as its last word. Commands find the programs beside PROGRAM. In blocks marked ```console each line "$ command" is run in an
# empty directory, and what it prints must be the lines up to the next one. In the end SIGTERM must make the program exit with 0.
set -uo pipefail
program=$1
readme=$2
shift 2
readme_ports=("$@")

work=$(mktemp -d)
pid=
cleanup() {
  if [ -n "$pid" ]; then
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  fi
  rm -rf "$work"
}
trap cleanup EXIT
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

mkfifo "$work/out" || exit 1
"$program" "${readme_ports[@]/*/127.0.0.1:0}" >"$work/out" &
pid=$!
exec 3<"$work/out"
ports=()
for _ in "${readme_ports[@]}"; do
  read -r -t 60 greeting <&3 || fail "$program said nothing"
  port=${greeting##* }
  [[ $port =~ ^[0-9]+$ ]] || fail "no port in \"$greeting\""
  ports+=("$port")
done
export PATH=${program%/*}:$PATH

calls=0
command=
expected=
mkdir "$work/dir"

check() {
  if [ -z "$command" ]; then return; fi
  local actual
  # Without the ~/.curlrc of whoever runs this.
  actual=$(cd "$work/dir" && CURL_HOME=$work timeout 60 bash -c "$command") || fail "$command: exit status $?"
  if [ "$actual" != "$expected" ]; then
    fail "$command"$'\n'"expected: $expected"$'\n'"actual:   $actual"
  fi
  calls=$((calls + 1))
  command=
  expected=
}

inside=0
while IFS= read -r line; do
  case "$line" in
    '```console') inside=1 ;;
    '```')
      if [ "$inside" = 1 ]; then check; fi
      inside=0
      ;;
    '$ '*)
      if [ "$inside" = 1 ]; then
        check
        command=${line#\$ }
        for i in "${!ports[@]}"; do command=${command//localhost:${readme_ports[i]}/127.0.0.1:${ports[i]}}; done
      fi
      ;;
    *) if [ "$inside" = 1 ]; then expected+=${expected:+$'\n'}$line; fi ;;
  esac
done <"$readme"
[ "$calls" -ge 5 ] || fail "only $calls calls found in $readme"

kill -TERM "$pid"
wait "$pid"
status=$?
pid=
[ "$status" = 0 ] || fail "$program ended with status $status after SIGTERM"
printf '%s: %s calls answered as %s says\n' "$program" "$calls" "$readme"
