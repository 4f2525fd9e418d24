#!/usr/bin/env bash
# Installs what a build needs on Debian 12 or newer, and nothing that is already there.
#
#   cmake/install_debian_packages.sh [build|grpc|run|test|browser|prometheus|sanitizers|tsan|format|bazel]...     (default: build)
#
# Prints nothing when all is present. Needs root (or sudo) only when something is missing.
# Exit status: 0 all present, 1 something could not be installed, 2 wrong use.
set -euo pipefail

build=(g++ cmake ninja-build ccache pkg-config ca-certificates
  protobuf-compiler libprotobuf-dev libprotoc-dev
  libcpp-httplib-dev rapidjson-dev libfmt-dev libyaml-cpp-dev libpugixml-dev
  libssl-dev zlib1g-dev libbrotli-dev libzstd-dev libspdlog-dev prometheus-cpp-dev libboost1.81-dev libboost-context1.81-dev)
grpc=(libgrpc++-dev protobuf-compiler-grpc)
run=(curl)
test=("${build[@]}" "${grpc[@]}" "${run[@]}" catch2 python3 python3-pip openssl npm git libbenchmark-dev valgrind mold)
browser=(chromium nodejs npm wrk)
prometheus=(prometheus)  # Under systemd it also starts a service, on port 9090.
sanitizers=(clang-16 libclang-rt-16-dev)
tsan=(dpkg-dev)  # Unpacks the sources of gRPC.
format=(clang-format-16)
bazel=(bazel-bootstrap bazel-rules-java bazel-rules-proto bazel-skylib bazel-platforms)

usage() { sed -n '2,7s/^# \{0,1\}//p' "$0"; }

wanted=()
[ $# -gt 0 ] || set -- build
for group in "$@"; do
  case "$group" in
    build) wanted+=("${build[@]}") ;;
    grpc) wanted+=("${grpc[@]}") ;;
    run) wanted+=("${run[@]}") ;;
    test) wanted+=("${test[@]}") ;;
    browser) wanted+=("${browser[@]}") ;;
    prometheus) wanted+=("${prometheus[@]}") ;;
    sanitizers) wanted+=("${sanitizers[@]}") ;;
    tsan) wanted+=("${tsan[@]}") ;;
    format) wanted+=("${format[@]}") ;;
    bazel) wanted+=("${bazel[@]}") ;;
    -h | --help) usage; exit 0 ;;
    *) echo "install_debian_packages.sh: unknown group '$group' (see --help)" >&2; exit 2 ;;
  esac
done

# A command that is already on the path counts as present, wherever it came from.
command_of() {
  case "$1" in
    ninja-build) echo ninja ;; python3-pip) echo pip3 ;; npm | git | curl | cmake | python3 | openssl | ccache) echo "$1" ;;
    *) echo "" ;;
  esac
}

missing=()
for package in "${wanted[@]}"; do
  command=$(command_of "$package")
  if [ -n "$command" ] && command -v "$command" >/dev/null 2>&1; then continue; fi
  if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ]; then continue; fi
  missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "install_debian_packages.sh: these packages are missing and apt-get is not here to install them:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "install_debian_packages.sh: run as root, or install: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
       "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
         apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "install_debian_packages.sh: apt-get failed; its output is above" >&2
  exit 1
fi
