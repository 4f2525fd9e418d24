#!/usr/bin/env bash
# A stranger's project with neither CMake nor make: plain protoc, pkg-config and the compiler. PKG_CONFIG_PATH and PATH
# lead to the installed kratos; CXXFLAGS is honoured.
set -euo pipefail

# [build]
mkdir -p gen
protoc -I. -I"$(pkg-config --variable=protodir kratos-http)" \
  --cpp_out=gen --kratos-http_out=gen stranger/library.proto
# shellcheck disable=SC2046,SC2086  # flags are words
${CXX:-c++} -std=c++20 ${CXXFLAGS:-} -Igen main.cc gen/stranger/library.pb.cc gen/stranger/library.http.pb.cc \
  $(pkg-config --cflags --libs kratos-http) -o library
# [build]

# shellcheck disable=SC2046,SC2086
${CXX:-c++} -std=c++20 ${CXXFLAGS:-} -Igen unit_test.cc gen/stranger/library.pb.cc gen/stranger/library.http.pb.cc \
  $(pkg-config --cflags --libs kratos-testing) -o unit_test
