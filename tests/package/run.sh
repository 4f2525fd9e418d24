#!/usr/bin/env bash
# Installs kratos and builds strangers' projects with it: CMake's find_package and add_subdirectory, pkg-config, Bazel, buf.
#
#   tests/package/run.sh [--update] [CASE...]      (default: every case)
#
#   --update   rewrites installed_files.txt, the golden list of what an installation holds
#
# Cases: installed_files relocatable find_package grpc regenerate one_name pkg_config examples add_subdirectory shared buf bazel
#
#   KRATOS_BUILD_DIR  build tree to install from, configured and built when need be; default: build/dev
#   KRATOS_CACHE      what is fetched is kept here; default: $XDG_CACHE_HOME/kratos-cpp or ~/.cache/kratos-cpp
#
# Logs are in KRATOS_BUILD_DIR/package/logs. Ends with "N passed, M failed[, K skipped]"; exit status 0 when none failed.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${KRATOS_BUILD_DIR:-$root/build/dev}
cache=${KRATOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kratos-cpp}
buf_version=1.75.0
jobs=${KRATOS_JOBS:-$(nproc)}

die() {
  echo "package: $*" >&2
  exit 1
}

update=0
cases=()
for argument in "$@"; do
  case "$argument" in
    --update) update=1 ;;
    -h | --help) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 0 ;;
    installed_files | relocatable | find_package | grpc | regenerate | one_name | pkg_config | examples | add_subdirectory | shared | buf | bazel)
      cases+=("$argument") ;;
    *) echo "package: unknown argument '$argument' (see --help)" >&2; exit 2 ;;
  esac
