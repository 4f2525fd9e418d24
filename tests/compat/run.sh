#!/usr/bin/env bash
# Builds and tests this project against newer libraries than Debian 12's, protobuf with editions among them. Ends with
# "N passed, M failed" and a non-zero status when anything failed.
#
#   tests/compat/run.sh [--full] [--refresh] [--update] [newest | trixie]...
#
#   newest     Debian's unstable, and experimental for protobuf and fmt: the newest of everything there is (default)
#   trixie     Debian 13
#   --full     every unit, golden and end-to-end test, instead of the libraries, the plugin and the goldens
#   --refresh  fetch the packages again; otherwise those of the first run are kept
#   --update   rewrite tests/golden/editions_*/expected, which this machine's own protoc cannot
#
#   KRATOS_CACHE      packages and builds are kept here; default: $XDG_CACHE_HOME/kratos-cpp or ~/.cache/kratos-cpp
#
# The packages, their compiler included, are unpacked into the cache and used from there with chroot in a mount namespace of
# its own: root, or a kernel that lets users have one, is needed. Versions that passed are listed in proven.txt. Those that
# are newer may break for no fault of this project: with KRATOS_COMPAT_PROVEN_ONLY (as in ctest) that is a skip.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
. "$root/tests/support/debian_packages.sh"
cache="${KRATOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kratos-cpp}/compat"
# Each working copy has a build of its own in the tree they share.
build="/build/$(cksum <<<"$root" | cut -d' ' -f1)"
packages=(g++ cmake ninja-build ccache pkgconf libprotobuf-dev libprotoc-dev protobuf-compiler libfmt-dev catch2
  libcpp-httplib-dev libyaml-cpp-dev libpugixml-dev rapidjson-dev libssl-dev zlib1g-dev libbrotli-dev libzstd-dev
  libspdlog-dev libboost-dev libboost-context-dev
  # What the tests and their scripts run.
  bash dash coreutils diffutils findutils sed grep mawk curl openssl python3-minimal)
# Experimental is never taken by itself, and only these packages are meant to come from it.
newest_pins='Package: libprotobuf* libprotoc* protobuf-compiler libutf8-* libfmt* libcpp-httplib* libcatch2* catch2
Pin: release a=experimental
Pin-Priority: 500'

full=0
refresh=0
update=0
columns=()
for argument in "$@"; do
  case "$argument" in
    --full) full=1 ;;
    --refresh) refresh=1 ;;
    --update) update=1 ;;
    newest | trixie) columns+=("$argument") ;;
    -h | --help) sed -n '2,18s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "compat: unknown argument '$argument' (see --help)" >&2; exit 2 ;;
  esac
