"""The libraries kratos builds on, as the system has them installed: no download, one protobuf for the whole program."""

_WELL_KNOWN = {
    "any": [],
    "api": ["source_context", "type"],
    "compiler_plugin": ["descriptor"],
    "descriptor": [],
    "duration": [],
    "empty": [],
    "field_mask": [],
    "source_context": [],
    "struct": [],
    "timestamp": [],
    "type": ["any", "source_context"],
    "wrappers": [],
}

# Library name here: its name for pkg-config. fmt and zlib are asked for by flag alone where pkg-config is silent.
_LIBRARIES = {
    "cpp_httplib": "cpp-httplib",
    "fmt": "fmt",
    "openssl": "openssl",
    "pugixml": "pugixml",
    "rapidjson": "RapidJSON",
    "yaml_cpp": "yaml-cpp",
    "zlib": "zlib",
}

# Asked for only when //runtime:grpc is built, so that a project without gRPC does not need it.
_GRPC_LIBRARIES = {"grpcpp": "grpc++"}

def _pkg_config(ctx, package, *flags):
    tool = ctx.which("pkg-config")
    if not tool:
        fail("kratos looks for system libraries with pkg-config, which is not installed")
    result = ctx.execute([tool] + list(flags) + [package])
    if result.return_code != 0:
        fail("pkg-config finds no %s; on Debian run cmake/install_debian_packages.sh build grpc\n%s" % (package, result.stderr))
    return result.stdout.strip()

def _cc_library(ctx, name, package, deps = []):
    """The text of a cc_library for a system library. Header directories off the compiler's own path are linked in."""
    includes = []
    defines = []
    for flag in _pkg_config(ctx, package, "--cflags").split(" "):
        if flag.startswith("-I"):
            directory = "include/%s_%d" % (name, len(includes))
            ctx.symlink(flag[2:], directory)
            includes.append(directory)
        elif flag.startswith("-D"):
            defines.append(flag[2:])
    linkopts = [flag for flag in _pkg_config(ctx, package, "--libs").split(" ") if flag]
    return """
cc_library(
    name = "{name}",
    hdrs = glob([{globs}], allow_empty = True),
    includes = {includes},
    defines = {defines},
    linkopts = {linkopts},
    deps = {deps},
)
""".format(
        name = name,
        globs = ", ".join(["\"%s/**\"" % directory for directory in includes]),
        includes = includes,
        defines = defines,
        linkopts = linkopts,
        deps = deps,
    )

_HEADER = """package(default_visibility = ["//visibility:public"])

load("@rules_cc//cc:defs.bzl", "cc_library")
load("@rules_proto//proto:defs.bzl", "proto_lang_toolchain", "proto_library")
"""

def _system_libraries_impl(ctx):
    build = _HEADER
    for name, package in ctx.attr.libraries.items():
        build += _cc_library(ctx, name, package)
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    ctx.file("BUILD.bazel", build)

_system_libraries = repository_rule(
    implementation = _system_libraries_impl,
    attrs = {"libraries": attr.string_dict()},
    local = True,
    environ = ["PKG_CONFIG_PATH"],
)

def _system_protobuf_impl(ctx):
    protoc = ctx.which("protoc")
    if not protoc:
        fail("protoc is not installed; on Debian run cmake/install_debian_packages.sh build")
    ctx.symlink(protoc, "protoc")
    protos = _pkg_config(ctx, "protobuf", "--variable=includedir") + "/google/protobuf"
    build = _HEADER + _cc_library(ctx, "protobuf", "protobuf") + """
cc_library(
    name = "protoc_lib",
    linkopts = ["-lprotoc"],
    deps = [":protobuf"],
)

exports_files(["protoc"])

proto_lang_toolchain(
    name = "cc_toolchain",
    blacklisted_protos = {well_known},
    command_line = "--cpp_out=$(OUT)",
    runtime = ":protobuf",
)
""".format(well_known = [":%s_proto" % name for name in _WELL_KNOWN])
    for name, deps in _WELL_KNOWN.items():
        path = name + ".proto"
        if name == "compiler_plugin":
            path = "compiler/plugin.proto"
        ctx.symlink(protos + "/" + path, "include/google/protobuf/" + path)
        build += """
proto_library(
    name = "{name}_proto",
    srcs = ["include/google/protobuf/{path}"],
    strip_import_prefix = "include",
    deps = {deps},
)
""".format(name = name, path = path, deps = [":%s_proto" % dep for dep in deps])
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    ctx.file("BUILD.bazel", build)

_system_protobuf = repository_rule(
    implementation = _system_protobuf_impl,
    local = True,
    environ = ["PATH", "PKG_CONFIG_PATH"],
    doc = "The installed protobuf under the names that protobuf's own repository has.",
)

def kratos_system_libraries():
    """Defines @kratos_system, @kratos_system_grpc and, unless the project has its own, @com_google_protobuf."""
    if not native.existing_rule("kratos_system"):
        _system_libraries(name = "kratos_system", libraries = _LIBRARIES)
    if not native.existing_rule("kratos_system_grpc"):
        _system_libraries(name = "kratos_system_grpc", libraries = _GRPC_LIBRARIES)
    if not native.existing_rule("com_google_protobuf"):
        _system_protobuf(name = "com_google_protobuf")
