#!/usr/bin/env bash
# Runs an example and makes every call that its README shows.
#
#   examples_test.sh PROGRAM README PORT
#
# PORT is the port the README writes; the program gets a free one. In blocks marked ```console each line "$ command" is run in an
# empty directory, and what it prints must be the lines up to the next one. In the end SIGTERM must make the program exit with 0.
set -uo pipefail
program=$1
readme=$2
readme_port=$3

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
"$program" 127.0.0.1:0 >"$work/out" &
pid=$!
exec 3<"$work/out"
read -r -t 60 greeting <&3 || fail "$program said nothing"
port=${greeting##* }
[[ $port =~ ^[0-9]+$ ]] || fail "no port in \"$greeting\""

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
        command=${command//localhost:$readme_port/127.0.0.1:$port}
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
