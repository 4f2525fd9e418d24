#!/usr/bin/env bash
# Builds the Go contenders into DIR/bin: kratos and gateway. Modules come through the go command as it is configured, at the
# versions and with the sums in go/ and in tests/interop/go, whose generator and aliases for Kratos are used here too.
#
#   build_go.sh DIR
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
interop="$here/../../interop/go"
mkdir -p "$1"
work="$(cd "$1" && pwd)"

rm -rf "$work/go"
cp -R "$here/go" "$work/go"
cp -R "$interop/kratosv2" "$work/go/kratosv2"
mkdir -p "$work/go/api" "$work/go/routes" "$work/proto"
cp "$here/../page.proto" "$here/../compare.proto" "$here/../feeds.proto" "$work/proto/"
python3 "$here/make_routes.py" proto "$work/proto/routes.proto"
python3 "$here/make_routes.py" go "$work/go/routes/routes.go"

go -C "$interop/generator" build -mod=readonly -o "$work/bin/protoc-gen-go-http" github.com/go-kratos/kratos/cmd/protoc-gen-go-http/v2
cd "$work/go"
go build -mod=readonly -o "$work/bin/" google.golang.org/protobuf/cmd/protoc-gen-go \
  google.golang.org/grpc/cmd/protoc-gen-go-grpc github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-grpc-gateway
package=paths=source_relative
for proto in page compare feeds routes; do package+=,M$proto.proto=compare/api; done
protoc -I"$work/proto" -I"$here/../../../third_party/googleapis" \
  "--plugin=protoc-gen-go=$work/bin/protoc-gen-go" "--go_out=$package:api" \
  "--plugin=protoc-gen-go-http=$work/bin/protoc-gen-go-http" "--go-http_out=$package:api" \
  "--plugin=protoc-gen-go-grpc=$work/bin/protoc-gen-go-grpc" "--go-grpc_out=$package:api" \
  "--plugin=protoc-gen-grpc-gateway=$work/bin/protoc-gen-grpc-gateway" "--grpc-gateway_out=$package:api" \
  page.proto compare.proto routes.proto
# Streams by hand: v2's generator knows none.
protoc -I"$work/proto" -I"$here/../../../third_party/googleapis" \
  "--plugin=protoc-gen-go=$work/bin/protoc-gen-go" "--go_out=$package:api" feeds.proto
go build -mod=readonly -o "$work/bin/" ./kratos ./gateway
