"""From .proto files to a cc_library.

kratos_http_cc_library: with messages, HTTP server bindings and HTTP clients.
kratos_errors_cc_library: with enums of errors and the functions that make and tell them.
"""

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
] + [Label("//runtime:errors_proto")]

def _import_path(file, roots):
    """The name protoc knows `file` by: its path below the deepest import root that holds it."""
    best = ""
    for root in roots:
        if file.path.startswith(root + "/") and len(root) > len(best):
            best = root
    return file.path[len(best) + 1:] if best else file.path

def _kratos_sources_impl(ctx):
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
        headers.append(ctx.actions.declare_file(stem + "." + ctx.attr._suffix + ".pb.h"))
        sources.append(ctx.actions.declare_file(stem + "." + ctx.attr._suffix + ".pb.cc"))
        if ctx.attr.grpc:
            headers.append(ctx.actions.declare_file(stem + ".kratos_grpc.pb.h"))
            sources.append(ctx.actions.declare_file(stem + ".kratos_grpc.pb.cc"))
    if not names:
        fail("%s has no .proto file of its own" % ctx.attr.proto.label)
    out = headers[0].path[:-len(names[0]) + len(".proto") - len("." + ctx.attr._suffix + ".pb.h")]

    args = ctx.actions.args()
    args.add(ctx.executable._plugin, format = "--plugin=protoc-gen-kratos-" + ctx.attr._suffix + "=%s")
    options = ctx.attr.options + (["grpc=true"] if ctx.attr.grpc else [])
    args.add("--kratos-%s_out=%s:%s" % (ctx.attr._suffix, ",".join(options), out))
    args.add_all(roots, format_each = "-I%s")
    args.add_all(names)
    ctx.actions.run(
        executable = ctx.executable._protoc,
        arguments = [args],
        inputs = depset(ctx.files.data, transitive = [info.transitive_sources]),
        tools = [ctx.executable._plugin],
        outputs = headers + sources,
        mnemonic = "KratosGenerate",
        progress_message = "Generating kratos-%s code of %s" % (ctx.attr._suffix, ctx.attr.proto.label),
    )
    return [
        DefaultInfo(files = depset(headers + sources)),
        OutputGroupInfo(headers = depset(headers), sources = depset(sources)),
    ]

def _sources_rule(suffix):
    """The rule that runs protoc-gen-kratos-<suffix>, which writes .<suffix>.pb.h and .<suffix>.pb.cc."""
    return rule(
        implementation = _kratos_sources_impl,
        attrs = {
            "proto": attr.label(providers = [ProtoInfo], mandatory = True),
            "options": attr.string_list(),
            "grpc": attr.bool(),
            "data": attr.label_list(allow_files = True),
            "_suffix": attr.string(default = suffix),
            "_plugin": attr.label(default = "//protoc-gen-kratos-" + suffix, executable = True, cfg = "exec"),
            "_protoc": attr.label(
                default = "@com_google_protobuf//:protoc",
                executable = True,
                allow_single_file = True,
                cfg = "exec",
            ),
        },
        output_to_genfiles = True,
    )

_kratos_http_sources = _sources_rule("http")
_kratos_errors_sources = _sources_rule("errors")

def _kratos_cc_library(name, sources, suffix, runtimes, srcs, proto, deps, options, data, grpc = False, **kwargs):
    if (srcs == None) == (proto == None):
        fail("kratos_%s_cc_library %s needs either srcs or proto" % (suffix, name))
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
    generated = name + "_" + suffix
    sources(name = generated, proto = proto, options = options, grpc = grpc, data = data, **shared)
    for group in ["headers", "sources"]:
        native.filegroup(name = name + "_" + group, srcs = [generated], output_group = group, **shared)
    cc_library(
        name = name,
        srcs = [name + "_sources"],
        hdrs = [name + "_headers"],
        copts = ["-std=c++20"] + copts,
        includes = ["_kratos/" + generated],
        deps = cc_deps + [name + "_cc_proto"] + runtimes,
        **kwargs
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
    runtimes = [Label("//runtime:http")] + ([Label("//runtime:grpc")] if grpc else [])
    _kratos_cc_library(name, _kratos_http_sources, "http", runtimes, srcs, proto, deps, options, data, grpc = grpc, **kwargs)

def kratos_errors_cc_library(name, srcs = None, proto = None, deps = [], options = [], **kwargs):
    """A cc_library with the errors that the enums of some protos list.

    Include "path/of/the.errors.pb.h" as protoc knows the proto. Arguments are those of kratos_http_cc_library;
    errors/errors.proto needs no entry in `deps` either.
    """
    _kratos_cc_library(name, _kratos_errors_sources, "errors", [Label("//runtime:core")], srcs, proto, deps, options, [], **kwargs)
