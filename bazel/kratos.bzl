"""kratos_http_cc_library: from .proto files to a cc_library with messages, HTTP server bindings and HTTP clients."""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_proto_library")
load("@rules_proto//proto:defs.bzl", "ProtoInfo", "proto_library")
load(":googleapis.bzl", "GOOGLEAPIS", "googleapis_target")

# What `srcs` may import without saying so.
_KNOWN_PROTOS = [
    Label("//third_party/googleapis:" + googleapis_target(path))
    for path in GOOGLEAPIS
] + [
    Label("@com_google_protobuf//:%s_proto" % name)
    for name in ["any", "descriptor", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"]
]

def _import_path(file, roots):
    """The name protoc knows `file` by: its path below the deepest import root that holds it."""
    best = ""
    for root in roots:
        if file.path.startswith(root + "/") and len(root) > len(best):
            best = root
    return file.path[len(best) + 1:] if best else file.path

def _kratos_http_sources_impl(ctx):
    info = ctx.attr.proto[ProtoInfo]
    roots = info.transitive_proto_path.to_list()
    base = "_kratos/" + ctx.label.name
    headers = []
    sources = []
    names = []
    for file in info.direct_sources:
        name = _import_path(file, roots)
        names.append(name)
        stem = base + "/" + name[:-len(".proto")]
        headers.append(ctx.actions.declare_file(stem + ".http.pb.h"))
        sources.append(ctx.actions.declare_file(stem + ".http.pb.cc"))
        if ctx.attr.grpc:
            headers.append(ctx.actions.declare_file(stem + ".kratos_grpc.pb.h"))
            sources.append(ctx.actions.declare_file(stem + ".kratos_grpc.pb.cc"))
    if not names:
        fail("%s has no .proto file of its own" % ctx.attr.proto.label)
    out = headers[0].path[:-len(names[0]) + len(".proto") - len(".http.pb.h")]

    args = ctx.actions.args()
    args.add(ctx.executable._plugin, format = "--plugin=protoc-gen-kratos-http=%s")
    options = ctx.attr.options + (["grpc=true"] if ctx.attr.grpc else [])
    args.add("--kratos-http_out=%s:%s" % (",".join(options), out))
    args.add_all(roots, format_each = "-I%s")
    args.add_all(names)
    ctx.actions.run(
        executable = ctx.executable._protoc,
        arguments = [args],
        inputs = depset(ctx.files.data, transitive = [info.transitive_sources]),
        tools = [ctx.executable._plugin],
        outputs = headers + sources,
        mnemonic = "KratosHttp",
        progress_message = "Generating HTTP bindings of %s" % ctx.attr.proto.label,
    )
    return [
        DefaultInfo(files = depset(headers + sources)),
        OutputGroupInfo(headers = depset(headers), sources = depset(sources)),
    ]

_kratos_http_sources = rule(
    implementation = _kratos_http_sources_impl,
    attrs = {
        "proto": attr.label(providers = [ProtoInfo], mandatory = True),
        "options": attr.string_list(),
        "grpc": attr.bool(),
        "data": attr.label_list(allow_files = True),
        "_plugin": attr.label(default = "//protoc-gen-kratos-http", executable = True, cfg = "exec"),
        "_protoc": attr.label(
            default = "@com_google_protobuf//:protoc",
            executable = True,
            allow_single_file = True,
            cfg = "exec",
        ),
    },
    output_to_genfiles = True,
)

def kratos_http_cc_library(name, srcs = None, proto = None, deps = [], options = [], grpc = False, data = [], **kwargs):
    """A cc_library with the messages, the server bindings and the clients of some protos.

    Include "path/of/the.http.pb.h" as protoc knows the proto. Give either `srcs` or `proto`.

    Args:
      name: of the library.
      srcs: .proto files. google/api, google/rpc and the well-known types need no entry in `deps`.
      proto: a proto_library in place of srcs.
      deps: with srcs, the proto_library targets that they import; with proto, more C++ libraries.
      options: of the plugin, "key=value" each (docs/reference/plugin-options.md).
      grpc: the gRPC side as well, in "path/of/the.kratos_grpc.pb.h"; needs the system's libgrpc++-dev.
      data: files that options name, by their path from the workspace (service_config=...).
      **kwargs: handed to cc_library (visibility, tags, testonly, ...).
    """
    if (srcs == None) == (proto == None):
        fail("kratos_http_cc_library %s needs either srcs or proto" % name)
    shared = {key: kwargs[key] for key in ["tags", "testonly", "compatible_with"] if key in kwargs}
    copts = kwargs.pop("copts", [])
    cc_deps = [] if srcs else deps
    if srcs:
        proto = ":" + name + "_proto"
        proto_library(
            name = name + "_proto",
            srcs = srcs,
            deps = deps + _KNOWN_PROTOS,
            visibility = kwargs.get("visibility"),
            **shared
        )
    cc_proto_library(name = name + "_cc_proto", deps = [proto], visibility = kwargs.get("visibility"), **shared)
    _kratos_http_sources(name = name + "_http", proto = proto, options = options, grpc = grpc, data = data, **shared)
    for group in ["headers", "sources"]:
        native.filegroup(name = name + "_" + group, srcs = [name + "_http"], output_group = group, **shared)
    cc_library(
        name = name,
        srcs = [name + "_sources"],
        hdrs = [name + "_headers"],
        copts = ["-std=c++20"] + copts,
        includes = ["_kratos/" + name + "_http"],
        deps = cc_deps + [name + "_cc_proto", Label("//runtime:http")] + ([Label("//runtime:grpc")] if grpc else []),
        **kwargs
    )