done
[[ ${#columns[@]} -gt 0 ]] || columns=(newest)

skip() {
  echo "skip compat: $*"
  skipped=$((skipped + 1))
}

# inside <tree> <command>...: with the tree as root and the sources at /src.
inside() {
  local tree="$1" map=()
  shift
  [[ "$(id -u)" == 0 ]] || map=(--map-root-user)
  unshare "${map[@]}" --mount sh -ec '
    tree=$1 source=$2
    shift 2
    mount --rbind /dev "$tree/dev"
    mount --rbind /proc "$tree/proc"
    mount --bind "$source" "$tree/src"
    exec chroot "$tree" /usr/bin/env -i PATH=/usr/bin HOME=/tmp CCACHE_DIR=/ccache CCACHE_NOHASHDIR=1 "$@"' \
    sh "$tree" "$root" "$@"
}

# versions <tree>: the libraries by their own names, one line.
versions() {
  awk '
    BEGIN {
      split("libprotobuf-dev libfmt-dev catch2 libcpp-httplib-dev libboost-dev libyaml-cpp-dev libpugixml-dev libspdlog-dev libssl-dev cmake", order)
      split("protobuf fmt Catch2 cpp-httplib Boost yaml-cpp pugixml spdlog OpenSSL CMake", names)
    }
    { sub(/^[0-9]+:/, "", $2); sub(/[+~-].*/, "", $2); version[$1] = $2 }
    $1 ~ /^g\+\+-[0-9]+$/ { compiler = $2 }
    END { for (i = 1; i in order; i++) printf "%s %s, ", names[i], version[order[i]]; print "GCC " compiler }
  ' "$1/packages.txt"
}

passed=0
failed=0
skipped=0
# run_column <name>
run_column() {
  local name="$1" tree="$cache/$1" suites="$1" pins="" said line log targets=() tests=() compiled="" good bad status=0
  log="$cache/$name.log"
  if [[ "$name" == newest ]]; then
    suites="unstable experimental"
    pins="$newest_pins"
  fi
  # A tree of before a package was added is of no use either.
  [[ "$refresh" == 0 && "$(cat "$tree/asked.txt" 2>/dev/null)" == "${packages[*]}" ]] || rm -rf "$tree"
  if [[ ! -d "$tree" ]]; then
    if ! said="$(unpack_debian "$tree" "$suites" "$pins" "${packages[@]}")"; then
      skip "$name: the packages cannot be had: $said"
      return
    fi
    mkdir -p "$tree"/{dev,proc,tmp,src,build,ccache}
    echo "${packages[*]}" >"$tree/asked.txt"
  fi
  if ! said="$(inside "$tree" true 2>&1)"; then
    skip "$name: no mount namespace here: $said"
    return
  fi
  line="$(versions "$tree")"
  echo "== $name: $line"

  if [[ "$full" == 1 ]]; then
    targets=(kratos_sanitized_tests kratos_plugin protoc-gen-kratos-http protoc-gen-kratos-errors)
    tests=(-L 'unit|golden|e2e')
  else
    targets=(protoc-gen-kratos-http protoc-gen-kratos-errors golden_call_test golden_errors_test)
    tests=(-R '^golden|^editions_call_test|^plugin\.')
    # Those that are called, and what else is peculiar: the rest is much the same code again.
    compiled="http_body;keywords;proto2_groups;streaming"
    if grep -q "EDITION_2026 = " "$tree/usr/include/google/protobuf/descriptor.proto"; then
      targets+=(editions_call_test)
      compiled+=";editions_2023;editions_2024;editions_2026"
    fi
  fi
  # Unoptimised: this is about what compiles, and what it does.
  if ! { inside "$tree" cmake -S /src -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=g++ -DCMAKE_BUILD_TYPE=Debug \
      -DCMAKE_CXX_FLAGS_DEBUG=-O0 -DKRATOS_WERROR=ON "-DKRATOS_GOLDEN_COMPILED=$compiled" -DKRATOS_BUILD_EXAMPLES=OFF -DKRATOS_INSTALL=OFF &&
    inside "$tree" cmake --build "$build" --parallel "${KRATOS_JOBS:-$(nproc)}" --target "${targets[@]}"; } \
    >"$log" 2>&1; then
    grep -E 'error|FAILED' "$log" | head -n 20 || true
    echo "FAIL $name: it does not build"
    bad=1
    good=0
  else
    if [[ "$update" == 1 ]]; then
      inside "$tree" sh -ec 'cd /src/tests/golden
        for case in editions_*; do
          case $case in *.cc) continue ;; esac
          sh run_case.sh update protoc "$1/bin/protoc-gen-kratos-http" /src/third_party/googleapis "$case"
        done' sh "$build"
    fi
    inside "$tree" ctest --test-dir "$build" --output-on-failure --no-tests=error "${tests[@]}" >"$log" 2>&1 || status=$?
    good="$(grep -cE '^ *[0-9]+/[0-9]+ Test +#[0-9]+: .* Passed ' "$log" || true)"
    bad="$(grep -E '^ *[0-9]+/[0-9]+ Test +#[0-9]+: ' "$log" | grep -cvE ' Passed |\*\*\*Skipped ' || true)"
    [[ "$status" == 0 || "$bad" != 0 ]] || bad=1
    [[ "$bad" == 0 ]] || tail -n 60 "$log"
  fi
  echo "$name: $good passed, $bad failed"
  if [[ "$bad" != 0 && -n "${KRATOS_COMPAT_PROVEN_ONLY:-}" ]] && ! grep -qxF "$line" "$here/proven.txt"; then
    skip "$name fails with versions that were never proven, which proves nothing against this project"
    return
  fi
  passed=$((passed + good))
  failed=$((failed + bad))
}

[[ "$(uname -sm)" == "Linux x86_64" ]] || { echo "skip compat: only on Linux on x86-64"; exit 0; }
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
for column in "${columns[@]}"; do run_column "$column"; done
if [[ "$skipped" == 0 ]]; then echo "$passed passed, $failed failed"; else
  echo "$passed passed, $failed failed, $skipped skipped"
fi
[[ "$failed" == 0 ]]
