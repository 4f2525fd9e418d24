#!/usr/bin/env python3
"""Writes a service with 993 routes, as many as the largest service of googleapis has.

    make_routes.py proto|cpp|go FILE

proto: routes.proto. cpp: a class that serves it. go: a type that serves it.
"""
import sys

COUNT = 993


def names():
    return [f"R{i:03}" for i in range(COUNT)]


def proto():
    yield "// Written by make_routes.py."
    yield 'syntax = "proto3";\n\npackage kratos.bench;\n'
    yield 'import "google/api/annotations.proto";\nimport "compare.proto";\n'
    yield "service Routes {"
    for name in names():
        yield f"  rpc {name}(HelloRequest) returns (HelloReply) {{"
        yield f'    option (google.api.http) = {{ get: "/v1/{name.lower()}/{{name}}" }};'
        yield "  }"
    yield "}"


def cpp():
    yield "// Written by make_routes.py.\n#pragma once\n"
    yield '#include "routes.http.pb.h"\n'
    yield "namespace kratos::bench {\n"
    yield "class ManyRoutes final : public RoutesServer {"
    yield " public:"
    for name in names():
        yield f"  Status {name}(Context&, const HelloRequest& request, HelloReply* reply) override {{"
        yield "    return Greet(request, reply);"
        yield "  }"
    yield "\n private:"
    yield "  static Status Greet(const HelloRequest& request, HelloReply* reply) {"
    yield '    reply->set_message("Hello " + request.name());'
    yield "    return {};"
    yield "  }"
    yield "};\n\n}  // namespace kratos::bench"


def go():
    yield "// Written by make_routes.py.\n\n// Package routes serves the service with very many routes.\npackage routes\n"
    yield 'import (\n\t"context"\n\n\t"compare/api"\n\t"compare/side"\n)\n'
    yield "// Service answers each rpc alike.\ntype Service struct {\n\tapi.UnimplementedRoutesServer\n}"
    for name in names():
        yield f"\nfunc (Service) {name}(_ context.Context, in *api.HelloRequest) (*api.HelloReply, error) {{"
        yield "\treturn side.Hello(in.Name), nil\n}"


def main():
    kinds = {"proto": proto, "cpp": cpp, "go": go}
    if len(sys.argv) != 3 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write("\n".join(kinds[sys.argv[1]]()) + "\n")


main()