done
[ ${#cases[@]} -gt 0 ] ||
  cases=(installed_files relocatable find_package grpc regenerate one_name pkg_config examples add_subdirectory shared buf bazel)

# A place that stays the same from run to run, so that the compiler cache knows the files again.
mkdir -p "$build" "$cache" || exit 1
build=$(cd "$build" && pwd)
work=$build/package
prefix=$work/prefix
mkdir -p "$work"
exec 9>"$work/lock"
flock 9
rm -rf "$prefix" "$work/logs" "$work/stage" "$work/projects"
mkdir -p "$work/logs" "$work/projects"

# cached <variable>: its value in the build tree.
cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }

# The build tree's compiler and dependencies, and its flags where it is sanitized: such libraries need such programs. Otherwise
# nothing is optimised, for kratos itself is compiled twice more.
inherited=()
use_the_build_trees_flags() {
  local name value
  for name in CMAKE_CXX_COMPILER CMAKE_PREFIX_PATH; do
    value=$(cached "$name")
    [ -z "$value" ] || inherited+=("-D$name=$value")
  done
  sanitize=$(cached KRATOS_SANITIZE)
  # Where pkg-config's users look too.
  CXXFLAGS=$(cached CMAKE_CXX_FLAGS)
  local debug_flags=-O0
  if [ -n "$sanitize" ]; then
    CXXFLAGS="-fsanitize=$sanitize $CXXFLAGS"
    debug_flags=$(cached CMAKE_CXX_FLAGS_DEBUG)
  fi
  inherited+=(-DCMAKE_BUILD_TYPE=Debug "-DCMAKE_CXX_FLAGS_DEBUG=$debug_flags")
  export CXXFLAGS
  compiler=$(cached CMAKE_CXX_COMPILER)
  export CMAKE_GENERATOR=Ninja
  export CMAKE_BUILD_PARALLEL_LEVEL=$jobs
  if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_NOHASHDIR=1
  fi
}

install_kratos() {
  "$root/cmake/install_debian_packages.sh" build grpc || return 1
  if [ ! -f "$build/CMakeCache.txt" ]; then
    cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DKRATOS_WERROR=ON || return 1
  fi
  cmake --build "$build" --target kratos_package --parallel "$jobs" || return 1
  # To a staged root for one prefix, and then moved to another: nothing may remember either.
  DESTDIR=$work/stage cmake --install "$build" --prefix /opt/kratos || return 1
  mv "$work/stage/opt/kratos" "$prefix"
}

# project <name> <source>...: a fresh folder with a copy of the sources; prints it.
project() {
  local to=$work/projects/$1
  shift
  mkdir -p "$to" && cp -R "$@" "$to" && echo "$to"
}

# cmake_build <dir> [option...]: configures and builds a project of projects/, in its folder build.
cmake_build() {
  local dir=$1
  shift
  cmake -S "$dir" -B "$dir/build" "${inherited[@]}" "$@" && cmake --build "$dir/build"
}

# Where a stranger's project compiles kratos. Two cases do, one after the other in the same place, so that the compiler cache
# knows for the second what the first has made.
guest=$work/guest

# serves <program>: it must say where it listens, and end well when asked to. One that takes a second address gets one.
serves() {
  local line='' pid status=0
  coproc program { exec timeout 60 "$1" 127.0.0.1:0 127.0.0.1:0; }
  pid=$program_PID
  read -r -t 30 line <&"${program[0]}"
  kill -TERM "$pid"
  wait "$pid" || status=$?
  echo "$1 said '$line' and ended with status $status"
  [[ $line == *"listens on port "[1-9]* && $status == 0 ]]
}

case_installed_files() {
  local list=$work/installed_files.txt golden=$here/installed_files.txt
  (cd "$prefix" && find . ! -type d) |
    sed -E 's,^\./,,; s,^lib/[a-z0-9_]+-linux-gnu/,lib/,; s,kratos-targets-[a-z]+\.cmake,kratos-targets-CONFIG.cmake,' |
    LC_ALL=C sort >"$list"
  if [ "$update" = 1 ]; then cp "$list" "$golden"; fi
  diff -u "$golden" "$list"
}

case_relocatable() {
  local found
  found=$(grep -rIlE --include='*.cmake' --include='*.pc' --include='*.h' \
    -e "$root/" -e "$build/" -e '/opt/kratos' "$prefix")
  [ -z "$found" ] || { printf 'names a directory of the build or the first prefix: %s\n' "$found"; return 1; }
  # The plugins run where they were moved to.
  "$prefix/bin/protoc-gen-kratos-http" --version && "$prefix/bin/protoc-gen-kratos-errors" --version
}

# A build tree's own CMAKE_PREFIX_PATH leads to dependencies: the installed kratos goes in front.
prefix_path() { echo "-DCMAKE_PREFIX_PATH=$1;$(cached CMAKE_PREFIX_PATH)"; }

# strangers_run <dir>: the programs and the unit test.
strangers_run() { timeout 60 "$1/stranger" && timeout 60 "$1/unit_test" && timeout 60 "$1/observed"; }

case_find_package() {
  local dir
  dir=$(project find_package "$here"/find_package/* "$here"/program/*) &&
    cmake_build "$dir" "$(prefix_path "$prefix")" && strangers_run "$dir/build" || return 1
  # Who serves HTTP alone has nothing of gRPC.
  if ldd "$dir/build/stranger" | grep -i grpc; then echo "gRPC came along"; return 1; fi
}

case_grpc() {
  local dir
  dir=$(project grpc "$here"/grpc/*) &&
    cmake_build "$dir" "$(prefix_path "$prefix")" && timeout 60 "$dir/build/stranger_grpc"
}

# What kratos_generate_http depends on: the service config, imported protos, the plugin. Nothing is compiled.
case_regenerate() {
  local dir made
  dir=$(project regenerate "$here"/regenerate/*) || return 1
  made=kratos_generated/parcels/parcels.http.pb.cc
  cmake -S "$dir" -B "$dir/build" "${inherited[@]}" "$(prefix_path "$prefix")" &&
    cmake --build "$dir/build" --target "$made" && grep -qF '"/v1/{name=parcels/*}"' "$dir/build/$made" || return 1
  cmake --build "$dir/build" --target "$made" | grep -q 'no work to do' || { echo "generates without a reason"; return 1; }
  sed -i 's,/v1/,/v2/,' "$dir/rules.yaml"
  cmake --build "$dir/build" --target "$made" && grep -qF '"/v2/{name=parcels/*}"' "$dir/build/$made" ||
    { echo "a changed service config is not noticed"; return 1; }
  sed -i 's,string name = 1;,string name = 1; string note = 2;,' "$dir/parcel.proto"
  cmake --build "$dir/build" --target "$made" | grep -q 'protoc --kratos-http_out' ||
    { echo "a changed import is not noticed"; return 1; }
  # A rule that fits no field: the build fails, and says where.
  sed -i 's,{name=,{nam=,' "$dir/rules.yaml"
  if cmake --build "$dir/build" --target "$made" >"$dir/said"; then echo "a broken rule passes"; return 1; fi
  cat "$dir/said"
  grep -qF 'rules.yaml:6:' "$dir/said" && grep -qF 'error[unknown-path-field]' "$dir/said"
}

# One directory may add to its target; a second one with the same name in mind hears of it. Nothing is compiled.
case_one_name() {
  local dir function
  dir=$(project one_name "$here"/one_name/* "$here"/regenerate/*.proto) || return 1
  cmake -S "$dir" -B "$dir/build" "${inherited[@]}" "$(prefix_path "$prefix")" || return 1
  for function in http errors; do
    if cmake -S "$dir" -B "$dir/build" "-DELSEWHERE=$function" >"$dir/said" 2>&1; then
      echo "kratos_generate_$function adds to another directory's target"
      return 1
    fi
    cat "$dir/said"
    # CMake breaks lines as it likes.
    tr -s ' \n' ' ' <"$dir/said" |
      grep -qF "kratos_generate_$function: TARGET parcels is already a target of $dir, to which nothing can be added from $dir/elsewhere." ||
      return 1
  done
}

case_pkg_config() {
  local dir
  dir=$(project pkg_config "$here"/pkg_config/* "$here"/program/*) || return 1
  (
    cd "$dir" || exit 1
    export PATH=$prefix/bin:$PATH PKG_CONFIG_PATH
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name kratos-http.pc)")
    for package in kratos-route kratos-json kratos-core kratos-app kratos-trace kratos-http kratos-grpc kratos-otlp kratos-admin kratos-testing; do
      pkg-config --validate "$package" || exit 1
    done
    export CXX="${CMAKE_CXX_COMPILER_LAUNCHER:-} $compiler"
    ./build.sh && timeout 60 ./library && timeout 60 ./unit_test
  )
}

case_examples() {
  local name dir
  for name in helloworld files chat; do
    dir=$(project "$name" "$root/examples/$name"/*) &&
      cmake_build "$dir" "$(prefix_path "$prefix")" && serves "$dir/build/$name" || return 1
  done
}

case_add_subdirectory() {
  local dir left
  dir=$(project add_subdirectory "$here"/add_subdirectory/* "$here"/program/*) && rm -rf "$guest" &&
    cmake -S "$dir" -B "$guest" "${inherited[@]}" "-DKRATOS_SOURCE_DIR=$root" "-DKRATOS_WERROR=$(cached KRATOS_WERROR)" \
      -DKRATOS_PRECOMPILE=ON &&
    cmake --build "$guest" && strangers_run "$guest" || return 1
  # A guest brings no tests, no examples and no install rules.
  (cd "$guest" && ctest -N) | grep -q '^Total Tests: 0$' || { echo "kratos's tests came along"; return 1; }
  left=$(cmake --build "$guest" --target help | grep -E '(helloworld|_test)(:|$)')
  [ -z "$left" ] || { printf 'unexpected targets: %s\n' "$left"; return 1; }
  # Of what is in the guest's own folder, too.
  for left in "$guest" "$guest/kratos"; do cmake --install "$left" --prefix "$dir/installed" || return 1; done
  [ -z "$(find "$dir/installed" -type f 2>/dev/null)" ] || { echo "kratos was installed along"; return 1; }
}

case_shared() {
  local tree=$guest/kratos dir program
  rm -rf "$guest"
  cmake -S "$root" -B "$tree" "${inherited[@]}" -DBUILD_SHARED_LIBS=ON -DKRATOS_BUILD_TESTS=OFF -DKRATOS_BUILD_EXAMPLES=OFF \
    -DKRATOS_PRECOMPILE=ON "-DKRATOS_WERROR=$(cached KRATOS_WERROR)" "-DKRATOS_SANITIZE=$sanitize" &&
    cmake --build "$tree" --target kratos_package || return 1
  rm -rf "$work/shared-prefix" "$work/shared-first"
  cmake --install "$tree" --prefix "$work/shared-first" && mv "$work/shared-first" "$work/shared-prefix" || return 1
  "$work/shared-prefix/bin/protoc-gen-kratos-http" --version || return 1
  "$work/shared-prefix/bin/protoc-gen-kratos-errors" --version || return 1
  dir=$(project shared "$here"/find_package/* "$here"/program/*) &&
    cmake_build "$dir" "$(prefix_path "$work/shared-prefix")" && strangers_run "$dir/build" || return 1
  program=$(ldd "$dir/build/stranger")
  echo "$program"
  grep -q 'libkratos_http\.so\.[0-9.]* => /' <<<"$program"
}

case_buf() {
  local dir tool=$cache/buf-$buf_version
  if [ ! -x "$tool/node_modules/.bin/buf" ]; then
    command -v npm >/dev/null || "$root/cmake/install_debian_packages.sh" test || skip "npm is missing, and with it buf"
    npm install --prefix "$tool" --ignore-scripts --no-audit --no-fund "@bufbuild/buf@$buf_version" ||
      skip "npm cannot fetch @bufbuild/buf $buf_version"
  fi
  dir=$(project buf "$root"/examples/buf/*) || return 1
  mkdir "$dir/vendor" && cp -R "$prefix/share/kratos/proto" "$dir/vendor/kratos" || return 1
  (
    cd "$dir" || exit 1
    export PATH=$prefix/bin:$tool/node_modules/.bin:$PATH BUF_CACHE_DIR=$work/projects/buf-cache
    buf lint && buf generate
  ) && cmake_build "$dir" "$(prefix_path "$prefix")" && timeout 60 "$dir/build/weather" | tee "$dir/said" &&
    grep -qx 'stations/brocken: -1.5 C, fog' "$dir/said" && grep -qx 'stations/brocken,-1.5' "$dir/said"
}

case_bazel() {
  local dir version
  version=$(sed -n 's/^KRATOS_VERSION = "\(.*\)"/\1/p' "$root/bazel/version.bzl")
  [ "$version" = "$(cached CMAKE_PROJECT_VERSION)" ] || { echo "bazel/version.bzl says $version"; return 1; }
  if ! "$root/cmake/install_debian_packages.sh" bazel || [ ! -d /usr/share/bazel/rules/proto ]; then
    skip "Debian's bazel-bootstrap is missing and cannot be installed"
  fi
  dir=$(project bazel "$root"/examples/bazel/. ) || return 1
  sed -i "s,\"../..\",\"$root\"," "$dir/WORKSPACE" || return 1
  # Downloads are refused, not only absent. The plugin need not be fast here.
  echo 'block *' >"$dir/downloads.cfg"
  (
    cd "$dir" || exit 1
    env -u CC -u CXX -u CXXFLAGS bazel --batch "--output_user_root=$cache/bazel/root" test --noshow_progress --color=no \
      "--jobs=$jobs" "--disk_cache=$cache/bazel/disk" --experimental_downloader_config=downloads.cfg \
      --host_copt=-O0 --nocache_test_results --test_output=errors //... @kratos//:otlp @kratos//:testing
  )
}

# skip <reason>: ends a case that cannot run here.
skip() {
  echo "skipped: $*"
  exit 77
}

started=$SECONDS
if ! install_kratos >"$work/logs/install.log" 2>&1; then
  tail -n 60 "$work/logs/install.log"
  echo "package: kratos does not build or install (log: $work/logs/install.log)"
  echo "0 passed, 1 failed"
  exit 1
fi
use_the_build_trees_flags

passed=0 failed=0 skipped=0
for name in "${cases[@]}"; do
  log=$work/logs/$name.log
  begun=$SECONDS
  ("case_$name") >"$log" 2>&1 9>&-
  case $? in
    0) passed=$((passed + 1)) word=passed ;;
    77) skipped=$((skipped + 1)) word=$(tail -n 1 "$log") ;;
    *) failed=$((failed + 1)) word="FAILED (log: $log)"; tail -n 40 "$log" ;;
  esac
  printf '%-18s %4d s  %s\n' "$name" $((SECONDS - begun)) "$word"
done
echo "package: $((SECONDS - started)) s"
if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" = 0 ]
