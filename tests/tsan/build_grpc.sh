#!/usr/bin/env bash
# Builds abseil and gRPC with ThreadSanitizer, from the sources of the Debian packages installed here, and prints a folder for
# CMAKE_PREFIX_PATH. ThreadSanitizer must see each lock that is taken: against Debian's own libraries one run of the tests has
# thousands of findings, of the libraries' own making. A quarter of an hour and more on two cores, but once: the result is kept.
#
#   tests/tsan/build_grpc.sh
#
#   KRATOS_CACHE   where it is kept; default: $XDG_CACHE_HOME/kratos-cpp or ~/.cache/kratos-cpp
#   KRATOS_JOBS    default: one a core
#
# Protobuf, OpenSSL, c-ares and re2 stay Debian's.
# Exit status: 0, 77 when the sources cannot be had, else 1.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/../support/debian_packages.sh"
case "${1:-}" in
  "") ;;
  -h | --help) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "build_grpc.sh: unknown argument '$1' (see --help)" >&2; exit 2 ;;
esac
cache="${KRATOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kratos-cpp}/tsan"
jobs="${KRATOS_JOBS:-$(nproc)}"

# The macro __SANITIZE_THREAD__ stays, unlike in the preset tsan: abseil's locks and gRPC's call combiner tell the sanitizer about
# themselves under it, and neither has a message with a map, which is all that it changes in protobuf's headers. gRPC 1.51 itself is
# compiled as Debian does, with assertions.
flags="-O1 -g1 -fno-omit-frame-pointer -fsanitize=thread -Wno-tsan"
options=(-G Ninja -DCMAKE_BUILD_TYPE=None "-DCMAKE_C_FLAGS=$flags" "-DCMAKE_CXX_FLAGS=$flags" -DCMAKE_CXX_STANDARD=17
  -DBUILD_SHARED_LIBS=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DCMAKE_INSTALL_LIBDIR=lib
  # With these for gRPC.
  -DgRPC_INSTALL=OFF -DgRPC_BACKWARDS_COMPATIBILITY_MODE=OFF
  -DgRPC_{ABSL,CARES,PROTOBUF,RE2,SSL,ZLIB}_PROVIDER=package)

sources="$(dpkg-query -W -f='${source:Package}=${source:Version}\n' libabsl-dev libgrpc++-dev)"
key="$(cksum <<<"${options[*]} $(g++ -dumpfullversion) $(cat "$here/install_grpc.cmake")" | cut -d' ' -f1)"
prefix="$cache/$(tr '=\n' '__' <<<"$sources")$key"
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [[ ! -f "$prefix/complete" ]]; then
  work="$cache/building"
  # An interrupted build goes on where it was.
  if [[ "$(cat "$work/key" 2>/dev/null)" != "$prefix" ]]; then
    rm -rf "$work"
    mapfile -t packages <<<"$sources"
    unpack_debian_sources "$work" "${packages[@]}" >&2 || exit 77
    echo "$prefix" >"$work/key"
  fi
  if command -v ccache >/dev/null; then
    options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  {
    cmake -S "$work/abseil" -B "$work/abseil.build" "${options[@]}" "-DCMAKE_INSTALL_PREFIX=$prefix"
    cmake --build "$work/abseil.build" -j "$jobs"
    cmake --install "$work/abseil.build"
    cmake -S "$work/grpc" -B "$work/grpc.build" "${options[@]}" "-DCMAKE_INSTALL_PREFIX=$prefix" \
      "-Dabsl_DIR=$prefix/lib/cmake/absl" "-DCMAKE_PROJECT_grpc_INCLUDE=$here/install_grpc.cmake"
    cmake --build "$work/grpc.build" -j "$jobs" --target grpc++ grpcpp_channelz
    cmake --install "$work/grpc.build" --component kratos
  } >&2
  touch "$prefix/complete"
  rm -rf "$work"
fi
echo "$prefix"
