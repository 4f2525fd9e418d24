"""What Debian's bazel-bootstrap needs to build without a network.

Bazel fetches its language rules when a WORKSPACE does not define them. Debian packages them (bazel-rules-java,
bazel-rules-proto, bazel-skylib, bazel-platforms), but its bazel-rules-cc is newer than its Bazel 4.2 can load: the
rules built into Bazel stand in for it. Projects on another Bazel have these repositories already and leave this out.
"""

_RULES = {
    "bazel_skylib": "/usr/share/bazel/tools/skylib",
    "platforms": "/usr/share/bazel/platforms",
    "rules_java": "/usr/share/bazel/rules/java",
    "rules_proto": "/usr/share/bazel/rules/proto",
}

def _native_rules_cc_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"rules_cc\")\n")
    ctx.symlink(Label("//bazel/native_rules_cc:cc.BUILD"), "cc/BUILD")
    ctx.symlink(Label("//bazel/native_rules_cc:defs.bzl"), "cc/defs.bzl")

_native_rules_cc = repository_rule(
    implementation = _native_rules_cc_impl,
    local = True,
    doc = "A @rules_cc of nothing but the built-in rules.",
)

def _no_coverage_tools_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = \"remote_coverage_tools\")\n")
    ctx.file("none.sh", "#!/bin/sh\necho 'bazel coverage needs tools that Debian does not package' >&2\nexit 1\n")
    ctx.file("BUILD", "".join([
        "sh_binary(name = \"%s\", srcs = [\"none.sh\"], visibility = [\"//visibility:public\"])\n" % name
        for name in ["coverage_report_generator", "lcov_merger"]
    ]))

_no_coverage_tools = repository_rule(
    implementation = _no_coverage_tools_impl,
    local = True,
    doc = "What every test rule refers to, and only bazel coverage runs.",
)

def debian_bazel_rules():
    """Takes the language rules from Debian's packages. Call it first in the WORKSPACE; rules already defined stay."""
    if not native.existing_rule("rules_cc"):
        _native_rules_cc(name = "rules_cc")
    for name, path in _RULES.items():
        if not native.existing_rule(name):
            native.local_repository(name = name, path = path)
    if not native.existing_rule("remote_coverage_tools"):
        _no_coverage_tools(name = "remote_coverage_tools")
